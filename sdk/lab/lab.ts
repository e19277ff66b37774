// A lab: a cluster, the verbs that break and measure it, and the run that they are recorded in.

import type { Capture } from "./capture.ts";
import type { Cluster, TopicOptions } from "./verbs/cluster.ts";
import type { Conclusion, ConcludeOptions } from "./conclusion.ts";
import type { Duration } from "../model/duration.ts";
import type { Engine } from "../engine/engine.ts";
import type { SecurityOptions } from "../model/security.ts";
import type { ProbeFactory } from "./workload/probe-factory.ts";
import type { Inject } from "./verbs/inject.ts";
import type { Disk } from "./verbs/disk.ts";
import type { Net } from "./verbs/network.ts";
import type { StartGroup } from "./groups/group.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import type { Predict } from "./verbs/predict-arguments.ts";
import type { WatchTopic } from "./workload/topic-watch.ts";
import type { RunQueries } from "./run-queries.ts";
import type { Run } from "./run.ts";

export interface CommonOptions {
  /** Names the run's folder: letters, digits, `.`, `_` and `-`, no leading dot. @default "ad-hoc" */
  scenario?: string;
  /** The folder of all runs. @default ".lab/runs" in the working directory */
  runs?: string;
  /**
   * The topic that probes use and that `"leader"` refers to. With `create: false` the first send creates it.
   *
   * @default { name: "my_topic", 1 partition, 3 replicas }
   */
  topic?: { name?: string; create?: boolean } & Pick<
    TopicOptions,
    "partitions" | "replicationFactor" | "config"
  >;
  /** The longest time until the cluster serves; then NOT_READY. @default "60s" */
  timeout?: Duration;
  /**
   * Whether the history records the cluster's state during the run: changes of leaders, ISR and quorum, and
   * the brokers' log lines about them. Without it outages cannot be explained.
   *
   * @default true
   */
  observe?: boolean;
  /** Aborts what is in progress, which rejects with the signal's reason. */
  signal?: AbortSignal;
  /**
   * Progress callback, one line per event; `false` disables it.
   *
   * @default writes to standard error what takes longer than two seconds
   */
  onProgress?: ((line: string) => void) | false;
  /**
   * How the lab and its probes authenticate and encrypt: user, password, certificates. The lab's own
   * `compose: ["secure"]` needs none.
   *
   * @default neither
   */
  security?: SecurityOptions;
  /**
   * Whether SIGINT (Ctrl-C), SIGTERM and SIGHUP heal all faults and end the brokers before the program ends.
   *
   * @default true, except in a notebook
   */
  handleSignals?: boolean;
}

/** Options of `startLab`: which cluster to run, and how the run is kept. */
export interface LabOptions extends ClusterOptions, CommonOptions {
  /** Keeps the brokers running after the lab or the program has ended. @default false */
  keep?: boolean;
  /**
   * Whether LAB_RECORD and LAB_REPLAY, and a notebook's recordings, apply to this lab.
   *
   * @default true
   */
  recording?: boolean;
}

/** Options of `attachLab` for a compose project that is running. */
export interface AttachProjectOptions extends CommonOptions {
  /** Compose's name for the running cluster: `docker compose ls` lists them. */
  project: string;
}

/** Options of `attachLab` for any cluster that is running: the lab is a client of it. */
export interface AttachBootstrapOptions extends CommonOptions {
  /** Bootstrap servers of the cluster, as `host:port`; one that answers is enough. */
  bootstrap: readonly string[];
  /**
   * The topic that probes use and that `"leader"` refers to.
   *
   * A topic that is named has to be there, unless `create` is true. Without a name the lab creates a topic of
   * its own at a probe's first operation. What the lab has created it deletes when it closes.
   *
   * @default a topic of the lab's own, kafka-failure-lab-ID
   */
  topic?: CommonOptions["topic"] & {};
}

/** Options of `attachLab`: a compose project, or bootstrap servers. */
export type AttachOptions = AttachProjectOptions | AttachBootstrapOptions;

/** The run, and queries about it. */
export type LabRun = Run & RunQueries;

