// Predictions for consumer groups: over every combination they are whole, and what the sentence says is what
// the fields say; and the mechanisms, one by one.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { predictGroup } from "../../sdk/analysis/predict/groups/mod.ts";
import { resolveFault } from "../../sdk/faults/mod.ts";
import type { GroupClaim, GroupClaimCode, GroupPrediction } from "../../sdk/model/group-prediction.ts";
import type { Span } from "../../sdk/model/prediction.ts";
import { groupPredictionShape } from "../../sdk/model/group-prediction-schema.ts";
import { wrongIn } from "../../sdk/model/shape.ts";
import { allCells, type Cell, circumstancesOf, group } from "./group-cells.ts";

const all = allCells().map((cell) => ({ ...cell, prediction: predictGroup(cell.circumstances) }));

function has({ claims }: GroupPrediction, code: GroupClaimCode): boolean {
  return claims.some((claim) => claim.code === code);
}
function only({ claims }: GroupPrediction, codes: readonly GroupClaimCode[]): GroupClaim {
  const found = claims.filter(({ code }) => codes.includes(code));
  assert.is(found.length, 1, codes.join());
  return found[0]!;
}
function isOrdered(one: Span | null): boolean {
  return one === null || (one.fromMs >= 0 && one.fromMs <= one.toMs && Number.isFinite(one.toMs));
}
function isOdds(odds: number): boolean {
  return odds >= 0 && odds <= 1;
}

/** Each rule; what it returns says whether it holds. */
const RULES: Readonly<Record<string, (one: GroupPrediction, cell: Cell) => boolean>> = {
  "it has the shape that a history keeps": (one) => wrongIn(groupPredictionShape, one) === undefined,
  "windows are ordered, odds are odds": ({ reads, rebalance, commits, standstill, commitGap, partitions }) =>
    [standstill, commitGap, ...partitions.map((each) => each.standstill)].every(isOrdered) &&
    [reads, rebalance, commits ?? 0, ...partitions.map((each) => each.reads)].every(isOdds),
  "there is a window exactly where it goes on": ({ reads, standstill, commits, commitGap, partitions }) =>
    (reads === 0) === (standstill === null) &&
    (commits === null || commits === 0) === (commitGap === null) &&
    partitions.every((each) => (each.reads === 0) === (each.standstill === null)),
  "the whole is the partition that waits longest": ({ reads, standstill, partitions }) =>
    reads === Math.min(...partitions.map((each) => each.reads)) &&
    (standstill === null ||
      standstill.toMs === Math.max(...partitions.map((each) => each.standstill?.toMs ?? 0))),
  "bounds are none, or a whole number": ({ skipped, repeated }) =>
    [skipped, repeated].every((bound) => bound === null || (Number.isInteger(bound) && bound >= 0)),
  "nothing is skipped unless it is committed before": ({ skipped }, { circumstances }) =>
    skipped === 0 || circumstances.group.commit === "before",
  "nobody commits by policy exactly with never and application": ({ commits }, { circumstances }) =>
    (commits === null) === ["never", "application"].includes(circumstances.group.commit),
  "it ends when the fault does": ({ standstill, commitGap, lastsMs = Infinity }) =>
    [standstill, commitGap].every((each) => (each?.toMs ?? 0) <= lastsMs),
  "the claim of reading has the fields' figures": (one) => {
    const claim = only(one, ["readsOn", "standsStill", "mayRead", "readsNoMore"]);
    return (
      (claim.code === "readsNoMore") === (one.reads === 0) &&
      (claim.code === "mayRead") === (one.reads > 0 && one.reads < 1) &&
      JSON.stringify(claim.tookMs ?? null) === JSON.stringify(one.standstill) &&
      claim.lastsMs === one.lastsMs
    );
  },
  "the claim of commits has the fields' figures": (one) => {
    const claim = only(one, ["commitsOn", "commitsAgain", "mayCommit", "commitsNoMore", "noCommits"]);
    return (
      (claim.code === "noCommits") === (one.commits === null) &&
      (claim.code === "commitsNoMore") === (one.commits === 0) &&
      (claim.odds ?? one.commits) === one.commits &&
      JSON.stringify(claim.tookMs ?? null) === JSON.stringify(one.commitGap)
    );
  },
  "the claim of the rebalance has its odds": (one) => {
    const claim = only(one, ["rebalance", "mayRebalance", "noRebalance"]);
    const certain = claim.code === "rebalance" ? 1 : 0;
    return (claim.odds ?? certain) === one.rebalance;
  },
  "the claims of records have the bounds": (one) =>
    only(one, ["noneSkipped", "skippedAtMost"]).records === one.skipped &&
    only(one, ["noneRepeated", "repeatedAtMost"]).records === one.repeated &&
    has(one, "noneSkipped") === (one.skipped === 0) &&
    has(one, "noneRepeated") === (one.repeated === 0),
  "the sentence is the claims' words in their order": ({ sentence, claims }) => {
    let rest = sentence;
    for (const { text } of claims) {
      const at = rest.indexOf(text);
      if (at < 0 || !["", "; ", ", "].includes(rest.slice(0, at))) return false;
      rest = rest.slice(at + text.length);
    }
    return rest === "";
  },
  "there is a reason, and words for it": ({ reasons, why }) => reasons.length > 0 && why.length > 0,
  "nothing is undefined": ({ sentence, why }) => !/undefined|NaN|null|Infinity/.test(sentence + why),
};

