// The face `kafka-failure-lab/predict`: derives what a fault does to a client, without a cluster.
//
//   readCompose(files) ─▶ fromCompose(project, …) ─┐
//        server.properties ─▶ fromProperties(files, …) ─┼▶ predict(circumstances) ─▶ Prediction
//        Kubernetes manifests ─▶ fromManifests(files, …) ─┘

export { readCompose } from "../arguments/composing.ts";
export {
  circumstances,
  faultKinds,
  fromCompose,
  fromProperties,
  predict,
  resolveFault,
} from "../arguments/predicting.ts";
export { predictGroup } from "../arguments/predicting-groups.ts";
export { fromManifests } from "../arguments/predicting-manifests.ts";
export { faults } from "../arguments/faults.ts";
export type { FaultEffect, FaultSpec, ResolvedFault } from "../model/fault.ts";
export type { FaultDefinition, FaultOption, Faults, OptionType } from "../faults/mod.ts";
export { readable, toBytesPerSecond, toMs, toPercent } from "../arguments/words.ts";
export { FAST_TIMERS } from "../lab/cluster-options.ts";
export type * from "./prediction-types.ts";
export type { FaultKind } from "../model/history.ts";
export type { Duration } from "../model/duration.ts";
export { type ErrorCode, type ErrorFacts, LabError } from "../model/errors.ts";