/** A cluster, the verbs that break it and measure it, and the run that records everything. */
export interface Lab extends AsyncDisposable {
  /** Faults on brokers, topics, and the cluster's state. */
  readonly cluster: Cluster;
  /** Faults on the network. */
  readonly net: Net;
  /** Faults on the brokers' disks. */
  readonly disk: Disk;
  /**
   * Injects a fault that is given as a value: `faults.kill("leader")`, `faults.pause({ group: "billing",
   * member: 1 })`, or one of a kind of your own (`defineFault`). `cluster.stop(1)`, `net.delay(1, 30000)` and
   * `group.member(1).kill()` are shorthands for it.
   *
   * @example
   * import { faults } from "kafka-failure-lab";
   *
   * const spec = faults.delay("leader", "200ms", { path: "clients" });
   * const fault = await lab.inject(spec);
   * console.log(fault.kind, fault.proof !== undefined); // delay true
   * await fault.heal();
   */
  readonly inject: Inject;
  /** The default client, and the factory of others: `lab.probe.send()`, `lab.probe({ acks: 1 })`. */
  readonly probe: ProbeFactory;
  /**
   * Predicts what a fault will do to a client, before it is injected, for each partition that the client
   * writes to; with `{ group }` what it will do to a consumer group. `conclude` compares the predictions with
   * the measurements.
   *
   * @throws LabError UNSUPPORTED where nothing is derived: kinds of your own, a log directory of which the
   *   brokers do not say what lies in it, slow disks and single directories for groups; as the fault itself
   *   would for its target; NO_SUCH_PARTITION for a topic or a partition
   *   that the cluster does not have; TypeError, RangeError for a wrong option
   * @example
   * const predicted = await lab.predict("stop", "leader");
   * const load = lab.probe.start({ perSecond: 100 });
   * await load.acknowledged(50);
   * const fault = await lab.cluster.stop("leader");
   * await load.acknowledged(50);
   * await fault.heal();
   * await load.stop();
   * console.log(predicted.failsOver, predicted.lost); // 1 no
   * console.log(lab.run.predictionChecks()[0]?.disagreements); // []
   */
  readonly predict: Predict;
  /** The run: its folder, history and queries. */
  readonly run: LabRun;
  /** What runs the brokers, and its nodes. */
  readonly engine: Pick<Engine, "kind" | "kafka" | "from" | "nodes" | "network">;
  /** Deviations from the compose files, one sentence each; empty if there are none. */
  readonly differs: readonly string[];
  /** Addresses for any client on this machine, as `host:port`, broker 1 first. */
  readonly bootstrap: readonly string[];
  /** The topic of the lab: `topic.name`. */
  readonly topic: string;
  /** Milliseconds from the call of `startLab` until the brokers served. */
  readonly bootMs: number;
  /** True in a replay: no cluster runs, and every result comes from a recorded run. */
  readonly isReplay: boolean;
  /** When the replayed run was recorded; only in a replay. */
  readonly recordedAt?: Date;
  /**
   * Watches what arrives on a topic, whoever sends it: an application that the lab did not start. `conclude`
   * judges its gaps, duplicates and losses as far as they can be told without the application's help.
   *
   * Reads from the end on, without a consumer group; resolves when it stands there. A topic that does not
   * exist yet is waited for, and read from its beginning.
   *
   * @throws LabError NOT_READY where the topic, or a leader of it, is not there after `timeout`
   */
  readonly watch: WatchTopic;
  /**
   * Starts a consumer group: members that are processes of their own, so that one can be killed, frozen or
   * stopped. Resolves when their processes run; `group.settled()` waits until each partition has its member.
   *
   * What is wrong is an error before anything is started. `conclude` waits until the group has processed what
   * there is, and ends it.
   *
   * @throws TypeError, RangeError for a wrong option, and for a session timeout that the brokers refuse
   * @throws LabError UNSUPPORTED for what this client or these brokers cannot do; NO_JAVA, NO_KAFKA
   * @example
   * const group = await lab.group("billing", { members: 2, commit: "after" });
   * await lab.probe.send();
   * await group.processed(1);
   * console.log(group.member(1).state, (await group.settled()).state); // running Stable
   * await group.close();
   */
  readonly group: StartGroup;
  /** Begins a step: a labelled section of the run. */
  step(name: string): void;
  /** Adds a note to the history. */
  note(text: string): void;
  /**
   * Runs a shell command of zx and returns its text and its output, also where it fails:
   * ``await lab.capture(() => $`docker ps`)``. A replay runs nothing and returns what was recorded.
   */
  readonly capture: Capture;
  /**
   * Ends the run: heals all faults, reads the topics back, judges, prints the verdict and the timeline,
   * writes both to the run's folder, closes the lab, and sets the exit code (0 claim and predictions
   * confirmed, 2 not confirmed, 3 inconclusive).
   *
   * @throws LabError NOT_HEALED, NOT_READY, DISK_FULL (after printing); LAB_CLOSED if the lab has ended
   * @example
   * const { judgement, dir } = await lab.conclude({ claim: "no acknowledged record is lost" });
   * console.log(judgement.counts.lost, dir === lab.run.dir); // 0 true
   */
  conclude(options?: ConcludeOptions): Promise<Conclusion>;
  /** Heals all faults, ends the brokers (unless `keep`), and closes every connection. May be called twice. */
  close(): Promise<void>;
}