for (const [rule, holds] of Object.entries(RULES))
  test(`${rule}: ${all.length} cells`, () => {
    const wrong = all.filter(({ prediction, ...cell }) => !holds(prediction, cell));
    const shown = wrong.slice(0, 3).map(({ name, prediction }) => `${name}\n  ${JSON.stringify(prediction)}`);
    assert.is(wrong.length, 0, `${wrong.length} cells:\n${shown.join("\n")}`);
  });

test("the product has every fault, role, client and policy", () => {
  assert.ok(all.length > 5_000, `${all.length}`);
  assert.equal(
    [...new Set(all.map(({ prediction }) => prediction.role))].sort(),
    ["both", "coordinator", "leader", "neither", null].sort(),
  );
});

const kill = resolveFault({ kind: "kill" }, [1]);
const stop = resolveFault({ kind: "stop" }, [1]);
const COORDINATOR = { coordinator: 1, leaders: [2, 3] };
const predicted = (...args: Parameters<typeof circumstancesOf>): GroupPrediction =>
  predictGroup(circumstancesOf(...args));

test("a leader that is killed: as long as the controller needs to fence it", () => {
  const { standstill, rebalance, commits, role } = predicted(group({ commit: "auto" }), kill);
  assert.equal([rebalance, commits, role], [0, 1, "leader"]);
  assert.ok(standstill!.fromMs >= 7_000 && standstill!.toMs <= 14_000, JSON.stringify(standstill));
});

test("Java, coordinator killed: reading goes on with automatic commits, waits with commits after", () => {
  const auto = predicted(group({ commit: "auto" }), kill, COORDINATOR);
  const after = predicted(group({ commit: "after" }), kill, COORDINATOR);
  // the third replica has to leave the ISR: until then no record can be read, whoever commits
  assert.equal([auto.reads, after.reads, auto.rebalance, after.rebalance], [1, 1, 0, 0]);
  assert.ok(after.reasons.includes("commit blocks"));
  assert.not.ok(auto.reasons.includes("commit blocks"));
  assert.equal([auto.repeated, after.repeated, after.skipped], [0, 0, 0]);
});

test("kafkajs, coordinator killed: its heartbeats go to it until the retries are used up", () => {
  const own = group({ client: "kafkajs", sessionTimeout: 30_000, maxPollRecords: null });
  const { standstill, rebalance, repeated, reasons } = predicted(own, kill, COORDINATOR);
  assert.is(rebalance, 1);
  assert.ok(reasons.includes("kafkajs restarts"));
  assert.ok(standstill!.toMs > 25_000, JSON.stringify(standstill));
  assert.ok(repeated! > 600, `${repeated}`);
});

