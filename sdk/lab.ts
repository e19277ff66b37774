// The wiring: starts a cluster, hands out the verbs, and ends everything.
//
//   startLab ─▶ engine (processes) ─▶ observer (what the cluster says) ─▶ cluster, net, probe (verbs) ─▶ run (history)
//                                                                              conclude ─▶ judge, report

import path from "node:path";
import { performance } from "node:perf_hooks";
import { makeAim } from "./aim.ts";
import { moveIn, type Tenancy } from "./cell.ts";
import { createTopic } from "./client/admin.ts";
import { javaClient } from "./client/java/mod.ts";
import { kafkajsClient } from "./client/kafkajs.ts";
import { closed as closedError } from "./closed.ts";
import { type Cluster, makeCluster, type TopicOptions } from "./cluster.ts";
import { type Conclusion, type ConcludeOptions, conclude } from "./conclude.ts";
import { type Duration, readable } from "./duration.ts";
import type { Engine } from "./engine/engine.ts";
import { LabError } from "./errors.ts";
import { type Faults, makeFaults } from "./faults.ts";
import { type Following, followLogs } from "./follow.ts";
import type { Broker } from "./history.ts";
import { catchInterrupts } from "./interrupt.ts";
import { isNotebook } from "./notebook.ts";
import { asMaker, nameFor, type ProbeMaker } from "./maker.ts";
import { makeNet, type Net } from "./net.ts";
import { makeObserver, recordViews } from "./observe.ts";
import { type ClusterOptions, openAttached, type Opened, openEngine, type OpenOptions } from "./open.ts";
import { makePredict, type Predict } from "./prediction.ts";
import { clusterTimers } from "./predict/mod.ts";
import { makeProbe, type Probe } from "./probe.ts";
import { teller } from "./progress.ts";
import { type Questions, questionsOf } from "./questions.ts";
import { beginRun, type Run } from "./run.ts";
import { recorded } from "./recording/mod.ts";
import { type ProbeOptions, writeOut } from "./settings.ts";
import { anySignal } from "./signal.ts";
import { findTools } from "./tools.ts";

interface CommonOptions {
  /** Names the folder of the run. @default "ad-hoc" */
  scenario?: string;
  /** Where runs are kept. @default ".lab/runs" in the working directory */
  runs?: string;
  /** The topic that probes use and that `"leader"` speaks of; `create: false` leaves it to the first send. @default { name: "my_topic", 1 partition, 3 replicas } */
  topic?: { name?: string; create?: boolean } & Pick<TopicOptions, "partitions" | "replicationFactor" | "config">;
  /** How long the cluster may take until it serves. @default "60s" */
  timeout?: Duration;
  /** Whether the cluster's own account goes into the history while the run goes on: leaders, ISR and quorum as they change, and what brokers log of them. Without it nothing can be explained. @default true */
  observe?: boolean;
  /** Ends what is under way and rejects with its reason. */
  signal?: AbortSignal;
  /** Hears what is going on, a line each; false for silence. @default lines on standard error for whatever takes over two seconds */
  onProgress?: ((line: string) => void) | false;
  /** On Ctrl-C, SIGTERM and SIGHUP heals, ends the brokers, and then the program. @default true, except in a notebook */
  handleSignals?: boolean;
}

export interface LabOptions extends ClusterOptions, CommonOptions {
  /** Leaves the brokers running when the lab or the program ends. @default false */
  keep?: boolean;
  /** Whether the environment's LAB_RECORD and LAB_REPLAY, and a notebook's recordings, are for this lab. @default true */
  recording?: boolean;
}

export interface AttachOptions extends CommonOptions {
  /** Compose's name for the running cluster: `docker compose ls` lists them. */
  project: string;
}

/** The run that is going on, and what it can be asked. */
export type LabRun = Run & Questions;

export interface Lab extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly net: Net;
  readonly probe: ProbeMaker;
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
  /** Heals, reads everything back, judges, prints, writes the verdict, closes, and sets the exit code: 0 held, 2 did not, 3 cannot tell. */
  conclude(options?: ConcludeOptions): Promise<Conclusion>;
  /** Heals, ends the brokers unless they are to be kept, and closes every connection; twice does nothing. */
  close(): Promise<void>;
}

