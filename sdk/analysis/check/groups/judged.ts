// Runs the checkers over consumer groups.
import type { Duration } from "../../../model/duration.ts";
import type { History } from "../../../model/history.ts";
import type { ExampleOptions, Scope } from "../finding.ts";
import { type CommittedReads, committedReadsIn } from "./committed-reads.ts";
import { type CommitsForward, commitsForwardIn } from "./commits-forward.ts";
import { groupLogs } from "./group-log.ts";
import { groupProgressIn } from "./group-progress.ts";
import { type ProcessedAll, processedAllIn } from "./processed-all.ts";
import { type ProcessedOnlySent, processedOnlySentIn } from "./processed-only-sent.ts";
import { type ProcessingOrder, processingOrderIn } from "./processing-order.ts";
import type { Semantics } from "./semantics.ts";
import { type Skipped, skippedIn } from "./skipped.ts";
import type { GroupProgress } from "./standstill.ts";
import { type TransformedAll, transformedAllIn } from "./transformed-all.ts";

/** A result of a checker over consumer groups. */
export type GroupCheck =
  | ProcessedAll
  | ProcessedOnlySent
  | ProcessingOrder
  | Skipped
  | GroupProgress
  | CommitsForward
  | CommittedReads
  | TransformedAll;

/** The checkers over consumer groups, in the order of `Judgement.checks`. */
export const GROUP_CHECKERS: readonly GroupCheck["checker"][] = Object.freeze([
  "processedAll",
  "processedOnlySent",
  "processingOrder",
  "skipped",
  "groupProgress",
  "commitsForward",
  "committedReads",
  "transformedAll",
] satisfies GroupCheck["checker"][]);

/** What the checkers over groups are asked for. */
export interface GroupCheckOptions extends Scope, ExampleOptions {
  /** Only this consumer group. @default every group */
  group?: string;
  /**
   * The delivery guarantee that consumer groups are claimed to give. With `at-most-once` records may be
   * skipped; with `exactly-once` none may be processed again either.
   *
   * @default "at-least-once"; for the output of a transactional `transform` "exactly-once"
   */
  semantics?: Semantics;
  /**
   * The longest time that a partition of a consumer group may stand still while there is something to read:
   * during each fault, and without faults over the whole run. @default no limit
   */
  standstillLimit?: Duration;
}

/** Runs all of them; the sends of a group's topics are matched once. */
export function groupChecks(history: History, options: GroupCheckOptions): readonly GroupCheck[] {
  const { standstillLimit } = options;
  const groups = groupLogs(history, options);
  return [
    processedAllIn(groups, options),
    processedOnlySentIn(groups, options),
    processingOrderIn(groups, options),
    skippedIn(groups, options),
    groupProgressIn(history, groups, standstillLimit === undefined ? {} : { limit: standstillLimit }),
    commitsForwardIn(groups, options),
    committedReadsIn(groups, options),
    transformedAllIn(history, groups, options),
  ];
}