test("an offsets topic with one replica: no coordinator while its broker is gone", () => {
  for (const fault of [kill, stop]) {
    const where = { ...COORDINATOR, offsetsReplicas: [1] };
    const after = predicted(group(), fault, where);
    // commitSync gives up after default.api.timeout.ms, and the member polls again
    assert.equal([after.commits, after.reads], [0, 1]);
    assert.ok(after.standstill!.fromMs > 59_000 && after.standstill!.toMs < 70_000);
    assert.ok(after.reasons.includes("one offsets replica"));
    assert.is(predicted(group({ apiTimeout: 20_000 }), fault, where).standstill!.fromMs, 19_500);
    assert.is(predicted(group({ commit: "before" }), fault, where).reads, 0);
    const auto = predicted(group({ commit: "auto" }), fault, where);
    assert.equal([auto.commits, auto.reads], [0, 1]);
    // a poll that waits for records waits for the coordinator
    assert.is(predicted(group({ commit: "auto", pollTimeout: null }), fault, where).reads, 0);
    assert.is(predicted(group({ client: "kafkajs" }), fault, where).reads, 0);
  }
});

test("Java, a silent coordinator: who has no commit under way reads once more before its next one", () => {
  const paused = resolveFault({ kind: "pause" }, [1]);
  const [after, before] = (["after", "before"] as const).map(
    (commit) => predicted(group({ commit }), paused, COORDINATOR).standstill!,
  );
  assert.is(before!.fromMs, 30_000);
  assert.ok(after!.fromMs < before!.fromMs && after!.fromMs > 7_000, JSON.stringify([after, before]));
  assert.is(after!.toMs, before!.toMs);
});

test("Java, no coordinator: a partition whose leader has moved is not read, the others are", () => {
  const auto = group({ commit: "auto" });
  const where = { coordinator: 1, offsetsReplicas: [1], leaders: [1, 2] };
  const readsOf = (...args: Parameters<typeof predicted>): number[] =>
    predicted(...args).partitions.map(({ reads }) => reads);
  assert.equal(readsOf(auto, kill, where), [0, 1]);
  assert.ok(predicted(auto, kill, where).reasons.includes("poll blocks"));
  // KIP-848: the background thread validates positions by itself
  assert.equal(readsOf({ ...auto, protocol: "consumer", strategy: "cooperative" }, kill, where), [1, 1]);
});

test("a member dies: its session; it leaves: a heartbeat; it is static: its session", () => {
  const on = (kind: string, given: Parameters<typeof group>[0] = {}): GroupPrediction =>
    predicted(group(given), { kind, members: ["billing.1"] });
  const killed = on("kill");
  assert.ok(killed.standstill!.fromMs >= 42_000 && killed.standstill!.fromMs <= 45_000);
  assert.equal(
    killed.partitions[0]!.timers.map(({ name }) => name),
    ["session.timeout.ms", "heartbeat.interval.ms"],
  );
  assert.ok(on("stop").standstill!.toMs < 10_000);
  assert.is(on("stop", { isStatic: true }).standstill!.fromMs, killed.standstill!.fromMs);
  assert.ok(on("kill").repeated! > 0);
  assert.is(on("kill", { commit: "before" }).repeated, 0);
  assert.ok(on("kill", { commit: "before" }).skipped! > 0);
  assert.is(on("kill", { commit: "never" }).repeated, null);
});

test("a rebalance stops everybody with an eager protocol, with a cooperative one who moves", () => {
  const other = (strategy: "eager" | "cooperative"): Span =>
    predicted(group({ strategy, members: ["billing.1", "billing.2", "billing.3"] }), {
      kind: "kill",
      members: ["billing.1"],
    }).partitions[1]!.standstill!;
  assert.ok(other("eager").toMs > other("cooperative").toMs + 3_000);
});

test("the last member: nobody takes over; all that wait do so until it is back", () => {
  const one = predicted(group({ members: ["billing.1"] }), { kind: "kill", members: ["billing.1"] });
  assert.equal([one.reads, one.rebalance], [0, 0]);
  assert.ok(one.reasons.includes("nobody left"));
});

