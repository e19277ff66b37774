// DescribeGroups, API key 15, version 4 (DescribeGroupsRequest.json), of one group: the classic protocol.

import { Buffer } from "node:buffer";
import { fields, type KafkaRequest, reader, sized } from "./bytes.ts";
import type { TopicPartition } from "../../model/partition.ts";

/** A group as its coordinator describes it. */
export interface GroupAnswer {
  errorCode: number;
  /** Kafka's name: `Stable`, `PreparingRebalance`, …; `Dead` where there is no such group. */
  state: string;
  /** Whom the group is of: `consumer`; empty where there is no such group, or it has had no member. */
  protocolType: string;
  /** The assignor that the group agreed on, by its own name; empty while there is none. */
  assignor: string;
  members: readonly {
    memberId: string;
    /** Of a static member. */
    instanceId: string | null;
    clientId: string;
    partitions: readonly TopicPartition[];
  }[];
}

export function describeGroupRequest(group: string): KafkaRequest {
  const withoutAuthorizations = fields([1, 0]);
  return {
    api: 15,
    version: 4,
    body: Buffer.concat([fields([4, 1]), sized(group), withoutAuthorizations]),
  };
}

export function decodeGroup(body: Buffer): GroupAnswer {
  const read = reader(body);
  read.i32(); // throttle time
  const [answer] = read.array(() => {
    const errorCode = read.i16();
    read.text(); // the group
    const state = read.text() ?? "";
    const [protocolType, assignor] = [read.text() ?? "", read.text() ?? ""];
    const members = read.array(() => {
      const [memberId, instanceId, clientId] = [read.text() ?? "", read.text(), read.text() ?? ""];
      read.text(); // its host
      read.skip(read.i32()); // what it subscribed to
      const assignment = read.bytes(read.i32());
      return { memberId, instanceId, clientId, partitions: decodeAssignment(assignment) };
    });
    read.i32(); // authorized operations
    return { errorCode, state, protocolType, assignor, members };
  });
  return answer ?? { errorCode: -1, state: "", protocolType: "", assignor: "", members: [] };
}

/** ConsumerProtocolAssignment.json; it is empty while the group is being formed. */
export function decodeAssignment(bytes: Buffer): TopicPartition[] {
  if (bytes.length === 0) return [];
  const read = reader(bytes);
  read.i16(); // version
  return read
    .array(() => {
      const topic = read.text() ?? "";
      return read.array(() => ({ topic, partition: read.i32() }));
    })
    .flat();
}
