// When readers of an output go on whose producer died in a transaction.
//
//   reader   … begun ──── open transaction ──── aborted     the last stable offset stays at `begun` so long
//
// Sources: KIP-98 (read_committed readers are given nothing behind the first offset of an open transaction;
// InitProducerId aborts what the same transactional.id left open), TransactionStateManager.scala
// (timedOutTransactions: a transaction older than transaction.timeout.ms, looked for every
// transaction.abort.timed.out.transaction.cleanup.interval.ms, 10 s).

import { type Group, type History, type Lab, type Picture, readable, tableOf } from "@kafka-failure-lab/sdk";
import { goesOnIn, type Judged, judgedTime, overWindow, type Window } from "./expected.ts";
import { stoodStill } from "./report.ts";
import { untilSeen } from "./until.ts";

/** Kafka's default of `transaction.abort.timed.out.transaction.cleanup.interval.ms`, in milliseconds. */
export const CLEANUP_MS = 10_000;
/** A request and its answer, the markers, and a fetch. */
const ANSWERS_MS = 1_000;
/** Starting a process, connecting, and InitProducerId. */
const INIT_MS = 5_000;
/** What the members' processes and the lab's clock may differ. */
const CLOCK_MS = 100;

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
   * first transaction (src/producer/index.js): when the dead member's session is over, and it has a batch.
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

/** As JSON. */
export function readerJson({ name, isolation, measured, expected, verdict, busy }: ReaderWait): object {
  const { ms } = measured;
  return { name, isolation, ms, expected, asPredicted: verdict, ...(busy !== undefined && { busy }) };
}

/** A reader at an open transaction of a member that was killed, and when it is expected to go on. */
export interface ExpectedReader {
  /** Its name begins with that of the transform, whose outputs `beat-TRANSFORM` writes among. */
  readonly reader: Pick<Group, "name" | "settings">;
  readonly killedMs: number;
  readonly window: Window;
}

/**
 * Waits until each reader is given a record that was sent after the kill, and compares how long that took.
 *
 * @throws LabError NOT_READY after three minutes
 */
export function untilReadersGoOn(lab: Lab, all: readonly ExpectedReader[]): Promise<ReaderWait[]> {
  return Promise.all(
    all.map(async ({ reader, killedMs, window }) => {
      const value = `beat-${reader.name.split(" ")[0]!}-`;
      const givenMs = await untilGiven(lab, { reader: reader.name, value, afterMs: killedMs });
      return judgedReader(lab.run.history, reader, { killedMs, givenMs, expected: window });
    }),
  );
}
