// Predictions of what somebody does on purpose: rolling restarts, elections, and settings that are changed.
// The expected values are derived by hand from Kafka's sources, as sdk/analysis/predict names them.

import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type Circumstances,
  type ComposeClient,
  type ComposeTopic,
  fromCompose,
  predict,
  type Prediction,
} from "../../sdk/analysis/predict/mod.ts";
import { readCompose } from "../../sdk/compose/read.ts";
import { faults, resolveFault, type RollSpec } from "../../sdk/faults/mod.ts";
import type { FaultSpec, PartitionState } from "../../sdk/model/history.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const three = readCompose([`${root}compose/three-brokers.yml`], { env: {}, cwd: root });
const ALL = [1, 2, 3];
const TOPIC = { topic: "my_topic" };
const MIN_ISR = "min.insync.replicas";
const UNCLEAN = "unclean.leader.election.enable";

interface Given {
  topic?: ComposeTopic;
  client?: ComposeClient;
  state?: Partial<PartitionState>;
  own?: readonly string[];
  /** Brokers that do not run. */
  gone?: readonly number[];
  kafka?: string;
}

/** Three brokers with Kafka's timers, min ISR 2; broker 1 is preferred and leads, broker 2 controls. */
function circumstances(spec: FaultSpec, targets: readonly number[], given: Given): Circumstances {
  const { topic, client, state, own, gone = [], kafka = "3.9.2" } = given;
  const base = fromCompose(three, {
    ...{ fault: resolveFault(spec, targets), leader: 1, controller: 2, kafka },
    ...(topic && { topic }),
    ...(client && { client }),
  });
  return {
    ...base,
    nodes: base.nodes.filter(({ broker }) => broker === null || !gone.includes(broker)),
    topic: {
      ...base.topic,
      ...(own && { own }),
      state: { ...base.topic.state, preferred: 1, ...state },
    },
  };
}
const roll = (how: Pick<RollSpec, "wait" | "how">, given: Given = {}): Prediction =>
  predict(circumstances(faults.roll(ALL, how), ALL, given));
const change = (spec: FaultSpec, given: Given = {}): Prediction => predict(circumstances(spec, [], given));
const single = (kind: "stop" | "kill", broker: number, given: Given = {}): Prediction =>
  predict(circumstances({ kind, target: broker }, [broker], given));
const codes = ({ claims = [] }: Prediction): string[] => claims.map(({ code }) => code);

test("predict() of a roll that waits for the full ISR has the longest gap of the single stops", () => {
  const { failsOver, served, gap, lost, unknown, belowMinIsr, send } = roll({});
  assert.equal([failsOver, served, lost, unknown, send.ok], [1, 1, "no", "no", 1]);
  // leader 1 hands over to 2 or 3, then they follow: each stop is one of a leader or of a follower
  const [leader, follower] = [single("stop", 1).gap!, single("stop", 3).gap!];
  assert.equal(gap, { fromMs: 0, toMs: Math.max(leader.toMs, follower.toMs) });
  assert.equal(belowMinIsr, { is: "no", min: 2 });
  assert.ok(codes(roll({})).includes("minIsrKept"));
});

test("predict() of a roll with kills waits as long as for the kill of a leader", () => {
  const { failsOver, gap, lost, duplicates } = roll({ how: "kill" });
  assert.equal([failsOver, lost, duplicates], [1, "no", "possible"]);
  assert.ok(gap!.fromMs >= single("kill", 1).gap!.fromMs);
  // the controller is killed in its turn, and a session counts from the next one's start
  const asController = circumstances({ kind: "kill", target: 2 }, [2], { state: { leader: 2 } });
  assert.ok(gap!.toMs >= predict(asController).gap!.toMs);
});

test("predict() of a roll that does not wait for the ISR says that it may fall below the minimum", () => {
  for (const wait of ["alive", "none"] as const) {
    assert.equal(roll({ wait }).belowMinIsr, { is: "possible", min: 2 });
    assert.ok(codes(roll({ wait })).includes("belowMinIsrPossible"));
  }
  const { served, gap } = roll({ wait: "alive" });
  // a follower that is back has initial.broker.registration.timeout.ms, and 10 s to be in sync
  assert.equal([served, gap], [1, { fromMs: 0, toMs: 70_000 }]);
});