test("a delay as long as the request timeout is not survived by a fetch that waits", () => {
  const delay = resolveFault({ kind: "delay", delay: "30s", path: "clients" }, [1]);
  const one = predicted(group({ commit: "auto" }), delay);
  assert.ok(one.reads < 0.5, `${one.reads}`);
  assert.ok(one.timers.some(({ name }) => name === "request.timeout.ms"));
});

const late = resolveFault({ kind: "delay", delay: "40s", path: "clients" }, [1]);
const kafkajs = (given: Parameters<typeof group>[0] = {}) =>
  group({ client: "kafkajs", sessionTimeout: 30_000, maxPollRecords: null, pollTimeout: null, ...given });

test("kafkajs, a leader whose answers are too late: it hangs, and starts anew again and again", () => {
  const { reads, rebalance, reasons, partitions, commits } = predicted(kafkajs(), late);
  assert.equal([reads, rebalance, commits], [0, 1, 1]);
  assert.ok(reasons.includes("too late") && reasons.includes("kafkajs hangs"));
  assert.equal(
    partitions.map((one) => one.reads),
    [0, 1],
  );
  // the other partition stands still while its member pauses
  assert.ok(predicted(kafkajs({ members: ["billing.1"] }), late, { leaders: [2, 1] }).reads === 0);
  const slow = resolveFault({ kind: "delay", delay: "40s", path: "clients" }, [3]);
  const [other] = predicted(kafkajs({ members: ["billing.1"] }), slow, {
    coordinator: 2,
    leaders: [2, 3],
  }).partitions;
  assert.ok(other!.reads === 1 && other!.standstill!.toMs > 17_000, JSON.stringify(other));
});

test("kafkajs, sessions that end in its pauses: what is read behind them is read again", () => {
  const short = kafkajs({ sessionTimeout: 6_000, heartbeatInterval: 1_000 });
  const where = { coordinator: 2, leaders: [3, 2] };
  const on3 = resolveFault({ kind: "delay", delay: "40s", path: "clients" }, [3]);
  assert.is(predicted(short, on3, where).repeated, null);
  assert.ok(predicted(kafkajs(), on3, where).repeated! < 500);
  assert.is(predicted({ ...short, commit: "before" }, on3, where).repeated, 0);
  const paused = resolveFault({ kind: "pause" }, [3]);
  const [own, once] = [predicted(kafkajs(), paused, where), predicted(short, paused, where)];
  assert.ok(once.repeated! > own.repeated! + 800, `${own.repeated} ${once.repeated}`);
  const lasting = predicted(short, { ...on3, lastsMs: 20_000 }, where);
  assert.ok(lasting.repeated! > 2_000 && lasting.repeated! < 5_000, `${lasting.repeated}`);
});

test("kafkajs, the first of its bootstrap list hangs: who starts anew asks it again and again", () => {
  const own = kafkajs({ members: ["billing.1"] });
  const paused = (broker: number) => resolveFault({ kind: "pause" }, [broker]);
  const stuck = predicted(own, paused(1), { coordinator: 2, leaders: [1, 3] });
  assert.equal([stuck.reads, stuck.commits], [0, 0.5]);
  assert.is(predicted(own, paused(3), { coordinator: 2, leaders: [1, 3] }).reads, 1);
  assert.is(predicted(own, paused(1), { coordinator: 1, leaders: [2, 3] }).reads, 0);
  assert.is(predicted(own, paused(3), { coordinator: 3, leaders: [1, 2] }).reads, 1);
  // what refuses is left for the next
  assert.is(predicted(own, kill, { coordinator: 1, leaders: [2, 3] }).reads, 1);
  // members that do not read from it take over
  const two = kafkajs({ members: ["billing.1", "billing.2"] });
  assert.is(predicted(two, paused(1), { coordinator: 2, leaders: [1, 3] }).reads, 1);
});

