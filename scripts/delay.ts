// What scenario 03 measures: how many delayed answers each step of a client needs, beside how many it should.
//
//   options ─▶ steps (settings, predicted round trips) ─▶ measure (real brokers) ─▶ rows ─▶ verdict
//
// D is the delay, put on what the broker sends, so that every answer takes D. Counts are in D.

export { delayOptions, type DelayOptions } from "./delay/options.ts";
export {
  measureStep,
  type MeasuredStep,
  missLines,
  otherAddress,
  rowOf,
  verdictOf,
} from "./delay/measure.ts";
export { partTable, stepPicture, stepTable } from "./delay/picture.ts";
export { type Step, stepsOf } from "./delay/steps.ts";
