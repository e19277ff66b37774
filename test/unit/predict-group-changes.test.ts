// Predictions for consumer groups of what somebody does to the cluster on purpose, rolling restarts,
// elections and settings; and of an ISR below its minimum. The expected values are derived by hand from the
// sources that sdk/analysis/predict/groups names, from those of single stops and kills.

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type GroupCircumstances,
  type KnownGroup,
  predictGroup,
} from "../../sdk/analysis/predict/groups/mod.ts";
import type { KnownTopic } from "../../sdk/analysis/predict/circumstances.ts";
import { faults, resolveFault, type RollSpec } from "../../sdk/faults/mod.ts";
import { groupPredictionShape } from "../../sdk/model/group-prediction-schema.ts";
import type { GroupPrediction } from "../../sdk/model/group-prediction.ts";
import type { FaultSpec, PartitionState } from "../../sdk/model/history.ts";
import { wrongIn } from "../../sdk/model/shape.ts";
import { circumstancesOf, GROUPS, group, TOPIC } from "./group-cells.ts";

const MIN_ISR = "min.insync.replicas";
const UNCLEAN = "unclean.leader.election.enable";
const ALL = [1, 2, 3];
/** A member of kafkajs, alone in its group: it is the group's leader. */
const kafkajs = (given: Partial<KnownGroup> = {}): KnownGroup =>
  group({
    client: "kafkajs",
    sessionTimeout: 30_000,
    maxPollRecords: null,
    pollTimeout: null,
    members: ["billing.1"],
    ...given,
  });
const java = group;

interface Given {
  own?: KnownGroup;
  /** Of every partition that is read, then of each. */
  topic?: Partial<KnownTopic>;
  state?: Partial<PartitionState>;
  states?: readonly Partial<PartitionState>[];
  offsets?: Partial<KnownTopic>;
  offsetsState?: Partial<PartitionState>;
  kafka?: string;
  /** Brokers that do not run. */
  gone?: readonly number[];
  where?: Parameters<typeof circumstancesOf>[2];
}

/** Three nodes; broker 3 coordinates, 1 and 2 lead, 2 controls; min ISR 2. */
function on(spec: FaultSpec, targets: readonly number[], given: Given = {}): GroupCircumstances {
  const {
    own = java(),
    topic,
    state,
    states = [],
    offsets,
    offsetsState,
    kafka = "3.9.2",
    gone = [],
  } = given;
  const base = circumstancesOf(own, resolveFault(spec, targets), given.where);
  return {
    ...base,
    kafka,
    nodes: base.nodes.filter(({ broker }) => !gone.includes(broker!)),
    offsets: { ...base.offsets, minIsr: 2, ...offsets, state: { ...base.offsets.state, ...offsetsState } },
    partitions: base.partitions.map((one, i) => ({
      ...one,
      minIsr: 2,
      ...topic,
      state: { ...one.state, ...state, ...states[i] },
    })),
  };
}
const roll = (how: Pick<RollSpec, "wait" | "how">, given: Given = {}, targets = ALL): GroupPrediction =>
  predictGroup(on(faults.roll(targets, how), targets, given));
const single = (kind: "stop" | "kill", broker: number, given: Given = {}): GroupPrediction =>
  predictGroup(on({ kind }, [broker], given));
const change = (spec: FaultSpec, given: Given = {}): GroupPrediction => predictGroup(on(spec, [], given));
const readsOf = ({ partitions }: GroupPrediction): number[] => partitions.map(({ reads }) => reads);

