// The few Kafka messages that the lab reads and writes itself, a file for each API key, as Kafka defines them
// (clients/src/main/resources/common/message/*.json): pure functions between bytes and values.

export {
  alterConfigsRequest,
  type ConfigResource,
  decodeAlterConfigs,
  decodeNamed,
  describeNamedRequest,
  type NamedConfig,
} from "./alter-configs.ts";
export { alterScramRequest, decodeAlterScram, type ScramCredential } from "./alter-scram.ts";
export { API_VERSIONS, decodeFeatures, type FeaturesAnswer } from "./api-versions.ts";
export type { KafkaRequest } from "./bytes.ts";
export { decodeConsumerGroup, describeConsumerGroupRequest } from "./consumer-group-describe.ts";
export { type ConfigsAnswer, decodeConfigs, describeConfigsRequest } from "./describe-configs.ts";
export { decodeGroup, describeGroupRequest, type GroupAnswer } from "./describe-groups.ts";
export { decodeLogDirs, DESCRIBE_LOG_DIRS, type LogDirAnswer } from "./describe-log-dirs.ts";
export { decodeQuorum, DESCRIBE_QUORUM, type QuorumAnswer } from "./describe-quorum.ts";
export { decodeElection, type ElectionAnswer, electLeadersRequest } from "./elect-leaders.ts";
export { decodeFetch, type FetchAnswer, fetchRequest } from "./fetch.ts";
export { decodeCoordinator, findCoordinatorRequest } from "./find-coordinator.ts";
export { INIT_PRODUCER_ID } from "./init-producer-id.ts";
export { decodeOffset, EARLIEST, LATEST, listOffsetsRequest } from "./list-offsets.ts";
export {
  decodeMetadata,
  type MetadataAnswer,
  metadataRequest,
  type PartitionAnswer,
  type TopicAnswer,
} from "./metadata.ts";
export { decodeOffsets, offsetFetchRequest, type OffsetsAnswer } from "./offset-fetch.ts";
export { produceAnswer, producedValue } from "./produce.ts";
export {
  batchesIn,
  type BatchRecord,
  markerOf,
  type RecordBatch,
  recordsOf,
} from "./record-batch.ts";
export {
  decodeSaslAuthenticate,
  decodeSaslHandshake,
  saslAuthenticateRequest,
  saslHandshakeRequest,
} from "./sasl.ts";
