// What a history proves: each function with what it takes.
// The doc comments here are the public ones: editors and declaration files show them.

import * as v from "valibot";
import * as explaining from "../analysis/explain/mod.ts";
import * as judging from "../analysis/check/mod.ts";
import { fields, maybe, needed } from "./checked.ts";
import { guarded } from "./guard.ts";
import * as options from "./options.ts";
import { history } from "./results.ts";
import * as is from "./values.ts";

const scope = maybe("options", options.scopeOptions);
const examples = maybe("options", options.exampleOptions);
const limit = maybe("options", options.limitOptions);

/**
 * Compares each prediction of a history with the fault of the same kind and targets that follows it. Pure.
 *
 * @returns one entry per prediction, in their order; `verdict` is unknown if no such fault followed
 */
export const predictionChecks: typeof explaining.predictionChecks = guarded(
  "predictionChecks",
  explaining.predictionChecks,
  [history],
);
/**
 * Explains each time without an acknowledged send: cuts it into consecutive parts, each with its evidence.
 * Pure. The parts add up to the whole; time without evidence is a part of its own, `unexplained`.
 *
 * @param options.longerThanMs shorter windows are left out; @default five times the client's usual time
 *   between acknowledgements, at least 100 ms around a fault and 500 ms elsewhere
 */
export const explain: typeof explaining.explain = guarded("explain", explaining.explain, [
  history,
  maybe("options", options.explainOptions),
]);
/**
 * Measures the longest time without an acknowledged send, in milliseconds: over the run, in each step,
 * during each fault, and for each client.
 *
 * The verdict is false if a client that sent was never acknowledged or waited longer than `limit` (no limit
 * by default), and unknown if nobody sent. Steps and faults cut the gaps at their ends; a gap that spans two
 * steps is whole only in `run`.
 */
export const availability: typeof judging.availability = guarded("availability", judging.availability, [
  history,
  limit,
]);
/**
 * Traces one record by its value: when it was sent, each attempt with the leader and the ISR at that moment,
 * its outcome, its offsets at the end of the run, who read it, and what consumer groups did with it.
 *
 * @throws RangeError if no send has that value; the message names the nearest value that was sent
 */
export const recordTrace: typeof judging.recordTrace = guarded("recordTrace", judging.recordTrace, [
  history,
  needed("value", v.string("the value of a record")),
]);
/**
 * Judges a history: runs checkers and merges their verdicts. Pure; a run can be judged again at any time.
 *
 * `noLostWrites`, `noPhantomWrites`, `duplicates` and `order` are true if nothing happened at all;
 * `availability`, `progress` and `recovery` are unknown if nobody sent. The checkers over consumer groups run
 * where the history has a group.
 *
 * @throws TypeError if `checks` names a checker that does not exist; RangeError if a limit is not a duration
 */
export const check: typeof judging.check = guarded("check", judging.check, [
  history,
  maybe("options", options.checkOptions),
]);
/**
 * Counts records that are in the log more than once.
 *
 * Retries may write duplicates, so the verdict is true unless a client with `idempotent: true` wrote one. It
 * is unknown if such a client's topic was not read to its end.
 */
export const duplicates: typeof judging.duplicates = guarded("duplicates", judging.duplicates, [
  history,
  examples,
]);
/**
 * Returns the time from a moment to the next acknowledgement, in milliseconds; null if none followed.
 *
 * @param atMs the moment, in milliseconds since the run's start
 * @param client a client's name; @default any client
 */
export const firstAckAfter: typeof judging.firstAckAfter = guarded("firstAckAfter", judging.firstAckAfter, [
  history,
  needed(
    "atMs",
    is.number("milliseconds since the run's start", (ms) => !Number.isNaN(ms)),
  ),
  maybe("client", v.string("a client's name")),
]);
/**
 * Checks that no send with the outcome `fail` is in the log at the end.
 *
 * This judges the client, not the cluster: an application that trusts a wrong `fail` sends again and writes
 * a duplicate.
 */
export const noPhantomWrites: typeof judging.noPhantomWrites = guarded(
  "noPhantomWrites",
  judging.noPhantomWrites,
  [history, examples],
);
/**
 * Finds the records that were lost or duplicated, whose outcome is unknown, that failed but are in the log,
 * or that took long.
 *
 * @param options.slowerThan what is slow; @default ten times the lower quartile of the run's sends, and at
 *   least 100 ms
 * @param options.limit the number of rows; all are counted
 */
