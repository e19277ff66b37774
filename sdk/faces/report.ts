// The face `kafka-failure-lab/report`: opens recorded runs, and writes them as text and as pictures.

export { openRun } from "../arguments/labs.ts";
export { groupPredictionChecks } from "../arguments/judging-groups.ts";
export { anomalies, check, explain, predictionChecks, recordTrace } from "../arguments/judging.ts";
export {
  anomalyLines,
  anomalyTable,
  explanationLines,
  explanationSummary,
  groupPredictionCheckLines,
  headline,
  outcomeSummary,
  predictionCheckLines,
  recordTraceLines,
  table,
  timeline,
  verdictLines,
} from "../arguments/reports.ts";
export { drawn, printable, tableOf, timelineOf } from "../arguments/printing.ts";
export { colour, readable, verdictWords } from "../arguments/words.ts";
export type { RecordedRun } from "../recording/mod.ts";
export type { Paint, TableOptions, TimelineOptions } from "../report/text/mod.ts";
export type {
  Colour,
  Drawing,
  Picture,
  PlotLibrary,
  TablePictureOptions,
  TimelinePictureOptions,
} from "../report/svg/mod.ts";
export type { PrintableOptions } from "../model/printable.ts";
export type { History, HistoryEvent } from "../model/history.ts";
export type {
  Anomalies,
  Check,
  CheckOptions,
  Judgement,
  RecordTrace,
  Verdict,
} from "../analysis/check/mod.ts";
export type {
  Explanation,
  GroupPredictionCheck,
  PredictionCheck,
  ShownExplanation,
} from "../analysis/explain/mod.ts";
export { type ErrorCode, type ErrorFacts, LabError } from "../model/errors.ts";
