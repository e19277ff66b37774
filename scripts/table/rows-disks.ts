// Rows of disks: full, broken, hung and slow ones, of a whole broker and of one of its two log directories.

import type { FaultSpec } from "@kafka-failure-lab/sdk";
import { DEFAULT, FOUR, type Given, JAVA, MIN_1, QUICK } from "./given.ts";
import type { RowTopic } from "./row.ts";

const slow = (delay: `${number}ms` | `${number}s`): FaultSpec => ({ kind: "slow-disk", delay });
const inDir = (kind: string, logDir: number): FaultSpec => ({ kind, logDir });
/** Each record is forced before it is answered. */
const FORCED: RowTopic = { isCreated: true, config: { "flush.messages": "1" } };
const PATIENT = { requestTimeout: "30s" } as const;
const HIT = { replica: "in the directory" } as const;
const BESIDE = { replica: "in the other" } as const;

/** See above. */
export const DISKS: readonly Given[] = [
  { id: "full-disk-leader", does: { kind: "fill-disk" }, to: ["leader", "spared"] },
  { id: "full-disk-follower", does: { kind: "fill-disk" }, to: ["follower", "spared"] },
  { id: "full-disk-controller", does: { kind: "fill-disk" }, to: ["follower", "hit"] },
  { id: "failed-disk-leader", does: { kind: "fail-disk" }, to: ["leader", "spared"] },
  { id: "failed-disk-follower", does: { kind: "fail-disk" }, to: ["follower", "spared"] },
  { id: "failed-disk-controller", does: { kind: "fail-disk" }, to: ["follower", "hit"] },
  { id: "hung-disk-leader", does: { kind: "hang-disk" }, to: ["leader", "spared"] },
  { id: "hung-disk-follower", does: { kind: "hang-disk" }, to: ["follower", "spared"] },
  { id: "hung-disk-controller", does: { kind: "hang-disk" }, to: ["follower", "hit"] },
  { id: "hung-disk-leader-controller", does: { kind: "hang-disk" }, to: ["leader", "hit"] },

  { id: "slow-disk-leader", ...DEFAULT, does: slow("200ms"), to: ["leader", "spared"] },
  {
    id: "slow-disk-leader-acks-1",
    ...DEFAULT,
    does: slow("200ms"),
    to: ["leader", "spared"],
    client: { acks: 1 },
  },
  {
    id: "slow-disk-leader-java",
    ...DEFAULT,
    does: slow("200ms"),
    to: ["leader", "spared"],
    client: { client: "java" },
  },
  { id: "slow-disk-leader-forced", ...DEFAULT, does: slow("200ms"), to: ["leader", "spared"], topic: FORCED },
  { id: "slow-disk-leader-4", ...DEFAULT, ...FOUR, does: slow("200ms"), to: ["leader", "spared"] },
  { id: "slow-disk-leader-controller", ...DEFAULT, does: slow("200ms"), to: ["leader", "hit"] },
  { id: "slow-disk-follower", ...DEFAULT, does: slow("200ms"), to: ["follower", "spared"] },
  {
    id: "slow-disk-follower-acks-1",
    ...DEFAULT,
    does: slow("200ms"),
    to: ["follower", "spared"],
    client: { acks: 1 },
  },
  { id: "slow-disk-controller", ...DEFAULT, does: slow("200ms"), to: ["follower", "hit"] },
  { id: "slow-disk-controller-4", ...DEFAULT, ...FOUR, does: slow("200ms"), to: ["follower", "hit"] },
  { id: "slow-disk-all", ...DEFAULT, does: slow("200ms"), to: ["all", "any"] },
  { id: "slow-disk-leader-queue", does: slow("500ms"), to: ["leader", "spared"] },
  { id: "slow-disk-follower-lag", does: slow("4s"), to: ["follower", "spared"], client: PATIENT },

  { id: "failed-dir-leader", ...HIT, does: inDir("fail-disk", 2), to: ["leader", "any"] },
  { id: "failed-dir-leader-java", ...HIT, does: inDir("fail-disk", 2), to: ["leader", "any"], client: JAVA },
  {
    id: "failed-dir-leader-acks-1",
    ...HIT,
    does: inDir("fail-disk", 2),
    to: ["leader", "any"],
    client: { ...QUICK, acks: 1 },
  },
  { id: "failed-dir-follower", ...HIT, does: inDir("fail-disk", 2), to: ["follower", "any"] },
  { id: "failed-dir-beside", ...BESIDE, does: inDir("fail-disk", 2), to: ["leader", "any"] },
  { id: "failed-dir-metadata", ...BESIDE, does: inDir("fail-disk", 1), to: ["leader", "spared"] },
  { id: "failed-dir-leader-4", ...HIT, ...FOUR, does: inDir("fail-disk", 2), to: ["leader", "any"] },
  { id: "full-dir-leader", ...HIT, does: inDir("fill-disk", 2), to: ["leader", "any"] },
  { id: "hung-dir-leader", ...HIT, does: inDir("hang-disk", 2), to: ["leader", "any"] },
  { id: "hung-dir-follower", ...HIT, does: inDir("hang-disk", 2), to: ["follower", "any"], topic: MIN_1 },
  { id: "hung-dir-beside", ...BESIDE, does: inDir("hang-disk", 2), to: ["leader", "any"] },
  { id: "hung-dir-metadata", ...BESIDE, does: inDir("hang-disk", 1), to: ["leader", "spared"] },
  { id: "hung-dir-metadata-controller", ...BESIDE, does: inDir("hang-disk", 1), to: ["leader", "hit"] },
  {
    id: "slow-dir-leader",
    ...HIT,
    ...DEFAULT,
    does: { kind: "slow-disk", delay: "200ms", logDir: 2 },
    to: ["leader", "any"],
  },
  {
    id: "slow-dir-beside",
    ...BESIDE,
    ...DEFAULT,
    does: { kind: "slow-disk", delay: "200ms", logDir: 2 },
    to: ["leader", "any"],
  },
];