test("predict() of a roll that waits for nothing has no window, and is not sure to be served", () => {
  for (const how of ["stop", "kill"] as const) {
    const { served, gap, parts, unknown } = roll({ wait: "none", how });
    assert.equal([served, gap, parts, unknown], [0.5, null, [], "possible"]);
  }
  // the others were let go by then, so the first stop's hand-over is sure; kills are over before a session is
  assert.is(roll({ wait: "none" }).failsOver, 1);
  assert.ok(roll({ wait: "none", how: "kill" }).failsOver < 1);
});

test("predict() of a roll has the client wait for the broker where a single stop would never end", () => {
  const rows: [Given, failsOver: number, below: string][] = [
    [{ topic: { replicationFactor: 1, minIsr: 1 } }, 0, "possible"],
    [{ topic: { minIsr: 3 } }, 1, "possible"],
  ];
  for (const [given, failsOver, below] of rows) {
    const one = roll({}, given);
    assert.equal([one.served, one.failsOver, one.belowMinIsr!.is], [1, failsOver, below]);
    assert.equal(one.gap, { fromMs: 500, toMs: 70_000 });
    assert.ok(one.reasons!.includes("comes back"));
    assert.ok(one.timers.some(({ name }) => name === "initial.broker.registration.timeout.ms"));
  }
});

test("predict() of a roll: acks=0 is never acknowledged, acks=1 may lose what only the leader had", () => {
  const none = roll({}, { client: { acks: 0 } });
  assert.equal([none.served, none.gap, none.unknown], [0, null, "possible"]);
  const one = roll({}, { client: { acks: 1 } });
  assert.equal([one.served, one.lost, one.gap!.fromMs], [1, "possible", 0]);
});

test("predict() of a roll of one broker is the prediction of its stop", () => {
  const one = predict(circumstances(faults.roll(3), [3], {}));
  const stop = single("stop", 3);
  assert.equal([one.gap, one.served, one.failsOver], [stop.gap, stop.served, stop.failsOver]);
});

const AWAY = { state: { leader: 2 } };
test("predict() of a preferred election: a hand-over, if the first replica is in sync", () => {
  const moved = change(faults.elect("preferred"), AWAY);
  assert.equal([moved.failsOver, moved.served, moved.lost], [1, 1, "no"]);
  // idle 500 ms and a fetch back-off of 1 s are 100 ms each here; 400 ms of work; 50 ms and 1.2 pauses
  assert.equal(moved.gap, single("stop", 2, AWAY).gap);
  assert.equal(moved.reasons, ["preferred"]);
  assert.equal(moved.resources, ["leaders of all partitions"]);
  assert.is(change(faults.elect("preferred"), { ...AWAY, client: { acks: 1 } }).lost, "possible");
});

const STAYS: readonly [string, FaultSpec, Given, reason: string, served: number][] = [
  ["the first leads", faults.elect("preferred"), {}, "not needed", 1],
  ["not in sync", faults.elect("preferred"), { state: { leader: 2, isr: [2, 3] } }, "refused", 1],
  ["not alive", faults.elect("preferred"), { ...AWAY, gone: [1] }, "refused", 1],
  ["not alive yet", faults.elect("preferred"), { state: { leader: 2, offline: [1] } }, "refused", 1],
  ["another topic", faults.elect("preferred", { topic: "b" }), AWAY, "untouched", 1],
  ["another partition", faults.elect("preferred", { leaderOf: "my_topic-1" }), AWAY, "untouched", 1],
  ["unclean, with a leader", faults.elect("unclean"), AWAY, "not needed", 1],
  [
    "unclean, nobody alive",
    faults.elect("unclean"),
    { state: { leader: null, isr: [1], replicas: [1] }, gone: [1] },
    "refused",
    0,
  ],
];
for (const [what, spec, given, reason, served] of STAYS)
  test(`predict() of an election moves no leader: ${what}`, () => {
    const one = change(spec, given);
    assert.equal([one.failsOver, one.served, one.reasons![0]], [0, served, reason]);
  });

test("predict() of an unclean election: a replica leads at once, and records may be lost", () => {
  const given: Given = { state: { leader: null, isr: [1] }, gone: [1], topic: { minIsr: 1 } };
  const one = change(faults.elect("unclean"), given);
  assert.equal([one.failsOver, one.served, one.lost, one.gap!.fromMs], [1, 1, "possible", 0]);
  assert.equal(one.reasons, ["unclean by request"]);
  // with a minimum of 2 the other one that is alive has to follow first, of one that is alone nobody does
  const two = change(faults.elect("unclean"), { ...given, topic: { minIsr: 2 } });
  assert.ok(two.served === 1 && two.gap!.toMs > one.gap!.toMs);
  assert.is(change(faults.elect("unclean"), { ...given, topic: { minIsr: 2 }, gone: [1, 3] }).served, 0);
});