test("predictGroup() of a roll that waits for the full ISR, Java: the longest of the single stops", () => {
  for (const commit of ["auto", "after", "before"] as const) {
    const own = java({ commit });
    const { reads, commits, rebalance, skipped, repeated, role, standstill, reasons, why } = roll(
      {},
      { own },
    );
    assert.equal([reads, commits, rebalance, skipped, repeated, role], [1, 1, 0, 0, 0, "both"]);
    // leaders and the coordinator move to one that is in sync: in some turn a broker is all of these
    const places = ALL.map((coordinator) => ({ coordinator, leaders: [1, 1] }));
    const stops = places.map((where) => single("stop", 1, { own, where }).standstill!.toMs);
    assert.equal(standstill, { fromMs: 0, toMs: Math.max(...stops) });
    assert.is(reasons[0], "broker by broker");
    assert.ok(
      why.includes("longest of the standstills counts; with kafkajs several in a row may add up."),
      why,
    );
  }
});

test("predictGroup() of a roll with kills, Java: a session at least, nobody joins again", () => {
  const { standstill, rebalance, reads } = roll({ how: "kill" });
  assert.ok(standstill!.fromMs >= single("kill", 1).standstill!.fromMs && standstill!.fromMs >= 7_000);
  assert.ok(standstill!.toMs >= single("kill", 1).standstill!.toMs);
  assert.equal([reads, rebalance], [1, 0]);
});

test("predictGroup() of a roll, kafkajs: a rebalance, and standstills may go on into the next turn", () => {
  const own = kafkajs();
  // the coordinator moves from broker 1 to one whose turn is still to come
  const given = { own, where: { coordinator: 1, leaders: [1, 2] } };
  const [one, all] = [single("stop", 1, given), roll({}, given)];
  assert.ok(
    all.standstill!.toMs >= 2 * one.standstill!.toMs,
    JSON.stringify([one.standstill, all.standstill]),
  );
  assert.ok(all.rebalance > 0.9 && all.reads === 1, `${all.rebalance}`);
  assert.ok(all.repeated! > one.repeated! && all.skipped === 0);
  assert.is(roll({}, { own: kafkajs({ commit: "before" }) }).repeated, 0);
  assert.ok(roll({}, { own: kafkajs({ commit: "before" }) }).skipped! > 0);
});

test("predictGroup() of a roll that waits until brokers are alive: they may have to be in sync first", () => {
  const { reads, commits, standstill, reasons, timers } = roll({ wait: "alive" });
  assert.equal([reads, commits], [1, 1]);
  // initial.broker.registration.timeout.ms, and 10 s to be in sync
  assert.equal(standstill, { fromMs: 0, toMs: 70_000 });
  assert.ok(reasons.includes("comes back") && reasons.includes("below min isr"));
  assert.ok(timers.some(({ name }) => name === "initial.broker.registration.timeout.ms"));
  assert.not.ok(roll({}).reasons.includes("comes back"));
});

test("predictGroup() of a roll that waits for nothing: not sure that the group reads meanwhile", () => {
  for (const how of ["stop", "kill"] as const) {
    const { reads, commits, standstill } = roll({ wait: "none", how });
    assert.equal([reads, commits, standstill!.fromMs], [0.5, 0.5, 0]);
  }
});

test("predictGroup() of a roll waits for the broker where a single stop would never end", () => {
  const rows: Given[] = [
    { topic: { minIsr: 3 } },
    { where: { replicas: [1] } },
    { where: { offsetsReplicas: [3] }, own: java({ commit: "before" }) },
    { offsets: { minIsr: 3 }, own: java({ commit: "before" }) },
  ];
  for (const given of rows) {
    const one = roll({}, given);
    assert.equal([one.reads, one.standstill], [1, { fromMs: 500, toMs: 70_000 }], JSON.stringify(given));
    assert.ok(one.reasons.includes("comes back"));
  }
  const later = roll({}, { ...rows[1]!, own: kafkajs() }).standstill!;
  assert.ok(later.toMs > 70_000 + 30_000, "kafkajs starts anew when its pause is over");
});

test("predictGroup() of a roll of one broker is the prediction of its stop", () => {
  for (const own of [java(), kafkajs()]) {
    const [one, stop] = [roll({}, { own }, [3]), single("stop", 3, { own })];
    assert.equal(
      [one.standstill, one.rebalance, one.repeated],
      [stop.standstill, stop.rebalance, stop.repeated],
    );
  }
});

