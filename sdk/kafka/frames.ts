// Kafka's frames on a stream:
//
//   request   size 4 │ API key 2 │ version 2 │ correlation id 4 │ client id … │ body
//   answer    size 4 │ correlation id 4 │ body

import { Buffer } from "node:buffer";
import type { KafkaRequest } from "./protocol/mod.ts";

/** Returns a function that takes the stream's chunks and passes on every answer that is complete. */
export function frameReader(onAnswer: (correlation: number, body: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer | undefined;
  return (chunk) => {
    let data = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    while (data.length >= 4) {
      const size = 4 + data.readInt32BE(0);
      // smaller than its own head: not Kafka, the request times out
      if (size < 8 || data.length < size) break;
      onAnswer(data.readInt32BE(4), data.subarray(8, size));
      data = data.subarray(size);
    }
    rest = data.length === 0 ? undefined : data;
  };
}

/** Which API a request asks, and the number that its answer will have. */
export function requestHead(request: Buffer): { api: number; correlation: number } {
  return { api: request.readInt16BE(4), correlation: request.readInt32BE(8) };
}

const CLIENT_ID = "lab";

/** A request with its size and its header. */
export function frameOf(correlation: number, { api, version, flexible = false, body }: KafkaRequest): Buffer {
  const header = Buffer.alloc(flexible ? 18 : 17); // a flexible header ends with its tags: none
  header.writeInt32BE(header.length - 4 + body.length, 0);
  header.writeInt16BE(api, 4);
  header.writeInt16BE(version, 6);
  header.writeInt32BE(correlation, 8);
  header.writeInt16BE(CLIENT_ID.length, 12);
  header.write(CLIENT_ID, 14);
  return Buffer.concat([header, body]);
}
