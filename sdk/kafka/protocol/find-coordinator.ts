// FindCoordinator, API key 10, version 2 (FindCoordinatorRequest.json), for a consumer group.

import { Buffer } from "node:buffer";
import { fields, type KafkaRequest, reader, sized } from "./bytes.ts";

/** FindCoordinatorRequest.CoordinatorType.GROUP */
const GROUP = 0;

export function findCoordinatorRequest(group: string): KafkaRequest {
  return { api: 10, version: 2, body: Buffer.concat([sized(group), fields([1, GROUP])]) };
}

/** The coordinator's node id; -1 where the answer is an error. */
export function decodeCoordinator(body: Buffer): { errorCode: number; nodeId: number } {
  const read = reader(body);
  read.i32(); // throttle time
  const errorCode = read.i16();
  read.text(); // error message
  return { errorCode, nodeId: read.i32() };
}
