// What a history proves of consumer groups: each function with what it takes.
// The doc comments here are the public ones: editors and declaration files show them.

import * as explaining from "../analysis/explain/mod.ts";
import * as judging from "../analysis/check/mod.ts";
import { fields, maybe } from "./checked.ts";
import { guarded } from "./guard.ts";
import { examples, groupChecks, scoped } from "./scopes.ts";
import { history } from "./results.ts";
import * as is from "./values.ts";

type Scoped = { topic?: string; group?: string; examples?: number };
const { semantics } = groupChecks;
const ofGroup = {
  topic: scoped.topic,
  group: groupChecks.group,
  examples,
};
const ofGroups = maybe("options", fields<Scoped>(ofGroup));
/**
 * Compares each prediction for a consumer group with the fault of the same kind, on the same brokers or
 * members, that follows it. Pure.
 *
 * @returns one entry per prediction, in their order; `verdict` is unknown if no such fault followed, or it
 *   did not last long enough
 */
export const groupPredictionChecks: typeof explaining.groupPredictionChecks = guarded(
  "groupPredictionChecks",
  explaining.groupPredictionChecks,
  [history],
);
/**
 * Counts how often each consumer group processed each acknowledged record of the topics that it reads, and
 * names the delivery guarantee as measured (`facts.groups[].semantics`).
 *
 * The verdict is by the guarantee that is claimed. At least once: false if a record was committed past that
 * nobody processed, or is not in the log any more. At most once: false if a record was processed again.
 * Exactly once: false in both cases. It is unknown if no group read, or a group had not read to the end.
 *
 * @param options.semantics the claimed guarantee; @default "at-least-once"
 * @param options.client only records that this client sent; @default every client
 */
export const processedAll: typeof judging.processedAll = guarded("processedAll", judging.processedAll, [
  history,
  maybe("options", fields<judging.ProcessedAllOptions>({ ...ofGroup, client: scoped.client, semantics })),
]);
/**
 * Checks that consumer groups processed nothing that was never sent: no value that no send of the run has,
 * and that is not in the log at the end. Records of other producers are counted apart.
 *
 * The verdict is unknown if no group read, or such a record's partition was not read back to its end or had
 * transactions that were aborted.
 */
export const processedOnlySent: typeof judging.processedOnlySent = guarded(
  "processedOnlySent",
  judging.processedOnlySent,
  [history, ofGroups],
);
/**
 * Checks that consumer groups processed the records of each partition in the order of their offsets.
 *
 * A record is out of order if its first processing began after a later record of the partition was done.
 * Records that are processed again, as after a rebalance, are counted apart (`repeated`, `rewinds`), and so
 * is the order of records with the same key.
 */
export const processingOrder: typeof judging.processingOrder = guarded(
  "processingOrder",
  judging.processingOrder,
  [history, ofGroups],
);
/**
 * Finds records that consumer groups committed past without processing them, with the commit that did it:
 * nobody reads them any more.
 *
 * The verdict is false if there is one, and unknown if no group read, or only a commit with an unknown
 * outcome stands behind such a record.
 *
 * @param options.semantics with "at-most-once" they are counted, and the verdict stays true
 */
export const skipped: typeof judging.skipped = guarded("skipped", judging.skipped, [
  history,
  maybe("options", fields<judging.SkippedOptions>({ ...ofGroup, semantics })),
]);
/**
 * Measures the longest time, in milliseconds, in which a consumer group and each of its partitions processed
 * no record while there was something to read: over the run, and during each fault.
 *
 * The verdict is false if a group with something to read never processed a record, or a partition stood still
 * longer than `limit` (no limit by default). It is unknown if there was nothing to read, a partition still
 * stood still at the end, or a busy machine could have made it.
 *
 * @throws RangeError if the limit is not a duration
 */
export const groupProgress: typeof judging.groupProgress = guarded("groupProgress", judging.groupProgress, [
  history,
  maybe(
    "options",
    fields<judging.GroupProgressOptions>({ topic: ofGroup.topic, group: ofGroup.group, limit: is.duration }),
  ),
]);
/**
 * Checks that no consumer group committed an offset in front of what it had committed before.
 *
 * Commits after a reset are counted apart (`resets`): the coordinator reported a lower committed offset or
 * none, or the partition was read again from an earlier offset. Refused commits do not count.
 */
export const commitsForward: typeof judging.commitsForward = guarded(
  "commitsForward",
  judging.commitsForward,
  [history, ofGroups],
);
/**
 * Checks that a consumer group at `read_committed` was given no record of an aborted or open transaction, by
 * what the last readback of the topic left out.
 *
 * The verdict is unknown if no group read, a partition was not read back to its end, or uncommitted records
 * were given to a group whose `isolation.level` is not in the history.
 */
export const committedReads: typeof judging.committedReads = guarded(
  "committedReads",
  judging.committedReads,
  [history, ofGroups],
);
/**
 * Counts how often the output of each input record stands in the topic that a consumer group writes to
 * (`transform`), at read_committed and at read_uncommitted, as the last readback has it.
 *
 * The verdict is by the guarantee that is claimed. At least once: false if the group has passed a record that
 * has no output. At most once: false if a record has several. Exactly once: false in both cases. It is false,
 * too, if an output names an input record that never was, or stands behind that of a later record of its
 * partition; and unknown if no group writes, the output was not read to its end, or a transaction was open.
 *
 * @param options.semantics the claimed guarantee; @default "exactly-once" for a group with transactions,
 *   "at-least-once" without
 */
export const transformedAll: typeof judging.transformedAll = guarded(
  "transformedAll",
  judging.transformedAll,
  [history, maybe("options", fields<judging.TransformedAllOptions>({ ...ofGroup, semantics }))],
);
