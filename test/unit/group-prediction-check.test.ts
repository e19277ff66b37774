// What was predicted for a group beside what came: one thing changed in a history in which it came as
// predicted.

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type GroupPredictionCheck,
  groupPredictionChecks,
} from "../../sdk/analysis/explain/groups/group-prediction-check.ts";
import { predictionVerdict } from "../../sdk/analysis/explain/prediction-check.ts";
import { predictGroup } from "../../sdk/analysis/predict/groups/mod.ts";
import type { FaultEvent, HealEvent, HistoryEvent } from "../../sdk/model/history.ts";
import type { GroupPrediction } from "../../sdk/model/group-prediction.ts";
import { wrongEvent } from "../../sdk/model/history-schema.ts";
import type { Verdict } from "../../sdk/model/verdict.ts";
import { groupPredictionCheckLines } from "../../sdk/report/text/mod.ts";
import { circumstancesOf, group } from "./group-cells.ts";

const TOPIC = "orders";
const MEMBER = "billing.1";
const [FAULT_MS, HEAL_MS, END_MS, EVERY_MS] = [10_000, 30_000, 35_000, 100];

const derived = predictGroup(circumstancesOf(group(), { kind: "kill", members: [MEMBER] }, { leaders: [1] }));
/** Its partition stands still for 3 to 7 s. */
const PREDICTION: GroupPrediction = {
  ...derived,
  standstill: { fromMs: 3_000, toMs: 7_000 },
  partitions: derived.partitions.map((one) => ({ ...one, standstill: { fromMs: 3_000, toMs: 7_000 } })),
  commits: null,
  commitGap: null,
  repeated: 5,
};

interface Given {
  /** How long nothing is processed after the fault. */
  standsMs?: number;
  prediction?: Partial<GroupPrediction>;
  rebalanced?: boolean;
  /** Records that are processed a second time behind the standstill. */
  repeated?: number;
  /** How many of the last records that were sent before the fault are read four seconds after it. */
  late?: number;
  /** When the load ends. */
  sentUntilMs?: number;
  perSecond?: number;
  healMs?: number;
  more?: readonly HistoryEvent[];
  isInjected?: boolean;
}

const at = { group: "billing", member: MEMBER, topic: TOPIC, partition: 0 };

function history(given: Given = {}): HistoryEvent[] {
  const { standsMs = 5_000, rebalanced = true, repeated = 0, late = 0, sentUntilMs = END_MS } = given;
  const prediction = { ...PREDICTION, ...given.prediction };
  const events: HistoryEvent[] = [
    {
      kind: "group prediction",
      atMs: FAULT_MS - 50,
      group: "billing",
      topic: TOPIC,
      prediction,
      perSecond: given.perSecond ?? 100,
    },
  ];
  const { isInjected = true, more = [] } = given;
  if (isInjected) events.push(killed("1", FAULT_MS), healed("1", given.healMs ?? HEAL_MS));
  for (let n = 0, atMs = 1_000; atMs < sentUntilMs; n++, atMs += EVERY_MS) {
    const [value, offset] = [`v-${n}`, String(n)];
    const sent = { kind: "send", client: "probe", topic: TOPIC, outcome: "ok", attempts: [] } as const;
    events.push({ ...sent, atMs, tookMs: 5, value, broker: 1, partition: 0, offset });
    const isLate = atMs < FAULT_MS && atMs >= FAULT_MS - late * EVERY_MS;
    const untilMs = FAULT_MS + standsMs;
    const isHeldUp = atMs > FAULT_MS && atMs < untilMs;
    const readMs = isLate ? FAULT_MS + 4_000 : isHeldUp ? untilMs : atMs + 20;
    if (readMs > END_MS) continue;
    events.push({ kind: "delivered", ...at, atMs: readMs, records: [{ offset, value }] });
    events.push({ kind: "processed", ...at, atMs: readMs, tookMs: 1, offsets: [offset] });
  }
  for (let n = 0; n < repeated; n++)
    events.push({ kind: "processed", ...at, atMs: 25_000, tookMs: 1, offsets: [String(n)] });
  const begun = {
    what: "rebalanceBegun",
    nodeId: 1,
    group: "billing",
    generation: 1,
    reason: "gone",
  } as const;
  if (rebalanced) events.push(logged(FAULT_MS + 3_000, begun));
  events.push(logged(500, { ...begun, generation: 0 }));
  const all = [...events, ...more].sort((a, b) => a.atMs - b.atMs);
  for (const event of all) assert.is(wrongEvent(event), undefined, JSON.stringify(event));
  return all;
}

