// The face `kafka-failure-lab/predict`: derives what a fault does to a client, without a cluster.
//
//   readCompose(files) ─▶ fromCompose(project, …) ─▶ predict(circumstances) ─▶ Prediction

export { readCompose } from "../arguments/composing.ts";
export { circumstances, fromCompose, predict } from "../arguments/predicting.ts";
export { readable, toBytesPerSecond, toMs, toPercent } from "../arguments/words.ts";
export { FAST_TIMERS } from "../lab/open.ts";
export type * from "./prediction-types.ts";
export type { FaultKind } from "../model/history.ts";
export type { Duration } from "../model/duration.ts";
export { type ErrorCode, type ErrorFacts, LabError } from "../model/errors.ts";