const PREFERRED = { states: [{ preferred: 1 }, { preferred: 3 }] };
test("predictGroup() of a preferred election, Java: leaders move at once, nobody joins again", () => {
  const one = change(faults.elect("preferred", { topic: TOPIC }), PREFERRED);
  assert.equal(
    [one.reads, one.commits, one.rebalance, one.skipped, one.repeated, one.role],
    [1, 1, 0, 0, 0, null],
  );
  assert.equal(one.resources, [`leaders of topic ${TOPIC}`]);
  assert.ok(one.standstill!.fromMs === 0 && one.standstill!.toMs < 3_500, JSON.stringify(one.standstill));
  assert.ok(one.partitions[1]!.standstill!.toMs > one.partitions[0]!.standstill!.toMs, "one of them moves");
  // not as of a leader that is replaced, and does not know it
  assert.not.ok(one.reasons.includes("stale leader"));
  const all = change(faults.elect("preferred"), { ...PREFERRED, offsetsState: { preferred: 1 } });
  assert.ok(all.reasons.includes("coordinator moves") && all.rebalance === 0);
});

test("predictGroup() of a preferred election, kafkajs: the old leader answers, nobody joins", () => {
  const topic = faults.elect("preferred", { topic: TOPIC });
  const one = change(topic, { own: kafkajs(), ...PREFERRED });
  assert.equal([one.reads, one.rebalance, one.skipped, one.repeated], [1, 0, 0, 0]);
  assert.ok(one.reasons.includes("follower answers") && one.standstill!.toMs < 3_500);
  // the new coordinator is another broker, of which the old one speaks
  const all = change(faults.elect("preferred"), {
    ...{ own: kafkajs(), ...PREFERRED },
    offsetsState: { preferred: 1 },
  });
  assert.equal([all.rebalance, all.reads], [1, 1]);
  assert.ok(all.reasons.includes("kafkajs rejoins") && all.repeated! > 0);
});

const STAYS: readonly [string, Given, reason: string][] = [
  ["the first leads", { states: [{ preferred: 1 }, { preferred: 2 }] }, "not needed"],
  ["not in sync", { states: [{ preferred: 3, isr: [1, 2] }, { preferred: 2 }] }, "refused"],
];
for (const [what, given, reason] of STAYS)
  test(`predictGroup() of a preferred election moves no leader: ${what}`, () => {
    for (const own of [java(), kafkajs()]) {
      const one = change(faults.elect("preferred", { topic: TOPIC }), { ...given, own });
      assert.equal([one.reads, one.rebalance, one.repeated], [1, 0, 0]);
      assert.ok(one.standstill!.toMs < 2_000 && one.reasons.includes(reason as never), one.reasons.join());
    }
  });

const LEADERLESS: Given = { state: { leader: null, isr: [1] }, gone: [1], topic: { minIsr: 1 } };
test("predictGroup() of an unclean election: it is read again; kafkajs may skip, Java goes back", () => {
  const unclean = faults.elect("unclean", { topic: TOPIC });
  const [ofJava, ofKafkajs] = [java(), kafkajs()].map((own) => change(unclean, { ...LEADERLESS, own }));
  assert.equal([ofJava!.reads, ofJava!.skipped, ofJava!.standstill!.fromMs], [1, 0, 0]);
  assert.equal([ofKafkajs!.reads, ofKafkajs!.skipped, ofKafkajs!.repeated], [1, null, null]);
  // the pause before its next try
  assert.ok(ofKafkajs!.standstill!.toMs > ofJava!.standstill!.toMs + 15_000);
  const refused = { ...LEADERLESS, gone: ALL };
  assert.equal(readsOf(change(unclean, refused)), [0, 0]);
  // of two partitions one: kafkajs takes the other for an error of the whole topic
  const one = faults.elect("unclean", { topic: TOPIC, partition: 0 });
  assert.equal(readsOf(change(one, LEADERLESS)), [1, 0]);
  assert.equal(readsOf(change(one, { ...LEADERLESS, own: kafkajs() })), [0, 0]);
});