function logged(atMs: number, fact: Extract<HistoryEvent, { kind: "broker log" }>["fact"]): HistoryEvent {
  const of = { service: "kafka-1", broker: 1, nodeId: 1, level: "INFO", logger: "group", text: "text" };
  return { kind: "broker log", atMs, ...of, fact };
}
function killed(id: string, atMs: number, more: Partial<FaultEvent> = {}): FaultEvent {
  const members = [{ group: "billing", member: MEMBER }];
  const common = { kind: "fault", id, fault: "kill", targets: [], members, asked: "", via: "" } as const;
  return { ...common, atMs, tookMs: 10, effectAtMs: atMs + 5, ...more };
}
function healed(id: string, atMs: number): HealEvent {
  const members = [{ group: "billing", member: MEMBER }];
  const common = { kind: "heal", id, fault: "kill", targets: [], members, via: "" } as const;
  return { ...common, atMs, tookMs: 10, effectAtMs: atMs };
}
const only = (given: Given): GroupPredictionCheck => {
  const [first, ...others] = groupPredictionChecks(history(given));
  assert.is(others.length, 0);
  return first!;
};

test("groupPredictionChecks() finds what came within what was predicted", () => {
  const { measured, verdict, disagreements, fault } = only({});
  assert.equal([verdict, disagreements, fault], [true, [], "1"]);
  const [partition] = measured!.partitions;
  assert.ok(Math.abs(partition!.standstillMs - 5_000) < 200, `${partition!.standstillMs}`);
  assert.equal(
    [measured!.rebalanced, measured!.skipped, measured!.repeated, partition!.isOpen],
    [true, 0, 0, false],
  );
});

/** One record of another partition, long before the fault. */
function readEarly(partition: number): HistoryEvent[] {
  const [own, value] = [{ ...at, partition, atMs: 1_050 }, "early"];
  return [
    {
      ...{ kind: "send", client: "probe", topic: TOPIC, outcome: "ok", attempts: [], atMs: 1_000, tookMs: 5 },
      ...{ value, broker: 1, partition, offset: "0" },
    },
    { kind: "delivered", ...own, records: [{ offset: "0", value }] },
    { kind: "processed", ...own, tookMs: 1, offsets: ["0"] },
  ];
}

