// The few Kafka messages that the lab reads and writes itself, a file for each API key, as Kafka defines them
// (clients/src/main/resources/common/message/*.json): pure functions between bytes and values.

export { API_VERSIONS, decodeFeatures, type FeaturesAnswer } from "./api-versions.ts";
export type { KafkaRequest } from "./bytes.ts";
export { decodeQuorum, DESCRIBE_QUORUM, type QuorumAnswer } from "./describe-quorum.ts";
export { decodeFetch, type FetchAnswer, fetchRequest } from "./fetch.ts";
export { INIT_PRODUCER_ID } from "./init-producer-id.ts";
export { decodeOffset, EARLIEST, LATEST, listOffsetsRequest } from "./list-offsets.ts";
export { decodeMetadata, type MetadataAnswer, metadataRequest, type PartitionAnswer } from "./metadata.ts";
