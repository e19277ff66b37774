// To which partitions a client writes: by the loads that run, else by what it has sent.

import { Buffer } from "node:buffer";
import { murmur2 } from "../../client/partitioner.ts";

/** What a send or a load says of its partition. */
export interface Writing {
  readonly key?: string | undefined;
  readonly partition?: number | undefined;
}

/** Where one client writes. */
export interface Writes {
  /** A load begins; returns what ends it. */
  begin(load: Writing): () => void;
  /** A single send. */
  sent(one: Writing): void;
  /**
   * The partitions that the client writes to, of a topic that has so many: those of the loads that run; where
   * none does, those that it has written to; every one where it has not written.
   */
  partitionsOf(count: number): number[];
}

/** Keys that are kept; a client with more of them writes to every partition. */
const MOST_KEYS = 100;
const MOST_KEY_LENGTH = 1_000;

/** @param partition the client's own, where it has one */
export function makeWrites(partition: number | undefined): Writes {
  const running = new Set<Writing>();
  const [pinned, keys] = [new Set<number>(), new Set<string>()];
  let isAny = false;

  function sent({ key, partition: number = partition }: Writing): void {
    if (number !== undefined) pinned.add(number);
    else if (key === undefined || key.length > MOST_KEY_LENGTH) isAny = true;
    else if (!isAny && !keys.has(key)) isAny = keys.add(key).size > MOST_KEYS;
  }

  return {
    begin(load) {
      const one = { key: load.key, partition: load.partition };
      running.add(one);
      return () => {
        if (running.delete(one)) sent(one);
      };
    },
    sent,
    partitionsOf(count) {
      const all = Array.from({ length: count }, (_, number) => number);
      const ofLoads = [...running].flatMap((load) => {
        const number = load.partition ?? partition;
        if (number !== undefined) return [number];
        return load.key === undefined ? all : [partitionOfKey(load.key, count)];
      });
      if (ofLoads.length > 0) return ordered(ofLoads);
      if (isAny) return all;
      const written = [...pinned, ...[...keys].map((key) => partitionOfKey(key, count))];
      if (written.length > 0) return ordered(written);
      return partition === undefined ? all : [partition];
    },
  };
}

/** As both clients choose it (partitioner.ts). */
function partitionOfKey(key: string, count: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % count;
}

function ordered(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
