// Why there were times without acknowledged sends, and without progress of groups: pure functions of a
// history.

export { asOneStretch } from "./asked-for.ts";
export { type PredictionCheck, predictionChecks, predictionVerdict } from "./prediction-check.ts";
export { type GroupPredictionCheck, groupPredictionChecks } from "./groups/group-prediction-check.ts";
export type { MeasuredGroup, MeasuredPartition } from "./groups/measured-group.ts";
export type { MeasuredController } from "./measured-controller.ts";
export type { MeasuredOutcome } from "./measured-outcome.ts";
export { explain, type ExplainOptions } from "./explain.ts";
export type {
  Evidence,
  ExplainedStandstill,
  ExplainedWindow,
  Explanation,
  Part,
  ShownExplanation,
} from "./explanation.ts";
