// Why there were times without acknowledged sends: a pure function of a history.

export { type Agreement, agreements, agreementVerdict, type Came } from "./agreement.ts";
export { explain, type ExplainOptions } from "./explain.ts";
export type { Evidence, ExplainedWindow, Explanation, Part } from "./explanation.ts";
