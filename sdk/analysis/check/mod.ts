// What a history proves: checkers are pure functions of it.
//
//   history ─┬─ ledger  sends matched with the readback's records ─▶ survive · honest · duplicates · order
//            └─ paces   sends in the order of their ends           ─▶ availability · progress · recovery
//                                                                     check: all of them, merged
//   biography: one record's life   interesting: the records whose lives are worth a look
export {
  availability,
  firstAckAfter,
  type Availability,
  type AvailabilityFacts,
  type AvailabilityOptions,
  type Gaps,
} from "./availability.ts";
export type { Doubt } from "./absence.ts";
export { biography, type Biography, type LivedAttempt } from "./biography/biography.ts";
export type { FateWord } from "./biography/fate.ts";
export {
  interesting,
  type Interesting,
  type InterestingOptions,
  type InterestingRecord,
  type Worth,
  WORTH_A_LOOK,
} from "./biography/interesting.ts";
export type { Place, Reading } from "./biography/places.ts";
export type { LeaderView, Scene } from "./biography/scene.ts";
export {
  check,
  type Check,
  type CheckerName,
  type CheckOptions,
  type ClientTally,
  type Counts,
  type Judgement,
} from "./check.ts";
export { counted } from "./counted.ts";
export { duplicates, type DuplicatedRecord, type Duplication, type DuplicationFacts } from "./duplicates.ts";
export type { ExampleOptions, Finding, Scope, SentRecord } from "./finding.ts";
export { honest, type Honesty, type HonestyFacts } from "./honest.ts";
export { outage, type BeforeAfter, type Outage } from "./outage.ts";
export { order, type MisplacedRecord, type Ordering, type OrderingFacts } from "./order.ts";
export { gapsOver, paces, type Gap, type Pace, type Paces, type Stretch } from "./pace.ts";
export { progress, type Progress, type ProgressFacts, type Tally } from "./progress.ts";
export {
  recovery,
  type Healed,
  type Recovery,
  type RecoveryFacts,
  type RecoveryOptions,
} from "./recovery.ts";
export { sendsBy, type Sends } from "./sends.ts";
export { survive, type Survival, type SurvivalFacts } from "./survive.ts";
export { exitCodeOf, mergeVerdicts, type Verdict } from "../../model/verdict.ts";
export { windows, type FaultWindow, type Window, type Windows } from "./windows.ts";
