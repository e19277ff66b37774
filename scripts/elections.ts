// What the scenarios of elections, rolling restarts and cut networks share: what is expected, and what a
// history shows.

export { type Cut, type CutCase, cutFigures, cutOf, cutTable } from "./elections/cuts.ts";
export { groupApart } from "./elections/group-apart.ts";
export { expectedSkips, type GroupLoss } from "./elections/group-loss.ts";
export {
  expectedLoss,
  expectedText,
  type ExpectedLoss,
  type Loss,
  lossOf,
  lossTable,
} from "./elections/loss.ts";
export {
  brokerSessionMs,
  partitionApart,
  partitionAt,
  partitionLedApart,
  untilAway,
  untilLeaderless,
} from "./elections/partition.ts";
export type { Away, Bounds } from "./elections/rewritten.ts";
export {
  type ProducerEnd,
  type ProducerRoll,
  producersFigures,
  producersJson,
  type ProducersRolled,
  producersRolledOf,
  producersTable,
  rollProducers,
} from "./elections/producers.ts";
export {
  type Rolled,
  rolledOf,
  rolledFigures,
  rolledJson,
  rolledTable,
  type RollKind,
  rollExpectation,
} from "./elections/rolls.ts";
export {
  stepFigures,
  type StepCase,
  type Stepped,
  steppedOf,
  stepTable,
} from "./elections/steps.ts";
