// KIP-1166: when followers of the metadata log learn that a record is committed.

import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { readable } from "@kafka-failure-lab/sdk";
import type { Change } from "../row.ts";

const LATE = "a commit is learnt late";
const AT_ONCE = "a commit is learnt at once";
const IDLE_MS = 2_000;
const ROUNDS = 7;

export const HIGH_WATERMARK: Change<typeof LATE | typeof AT_ONCE> = {
  id: "metadata-high-watermark",
  name: "KIP-1166",
  since: ["4.1.0"],
  question: "a record of the metadata log is committed, and no other follows",
  before: LATE,
  after: AT_ONCE,
  source:
    "KafkaRaftClient: since 4.1 a fetch of the metadata log is answered when the high watermark has moved, " +
    "before when the next record came: metadata.max.idle.interval.ms",
  lab: { properties: { "metadata.max.idle.interval.ms": String(IDLE_MS) } },
  async measure(lab) {
    const took: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const began = performance.now();
      await lab.cluster.createTopic(`round-${round}`, { partitions: 1 });
      took.push(performance.now() - began);
      await pause(round * 100); // at another place between two idle records
    }
    const middle = took.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
    return {
      outcome: middle > IDLE_MS / 8 ? LATE : AT_ONCE,
      evidence:
        `a topic was known everywhere after ${readable(middle)} (median of ${ROUNDS}); ` +
        `idle records every ${readable(IDLE_MS)}`,
    };
  },
};
