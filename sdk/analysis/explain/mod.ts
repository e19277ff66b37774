// Why there were times without acknowledged sends: a pure function of a history.

export { type PredictionCheck, predictionChecks, predictionVerdict } from "./prediction-check.ts";
export type { MeasuredOutcome } from "./measured-outcome.ts";
export { explain, type ExplainOptions } from "./explain.ts";
export type { Evidence, ExplainedWindow, Explanation, Part } from "./explanation.ts";