const NEVER = { reads: 0, standstill: null };
const unread = {
  ...NEVER,
  rebalance: 0,
  partitions: PREDICTION.partitions.map((one) => ({ ...one, ...NEVER })),
};
const another = killed("2", FAULT_MS + 1_000, { targets: [2], members: [] });
const { members: _, ...onBroker } = another;
const ofOthers = { members: [{ group: "audit", member: "audit.1" }] };
const BUSY: HistoryEvent = {
  kind: "machine",
  atMs: FAULT_MS,
  tookMs: 20_000,
  nodesMs: { "kafka-1": 18_000 },
  labMs: 1,
};
const CASES: readonly [name: string, given: Given, verdict: Verdict, disagreements: readonly RegExp[]][] = [
  ["longer than predicted", { standsMs: 9_000 }, false, [/orders-0 stood still for .* more than predicted/]],
  ["shorter than predicted", { standsMs: 1_000 }, false, [/orders-0 stood still for .* less than predicted/]],
  [
    "shorter than predicted, and healed before the longer one could come",
    { standsMs: 1_000, healMs: FAULT_MS + 5_000 },
    "unknown",
    [],
  ],
  [
    "longer on a busy machine",
    { standsMs: 9_000, more: [BUSY] },
    "unknown",
    [/inconclusive: brokers waited/],
  ],
  ["not read again", { standsMs: 60_000 }, false, [/orders-0 was not read for .* though it was predicted/]],
  ["not read again, nothing sent", { standsMs: 60_000, sentUntilMs: FAULT_MS }, "unknown", []],
  ["no rebalance", { rebalanced: false }, false, [/no rebalance came/]],
  ["a rebalance, none predicted", { prediction: { rebalance: 0 } }, false, [/a rebalance came/]],
  ["a rebalance that may come", { prediction: { rebalance: 0.5 }, rebalanced: false }, true, []],
  ["as many again as predicted", { repeated: 5 }, true, []],
  ["more again than predicted", { repeated: 6 }, false, [/6 records processed again, more than the 5/]],
  ["more again, and more sent", { repeated: 6, perSecond: 3 }, "unknown", [/6 records processed again/]],
  ["any number again", { repeated: 6, prediction: { repeated: null } }, true, []],
  ["read, though it was not predicted", { prediction: unread }, false, [/was read again/, /a rebalance/]],
  ["never read, as predicted", { prediction: unread, standsMs: 60_000, rebalanced: false }, true, []],
  [
    "what was sent before the fault is read behind it, as before a disk that hangs",
    { prediction: unread, standsMs: 60_000, late: 5, rebalanced: false },
    true,
    [],
  ],
  [
    "nothing is sent to another partition that was predicted",
    {
      prediction: { partitions: [0, 1].map((n) => ({ ...PREDICTION.partitions[0]!, partition: n })) },
      more: readEarly(1),
    },
    true,
    [],
  ],
  ["another fault meanwhile", { standsMs: 9_000, more: [onBroker] }, "unknown", []],
  [
    "a fault on another group's members",
    { more: [killed("3", FAULT_MS + 1_000, ofOthers), { ...healed("3", FAULT_MS + 2_000), ...ofOthers }] },
    true,
    [],
  ],
];
for (const [name, given, verdict, expected] of CASES)
  test(`groupPredictionChecks(): ${name}`, () => {
    const found = only(given);
    assert.is(found.verdict, verdict, found.disagreements.join("; "));
    const texts = found.disagreements.join("; ");
    for (const one of expected) assert.match(texts, one);
    if (verdict === true) assert.is(texts, "");
    assert.is(found.busy !== undefined, given.more?.includes(BUSY) === true);
  });

test("groupPredictionChecks() of a fault that did not follow, or on another member, is unknown", () => {
  const other = { members: [{ group: "billing", member: "billing.2" }] };
  for (const more of [[], [killed("4", FAULT_MS, other)]]) {
    const found = only({ isInjected: false, more });
    assert.equal([found.verdict, found.measured, found.fault], ["unknown", null, null]);
    assert.match(groupPredictionCheckLines([found]).join("\n"), /not measured: no kill of member billing\.1/);
  }
});

test("groupPredictionChecks() measures as long as the fault was to last", () => {
  const found = only({ prediction: { lastsMs: 2_000 }, rebalanced: false });
  assert.equal([found.verdict, found.measured!.partitions[0]!.isOpen], ["unknown", true]);
  assert.is(found.measured!.lastedMs, 2_000);
});

test("groupPredictionChecks() counts a send that waits for a leader: nobody can read what is not there", () => {
  const waits: HistoryEvent = {
    ...{ kind: "send", client: "probe", topic: TOPIC, outcome: "info", attempts: [] },
    ...{ atMs: FAULT_MS + 10, tookMs: 8_900, value: "waits", requestedPartition: 0 },
  };
  const all = history({ standsMs: 9_000 }).filter(
    (event) =>
      (event.kind !== "send" && event.kind !== "delivered" && event.kind !== "processed") ||
      event.atMs < FAULT_MS ||
      event.atMs > FAULT_MS + 9_000,
  );
  const [without, withSend] = [all, [...all, waits]].map((one) => groupPredictionChecks(one)[0]!);
  assert.ok(without!.measured!.partitions[0]!.standstillMs < 500);
  assert.ok(withSend!.measured!.partitions[0]!.standstillMs > 8_500);
  assert.is(withSend!.verdict, false);
});

const LEADERS = "leaders of topic orders";
/** A fault on the cluster, asked for. */
function askedFor(fault: string, more: Partial<FaultEvent> = {}): FaultEvent {
  const common = { kind: "fault", id: "1", fault, targets: [], asked: "preferred leader", via: "" } as const;
  return { ...common, atMs: FAULT_MS, tookMs: 10, effectAtMs: FAULT_MS + 5, ...more };
}
function over({ id, fault, targets }: FaultEvent, atMs: number): HealEvent {
  return { kind: "heal", id, fault, targets, via: "", atMs, tookMs: 0, effectAtMs: atMs };
}
/** The check of a prediction that was asked for, and was injected as `injected` says. */
function checkOfAsked(
  prediction: Partial<GroupPrediction>,
  injected: readonly HistoryEvent[],
  given: Given = {},
) {
  const all = history({
    ...given,
    isInjected: false,
    prediction: { members: [], ...prediction },
    more: injected,
  });
  const asked = (event: HistoryEvent): HistoryEvent =>
    event.kind === "group prediction" ? { ...event, asked: "preferred leader" } : event;
  return groupPredictionChecks(prediction.resources === undefined ? all : all.map(asked))[0]!;
}

