// DescribeLogDirs, API key 35, version 1 (DescribeLogDirsRequest.json, KIP-113), of everything on a broker.

import { Buffer } from "node:buffer";
import type { TopicPartition } from "../../model/partition.ts";
import { fields, type KafkaRequest, reader } from "./bytes.ts";

/** One log directory of a broker. */
export interface LogDirAnswer {
  /** Not 0 for one that is offline: KAFKA_STORAGE_ERROR. */
  errorCode: number;
  /** Its absolute path. */
  path: string;
  /** The replicas in it, without those that are being moved into it. */
  replicas: TopicPartition[];
}

export const DESCRIBE_LOG_DIRS: KafkaRequest = { api: 35, version: 1, body: Buffer.from(fields([4, -1])) };

/** The directories in the order of the answer, which need not be that of `log.dirs`. */
export function decodeLogDirs(body: Buffer): LogDirAnswer[] {
  const read = reader(body);
  read.i32(); // throttle time
  return read.array(() => {
    const [errorCode, path] = [read.i16(), read.text() ?? ""];
    const replicas = read.array(() => {
      const topic = read.text() ?? "";
      return read.array(() => {
        const partition = read.i32();
        read.skip(16); // size, lag
        const isFuture = read.i8() !== 0;
        return isFuture ? [] : [{ topic, partition }];
      });
    });
    return { errorCode, path, replicas: replicas.flat(2) };
  });
}
