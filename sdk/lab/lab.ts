// A lab: a cluster, the verbs that break it and measure, and the run that they write into.

import type { Cluster, TopicOptions } from "./verbs/cluster.ts";
import type { Conclusion, ConcludeOptions } from "./conclusion.ts";
import type { Duration } from "../model/duration.ts";
import type { Engine } from "../engine/engine.ts";
import type { ProbeFactory } from "./workload/probe-factory.ts";
import type { Inject } from "./verbs/inject.ts";
import type { Net } from "./verbs/network.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import type { Predict } from "./verbs/predict.ts";
import type { RunQueries } from "./run-queries.ts";
import type { Run } from "./run.ts";

export interface CommonOptions {
  /** Names the run's folder: letters, digits, `.`, `_` and `-`, no dot in front. @default "ad-hoc" */
  scenario?: string;
  /** Where runs are kept. @default ".lab/runs" in the working directory */
  runs?: string;
  /**
   * The topic that probes use and that `"leader"` speaks of; `create: false` leaves it to the first send.
   *
   * @default { name: "my_topic", 1 partition, 3 replicas }
   */
  topic?: { name?: string; create?: boolean } & Pick<
    TopicOptions,
    "partitions" | "replicationFactor" | "config"
  >;
  /** How long the cluster may take until it serves. @default "60s" */
  timeout?: Duration;
  /**
   * Whether the cluster's own account goes into the history while the run goes on: leaders, ISR and quorum as
   * they change, and what brokers log of them. Without it nothing can be explained.
   *
   * @default true
   */
  observe?: boolean;
  /** Ends what is under way and rejects with its reason. */
  signal?: AbortSignal;
  /**
   * Hears what is going on, a line each; false for silence.
   *
   * @default lines on standard error for whatever takes over two seconds
   */
  onProgress?: ((line: string) => void) | false;
  /**
   * On Ctrl-C, SIGTERM and SIGHUP heals, ends the brokers, and then the program.
   *
   * @default true, except in a notebook
   */
  handleSignals?: boolean;
}

export interface LabOptions extends ClusterOptions, CommonOptions {
  /** Leaves the brokers running when the lab or the program ends. @default false */
  keep?: boolean;
  /**
   * Whether the environment's LAB_RECORD and LAB_REPLAY, and a notebook's recordings, are for this lab.
   *
   * @default true
   */
  recording?: boolean;
}

export interface AttachOptions extends CommonOptions {
  /** Compose's name for the running cluster: `docker compose ls` lists them. */
  project: string;
}

/** The run that is going on, and what it can be asked. */
export type LabRun = Run & RunQueries;

export interface Lab extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly net: Net;
  /**
   * Injects a fault that is given as a value: `faults.kill("leader")`, or one of a kind of your own
   * (`defineFault`). `cluster.stop(1)` and `net.delay(1, 30000)` are short for it.
   */
  readonly inject: Inject;
  readonly probe: ProbeFactory;
  /** Says what a fault will do to a client, before it is injected; `conclude` compares it with what came. */
  readonly predict: Predict;
  readonly run: LabRun;
  readonly engine: Pick<Engine, "kind" | "kafka" | "from" | "nodes" | "network">;
  /** In what this cluster differs from the one described, and what was not started. */
  readonly differs: readonly string[];
  /** Addresses for any client on this machine, as `host:port`, broker 1 first. */
  readonly bootstrap: readonly string[];
  readonly topic: string;
  /** How long it took from the call to brokers that serve. */
  readonly bootMs: number;
  /** True where no cluster runs and every answer is that of a recorded run. */
  readonly isReplay: boolean;
  /** When that run was. */
  readonly recordedAt?: Date;
  /** Begins a labelled stretch of the run. */
  step(name: string): void;
  /** Writes a fact into the history. */
  note(text: string): void;
  /**
   * Heals, reads everything back, judges, prints, writes the verdict, closes, and sets the exit code: 0 held,
   * 2 did not, 3 cannot tell.
   */
  conclude(options?: ConcludeOptions): Promise<Conclusion>;
  /** Heals, ends the brokers unless they are to be kept, and closes every connection; twice does nothing. */
  close(): Promise<void>;
}