test("groupPredictionChecks() of an election: same leaders, same kind, until the run's end", () => {
  const elect: Partial<GroupPrediction> = { fault: "elect", resources: [LEADERS] };
  const injected = askedFor("elect", { resources: [LEADERS] });
  const check = checkOfAsked(elect, [injected, over(injected, FAULT_MS + 20)]);
  assert.equal([check.verdict, check.fault], [true, "1"]);
  assert.ok(check.measured!.lastedMs > 20_000);
  assert.is(checkOfAsked(elect, [injected], { standsMs: 9_000 }).verdict, false);
  // what stood still before the election is not its making
  assert.is(checkOfAsked(elect, [injected], { late: 80 }).verdict, true);
  const whole = only({ late: 80 });
  assert.is(whole.verdict, false, JSON.stringify([whole.measured, whole.disagreements]));
  for (const other of [{ resources: ["leaders of all partitions"] }, { asked: "unclean leader" }])
    assert.is(checkOfAsked(elect, [{ ...injected, ...other }]).fault, null);
  assert.match(
    groupPredictionCheckLines([checkOfAsked(elect, [])]).join(),
    /no elect of leaders of topic orders/,
  );
});

test("groupPredictionChecks() of a roll: until the last broker is back, its turns included", () => {
  const targets = [1, 2, 3];
  const injected = askedFor("roll", { targets });
  const turns = targets.flatMap((broker) => {
    const atMs = FAULT_MS + broker * 1_000;
    const turn = askedFor("stop", { id: `turn ${broker}`, targets: [broker], atMs, effectAtMs: atMs });
    return [turn, over(turn, atMs + 500)];
  });
  const events = [injected, ...turns, over(injected, FAULT_MS + 15_000)];
  const check = checkOfAsked({ fault: "roll", targets }, events);
  assert.equal([check.verdict, check.measured!.lastedMs, check.measured!.isCut], [true, 14_995, false]);
  assert.is(checkOfAsked({ fault: "roll", targets }, events, { standsMs: 9_000 }).verdict, false);
  assert.is(checkOfAsked({ fault: "roll", targets: [1, 2] }, events).fault, null);
});

test("groupPredictionChecks() of a setting without a derived effect: what disagrees is inconclusive", () => {
  const resources = [`topic ${TOPIC}`];
  const injected = askedFor("reconfigure", { resources });
  const of = (more: Partial<GroupPrediction>, given: Given = {}) =>
    checkOfAsked({ fault: "reconfigure", resources, ...more }, [injected], given);
  assert.is(of({}).verdict, true);
  assert.is(of({}, { standsMs: 9_000 }).verdict, false);
  const unknown = of({ notDerived: ["retention.ms"] }, { standsMs: 9_000 });
  assert.is(unknown.verdict, "unknown");
  assert.ok(unknown.disagreements.length > 0);
});

test("groupPredictionCheckLines() has what was predicted, what came, and where they differ", () => {
  const [predicted, measured, why] = groupPredictionCheckLines([only({ standsMs: 9_000 })]);
  assert.is(predicted, `predicted for group billing: ${PREDICTION.sentence}`);
  assert.match(
    measured!,
    /^measured for group billing: orders-0 stood still for .*; a rebalance; 0 skipped, 0 processed again: not as predicted$/,
  );
  assert.match(why!, /^ {4}orders-0/);
});

test("predictionVerdict() of groups is false where one did not come, unknown where a machine may have", () => {
  const verdicts = [{}, { standsMs: 9_000 }, { standsMs: 9_000, more: [BUSY] }].map((given) =>
    predictionVerdict([only(given)]),
  );
  assert.equal(verdicts, [true, false, "unknown"]);
});

test.run();
