// The types of predictions, which the faces `.` and `./predict` share.

export type {
  Circumstances,
  Claim,
  ClaimCode,
  ClientPrediction,
  ClusterFacts,
  ComposeCircumstances,
  ComposeClient,
  ComposeTopic,
  DescribedCluster,
  KnownClient,
  KnownDirectory,
  KnownNode,
  KnownTopic,
  NodeConfig,
  Odds,
  PartitionPrediction,
  PartKind,
  Possibility,
  PredictedController,
  ManifestFile,
  PredictedPart,
  Prediction,
  ReasonCode,
  PropertiesFile,
  RoundTrip,
  Span,
  Timer,
} from "../analysis/predict/mod.ts";
export type {
  GroupClaim,
  GroupClaimCode,
  GroupPartitionPrediction,
  GroupPrediction,
  GroupReasonCode,
  GroupRole,
  RecordBound,
} from "../model/group-prediction.ts";
export type { DescribedGroup } from "../analysis/predict/groups/mod.ts";
export type { ReadComposeOptions } from "../lab/read-compose.ts";
export type { ComposeProject, ComposeService } from "../compose/mod.ts";
export type { Direction, NetFault, Path, Rate } from "../model/traffic.ts";
