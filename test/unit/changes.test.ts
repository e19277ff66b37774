// Settings that are changed, and rolling restarts: bytes, values, order.

import { Buffer } from "node:buffer";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { faults } from "../../sdk/arguments/faults.ts";
import { definitionOf, resolveFault } from "../../sdk/faults/mod.ts";
import {
  alterConfigsRequest,
  decodeAlterConfigs,
  decodeNamed,
  describeNamedRequest,
} from "../../sdk/kafka/protocol/mod.ts";
import { rollAll, type RollOptions, rollOneOf } from "../../sdk/lab/verbs/roll.ts";
import type { HistoryEvent } from "../../sdk/model/history.ts";
import { wrongEvent } from "../../sdk/model/history-schema.ts";
import { namedMembers } from "../../sdk/model/member.ts";
import { rolledOf } from "../../scripts/elections/rolls.ts";
import { view } from "./explain/histories.ts";
import { assertLabError, refusal } from "./refusal.ts";

const test = suite("changes");
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ""), "hex");

test("alterConfigsRequest() sets a value, and takes one back with null", () => {
  const { api, version, body } = alterConfigsRequest({ type: "topic", name: "t" }, { a: "1", b: null });
  assert.equal([api, version], [44, 0]);
  assert.equal(body, hex("00000001 02 0001 74 00000002 0001 61 00 0001 31 0001 62 01 ffff 00"));
});
test("decodeAlterConfigs() reads what Kafka refuses, with its words", () => {
  assert.equal(decodeAlterConfigs(hex("00000000 00000001 0028 0002 6e6f 02 0001 74")), {
    errorCode: 40,
    errorMessage: "no",
  });
});
test("decodeNamed() tells what was set on the resource itself from what it inherits", () => {
  const resource = { type: "topic", name: "t" } as const;
  assert.equal(describeNamedRequest(resource, ["a"]).body, hex("00000001 02 0001 74 00000001 0001 61 00"));
  const entry = (name: string, source: string): string => `0001 ${name} 0001 31 00 ${source} 00 00000000`;
  const body = hex(
    `00000000 00000001 0000 ffff 02 0001 74 00000002 ${entry("61", "01")} ${entry("62", "05")}`,
  );
  assert.equal(decodeNamed(body, resource).settings, {
    a: { value: "1", isOwn: true },
    b: { value: "1", isOwn: false },
  });
});

test("faults.elect() is a value that hits leaders, ends by itself, and takes what cluster.elect() takes", () => {
  const spec = faults.elect("preferred", { leaderOf: "orders-3" });
  assert.equal({ ...spec }, { kind: "elect", election: "preferred", of: { leaderOf: "orders-3" } });
  const resolved = resolveFault(spec, []);
  assert.equal(resolved, {
    kind: "elect",
    targets: [],
    resources: ["leader of orders-3"],
    election: { kind: "preferred", of: { leaderOf: "orders-3" } },
  });
  assert.is(namedMembers(resolved), "leader of orders-3");
  assert.is(definitionOf("elect").endsByItself, true);
  assert.equal(resolveFault(faults.elect("unclean"), []).resources, ["leaders of all partitions"]);
  assert.equal(resolveFault(faults.elect("unclean", { topic: "a" }), []).resources, ["leaders of topic a"]);
  assert.throws(() => faults.elect("clean" as never), refusal(TypeError));
  assert.throws(() => faults.elect("unclean", "none" as never), refusal(TypeError));
});