test("predictGroup() of a leader that is not in sync, elected without a request, is the same", () => {
  const alone: Given = { states: [{ isr: [1] }, {}], topic: { minIsr: 1, uncleanElection: true } };
  assert.is(single("kill", 1, { ...alone, own: kafkajs() }).skipped, null);
  assert.is(single("kill", 1, alone).skipped, 0);
});

test("predictGroup() of unclean elections switched on in mid-outage: not before the periodic task", () => {
  const switched = faults.reconfigure({ topic: TOPIC }, { [UNCLEAN]: "true" });
  const one = change(switched, LEADERLESS);
  assert.ok(one.reads === 1 && one.standstill!.toMs > 300_000);
  const short = faults.reconfigure({ topic: TOPIC }, { [UNCLEAN]: "true" }, { lasts: "30s" });
  assert.ok(change(short, LEADERLESS).reads < 0.2);
  assert.equal(change(switched).reasons, ["untouched"]);
});

const TWO = { state: { isr: [1, 2] } };
const raise = (
  value: string | null,
  of: Parameters<typeof faults.reconfigure>[0] = { topic: TOPIC },
): FaultSpec => faults.reconfigure(of, { [MIN_ISR]: value });
const CHANGED: readonly [string, FaultSpec, Given, reads: number, commits: number][] = [
  ["raised above the ISR", raise("3"), TWO, 0, 1],
  ["raised to the ISR", raise("2"), { ...TWO, topic: { minIsr: 1 } }, 1, 1],
  ["raised above the replicas, ISR full", raise("4"), {}, 1, 1],
  // acks=1 is visible, acks=all is refused: nothing says which is sent
  ["raised above the ISR, 3.6", raise("3"), { ...TWO, kafka: "3.6.0" }, 0.5, 1],
  ["lowered to the ISR", raise("2"), { ...TWO, topic: { minIsr: 3 } }, 1, 1],
  ["lowered, not enough", raise("2"), { state: { isr: [1] }, topic: { minIsr: 3 } }, 0, 1],
  ["of the leader alone", raise("3", { broker: 2 }), { states: [TWO.state, TWO.state] }, 0, 1],
  ["of all brokers, the offsets", raise("3", "brokers"), { offsetsState: { isr: [2, 3] } }, 1, 0],
  [
    "of all brokers, both topics have their own",
    raise("3", "brokers"),
    { ...TWO, topic: { own: [MIN_ISR] }, offsets: { own: [MIN_ISR] }, offsetsState: { isr: [2, 3] } },
    1,
    1,
  ],
];
for (const [what, spec, given, reads, commits] of CHANGED)
  test(`predictGroup() of a changed ${MIN_ISR}: ${what}`, () => {
    const one = change(spec, { ...given, own: java({ commit: "auto" }) });
    assert.equal(
      [one.reads, one.commits, one.rebalance, one.skipped, one.repeated],
      [reads, commits, 0, 0, 0],
    );
    assert.is(one.reasons.includes("below min isr"), reads < 1);
    assert.is(one.reasons.includes("offsets below min isr"), commits < 1);
  });

test(`predictGroup() of a raised ${MIN_ISR} of one leader: the partitions of the others are read`, () => {
  assert.equal(readsOf(change(raise("3", { broker: 2 }), TWO)), [1, 0]);
});

