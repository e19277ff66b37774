// What a member of a transform leaves when it dies between writing and committing, and when readers of its
// output go on.
//
//   written    0 1 2 3 4 ✗ killed                      without transactions they are written again: doubled
//   reader     … begun ──── open transaction ──── aborted     the last stable offset stays at `begun` so long
//
// Sources: KIP-98 (read_committed readers are given nothing behind the first offset of an open transaction;
// InitProducerId aborts what the same transactional.id left open), TransactionStateManager.scala
// (timedOutTransactions: a transaction older than transaction.timeout.ms, looked for every
// transaction.abort.timed.out.transaction.cleanup.interval.ms, 10 s).

import {
  type Group,
  type GroupOutputs,
  type History,
  type Lab,
  machineShare,
  type Picture,
  readable,
  tableOf,
  transformedAll,
  type Verdict,
} from "@kafka-failure-lab/sdk";
import type { Figure } from "@kafka-failure-lab/sdk/scenario";
import { goesOnIn, type Judged, judgedTime, overWindow, type Window } from "./expected.ts";
import { stoodStill, timeFigure } from "./report.ts";
import { untilSeen } from "./until.ts";

/** Kafka's default of `transaction.abort.timed.out.transaction.cleanup.interval.ms`, in milliseconds. */
export const CLEANUP_MS = 10_000;
/** A request and its answer, the markers, and a fetch. */
const ANSWERS_MS = 1_000;
/** Starting a process, connecting, and InitProducerId. */
const INIT_MS = 5_000;
/** A machine that is away for so long may interrupt a member's batch. */
const INTERRUPTS_MS = 1_000;
/** What the members' processes and the lab's clock may differ. */
const CLOCK_MS = 100;

/** A member that was killed. */
export interface Killed {
  readonly group: string;
  readonly member: string;
  /** When, in milliseconds since the run's start. */
  readonly atMs: number;
}

/** What a member had written and not committed when it was killed. */
export interface Uncommitted {
  /** Records whose output is acknowledged. */
  readonly written: number;
  /** When its open transaction began, in milliseconds since the run's start; undefined without one. */
  readonly begunMs: number | undefined;
}

/** Returns what a member that has ended left behind, by the history until then. */
export function uncommittedOf(history: History, { group, member, atMs }: Killed): Uncommitted {
  const written = new Set<string>();
  let begunMs: number | undefined;
  let committed = -1n;
  for (const event of history) {
    if (!("member" in event) || event.group !== group || event.member !== member) continue;
    if (event.kind === "member" && event.change === "started" && event.atMs > atMs) break;
    if (event.kind === "produced" && event.error === undefined)
      for (const offset of event.offsets) written.add(offset);
    if (event.kind === "transaction") begunMs = event.change === "begun" ? event.atMs : undefined;
    if (event.kind === "commit" && event.error === undefined)
      for (const { offset } of event.offsets) committed = BigInt(offset) - 1n;
  }
  return { written: [...written].filter((offset) => BigInt(offset) > committed).length, begunMs };
}

/** How many outputs there are twice: what is written and not committed, and what may be on its way. */
export function doubledBy({ written }: Uncommitted): { readonly least: number; readonly most: number } {
  return { least: written, most: written + 1 };
}

type ReaderTimers = Pick<Group["settings"], "maxWait">;

/** When a reader is given what stands behind the open transaction, counted from the kill. */
export const goesOn = {
  /** A read_uncommitted reader does not wait. */
  atOnce: ({ maxWait }: ReaderTimers): Window => ({
    ...{ fromMs: 0, toMs: maxWait + ANSWERS_MS },
    decidingTimer: `fetch.max.wait.ms ${readable(maxWait)}`,
  }),
  /**
   * When the next producer of the transactional.id asks for its id: Java's when it starts, kafkajs's with its
   * first transaction (src/producer/index.js), when the session of the dead member is over and it has a batch.
   */
  atInit({ maxWait }: ReaderTimers, transform: Group["settings"], startedMs: number): Window {
    const untilMs = INIT_MS + maxWait + ANSWERS_MS;
    const decidingTimer = "the next InitProducerId of its transactional.id";
    if (transform.client === "java") return { fromMs: 0, toMs: startedMs + untilMs, decidingTimer };
    const takesOver = goesOnIn("kill", transform, { left: 0 });
    return { fromMs: takesOver.fromMs, toMs: takesOver.toMs + untilMs, decidingTimer };
  },
  /** When the coordinator ends the transaction. */
  atTimeout(
    { maxWait }: ReaderTimers,
    { timeoutMs, cleanupMs, openMs }: { timeoutMs: number; cleanupMs: number; openMs: number },
  ): Window {
    const fromMs = Math.max(0, timeoutMs - openMs - CLOCK_MS);
    return {
      ...{ fromMs, toMs: fromMs + CLOCK_MS + cleanupMs + maxWait + ANSWERS_MS },
      decidingTimer: `transaction.timeout.ms ${readable(timeoutMs)}, looked for every ${readable(cleanupMs)}`,
    };
  },
};

const PATIENCE_MS = 180_000;

/**
 * Waits until a reader is given a record that was sent after a moment, and returns when that was.
 *
 * @param value what its value begins with: the name of the probe that sends it
 * @throws LabError NOT_READY after three minutes
 */