test("a coordinator whose answers are too late: no commits, its sessions end, Java reads on", () => {
  const java = predicted(group(), late, COORDINATOR);
  assert.equal([java.reads, java.commits, java.rebalance], [1, 0, 1]);
  assert.ok(java.standstill!.fromMs > 59_000);
  assert.equal(
    java.timers.map(({ name }) => name),
    ["default.api.timeout.ms", "request.timeout.ms"],
  );
  const auto = predicted(group({ commit: "auto" }), late, COORDINATOR);
  assert.equal([auto.reads, auto.commits, auto.rebalance], [1, 0, 1]);
  assert.ok(auto.standstill!.toMs < 5_000);
  for (const commit of ["auto", "after"] as const) {
    const { reads, commits, rebalance, reasons } = predicted(kafkajs({ commit }), late, COORDINATOR);
    assert.equal([reads, commits, rebalance], [0, 0, 1]);
    assert.ok(reasons.includes("too late"));
  }
  const shorter = predicted(group(), { ...late, lastsMs: 20_000 }, COORDINATOR);
  assert.equal([shorter.reads, shorter.rebalance], [0, 0]);
});

test("a lag below zero, of a commit that is newer than the end, is none", () => {
  const on = circumstancesOf(group(), { kind: "kill", members: ["billing.1"] });
  assert.is(predictGroup({ ...on, lag: -500 }).repeated, predictGroup({ ...on, lag: 0 }).repeated);
  assert.ok(predictGroup({ ...on, lag: 0 }).repeated! > 0);
});

const slow = (processMs: number, more: object = {}) => ({
  kind: "slow",
  members: ["billing.1"],
  processMs,
  ...more,
});

test("Java, a record that takes longer than max.poll.interval.ms: thrown out, again and again", () => {
  const own = group({ rebalanceTimeout: 4_000, maxPollRecords: 1 });
  const { reads, rebalance, partitions, repeated, reasons } = predicted(own, slow(8_000));
  assert.equal([reads, rebalance, repeated], [1, 1, null]);
  assert.ok(reasons.includes("too slow"));
  assert.ok(partitions[0]!.standstill!.fromMs >= 3_500);
  // the other member's partitions may be given to it
  assert.is(partitions[1]!.standstill!.toMs, partitions[0]!.standstill!.toMs);
  assert.ok(predicted(own, slow(8_000, { lastsMs: 60_000 })).repeated! > 0);
  assert.is(predicted({ ...own, commit: "before" }, slow(8_000)).repeated, 0);
});

test("kafkajs, a record longer than the session: heartbeats go on unless it reads from every broker", () => {
  const own = kafkajs({ sessionTimeout: 6_000, members: ["billing.1"] });
  assert.is(predicted(own, slow(8_000), { leaders: [1, 2] }).rebalance, 0);
  assert.ok(predicted(own, slow(8_000), { leaders: [1, 2, 3] }).reasons.includes("nobody left"));
});

test("a slow member that keeps up, reads one partition, or falls behind", () => {
  const one = predicted(group(), slow(500)).partitions[0]!;
  assert.equal([one.reads, one.standstill!.fromMs], [1, 0]);
  const alone = group({ members: ["billing.1"] });
  const behind = predicted(alone, slow(500));
  assert.is(behind.reads, 0.5);
  assert.ok(behind.reasons.includes("falls behind"));
  assert.ok(predicted(alone, slow(500, { lastsMs: 90_000 })).standstill!.toMs === 90_000);
  const keepsUp = predicted(alone, slow(2));
  assert.is(keepsUp.reads, 1);
  assert.ok(keepsUp.standstill!.toMs < 3_000, JSON.stringify(keepsUp.standstill));
});

test("a roll: each rebalance may have what members have in hand read again", () => {
  const roll = { kind: "roll", members: ["billing.1", "billing.2"] };
  const stopped = predicted(kafkajs(), { kind: "stop", members: ["billing.1"] }).repeated!;
  assert.ok(predicted(kafkajs(), roll).repeated! >= 4 * stopped && stopped > 0);
  assert.is(predicted(kafkajs({ commit: "never" }), roll).repeated, null);
  assert.is(predicted(kafkajs({ commit: "before" }), roll).repeated, 0);
});

test.run();
