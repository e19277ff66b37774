// What a fault will do to one client, derived before it strikes: a pure function of circumstances.

export type { Circumstances, KnownClient, KnownNode, KnownTopic } from "./circumstances.ts";
export { predict } from "./predict.ts";
export type {
  Odds,
  PartKind,
  Possibility,
  PredictedPart,
  Prediction,
  RoundTrip,
  Span,
  Timer,
} from "../../model/prediction.ts";
export { brokerTimers, clusterTimers, timerOf, timerOfClient } from "./timers.ts";
export { circumstances, type ClusterFacts, type DescribedCluster, type NodeConfig } from "./from-cluster.ts";
export {
  type ComposeCircumstances,
  type ComposeClient,
  type ComposeTopic,
  fromCompose,
} from "./from-compose.ts";