test("faults.reconfigure() is a value that hits settings, and neither broker nor member", () => {
  const spec = faults.reconfigure({ topic: "orders" }, { "min.insync.replicas": "3" }, { lasts: "5s" });
  const resolved = resolveFault(spec, []);
  assert.equal(resolved, {
    kind: "reconfigure",
    targets: [],
    resources: ["topic orders"],
    settings: { "min.insync.replicas": "3" },
    lastsMs: 5000,
  });
  assert.is(namedMembers(resolved), "settings of topic orders");
  assert.is(definitionOf("reconfigure").asked!(spec, []), "min.insync.replicas=3");
  const others = [{ broker: 1 }, "brokers"] as const;
  assert.equal(
    others.map((of) => resolveFault(faults.reconfigure(of, { a: null }), []).resources),
    [["broker 1"], ["all brokers"]],
  );
  const event: HistoryEvent = {
    kind: "fault",
    atMs: 1,
    tookMs: 1,
    effectAtMs: 1,
    id: "reconfigure-1",
    fault: "reconfigure",
    targets: [],
    resources: ["topic orders"],
    asked: "a=1",
    via: "IncrementalAlterConfigs",
  };
  assert.is(wrongEvent(event), undefined);
});
for (const [what, of, settings] of [
  ["a number", { topic: "orders" }, { "min.insync.replicas": 3 }],
  ["a word", "topics", { a: "1" }],
  ["a broker that is none", { broker: "1" }, { a: "1" }],
  ["another name", { topic: "orders", partition: 0 }, { a: "1" }],
] as const)
  test(`faults.reconfigure() refuses ${what}`, () => {
    assert.throws(() => faults.reconfigure(of as never, settings as never), refusal(TypeError));
  });

test("faults.reconfigure() refuses no settings, and names that cannot be one", () => {
  const refused: readonly Readonly<Record<string, string>>[] = [{}, { "min insync": "1" }];
  for (const settings of refused)
    assert.throws(() => faults.reconfigure("brokers", settings), refusal(RangeError));
});

/** What a roll does to a cluster whose controller is broker 2. */
async function rolled(options: RollOptions): Promise<string[]> {
  const calls: string[] = [];
  await rollAll(verbsTo(calls), [1, 2, 3], options);
  return calls;
}
function verbsTo(calls: string[]): Parameters<typeof rollAll>[0] {
  const name = (target: number | { node: number }): string =>
    typeof target === "number" ? String(target) : `node ${target.node}`;
  return {
    stop: async (target) => void calls.push(`stop ${name(target)}`),
    kill: async (target) => void calls.push(`kill ${name(target)}`),
    start: async (target, { timeout } = {}) => void calls.push(`start ${name(target)} ${timeout ?? ""}`),
    waitFor: async (condition) => void calls.push(condition),
    describe: async () => ({ controller: 2 }),
  };
}
test("roll() waits for full ISR after each, by number; other orders and waits as asked", async () => {
  const [one, two, three] = [1, 2, 3].map((n) => [`stop ${n}`, `start ${n} `, "full isr"]);
  assert.equal(await rolled({}), [...one!, ...two!, ...three!]);
  assert.equal(await rolled({ order: "controller last" }), [...one!, ...three!, ...two!]);
  assert.equal(await rolled({ order: [3], wait: "alive" }), ["stop 3", "start 3 "]);
  assert.equal(await rolled({ order: [3, 1], wait: "none", how: "kill" }), [
    "kill 3",
    "start 3 0",
    "kill 1",
    "start 1 0",
  ]);
});
test("roll() refuses a broker that there is not before it stops one", async () => {
  const calls: string[] = [];
  const error: unknown = await rollAll(verbsTo(calls), [1, 2, 3], { order: [1, 7] }).catch((e: unknown) => e);
  assertLabError(error, "NO_SUCH_BROKER", { broker: 7 });
  assert.equal(calls, []);
});
test("faults.roll() takes a node that is only a controller", async () => {
  const calls: string[] = [];
  await rollOneOf(() => verbsTo(calls))("node 3001", { wait: "alive", signal: undefined });
  assert.equal(calls, ["stop node 3001", "start node 3001 "]);
});

for (const [wait, isr, leader, verdict] of [
  ["full isr", [1, 2], 1, true],
  ["full isr", [1], 1, false],
  ["none", [1], 1, true],
  ["none", [1, 2], null, true],
  ["none", [1, 2], 1, "unknown"], // a race
] as const)
  test(`rolledOf() of a roll with wait ${wait}: ISR of ${isr.length}, leader ${leader}`, () => {
    const span = { topic: "my_topic", wait, minIsr: 2, fromMs: 0, toMs: 100 };
    assert.is(rolledOf([view(50, 1, [1, 2], { isr, leader })], span).verdict, verdict);
  });
test.run();
