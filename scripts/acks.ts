// What scenario 16 needs: producers and topics as cells, what becomes of each while brokers are away.
//
//   prediction ──▶ expected ─┐
//   history ─────▶ measured ─┴─▶ as expected or not, a row a cell

export { type Cell, type Leading, PRODUCERS, startCells, untilIsr } from "./acks/cells.ts";
export { type Expected, expectedTable, predictCells } from "./acks/expected.ts";
export {
  measuredOf,
  type Outcome,
  outcomeFigures,
  outcomeJson,
  outcomeTable,
  untilAsExpected,
} from "./acks/measured.ts";
export { lossesOf, type Losses, lossFigures, lossJson, lossTable, untilLed } from "./acks/losses.ts";
