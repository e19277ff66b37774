// DescribeQuorum, API key 55, version 1 (DescribeQuorumRequest.json, KIP-595), of the metadata partition.

import { Buffer } from "node:buffer";
import { type KafkaRequest, reader } from "./bytes.ts";

/** The answer to DescribeQuorum for the metadata partition. */
export interface QuorumAnswer {
  errorCode: number;
  /** The active controller's node id, -1 where none is known. */
  leaderId: number;
  leaderEpoch: number;
  voters: number[];
}

/** topics[1] { "__cluster_metadata", partitions[1] { 0 } }, in the compact form of KIP-482. */
export const DESCRIBE_QUORUM: KafkaRequest = {
  api: 55,
  version: 1,
  flexible: true,
  body: Buffer.concat([
    Buffer.from([2, 19]),
    Buffer.from("__cluster_metadata"),
    Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]),
  ]),
};

export function decodeQuorum(body: Buffer): QuorumAnswer {
  const read = reader(body);
  read.tags();
  const errorCode = read.i16();
  const answers = read.compact(() => {
    read.compactText();
    const partitions = read.compact(() => {
      read.i32();
      const partitionError = read.i16();
      const [leaderId, leaderEpoch] = [read.i32(), read.i32()];
      read.skip(8); // high watermark
      const [voters] = [replicas(), replicas()]; // the second list are the observers
      read.tags();
      return { errorCode: partitionError, leaderId, leaderEpoch, voters: voters ?? [] };
    });
    read.tags();
    return partitions;
  });
  const answer = answers[0]?.[0] ?? { errorCode, leaderId: -1, leaderEpoch: -1, voters: [] };
  return { ...answer, errorCode: errorCode || answer.errorCode };

  function replicas(): number[] {
    return read.compact(() => {
      const id = read.i32();
      read.skip(24); // log end offset, last fetch, last caught up
      read.tags();
      return id;
    });
  }
}