test("predictGroup() of offsets below their minimum: Java waits for its commits, kafkajs starts anew", () => {
  const below: Given = { offsetsState: { isr: [2, 3] } };
  const of = (own: KnownGroup): GroupPrediction => change(raise("3", "brokers"), { ...below, own });
  const [after, before] = (["after", "before"] as const).map((commit) => of(java({ commit })));
  // commitSync gives up after default.api.timeout.ms, and who has processed already polls again
  assert.ok(after!.reads === 1 && after!.standstill!.fromMs > 55_000 && after!.commits === 0);
  assert.is(before!.reads, 0);
  const one = of(kafkajs());
  assert.equal([one.reads, one.commits, one.rebalance], [0, 0, 1]);
  assert.ok(one.reasons.includes("offsets below min isr") && one.reasons.includes("kafkajs restarts"));
  assert.ok(one.repeated! > 500);
  const never = of(kafkajs({ commit: "never" }));
  assert.equal([never.reads, never.rebalance], [1, 0]);
});

test("predictGroup() of a fault that leaves a topic below its minimum: nothing new, commits go on", () => {
  for (const own of [java(), kafkajs()])
    for (const kind of ["kill", "stop"] as const) {
      // broker 3 leads nothing and does not coordinate: it follows
      const where = { coordinator: 2, leaders: [1, 2] };
      const one = single(kind, 3, { own, where, topic: { minIsr: 3 } });
      assert.equal([one.reads, one.commits, one.rebalance], [0, 1, 0], own.client);
      assert.equal(one.reasons[0], "below min isr");
      assert.is(single(kind, 3, { own, where }).reads, 1);
      const unread = single(kind, 3, { own, where, topic: { minIsr: 3 }, kafka: "3.6.2" });
      assert.is(unread.reads, 0.5);
      const offsets = single(kind, 3, { own, where, offsets: { minIsr: 3 } });
      assert.is(offsets.commits, 0);
    }
});

test("predictGroup() of a topic that was below its minimum before the fault: nothing new is read", () => {
  const where = { coordinator: 2, leaders: [1, 2] };
  assert.is(single("kill", 3, { where, state: { isr: [1] }, kafka: "4.4.0" }).reads, 0);
});

test("predictGroup() of another setting says that nothing is derived, unless it is another topic's", () => {
  const of = (topic: string): GroupPrediction =>
    change(faults.reconfigure({ topic }, { "retention.ms": "1000", [MIN_ISR]: "2" }));
  const one = of(TOPIC);
  assert.equal(one.notDerived, ["retention.ms"]);
  assert.ok(one.claims.some(({ code }) => code === "settingsNotDerived"));
  assert.match(one.sentence, /; no effect of retention\.ms is derived$/);
  assert.is(of("b").notDerived, undefined);
  const ofBrokers = change(faults.reconfigure("brokers", { "offsets.retention.minutes": "1" }));
  assert.equal(ofBrokers.notDerived, ["offsets.retention.minutes"]);
});

test("predictGroup() of every group has the shape that a history keeps, whatever is changed", () => {
  const changes: [FaultSpec, readonly number[], Given][] = [
    ...(["full isr", "alive", "none"] as const).flatMap((wait) =>
      (["stop", "kill"] as const).map((how): [FaultSpec, readonly number[], Given] => [
        faults.roll(ALL, { wait, how }),
        ALL,
        {},
      ]),
    ),
    [faults.elect("preferred"), [], PREFERRED],
    [faults.elect("unclean"), [], LEADERLESS],
    [raise("3", "brokers"), [], TWO],
  ];
  // one of each client and policy
  for (const own of GROUPS.filter((_, i) => i % 7 === 0))
    for (const [spec, targets, given] of changes) {
      const one = predictGroup(on(spec, targets, { ...given, own }));
      assert.is(wrongIn(groupPredictionShape, one), undefined, JSON.stringify(one));
      assert.is((one.standstill?.fromMs ?? 0) <= (one.standstill?.toMs ?? 0), true);
      assert.is((one.commits === null || one.commits === 0) === (one.commitGap === null), true);
      assert.not.match(one.sentence + one.why, /undefined|NaN|null|Infinity/);
    }
});

test.run();
