// Kafka's frames on a stream: an answer is size(4) correlation(4) body.

import { Buffer } from "node:buffer";

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
