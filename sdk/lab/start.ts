// The wiring: starts a cluster, hands out the verbs, and ends everything.
//
//   startLab ─▶ engine (processes) ─▶ observer (what the cluster says) ─▶ cluster, net, probe (verbs) ─▶ run (history)
//                                                                              conclude ─▶ judge, report

import { existsSync, renameSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { makeTargetResolver } from "./verbs/target-resolver.ts";
import { lostBootstrapRecords } from "./observe/bootstrap-records.ts";
import { activate, type NotebookSession } from "../notebook/session.ts";
import { createTopic } from "../client/admin.ts";
import { rejectAfterClose } from "./closed.ts";
import { type Cluster, makeCluster } from "./verbs/cluster.ts";
import { conclude } from "./conclude.ts";
import { readable } from "../model/duration.ts";
import { type Teardown, makeTeardown } from "./teardown.ts";
import type { Engine } from "../engine/engine.ts";
import { LabError } from "../model/errors.ts";
import { nameOf, OpenFaults } from "./faults/open-faults.ts";
import { type Inject, makeFaultResolver, makeInject, type ResolveFault } from "./verbs/inject.ts";
import { followLogs } from "./observe/follow.ts";
import type { Broker } from "../model/history.ts";
import { catchInterrupts } from "../runtime/interrupt.ts";
import type { CommonOptions, Lab } from "./lab.ts";
import { makeNet, type Net } from "./verbs/network.ts";
import { isNotebook } from "../notebook/notebook.ts";
import { makeObserver, type Observer, recordViews } from "./observe/observe.ts";
import type { ClusterOptions, Opened, OpenOptions } from "./open.ts";
import { clusterTimers } from "../analysis/predict/mod.ts";
import { makePredict } from "./verbs/predict.ts";
import { makeProbes, type Probes } from "./workload/probes.ts";
import { type ProgressReporter, progressReporter } from "../notebook/progress.ts";
import { runQueries } from "./run-queries.ts";
import { beginRun, type Run } from "./run.ts";
import { anySignal } from "../runtime/signal.ts";
import { findTools } from "./workload/tools.ts";

/** Starts a cluster, or finds one that is up. */
export type Open = (common: Omit<OpenOptions, keyof ClusterOptions | "keep">) => Promise<Opened>;

/** What every part of a lab needs of the whole. */
interface Stage {
  run: Run;
  progress: ProgressReporter;
  ending: Teardown;
  /** The caller's, and in a notebook the present cell's. */
  signal(): AbortSignal | undefined;
  note(text: string): void;
}

/**
 * Opens what `open` starts, waits until it serves, and hands out the verbs; what fails on the way closes
 * whatever is open.
 */
export async function openLab(options: CommonOptions, open: Open): Promise<Lab> {
  const began = performance.now();
  const progress = progressReporter(options.onProgress);
  const run = beginRun(options.runs ?? path.join(".lab", "runs"), options.scenario ?? "ad-hoc", progress.say);
  const ending = makeTeardown(progress.end);
  ending.add(run.close);
  let session: NotebookSession | undefined;
  const signal = (): AbortSignal | undefined => anySignal(options.signal, session?.signal());
  const note = (text: string): void => run.record({ kind: "note", atMs: run.now(), text });
  const stage: Stage = { run, progress, ending, signal, note };
  let pollFast = (): void => {};
  const faults = new OpenFaults(run, signal, () => pollFast());
  try {
    // a kernel has its own use for SIGINT: it interrupts a cell, not the notebook
    if (options.handleSignals ?? !isNotebook()) ending.add(catchInterrupts(ending.close, progress.say));
    if (isNotebook()) {
      session = await activate({ close: ending.close, say: progress.say, heal: () => healOpen(faults) });
      ending.add(session.leave);
    }
    const { opened, parts } = await begin(stage, { open, faults, options });
    await createOwnTopic(parts, options);
    opened.engine.followLogs();
    const watching =
      options.observe === false ? NOT_WATCHED : watch(stage, opened.engine, parts, () => faults.isQuiet);
    pollFast = watching.pollFast;
    const bootMs = Math.round(performance.now() - began);
    progress.end(
      `${opened.engine.nodes.length} nodes serve after ${readable(bootMs)} (${opened.engine.kind} engine, Kafka ${opened.engine.kafka})`,
    );
    ending.add(() => faults.healAll().catch((error: unknown) => note((error as Error).message)));
    ending.add(parts.probes.close);
    return asLab(stage, { opened, faults, parts, bootMs, gatherLogs: watching.gather });
  } catch (error) {
    await ending.close().catch(() => {}); // the first failure is the one to be told
    throw error;
  }
}

interface Beginning {
  open: Open;
  faults: OpenFaults;
  options: CommonOptions;
}

/** How often a cluster is started, at most, until its metadata log has what it is to begin with. */
const STARTS = 3;

/**
 * Starts the brokers and waits until they serve; a new cluster that has lost the beginning of its metadata
 * log is ended, and another one started.
 */
async function begin(
  stage: Stage,
  { open, faults, options }: Beginning,
): Promise<{ opened: Opened; parts: Parts }> {
  for (let start = 1; ; start++) {
    const { opened, discard } = await boot(stage, open, { isFirst: start === 1 });
    const parts = assemble(stage, { opened, faults, topic: options.topic?.name ?? "my_topic" });
    await serve(stage, parts.cluster, options);
    const lost = lostBootstrapRecords(await parts.observer.features());
    if (lost === undefined) return { opened, parts };
    if (!opened.isNew || start === STARTS) {
      const text = `${lost}; what brokers hear of the controller may be half a second late`;
      stage.note(text);
      return { opened: { ...opened, notes: [...opened.notes, text] }, parts };
    }
    const text = `${lost}: these brokers are ended, and a new cluster is started`;
    stage.note(text);
    stage.progress.say(text);
    await discard(start);
  }
}

interface Booted {
  opened: Opened;
  /** Ends the brokers; what they logged is kept under a name with this number. */
  discard(number: number): Promise<void>;
}

/** Starts the brokers, and writes down what runs. */
async function boot(
  { run, progress, ending, signal, note }: Stage,
  open: Open,
  { isFirst }: { isFirst: boolean },
): Promise<Booted> {
  progress.begin("starting the brokers");
  const closing = new AbortController();
  const opening = open({
    logDir: run.dir,
    onProgress: progress.say,
    onDeath: (service, exit) => note(`${service} ended by itself: ${exit.text}`),
    signal: anySignal(signal(), closing.signal)!,
  });
  let discarding: Promise<void> | undefined;
  // closed while it opens: what has been started is ended before the program is
  ending.add(async () => {
    closing.abort(new LabError("LAB_CLOSED", "Cannot start the cluster: the lab was closed"));
    await opening.then(
      ({ engine }) => discarding ?? engine.close(),
      () => {},
    );
  });
  const opened = await opening;
  ending.assertOpen();
  const { engine, notes, source } = opened;
  const { nodes, kind, kafka } = engine;
  if (isFirst)
    run.record({
      kind: "run",
      atMs: 0,
      startedAt: run.startedAt.toISOString(),
      scenario: run.scenario,
      engine: kind,
      kafka,
      brokers: nodes.flatMap(({ broker, nodeId, service }) =>
        broker === null ? [] : [{ broker, nodeId, service }],
      ),
      timers: clusterTimers(nodes),
    });
  note(`${source}; ${engine.from}`);
  for (const text of [...notes, ...engine.differs]) note(text);
  note("the nodes run");
  return {
    opened,
    async discard(number) {
      await (discarding = engine.close({ keep: false }));
      for (const file of nodes.map(({ service }) => engine.logFile(service)).filter(existsSync))
        renameSync(file, file.replace(/(\.log)?$/, `.discarded-${number}$1`));
    },
  };
}

interface Parts {
  observer: Observer;
  endpoints: readonly string[];
  topic: string;
  brokerOf(address: string): Broker | null;
  resolve: ResolveFault;
  inject: Inject;
  cluster: Cluster;
  net: Net;
  probes: Probes;
}

/** Makes the verbs. */
function assemble(
  { run, progress, ending, signal, note }: Stage,
  { opened: { engine, lab }, faults, topic }: { opened: Opened; faults: OpenFaults; topic: string },
): Parts {
  const { nodes } = engine;
  const { assertOpen } = ending;
  const observer = makeObserver(nodes);
  ending.add(() => observer.close());
  const endpoints = nodes.flatMap(({ client }) => client ?? []);
  const brokerOf = (address: string): Broker | null =>
    nodes.find(({ service }) => service === engine.addresses.get(address))?.broker ?? null;
  const brokers = nodes.flatMap(({ broker }) => broker ?? []);
  const resolveTarget = makeTargetResolver({
    brokers,
    observer,
    focus: () => ({ topic, partition: 0 }),
    assertOpen,
  });
  const resolve = makeFaultResolver(resolveTarget, brokers);
  const inject = makeInject({ engine, faults, resolve, brokers, endpoints, assertOpen, note, signal });
  const cluster = makeCluster({
    engine,
    observer,
    faults,
    inject,
    resolveTarget,
    createTopic: (name, how) => createTopic(endpoints, { topic: name, ...how }),
    assertOpen,
    signal,
  });
  const net = makeNet({ faults, inject });
  const tools = findTools({ lab, engine, onProgress: progress.say, onNote: note });
  const probes = makeProbes({ run, topic, endpoints, brokerOf, tools, note, assertOpen, signal });
  return { observer, endpoints, topic, brokerOf, resolve, inject, cluster, net, probes };
}

/** Waits until the brokers serve. */
async function serve(
  { progress, note }: Stage,
  cluster: Cluster,
  { timeout, topic }: CommonOptions,
): Promise<void> {
  progress.begin("waiting for the brokers to serve");
  const isCreated = topic?.create ?? true;
  // it is enough that one broker tells of all: when each tells of the topic, each has also heard of the
  // others, without waiting twice
  await cluster.waitFor(
    isCreated ? ({ brokers }) => brokers.every(({ alive }) => alive) : "all alive",
    timeout === undefined ? {} : { timeout },
  );
  note("the brokers are alive");
}

async function createOwnTopic(
  { cluster, topic }: Parts,
  { timeout, topic: { name: _, create = true, ...how } = {} }: CommonOptions,
): Promise<void> {
  if (create) await cluster.createTopic(topic, { ...how, ...(timeout === undefined ? {} : { timeout }) });
}

interface Watching {
  /** Has the cluster looked at at once. */
  pollFast(): void;
  /** Takes into the history what the nodes logged elsewhere. */
  gather(): Promise<void>;
}

const NOT_WATCHED: Watching = { pollFast: () => {}, gather: () => Promise.resolve() };

/** Takes the cluster's own account into the history. */
function watch(
  { run, ending }: Stage,
  engine: Engine,
  { observer, probes }: Parts,
  isQuiet: () => boolean,
): Watching {
  const views = recordViews(run, observer, probes.topics, isQuiet);
  const logs = followLogs(run, engine, views.pollFast);
  ending.add(views.stop);
  ending.add(logs.stop);
  return { pollFast: () => views.pollFast(false), gather: logs.gather };
}

interface Whole {
  opened: Opened;
  faults: OpenFaults;
  parts: Parts;
  bootMs: number;
  gatherLogs(): Promise<void>;
}

function asLab(
  { run, progress, ending, signal, note }: Stage,
  { opened: { engine, notes }, faults, parts, bootMs, gatherLogs }: Whole,
): Lab {
  const { resolve, inject, brokerOf, cluster, endpoints, net, probes, topic } = parts;
  const { close, assertOpen } = ending;
  let isConcluding = false;
  return {
    cluster,
    net,
    inject,
    probe: probes.probe,
    predict: makePredict({
      run,
      engine,
      resolve,
      describe: cluster.describe,
      endpoints,
      topic,
      probe: probes.probe,
      probes: probes.all,
      brokerOf,
    }),
    run: {
      ...run,
      record(event) {
        assertOpen();
        run.record(event);
      },
      ...runQueries(() => run.history),
    },
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
      if (ending.hasBegun || isConcluding) throw rejectAfterClose("Cannot conclude the run: it has ended");
      isConcluding = true;
      return await conclude(
        {
          run,
          cluster,
          faults,
          probes: probes.all(),
          endpoints,
          gatherLogs,
          close,
          progress,
          topics: probes.topics,
          signal: () => anySignal(signal(), ending.signal),
        },
        how,
      );
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** For an interrupted cell: heals everything, and tells what it was. */
async function healOpen(faults: OpenFaults): Promise<string[]> {
  const open = faults.open.map(nameOf);
  await faults.healAll();
  return open;
}