const raise = (value: string | null, of: Parameters<typeof faults.reconfigure>[0] = TOPIC): FaultSpec =>
  faults.reconfigure(of, { [MIN_ISR]: value });
const TWO: Given = { state: { isr: [1, 2] } };
const CHANGED: readonly [string, FaultSpec, Given, served: number, reason: string][] = [
  ["raised above the ISR", raise("3"), TWO, 0, "not enough replicas"],
  ["raised to the ISR", raise("2"), { ...TWO, topic: { minIsr: 1 } }, 1, "untouched"],
  ["raised above the replicas, ISR full", raise("4"), {}, 1, "untouched"],
  ["the same with 3.6", raise("4"), { kafka: "3.6.0" }, 0, "not enough replicas"],
  ["lowered to the ISR", raise("2"), { ...TWO, topic: { minIsr: 3 } }, 1, "enough replicas"],
  [
    "lowered, not enough",
    raise("2"),
    { state: { isr: [1] }, topic: { minIsr: 3 } },
    0,
    "not enough replicas",
  ],
  ["as inherited, which is 2", raise(null), { ...TWO, topic: { minIsr: 3 } }, 1, "enough replicas"],
  ["of all brokers", raise("3", "brokers"), TWO, 0, "not enough replicas"],
  [
    "of all brokers, the topic has its own",
    raise("3", "brokers"),
    { ...TWO, own: [MIN_ISR] },
    1,
    "untouched",
  ],
  ["of the leader", raise("3", { broker: 1 }), TWO, 0, "not enough replicas"],
  ["of a follower", raise("3", { broker: 2 }), TWO, 1, "untouched"],
  ["of another topic", raise("3", { topic: "b" }), TWO, 1, "untouched"],
  ["without a leader", raise("1"), { state: { leader: null, isr: [1] } }, 0, "no leader"],
];
for (const [what, spec, given, served, reason] of CHANGED)
  test(`predict() of a changed min.insync.replicas: ${what}`, () => {
    const one = change(spec, given);
    assert.equal([one.failsOver, one.served, one.reasons![0], one.lost], [0, served, reason, "no"]);
  });

test("predict() of a raised min.insync.replicas: acks=1 is served, consumers see nothing", () => {
  const given: Given = { ...TWO, client: { acks: 1 } };
  const { served, visible } = change(raise("3"), given);
  assert.equal([served, visible], [1, 0]);
  assert.is(change(raise("3"), { ...given, kafka: "3.6.0" }).visible, undefined);
});

test("predict() of unclean elections switched on in mid-outage: not before the periodic task", () => {
  const on = (lasts?: "30s"): FaultSpec =>
    faults.reconfigure(TOPIC, { [UNCLEAN]: "true" }, lasts === undefined ? {} : { lasts });
  const given: Given = { state: { leader: null, isr: [1] }, gone: [1], topic: { minIsr: 1 } };
  const one = change(on(), given);
  assert.equal([one.failsOver, one.served, one.lost, one.gap!.fromMs], [1, 1, "possible", 0]);
  assert.ok(one.gap!.toMs > 300_000);
  assert.equal(one.timers[0]!.name, "unclean.leader.election.interval.ms");
  // at any time of the task's 300 s: 30 s are a tenth
  assert.is(change(on("30s"), given).failsOver, 0.1);
  assert.is(change(on(), { ...given, gone: [1, 2, 3] }).failsOver, 0);
  assert.equal(change(on(), {}).reasons, ["untouched"]);
});

test("predict() of another setting says that nothing is derived, unless it is another topic's", () => {
  const of = (topic: string): Prediction =>
    change(faults.reconfigure({ topic }, { "retention.ms": "1000", [MIN_ISR]: "2" }));
  const one = of("my_topic");
  assert.equal(one.notDerived, ["retention.ms"]);
  assert.ok(one.reasons!.includes("not derived"));
  assert.ok(codes(one).includes("settingsNotDerived"));
  assert.is(of("b").notDerived, undefined);
});
test.run();