/**
 * Starts a cluster and returns when every broker serves.
 *
 * With LAB_REPLAY, or in a notebook where no engine works, it replays a recorded run instead, and says so: `isReplay`.
 *
 * @throws LabError NO_ENGINE, NO_JAVA, NO_KAFKA, BAD_COMPOSE, UNSUPPORTED, PORT_TAKEN, NOT_READY, …
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  return await recorded(options, () => openLab(options, (common) => openEngine({ ...options, ...common, keep: options.keep ?? false })));
}

/**
 * Takes a compose project that is up already. At the end only the lab's own faults are healed: nothing is stopped or removed.
 *
 * The topic is created only with `topic: { create: true }`.
 *
 * @throws LabError NO_SUCH_PROJECT, NO_ENGINE, BAD_COMPOSE, UNSUPPORTED, NOT_READY
 */
export async function attachLab(options: AttachOptions): Promise<Lab> {
  const topic = { ...options.topic, create: options.topic?.create ?? false };
  return await openLab({ ...options, topic }, (common) => openAttached({ ...common, keep: true, project: options.project }));
}

async function openLab(options: CommonOptions, open: (common: Omit<OpenOptions, keyof ClusterOptions | "keep">) => Promise<Opened>): Promise<Lab> {
  const { scenario = "ad-hoc" } = options;
  const began = performance.now();
  const run = beginRun(options.runs ?? path.join(".lab", "runs"), scenario);
  const progress = teller(options.onProgress);
  const probes = new Set<Probe>();
  const closers: (() => Promise<void> | void)[] = [];
  const closing = new AbortController();
  let isClosed = false;
  let isConcluding = false;
  let tenancy: Tenancy | undefined;
  /** The caller's, and in a notebook the present cell's. */
  const signal = (): AbortSignal | undefined => anySignal(options.signal, tenancy?.signal());
  let stir = (): void => {};
  const faults = makeFaults(run, signal, () => stir());

  const note = (text: string): void => run.record({ kind: "note", atMs: run.now(), text });
  async function closeAll(): Promise<void> {
    isClosed = true;
    progress.end();
    const failures: unknown[] = [];
    // newest first: clients before the brokers they talk to, the history last; what fails keeps nothing else open
    for (const closer of [...closers.reverse(), () => run.close()]) {
      try {
        await closer();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= closeAll());
  try {
    // a kernel has its own use for SIGINT: it interrupts a cell, not the notebook
    if (options.handleSignals ?? !isNotebook()) closers.push(catchInterrupts(close, (line) => progress.say(line)));
    if (isNotebook()) {
      tenancy = await moveIn({ close, say: (line) => progress.say(line), heal: () => healOpen(faults) });
      closers.push(tenancy.leave);
    }
    progress.begin("starting the brokers");
    const opening = open({
      logDir: run.dir,
      onProgress: (line) => progress.say(line),
      onDeath: (service, exit) => note(`${service} ended by itself: ${exit.text}`),
      signal: anySignal(signal(), closing.signal)!,
    });
    // closed while it opens: what has been started is ended before the program is
    closers.push(async () => {
      closing.abort(new LabError("LAB_CLOSED", "Cannot start the cluster: the lab was closed"));
      await opening.then(({ engine }) => engine.close(), () => {});
    });
    const { engine, notes, source, lab: id } = await opening;
    const { nodes } = engine;
    run.record({ kind: "run", atMs: 0, startedAt: run.startedAt.toISOString(), scenario, engine: engine.kind, kafka: engine.kafka, brokers: nodes.flatMap(({ broker, nodeId, service }) => (broker === null ? [] : [{ broker, nodeId, service }])), timers: clusterTimers(nodes) });
    note(`${source}; ${engine.from}`);
    for (const text of [...notes, ...engine.differs]) note(text);
    note("the nodes run");

    const observer = makeObserver(nodes);
    closers.push(() => observer.close());
    const endpoints = nodes.flatMap(({ client }) => client ?? []);
    const brokerOf = (address: string): Broker | null => nodes.find(({ service }) => service === engine.addresses.get(address))?.broker ?? null;
    const topic = options.topic?.name ?? "my_topic";
    const assertOpen = (): void => {
      if (isClosed) throw closedError("Cannot use the lab: it is closed");
    };
    const brokers = nodes.flatMap(({ broker }) => broker ?? []);
    const aim = makeAim({ brokers, observer, focus: () => ({ topic, partition: 0 }), assertOpen });
    const cluster = makeCluster({ engine, observer, faults, aim, createTopic: (name, how) => createTopic(endpoints, { topic: name, ...how }), assertOpen, signal });
    const net = makeNet({ engine, faults, aim, brokers, assertOpen, note, signal });
    progress.begin("waiting for the brokers to serve");
    const timeout = { ...(options.timeout === undefined ? {} : { timeout: options.timeout }) };
    if (options.topic?.create !== false) {
      const { name: _, create: __, ...how } = options.topic ?? {};
      // it is enough that one broker tells of all: when each tells of the topic, each has also heard of the others, without waiting twice
      await cluster.waitFor(({ brokers }) => brokers.every(({ alive }) => alive), timeout);
      note("the brokers are alive");
      await cluster.createTopic(topic, { ...how, ...timeout });
    } else {
      await cluster.waitFor("all alive", timeout);
      note("the brokers are alive");
    }
    engine.followLogs();
    const topics = new Set([topic]);
    let logs: Following | undefined;
    if (options.observe !== false) {
      const views = recordViews(run, observer, () => [...topics], () => faults.isQuiet);
      stir = () => views.stir(false);
      logs = followLogs(run, engine, views.stir);
      closers.push(views.stop, logs.stop);
    }
    const bootMs = Math.round(performance.now() - began);
    progress.end(`${nodes.length} nodes serve after ${readable(bootMs)} (${engine.kind} engine, Kafka ${engine.kafka})`);

    const tools = findTools({ lab: id, engine, onProgress: (line) => progress.say(line), onNote: note });
    let javaPrefix = 0;
    function makeOne(wanted: ProbeOptions = {}): Probe {
      assertOpen();
      const settings = writeOut(wanted, endpoints);
      const name = nameFor(wanted.name, [...probes]);
      const onTopic = wanted.topic ?? topic;
      topics.add(onTopic);
      const common = { name, at: run.at, brokerOf };
      const client = settings.client === "kafkajs"
        ? kafkajsClient({ ...common, settings, onStray: (error) => note(`kafkajs rejected a promise that nobody held: ${error.message}`) })
        : javaClient({ ...common, settings, topic: onTopic, tools, dir: run.dir, nextPrefix: () => ++javaPrefix, onLog: (line) => run.record({ kind: "log", source: name, ...line }), onNote: note });
      const probe = makeProbe({ name, topic: onTopic, settings, client, run, brokerOf, signal, assertOpen });
      probes.add(probe);
      return probe;
    }
    closers.push(() => faults.healAll().catch((error: unknown) => note((error as Error).message)));
    closers.push(async () => void (await Promise.all([...probes].map((probe) => probe.close()))));

    const probe = asMaker(makeOne);
    const lab: Lab = {
      cluster,
      net,
      probe,
      predict: makePredict({ run, engine, aim, describe: cluster.describe, endpoints, topic, probe, probes: () => [...probes], brokerOf }),
      run: { ...run, ...questionsOf(() => run.history) },
      engine,
      differs: [...notes, ...engine.differs],
      bootstrap: endpoints,
      topic,
      bootMs,
      isReplay: false,
      step(name) {
        assertOpen();
        run.record({ kind: "step", atMs: run.now(), name });
      },
      note(text) {
        assertOpen();
        note(text);
      },
      async conclude(how = {}) {
        if (isClosed || isConcluding) throw closedError("Cannot conclude the run: it has ended");
        isConcluding = true;
        return await conclude({ run, cluster, faults, probes, endpoints, gatherLogs: logs?.gather ?? (() => Promise.resolve()), close, progress, topics: () => [...topics], signal }, how);
      },
      close,
      [Symbol.asyncDispose]: close,
    };
    return lab;
  } catch (error) {
    await close().catch(() => {}); // the first failure is the one to be told
    throw error;
  }
}

/** For an interrupted cell: heals everything, and tells what it was. */
async function healOpen(faults: Faults): Promise<string[]> {
  const open = faults.open.map(({ kind, targets }) => `${kind} of broker ${targets.join(", ")}`);
  await faults.healAll();
  return open;
}
