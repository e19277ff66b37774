// Starts the brokers and waits until they serve.
//
//   startNodes ─▶ assemble (verbs) ─▶ serve ─▶ metadata log complete? ─no─▶ discard, start again

import { existsSync, renameSync } from "node:fs";
import { clusterTimers } from "../analysis/predict/mod.ts";
import type { Engine } from "../engine/engine.ts";
import { LabError } from "../model/errors.ts";
import { nodeName } from "../model/member.ts";
import type { Security } from "../model/security.ts";
import { anySignal } from "../runtime/signal.ts";
import type { LabContext } from "./context.ts";
import type { CommonOptions } from "./lab.ts";
import { machineFacts } from "./observe/machine.ts";
import { lostBootstrapRecords } from "./observe/bootstrap-records.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import type { Opened, OpenOptions } from "./open.ts";
import { assemble, type LabParts } from "./parts.ts";
import { createScramUser, writeClientSettings } from "./secrets.ts";
import type { Cluster } from "./verbs/cluster.ts";
import type { TopicIds } from "./observe/topic-ids.ts";
import type { OpenFaults } from "./faults/open-faults.ts";

/** Starts a cluster, or attaches to a running one. */
export type Open = (common: Omit<OpenOptions, keyof ClusterOptions | "keep">) => Promise<Opened>;

export interface BootOptions {
  open: Open;
  faults: OpenFaults;
  options: CommonOptions;
  /** `options.security`, read. */
  security: Security | undefined;
  /** Where the ids of topics are kept. */
  topicIds: TopicIds;
}

/** A cluster that serves, and its verbs. */
export interface Booted {
  opened: Opened;
  parts: LabParts;
}

/** How often a cluster is started, at most, until its metadata log has its bootstrap records. */
const MOST_STARTS = 3;

/**
 * Starts the brokers and waits until they serve. A new cluster whose metadata log lost its bootstrap records
 * is discarded and started again.
 */
export async function bootCluster(
  context: LabContext,
  { open, faults, options, security, topicIds }: BootOptions,
): Promise<Booted> {
  for (let start = 1; ; start++) {
    const { opened, discard } = await startNodes(context, open, { isFirst: start === 1, security, faults });
    const parts = assemble(context, { opened, faults, topic: options.topic, topicIds });
    await serve(context, parts.cluster, options);
    if (opened.engine.kind === "remote") return { opened, parts };
    const lost = lostBootstrapRecords(await parts.observer.features());
    if (lost === undefined) {
      if (opened.secrets) await prepareClients(context, opened, parts);
      return { opened, parts };
    }
    if (!opened.isNew || start === MOST_STARTS) {
      const text = `${lost}; brokers may learn of the controller's decisions up to 500 ms late`;
      context.note(text);
      // the oldest metadata.version has no users of SCRAM
      if (opened.secrets)
        await prepareClients(context, opened, parts).catch((error: Error) => context.note(error.message));
      return { opened: { ...opened, notes: [...opened.notes, text] }, parts };
    }
    const text = `${lost}: discarding these brokers and starting a new cluster`;
    context.note(text);
    context.progress.say(text);
    await discard(start);
  }
}

/** What only a cluster that serves can be given, and what a program besides the lab needs to use it. */
async function prepareClients(
  { note, signal }: LabContext,
  { secrets, lab }: Opened,
  { endpoints }: LabParts,
): Promise<void> {
  await createScramUser(endpoints, secrets!, signal());
  const file = writeClientSettings(lab, endpoints, secrets!);
  note(`settings for clients of your own, with the password: ${file}`);
}

interface Started {
  opened: Opened;
  /** Stops the brokers and renames their logs to `<service>.discarded-<number>.log`. */
  discard(number: number): Promise<void>;
}

/** Starts the nodes, and records which ones. */
async function startNodes(
  context: LabContext,
  open: Open,
  { isFirst, security, faults }: { isFirst: boolean; security: Security | undefined; faults: OpenFaults },
): Promise<Started> {
  const { run, progress, ending, signal, note, strangers } = context;
  progress.begin("starting the brokers");
  const closing = new AbortController();
  let nodes: Engine["nodes"] = [];
  const opening = open({
    logDir: run.dir,
    onProgress: progress.say,
    onDeath: (service, exit) => {
      const node = nodes.find((one) => one.service === service);
      const isMeant = node !== undefined && faults.isMeantToEnd(node.broker ?? nodeName(node.nodeId));
      note(`${service} ${isMeant ? "was ended by its broken disk" : "exited unexpectedly"}: ${exit.text}`);
    },
    onAccepted: ({ node, ...client }) =>
      strangers.accepted({
        ...client,
        broker: nodes.find(({ service }) => service === node)?.broker ?? null,
      }),
    signal: anySignal(signal(), closing.signal)!,
    security,
  });
  let discarding: Promise<void> | undefined;
  // closed during start-up: the nodes that have started are stopped before the program ends
  ending.add(async () => {
    closing.abort(new LabError("LAB_CLOSED", "Cannot start the cluster: the lab was closed"));
    await opening.then(
      ({ engine }) => discarding ?? engine.close(),
      () => {},
    );
  });
  const opened = await opening;
  nodes = opened.engine.nodes;
  ending.assertOpen();
  if (isFirst) recordStart(context, opened.engine);
  noteSource(context, opened);
  return {
    opened,
    async discard(number) {
      await (discarding = opened.engine.close({ keep: false }));
      setLogsAside(opened.engine, number);
    },
  };
}

function recordStart({ run }: LabContext, { nodes, kind, kafka }: Engine): void {
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
    machine: machineFacts(),
  });
}

function noteSource({ note }: LabContext, { engine, notes, source }: Opened): void {
  note(`${source}; ${engine.from}`);
  for (const text of [...notes, ...engine.differs]) note(text);
  note("the nodes run");
}

function setLogsAside(engine: Engine, number: number): void {
  const files = engine.nodes.map(({ service }) => engine.logFile(service)).filter(existsSync);
  for (const file of files) renameSync(file, file.replace(/(\.log)?$/, `.discarded-${number}$1`));
}

/** Waits until the brokers serve. */
async function serve(
  { progress, note }: LabContext,
  cluster: Cluster,
  { timeout, topic }: CommonOptions,
): Promise<void> {
  progress.begin("waiting for the brokers to serve");
  const isCreated = topic?.create ?? true;
  // one broker that lists all as alive is enough: `createTopic` waits until every broker knows the topic, and
  // a broker that does also knows the others
  await cluster.waitFor(
    isCreated ? ({ brokers }) => brokers.every(({ alive }) => alive) : "all alive",
    timeout === undefined ? {} : { timeout },
  );
  note("the brokers are alive");
}
