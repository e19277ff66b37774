// ConsumerGroupDescribe, API key 69, version 0 (ConsumerGroupDescribeRequest.json, KIP-848), of one group.

import { Buffer } from "node:buffer";
import { compactSized, fields, type KafkaRequest, type Reader, reader, varint } from "./bytes.ts";
import type { GroupAnswer } from "./describe-groups.ts";
import type { TopicPartition } from "../../model/partition.ts";

export function describeConsumerGroupRequest(group: string): KafkaRequest {
  const withoutAuthorizations = fields([1, 0]);
  return {
    api: 69,
    version: 0,
    flexible: true,
    body: Buffer.concat([varint(2), compactSized(group), withoutAuthorizations, varint(0)]),
  };
}

export function decodeConsumerGroup(body: Buffer): GroupAnswer {
  const read = reader(body);
  read.tags(); // of the header
  read.i32(); // throttle time
  const [answer] = read.compact(() => {
    const errorCode = read.i16();
    read.compactText(); // error message
    read.compactText(); // the group
    const state = read.compactText() ?? "";
    read.skip(8); // group epoch, assignment epoch
    const assignor = read.compactText() ?? "";
    const members = read.compact(() => member(read));
    read.i32(); // authorized operations
    read.tags();
    return { errorCode, state, protocolType: "consumer", assignor, members };
  });
  return answer ?? { errorCode: -1, state: "", protocolType: "", assignor: "", members: [] };
}

function member(read: Reader): GroupAnswer["members"][number] {
  const [memberId, instanceId] = [read.compactText() ?? "", read.compactText()];
  read.compactText(); // rack
  read.i32(); // epoch
  const clientId = read.compactText() ?? "";
  read.compactText(); // its host
  read.compact(() => read.compactText()); // what it subscribed to
  read.compactText(); // the same as a pattern
  const partitions = assignment(read);
  assignment(read); // where it is going
  read.tags();
  return { memberId, instanceId, clientId, partitions };
}

function assignment(read: Reader): TopicPartition[] {
  const topics = read.compact(() => {
    read.uuid();
    const topic = read.compactText() ?? "";
    const partitions = read.compact(() => ({ topic, partition: read.i32() }));
    read.tags();
    return partitions;
  });
  read.tags();
  return topics.flat();
}