export function untilGiven(
  lab: Lab,
  { reader, value, afterMs }: { reader: string; value: string; afterMs: number },
): Promise<number> {
  const behind = (history: History): Set<string> =>
    new Set(
      history.flatMap((event) =>
        event.kind === "send" && event.atMs > afterMs && event.value.startsWith(value) ? [event.value] : [],
      ),
    );
  return untilSeen(lab, {
    look(history) {
      const values = behind(history);
      const given = history.find(
        (event) =>
          event.kind === "delivered" &&
          event.group === reader &&
          event.atMs > afterMs &&
          event.records.some((record) => values.has(record.value)),
      );
      return given?.atMs;
    },
    what: `${reader} to be given what stands behind the open transaction`,
    hint: "The transaction's markers may be missing; the readers' logs are in the run's folder.",
    timeoutMs: PATIENCE_MS,
  });
}

/** One reader of an output with an open transaction. */
export interface ReaderWait extends Judged {
  readonly isolation: Group["settings"]["isolation"];
}

/** Compares how long a reader waited at an open transaction. */
export function judgedReader(
  history: History,
  { name, settings }: Pick<Group, "name" | "settings">,
  { killedMs, givenMs, expected }: { killedMs: number; givenMs: number; expected: Window },
): ReaderWait {
  const measured = { fromMs: killedMs, toMs: givenMs, ms: givenMs - killedMs, isOpen: false };
  return { ...judgedTime(history, name, { expected, measured }), isolation: settings.isolation };
}

/** A row a reader. */
export function readerTable(readers: readonly ReaderWait[]): Picture {
  return tableOf(
    [
      ["reader", "isolation.level", "waited", "predicted"],
      ...readers.map(({ name, isolation, measured, expected }) => [
        name,
        isolation,
        stoodStill(measured),
        overWindow(expected),
      ]),
    ],
    { align: ["left", "left", "right", "left"] },
  );
}

/** One transform whose member was killed. */
export interface Transformed {
  readonly name: string;
  /** What the member that was killed left. */
  readonly left: Uncommitted;
  readonly outputs: GroupOutputs;
  readonly verdict: Verdict;
}

/**
 * Compares the outputs of a group with what the member that was killed left. More of them than that are
 * inconclusive where a busy machine may have thrown out members that were healthy.
 *
 * @param killedMs when, in milliseconds since the run's start
 */
export function judgedOutputs(
  history: History,
  { name, left, killedMs }: { name: string; left: Uncommitted; killedMs: number },
): Transformed {
  const outputs = transformedAll(history, { group: name }).facts.groups[0];
  if (outputs === undefined) throw new TypeError(`The group ${name} writes to no other topic`);
  const { least, most } = doubledBy(left);
  const { committed, uncommitted, isTransactional, outputDoubts, undecided } = outputs;
  const judged = (verdict: Verdict): Transformed => ({ name, left, outputs, verdict });
  if (isTransactional && committed.several > 0) return judged(false);
  if (outputDoubts.length > 0 || undecided > 0 || uncommitted === null) return judged("unknown");
  const twice = isTransactional ? uncommitted.several : committed.several;
  if (twice < least) return judged(false);
  if (twice <= most) return judged(true);
  const machine = machineShare(history, { fromMs: killedMs, toMs: history.at(-1)?.atMs ?? killedMs });
  return judged(machine.togetherMs >= INTERRUPTS_MS ? "unknown" : false);
}

/** A row a transform. */
export function transformTable(transforms: readonly Transformed[]): Picture {
  return tableOf(
    [
      ["group", "records", "written twice", "predicted", "at read_uncommitted", "predicted", "as measured"],
      ...transforms.map(({ name, left, outputs }) => {
        const { least, most } = doubledBy(left);
        const { records, committed, uncommitted, isTransactional, semantics } = outputs;
        return [
          name,
          String(records),
          String(committed.several),
          isTransactional ? "0" : `${least} to ${most}`,
          String(uncommitted?.several ?? "?"),
          `${least} to ${most}`,
          semantics,
        ];
      }),
    ],
    { align: ["left", "right", "right", "right", "right", "right", "left"] },
  );
}

/** As JSON. */
export function transformJson({ name, left, outputs, verdict }: Transformed): object {
  const { records, committed, uncommitted, never, semantics } = outputs;
  return { name, left, records, committed, uncommitted, never, semantics, asPredicted: verdict };
}

/** As JSON. */
export function readerJson({ name, isolation, measured, expected, verdict, busy }: ReaderWait): object {
  const { ms } = measured;
  return { name, isolation, ms, expected, asPredicted: verdict, ...(busy !== undefined && { busy }) };
}

/** What comes again in another run. */
export function transformFigures(
  transforms: readonly Transformed[],
  readers: readonly ReaderWait[],
): Record<string, Figure> {
  return Object.fromEntries([
    ...transforms.flatMap(({ name, outputs }): [string, Figure][] => [
      [`${name}: writes records twice`, { value: outputs.committed.several > 0 }],
      [`${name}: as measured`, { value: outputs.semantics }],
    ]),
    ...readers.map((one): [string, Figure] => [`${one.name}: waits`, timeFigure(one)]),
  ]);
}
