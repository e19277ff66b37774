// What the scenarios of consumer groups share: what is expected of a group, and what it did.
//
//   settings ─▶ expected window, timer ─┐
//   history ──▶ standstill, in hand ────┴─▶ as expected, not, or inconclusive on a busy machine

export { type Beside, besideFigures, besideOf, besideTable, bringBackFailed } from "./consumers/beside.ts";
export { type Ready, readyGroups, roleOutcomes, untilServed } from "./consumers/broker-loss.ts";
export { delayedConsumer, delayedWords } from "./consumers/delayed.ts";
export {
  goesOnIn,
  handled,
  type Handled,
  type Judged,
  judgedTime,
  missLines,
  overWindow,
  type Window,
} from "./consumers/expected.ts";
export {
  consumerJson,
  consumerRow,
  expectedConsumer,
  isSettled,
  measuredConsumer,
  postedConsumer,
} from "./consumers/posted.ts";
export {
  hadGoneOn,
  handOf,
  inHand,
  type InHand,
  untilInBatch,
  untilOneInBatch,
  waitingFor,
} from "./consumers/in-hand.ts";
export {
  isWithin,
  type Outcome,
  outcomeFigures,
  outcomeJson,
  outcomeTable,
  stoodStill,
  timeFigure,
} from "./consumers/report.ts";
export { roleFigures, roleJson, roleTable } from "./consumers/role-report.ts";
export type { GroupRole } from "./consumers/roles.ts";
export { comes, memberSettings } from "./consumers/settings.ts";
export { type Standstill, standstillOf } from "./consumers/standstill.ts";
export {
  judgedSlow,
  type Pace,
  paceOf,
  type Rounds,
  roundsOf,
  type Slow,
  slowFigures,
  slowJson,
  slowTable,
  untilRounds,
} from "./consumers/slow.ts";
export {
  expectedOf,
  type Hands,
  handsOf,
  type Protocol,
  type Rolled,
  rolledFigures,
  rolledJson,
  rolledOf,
  rolledTable,
  type Span,
} from "./consumers/rolling.ts";
export {
  CLEANUP_MS,
  goesOn,
  readerJson,
  readerTable,
  type ReaderWait,
  untilReadersGoOn,
} from "./consumers/readers.ts";
export {
  doubledBy,
  judgedOutputs,
  type Killed,
  type Transformed,
  transformFigures,
  transformJson,
  transformTable,
  type Uncommitted,
  uncommittedOf,
} from "./consumers/transforms.ts";
