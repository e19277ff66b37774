// ElectLeaders, API key 43, version 1 (ElectLeadersRequest.json; KIP-183 preferred, KIP-460 unclean).

import { Buffer } from "node:buffer";
import type { ElectionKind } from "../../model/election.ts";
import type { TopicPartition } from "../../model/partition.ts";
import { fields, type KafkaRequest, reader, sized } from "./bytes.ts";

/** The answer to ElectLeaders. */
export interface ElectionAnswer {
  /** Of the request as a whole. */
  errorCode: number;
  /** A row a partition; where all were asked for, only those whose leader was to change. */
  partitions: (TopicPartition & { errorCode: number; errorMessage: string | null })[];
}

/** ElectionType.java */
const TYPES: Readonly<Record<ElectionKind, number>> = { preferred: 0, unclean: 1 };

/**
 * Asks for leaders of these partitions. Any broker takes it and forwards it to the controller.
 *
 * @param timeoutMs how long the controller may take
 */
export function electLeadersRequest(
  kind: ElectionKind,
  partitions: readonly TopicPartition[],
  timeoutMs: number,
): KafkaRequest {
  const topics = [...new Set(partitions.map(({ topic }) => topic))].map((topic) => {
    const own = partitions.filter((one) => one.topic === topic);
    return Buffer.concat([
      sized(topic),
      fields([4, own.length], ...own.map(({ partition }) => [4, partition] as [4, number])),
    ]);
  });
  const body = [fields([1, TYPES[kind]], [4, topics.length]), ...topics, fields([4, timeoutMs])];
  return { api: 43, version: 1, body: Buffer.concat(body) };
}

export function decodeElection(body: Buffer): ElectionAnswer {
  const read = reader(body);
  read.i32(); // throttle time
  const errorCode = read.i16();
  const topics = read.array(() => {
    const topic = read.text() ?? "";
    return read.array(() => ({
      topic,
      partition: read.i32(),
      errorCode: read.i16(),
      errorMessage: read.text(),
    }));
  });
  return { errorCode, partitions: topics.flat() };
}
