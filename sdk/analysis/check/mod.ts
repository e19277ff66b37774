// Checkers: pure functions of a history.
//
//   history ─┬─ ledger         sends matched with the readback ─▶ noLostWrites · noPhantomWrites ·
//            │                                                     duplicates · order
//            ├─ ack timelines  sends in the order of their ends ─▶ availability · progress · recovery
//            └─ group logs     records as consumer groups met them ─▶ groups/
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
export { arrivals, arrivalsOf } from "./arrivals.ts";
export type {
  ArrivalGap,
  Arrivals,
  ArrivalsFacts,
  ArrivalsOptions,
  FaultArrivals,
  WatchTally,
} from "./arrivals.ts";
export type { DuplicateArrivals } from "./arrival-content.ts";
export type { Doubt } from "./absence.ts";
export type { GroupStep, GroupTrace } from "./trace/group-trace.ts";
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
export { check } from "./check.ts";
export {
  type Check,
  CHECKERS,
  type CheckerName,
  type CheckOptions,
  type ClientTally,
  type Counts,
  type Judgement,
} from "./judgement.ts";
export * from "./groups/mod.ts";
export { counted } from "./counted.ts";
export { duplicates, type DuplicatedRecord, type Duplication, type DuplicationFacts } from "./duplicates.ts";
export type { ClientGap, FaultGaps, GapsByFault } from "./fault-gaps.ts";
export type { ExampleOptions, Finding, Scope, SentRecord } from "./finding.ts";
export { noPhantomWrites, type NoPhantomWrites, type NoPhantomWritesFacts } from "./no-phantom-writes.ts";
export {
  brokersOf,
  couldBeMachine,
  type MachineLog,
  machineLog,
  type MachineShare,
  machineShare,
  shareOf,
  overlap,
} from "./machine.ts";
export { gapDuring, outage, type BeforeAfter, type Outage } from "./outage.ts";
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
export type { Unjudged } from "./unjudged.ts";
export { isUnderWay, sendsBy, type Sends } from "./sends.ts";
export {
  noLostWrites,
  type NoLostWrites,
  type NoLostWritesFacts,
  type OpenTransaction,
} from "./no-lost-writes.ts";
export { exitCodeOf, mergeVerdicts, type Verdict } from "../../model/verdict.ts";
export { ofNodes, windows, type FaultWindow, type Window, type Windows } from "./windows.ts";
