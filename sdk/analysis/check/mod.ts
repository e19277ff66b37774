// Checkers: pure functions of a history.
//
//   history ─┬─ ledger         sends matched with the readback ─▶ noLostWrites · noPhantomWrites ·
//            │                                                     duplicates · order
//            └─ ack timelines  sends in the order of their ends ─▶ availability · progress · recovery
//                                                                  check: all of them, merged
//   recordTrace: the trace of one record   anomalies: the records that were lost, duplicated, slow, …
export {
  availability,
  firstAckAfter,
  type Availability,
  type AvailabilityFacts,
  type AvailabilityOptions,
  type Gaps,
} from "./availability.ts";
export type { Doubt } from "./absence.ts";
export { recordTrace, type RecordTrace, type TracedAttempt } from "./trace/trace.ts";
export type { RecordFate } from "./trace/fate.ts";
export {
  anomalies,
  type Anomalies,
  type AnomalyOptions,
  type AnomalousRecord,
  type AnomalyKind,
  ANOMALY_KINDS,
} from "./trace/anomalies.ts";
export type { LogPosition, Reading } from "./trace/log-positions.ts";
export type { LeaderView, Scene } from "./trace/scene.ts";
export {
  check,
  type Check,
  CHECKERS,
  type CheckerName,
  type CheckOptions,
  type ClientTally,
  type Counts,
  type Judgement,
} from "./check.ts";
export { counted } from "./counted.ts";
export { duplicates, type DuplicatedRecord, type Duplication, type DuplicationFacts } from "./duplicates.ts";
export type { ExampleOptions, Finding, Scope, SentRecord } from "./finding.ts";
export { noPhantomWrites, type NoPhantomWrites, type NoPhantomWritesFacts } from "./no-phantom-writes.ts";
export { outage, type BeforeAfter, type Outage } from "./outage.ts";
export { order, type MisplacedRecord, type Ordering, type OrderingFacts } from "./order.ts";
export {
  gapsOver,
  ackTimelines,
  type LongestAckGap,
  type AckTimeline,
  type AckTimelines,
  type AckGap,
} from "./ack-timeline.ts";
export { progress, type Progress, type ProgressFacts, type Tally } from "./progress.ts";
export {
  recovery,
  type Healed,
  type Recovery,
  type RecoveryFacts,
  type RecoveryOptions,
} from "./recovery.ts";
export { sendsBy, type Sends } from "./sends.ts";
export { noLostWrites, type NoLostWrites, type NoLostWritesFacts } from "./no-lost-writes.ts";
export { exitCodeOf, mergeVerdicts, type Verdict } from "../../model/verdict.ts";
export { windows, type FaultWindow, type Window, type Windows } from "./windows.ts";
