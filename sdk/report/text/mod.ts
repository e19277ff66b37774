// A judgement and a run as text for a terminal: pure functions to lines, without colour unless `paint` adds
// it.
export { recordTraceLines, anomalyLines, anomalyTable } from "./trace.ts";
export { type Changes, inSync, leadership } from "./changes.ts";
export { groupPredictionCheckLines } from "./group-prediction-check.ts";
export { predictionCheckLines } from "./prediction-check.ts";
export { explanationLines, explanationSummary } from "./explanation.ts";
export { missingLines } from "./missing.ts";
export { outcomeSummary } from "./outcome.ts";
export { notesOf } from "./notes.ts";
export type { Paint, PaintOptions, Tone } from "./paint.ts";
export { strangerLines } from "./strangers.ts";
export { table, type TableOptions } from "./table.ts";
export { timeline, type TimelineOptions } from "./timeline.ts";
export { headline, verdictLines, verdictWords } from "./verdict.ts";
export {
  longestOf,
  termsIn,
  type WhyKind,
  whyKinds,
  type WhyRow,
  whyRows,
  type WhyWindow,
  wrapped,
} from "./why.ts";
export { letters } from "./width.ts";
