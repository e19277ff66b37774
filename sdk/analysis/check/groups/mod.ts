// Checkers over consumer groups: pure functions of a history.
//
//   history ─▶ group logs ─┬─ fates    what became of records that nobody processed ─▶ processedAll · skipped
//                          ├─ runs     what was processed when ─▶ processingOrder · groupProgress
//                          ├─ commits ─▶ commitsForward
//                          └─ readback ─▶ processedOnlySent · committedReads · transformedAll
export {
  committedReads,
  type CommittedReads,
  type CommittedReadsFacts,
  type GroupReads,
} from "./committed-reads.ts";
export {
  type BackwardCommit,
  commitsForward,
  type CommitsForward,
  type CommitsForwardFacts,
  type GroupCommits,
} from "./commits-forward.ts";
export type { GroupDoubt } from "./fates.ts";
export { groupGaps, type PartitionGaps } from "./group-gaps.ts";
export { type GroupLog, hasGroups, type PartitionLog } from "./group-log.ts";
export type { RawGap } from "./progress-gaps.ts";
export { type GroupScope, isOfGroup } from "./group-events.ts";
export { groupProgress, type GroupProgressOptions } from "./group-progress.ts";
export type { GroupRecord } from "./group-record.ts";
export type { GroupCheck, GroupCheckOptions } from "./judged.ts";
export {
  type GroupTally,
  processedAll,
  type ProcessedAll,
  type ProcessedAllFacts,
  type ProcessedAllOptions,
} from "./processed-all.ts";
export {
  type GroupOrigins,
  processedOnlySent,
  type ProcessedOnlySent,
  type ProcessedOnlySentFacts,
} from "./processed-only-sent.ts";
export {
  type DisorderedRecord,
  type GroupOrdering,
  processingOrder,
  type ProcessingOrder,
  type ProcessingOrderFacts,
} from "./processing-order.ts";
export type {
  FaultStandstill,
  GroupProgress,
  GroupProgressFacts,
  GroupStandstill,
  PartitionStandstill,
  ProgressGap,
} from "./standstill.ts";
export { type MeasuredSemantics, type Semantics, SEMANTICS } from "./semantics.ts";
export {
  type GroupSkips,
  skipped,
  type Skipped,
  type SkippedFacts,
  type SkippedOptions,
  type SkippedRange,
} from "./skipped.ts";
export type { OutputDoubt, OutputRecord } from "./output-book.ts";
export type { OutputCounts, StrangeOutput, TransformedRecord } from "./output-tally.ts";
export {
  type GroupOutputs,
  transformedAll,
  type TransformedAll,
  type TransformedAllFacts,
  type TransformedAllOptions,
} from "./transformed-all.ts";
