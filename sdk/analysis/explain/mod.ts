// Why there were times without acknowledged sends: a pure function of a history.

export { type PredictionCheck, predictionChecks, predictionVerdict } from "./agreement.ts";
export type { MeasuredOutcome } from "./came.ts";
export { explain, type ExplainOptions } from "./explain.ts";
export type { Evidence, ExplainedWindow, Explanation, Part } from "./explanation.ts";
