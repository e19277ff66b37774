// The wiring: starts a cluster, hands out the verbs, and closes everything.
//
//   startLab ─▶ engine (processes) ─▶ observer (state) ─▶ cluster, net, probe (verbs) ─▶ run (history)
//                                                                       conclude ─▶ check, report
//
// boot.ts starts the nodes, parts.ts makes the verbs, as-lab.ts puts both together as a `Lab`.

import path from "node:path";
import { performance } from "node:perf_hooks";
import { readSecurity } from "../client/security.ts";
import type { Engine } from "../engine/engine.ts";
import { readable } from "../model/duration.ts";
import { isNotebook } from "../notebook/notebook.ts";
import { progressReporter } from "../notebook/progress.ts";
import { activate, type NotebookSession } from "../notebook/session.ts";
import { catchInterrupts } from "../runtime/interrupt.ts";
import { anySignal } from "../runtime/signal.ts";
import { asLab } from "./as-lab.ts";
import { bootCluster, type Open } from "./boot.ts";
import type { LabContext } from "./context.ts";
import type { CommonOptions, Lab } from "./lab.ts";
import { followLogs } from "./observe/follow.ts";
import { recordViews, type RecordViewsOptions } from "./observe/record-views.ts";
import { watchStrangers } from "./observe/strangers.ts";
import { topicIds } from "./observe/topic-ids.ts";
import { recordMachine } from "./observe/machine.ts";
import type { LabParts } from "./parts.ts";
import { beginRun } from "./run.ts";
import { makeTeardown } from "./teardown.ts";
import { nameOf, OpenFaults } from "./faults/open-faults.ts";

/**
 * Starts the cluster that `open` describes, waits until it serves, and returns the lab; a failure on the way
 * closes whatever is open.
 */
export async function openLab(options: CommonOptions, open: Open): Promise<Lab> {
  const began = performance.now();
  const security = readSecurity(options.security);
  let session: NotebookSession | undefined;
  const context = makeContext(options, () => session?.signal());
  const { run, progress, ending, note } = context;
  const ids = topicIds((change) => run.record({ kind: "topic", atMs: run.now(), ...change }));
  let onFault = (): void => {};
  const faults = new OpenFaults(run, context.signal, () => onFault());
  try {
    // a kernel uses SIGINT itself: it interrupts a cell, not the notebook
    if (options.handleSignals ?? !isNotebook()) ending.add(catchInterrupts(ending.close, progress.say));
    if (isNotebook()) {
      session = await activate({ close: ending.close, say: progress.say, heal: () => healOpen(faults) });
      ending.add(session.leave);
    }
    const { opened, parts } = await bootCluster(context, {
      open,
      faults,
      options,
      security,
      topicIds: ids,
    });
    await parts.thread.ready;
    const isApart = parts.thread.current() !== undefined;
    const stopMachine = recordMachine(context.run, opened.engine, isApart ? "lab" : "both");
    ending.add(stopMachine);
    await createOwnTopic(parts, options);
    opened.engine.followLogs();
    const watching =
      options.observe === false
        ? NOT_WATCHED
        : watch(context, opened.engine, parts, {
            isQuiet: () => faults.isQuiet,
            topicIds: ids,
          });
    onFault = watching.pollFast;
    const bootMs = Math.round(performance.now() - began);
    const { nodes, kind, kafka } = opened.engine;
    progress.end(`${nodes.length} nodes serve after ${readable(bootMs)} (${kind} engine, Kafka ${kafka})`);
    ending.add(() => faults.healAll().catch((error: unknown) => note((error as Error).message)));
    ending.add(parts.probes.close);
    ending.add(parts.watches.close);
    const gatherLogs = async (): Promise<void> => {
      await watching.gather();
      stopMachine(); // what is judged does not change any more
    };
    return asLab(context, { opened, faults, parts, bootMs, gatherLogs, topicIds: ids });
  } catch (error) {
    await ending.close().catch(() => {}); // the first failure is the one to report
    throw error;
  }
}

function makeContext(options: CommonOptions, cell: () => AbortSignal | undefined): LabContext {
  const progress = progressReporter(options.onProgress);
  const run = beginRun(options.runs ?? path.join(".lab", "runs"), options.scenario ?? "ad-hoc", progress.say);
  const ending = makeTeardown(progress.end);
  ending.add(run.close);
  return {
    run,
    progress,
    ending,
    strangers: watchStrangers(run, progress.say),
    signal: () => anySignal(options.signal, cell()),
    note: (text) => run.record({ kind: "note", atMs: run.now(), text }),
  };
}

async function createOwnTopic(
  { cluster, topic, attachment }: LabParts,
  { timeout, topic: { name: _, create = true, ...how } = {} }: CommonOptions,
): Promise<void> {
  if (!create && attachment !== undefined && !attachment.isOwnTopic) await attachment.belongings.ready(topic);
  if (create) await cluster.createTopic(topic, { ...how, ...(timeout === undefined ? {} : { timeout }) });
}

interface Watching {
  /** Polls the cluster now, and frequently for a second. */
  pollFast(): void;
  /** Reads into the history what nodes logged in files of their own. */
  gather(): Promise<void>;
}

const NOT_WATCHED: Watching = { pollFast: () => {}, gather: () => Promise.resolve() };

/** Records the cluster's state and its brokers' logs. */
function watch(
  { run, ending }: LabContext,
  engine: Engine,
  { observer, probes }: LabParts,
  how: RecordViewsOptions,
): Watching {
  const views = recordViews(run, observer, probes.topics, how);
  ending.add(views.stop);
  if (engine.kind === "remote") return { ...NOT_WATCHED, pollFast: () => views.pollFast(false) };
  const logs = followLogs(run, engine, views.pollFast);
  ending.add(logs.stop);
  return { pollFast: () => views.pollFast(false), gather: logs.gather };
}

/** For an interrupted cell: heals everything, and returns a line for each fault that was open. */
async function healOpen(faults: OpenFaults): Promise<string[]> {
  const open = faults.open.map(nameOf);
  await faults.healAll();
  return open;
}
