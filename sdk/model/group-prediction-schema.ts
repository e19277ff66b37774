// A group's prediction, as it must look in a history: a shape for every field, which the compiler holds to
// group-prediction.ts.

import type {
  GroupClaim,
  GroupClaimCode,
  GroupPartitionPrediction,
  GroupPrediction,
  GroupReasonCode,
} from "./group-prediction.ts";
import { faultKind, span, timer, wordsOf } from "./prediction-schema.ts";
import {
  amount,
  type Fields,
  fields,
  listOf,
  nullable,
  odds,
  oneOf,
  optional,
  type Shape,
  text,
  whole,
} from "./shape.ts";

const claimCode = oneOf(
  ...wordsOf<GroupClaimCode>({
    readsOn: true,
    standsStill: true,
    mayRead: true,
    readsNoMore: true,
    commitsOn: true,
    commitsAgain: true,
    mayCommit: true,
    commitsNoMore: true,
    noCommits: true,
    rebalance: true,
    mayRebalance: true,
    noRebalance: true,
    noneSkipped: true,
    skippedAtMost: true,
    noneRepeated: true,
    repeatedAtMost: true,
    slowMachine: true,
  }),
);
const reasonCode = oneOf(
  ...wordsOf<GroupReasonCode>({
    untouched: true,
    "leader moves": true,
    "no leader": true,
    "isr shrinks": true,
    "leader unreachable": true,
    "stale leader": true,
    "silent broker": true,
    "late answers": true,
    "too late": true,
    "coordinator moves": true,
    "no coordinator": true,
    "one offsets replica": true,
    "commit blocks": true,
    "poll blocks": true,
    "kafkajs restarts": true,
    "kafkajs pauses": true,
    "kafkajs hangs": true,
    "kafkajs rejoins": true,
    leaves: true,
    "session expires": true,
    "static member": true,
    "too slow": true,
    "falls behind": true,
    "nobody left": true,
    "eager rebalance": true,
    "cooperative rebalance": true,
    "one by one": true,
    healed: true,
  }),
);
const claim: Fields<GroupClaim> = {
  code: claimCode,
  odds: optional(odds),
  tookMs: optional(span),
  lastsMs: optional(amount),
  timers: optional(listOf(text)),
  records: optional(nullable(whole)),
  text,
};
const partition: Fields<GroupPartitionPrediction> = {
  topic: text,
  partition: whole,
  leader: nullable(whole),
  member: nullable(text),
  reads: odds,
  standstill: nullable(span),
  timers: listOf(timer),
};
const prediction: Fields<GroupPrediction> = {
  group: text,
  fault: faultKind,
  targets: listOf(whole),
  members: listOf(text),
  lastsMs: optional(amount),
  role: nullable(oneOf("leader", "coordinator", "both", "neither")),
  reads: odds,
  standstill: nullable(span),
  commits: nullable(odds),
  commitGap: nullable(span),
  rebalance: odds,
  skipped: nullable(whole),
  repeated: nullable(whole),
  partitions: listOf(fields(partition)),
  timers: listOf(timer),
  slower: optional(amount),
  why: text,
  reasons: listOf(reasonCode),
  claims: listOf(fields(claim)),
  sentence: text,
};

/** What a group's prediction must look like. */
export const groupPredictionShape: Shape = fields(prediction);
