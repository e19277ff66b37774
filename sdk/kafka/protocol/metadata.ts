// Metadata, API key 3, version 10 (MetadataRequest.json, MetadataResponse.json; leader epochs: KIP-320, topic
// ids: KIP-516), which brokers answer since Kafka 2.8.

import { Buffer } from "node:buffer";
import { compactSized, type KafkaRequest, reader, varint } from "./bytes.ts";

/** A broker's answer to Metadata, with Kafka's node ids. */
export interface MetadataAnswer {
  /** Brokers that the cluster holds for alive (registered and not fenced). */
  brokers: { nodeId: number; host: string; port: number }[];
  topics: TopicAnswer[];
}

export interface TopicAnswer {
  topic: string;
  /** The topic's own id, which another topic of the same name does not have; null where it is not told. */
  topicId: string | null;
  errorCode: number;
  partitions: PartitionAnswer[];
}

export interface PartitionAnswer {
  errorCode: number;
  partition: number;
  /** -1 where there is none. */
  leader: number;
  leaderEpoch: number;
  replicas: number[];
  isr: number[];
  offline: number[];
}

const NO_ID = "00000000-0000-0000-0000-000000000000";
const NO_TAGS = varint(0);

/** Asks for all topics, or for those named; never creates one. */
export function metadataRequest(topics: readonly string[] | null): KafkaRequest {
  const asked = (topics ?? []).flatMap((topic) => [Buffer.alloc(16), compactSized(topic), NO_TAGS]);
  // do not create topics; no authorized operations of the cluster and of topics
  const options = Buffer.from([0, 0, 0]);
  const body = Buffer.concat([varint(topics === null ? 0 : topics.length + 1), ...asked, options, NO_TAGS]);
  return { api: 3, version: 10, flexible: true, body };
}

export function decodeMetadata(body: Buffer): MetadataAnswer {
  const read = reader(body);
  read.tags();
  read.i32(); // throttle time
  const brokers = read.compact(() => {
    const one = { nodeId: read.i32(), host: read.compactText() ?? "", port: read.i32() };
    read.compactText(); // rack
    read.tags();
    return one;
  });
  read.compactText(); // cluster id
  read.i32(); // a random broker's id, not the controller's
  const topics = read.compact(() => {
    const errorCode = read.i16();
    const topic = read.compactText() ?? "";
    const id = read.uuid();
    read.i8(); // internal
    const partitions = read.compact(() => {
      const one = {
        errorCode: read.i16(),
        partition: read.i32(),
        leader: read.i32(),
        leaderEpoch: read.i32(),
        replicas: read.compact(read.i32),
        isr: read.compact(read.i32),
        offline: read.compact(read.i32),
      };
      read.tags();
      return one;
    });
    read.i32(); // authorized operations
    read.tags();
    return { topic, topicId: id === NO_ID ? null : id, errorCode, partitions };
  });
  return { brokers, topics };
}
