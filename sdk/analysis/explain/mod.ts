// Why there were times without acknowledged sends: a pure function of a history.

export { type Agreement, agreements, agreementVerdict } from "./agreement.ts";
export type { Came } from "./came.ts";
export { explain, type ExplainOptions } from "./explain.ts";
export type { Evidence, ExplainedWindow, Explanation, Part } from "./explanation.ts";
