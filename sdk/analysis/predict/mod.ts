// What a fault will do to one client, derived before it strikes: a pure function of circumstances.

export type { Circumstances, KnownClient, KnownDirectory, KnownNode, KnownTopic } from "./circumstances.ts";
export { clientPrediction } from "./of-client.ts";
export { predict } from "./predict.ts";
export type {
  Claim,
  ClaimCode,
  ClientPrediction,
  Odds,
  PartitionPrediction,
  PartKind,
  Possibility,
  PredictedController,
  PredictedPart,
  Prediction,
  ReasonCode,
  RoundTrip,
  Span,
  Timer,
} from "../../model/prediction.ts";
export { brokerTimers, clusterTimers, timerOf, timerOfClient } from "./timers.ts";
export {
  circumstances,
  type ClusterFacts,
  type DescribedCluster,
  type NodeConfig,
  nodesAsSeen,
} from "./from-cluster.ts";
export {
  type ComposeCircumstances,
  type ComposeClient,
  type ComposeTopic,
  fromCompose,
} from "./from-compose.ts";
export { fromManifests, type ManifestFile } from "./from-manifests.ts";
export { fromProperties, type PropertiesFile } from "./from-properties.ts";