export const anomalies: typeof judging.anomalies = guarded("anomalies", judging.anomalies, [
  history,
  maybe("options", options.anomalyOptions),
]);
/**
 * Checks the order of records within each partition against the order of their sends.
 *
 * A record is out of order if it stands behind a record whose send began after this one was acknowledged.
 * Sends that overlapped in time may stand in any order. All clients are compared with each other, because
 * they share the run's clock.
 */
export const order: typeof judging.order = guarded("order", judging.order, [history, examples]);
/**
 * Judges what arrived on watched topics (`lab.watch`), whoever sent it: gaps during faults, duplicates where
 * contents tell records apart, and records that are gone at the end.
 *
 * The verdict is false if a record that had arrived is gone, or a gap is certainly longer than `limit` (no
 * limit by default). It is unknown if nothing arrived, nothing arrived any more after a fault, or a topic was
 * not read to its end. Which sends were acknowledged, and what was never sent, only the application knows.
 */
export const arrivals: typeof judging.arrivals = guarded("arrivals", judging.arrivals, [
  history,
  maybe(
    "options",
    fields<judging.ArrivalsOptions>({
      topic: is.text("a topic's name", 249),
      client: is.text("a client's name"),
      limit: is.duration,
      examples: is.whole(0, is.MOST),
    }),
  ),
]);
type OutageOptions = Parameters<typeof judging.outage>[1];
/**
 * Measures one fault: each client's longest time without an acknowledgement in milliseconds, and leader, ISR
 * and controller before and after it.
 *
 * A gap that is still open when the fault is healed is null (never served again), unless the client's own
 * machine may have caused it.
 *
 * @param options.topic the topic whose leader and ISR are reported
 * @param options.partition @default 0
 * @param options.id the fault's id; @default the first fault
 * @param options.untilMs the end of the measurement, in milliseconds since the run's start; @default when
 *   the fault was healed
 * @throws RangeError if the history has no such fault
 */
export const outage: typeof judging.outage = guarded("outage", judging.outage, [
  history,
  needed(
    "options",
    fields<OutageOptions>(
      {
        id: is.text("a fault's id"),
        topic: v.string("a topic's name"),
        partition: is.whole(0, is.MOST),
        untilMs: is.number("milliseconds since the run's start", (ms) => ms >= 0),
      },
      ["topic"],
    ),
  ),
]);
type Stretch = NonNullable<Parameters<typeof judging.machineShare>[1]>;
const moment = is.number("milliseconds since the run's start", (ms) => ms >= 0);
/**
 * Returns how much of a stretch of a run the machine kept from the lab and from the brokers, in milliseconds:
 * the lab's event loop stood still, brokers waited for a processor, a hypervisor took the time.
 *
 * For claims that compare times: where it `isBusy`, they are better inconclusive than failed. Zero in runs
 * before 0.7, and on systems without figures.
 *
 * @param stretch.fromMs in milliseconds since the run's start; @default 0
 * @param stretch.toMs @default the end of the run
 * @throws RangeError if `toMs` is before `fromMs`
 * @example
 * import { machineShare } from "kafka-failure-lab";
 *
 * const began = lab.run.now();
 * await lab.probe.send();
 * const { isBusy, togetherMs } = machineShare(lab.run.history, { fromMs: began, toMs: lab.run.now() });
 * console.log(typeof isBusy, togetherMs >= 0); // boolean true
 */
export const machineShare: typeof judging.machineShare = guarded("machineShare", judging.machineShare, [
  history,
  maybe("stretch", fields<Stretch>({ fromMs: moment, toMs: moment })),
]);
/**
 * Checks that every client that sent during a fault was also acknowledged during it.
 *
 * Only sends that began after the fault took effect count. The verdict is unknown if there was no fault or
 * nobody sent during one.
 */
export const progress: typeof judging.progress = guarded("progress", judging.progress, [history, scope]);
/**
 * Measures the time from the end of each fault to the next acknowledged send, in milliseconds.
 *
 * It counts from the moment at which the heal took effect, such as a broker's process running again, and so
 * includes the broker's start. The verdict is false if a client that sent after a heal was not acknowledged
 * within `limit`, and unknown if nothing was healed or nobody sent afterwards.
 */
export const recovery: typeof judging.recovery = guarded("recovery", judging.recovery, [history, limit]);
/**
 * Checks that every acknowledged record is in the log at the end.
 *
 * A record that is missing from a partition that was read to its end is lost. The verdict is unknown where a
 * partition was not read to its end, and true if no send was acknowledged. Sends with the outcome `info`
 * count neither as lost nor as kept.
 */
export const noLostWrites: typeof judging.noLostWrites = guarded("noLostWrites", judging.noLostWrites, [
  history,
  examples,
]);
