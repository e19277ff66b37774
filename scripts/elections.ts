// What the scenarios of elections and of rolling restarts share: what is expected, and what a history shows.

export {
  type Away,
  expectedLoss,
  expectedLossText,
  type Loss,
  lossOf,
  type LossRange,
  lossTable,
} from "./elections/loss.ts";
export { partitionAt, untilAway, untilLeaderless } from "./elections/partition.ts";
export {
  type Rolled,
  rolledOf,
  rolledFigures,
  rolledJson,
  rolledTable,
  type RollKind,
  rollExpectation,
} from "./elections/rolls.ts";
