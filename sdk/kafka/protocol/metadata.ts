// Metadata, API key 3, version 7 (MetadataRequest.json, MetadataResponse.json; leader epochs: KIP-320).

import { Buffer } from "node:buffer";
import { type KafkaRequest, reader, sized } from "./bytes.ts";

/** A broker's answer to Metadata, with Kafka's node ids. */
export interface MetadataAnswer {
  /** Brokers that the cluster holds for alive (registered and not fenced). */
  brokers: { nodeId: number; host: string; port: number }[];
  topics: { topic: string; errorCode: number; partitions: PartitionAnswer[] }[];
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

/** Asks for all topics, or for those named; never creates one. */
export function metadataRequest(topics: readonly string[] | null): KafkaRequest {
  const count = Buffer.alloc(4);
  count.writeInt32BE(topics === null ? -1 : topics.length);
  const doNotCreate = Buffer.from([0]);
  return { api: 3, version: 7, body: Buffer.concat([count, ...(topics ?? []).map(sized), doNotCreate]) };
}

export function decodeMetadata(body: Buffer): MetadataAnswer {
  const read = reader(body);
  read.i32(); // throttle time
  const brokers = read.array(() => {
    const one = { nodeId: read.i32(), host: read.text() ?? "", port: read.i32() };
    read.text(); // rack
    return one;
  });
  read.text(); // cluster id
  read.i32(); // a random broker's id, not the controller's
  const topics = read.array(() => {
    const errorCode = read.i16();
    const topic = read.text() ?? "";
    read.i8(); // internal
    const partitions = read.array(() => ({
      errorCode: read.i16(),
      partition: read.i32(),
      leader: read.i32(),
      leaderEpoch: read.i32(),
      replicas: read.array(read.i32),
      isr: read.array(read.i32),
      offline: read.array(read.i32),
    }));
    return { topic, errorCode, partitions };
  });
  return { brokers, topics };
}
