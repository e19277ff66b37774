// What a prediction for a group is made of: the group's settings and members, the cluster, and the rate at
// which records come.

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  arrivalRate,
  groupCircumstances,
  type GroupClusterFacts,
  predictGroup,
} from "../../sdk/analysis/predict/groups/mod.ts";
import { offsetsPartition } from "../../sdk/analysis/predict/groups/from-cluster.ts";
import { groupSettings } from "../../sdk/client/member/settings.ts";
import type { GroupOptions } from "../../sdk/client/member/options.ts";
import { resolveFault } from "../../sdk/faults/mod.ts";
import type { LabError } from "../../sdk/model/errors.ts";
import type { HistoryEvent, PartitionState } from "../../sdk/model/history.ts";

const state = (topic: string, partition: number, leader: number): PartitionState => ({
  topic,
  partition,
  leader,
  leaderEpoch: 0,
  replicas: [1, 2, 3],
  isr: [1, 2, 3],
  offline: [],
});
const offsets = (count: number): PartitionState[] =>
  Array.from({ length: count }, (_, i) => state("__consumer_offsets", i, (i % 3) + 1));

/** Three brokers, the group `billing` with two members. */
function factsOf(options: GroupOptions = {}, given: Partial<GroupClusterFacts> = {}): GroupClusterFacts {
  const properties = { "group.initial.rebalance.delay.ms": "0", "min.insync.replicas": "2" };
  return {
    kafka: "4.1.0",
    engine: "local",
    nodes: [1, 2, 3].map((nodeId) => ({
      service: `kafka-${nodeId}`,
      broker: nodeId,
      nodeId,
      roles: ["broker", "controller"] as const,
      properties,
      isReachable: true,
    })),
    description: {
      controller: 1,
      quorum: { nodeId: 1, voters: [1, 2, 3] },
      partitions: [...offsets(50), state("orders", 0, 1), state("orders", 1, 2)],
    },
    group: {
      name: "billing",
      settings: groupSettings(options, "orders", { kafka: "4.1.0", brokers: [] }),
      members: ["billing.1", "billing.2"],
      pollTimeout: 100,
    },
    topics: {},
    readers: new Map([
      ["orders-0", "billing.1"],
      ["orders-1", "billing.2"],
    ]),
    recordsPerSecond: 100,
    fault: resolveFault({ kind: "kill" }, [1]),
    ...given,
  };
}

test("offsetsPartition() is Java's hash of the name, also where that is negative or the least int", () => {
  // "polygenelubricants".hashCode() is Integer.MIN_VALUE, of which Utils.abs makes 0
  const known: readonly [string, number][] = [
    ["billing", 109829509],
    ["my-group", 1906497762],
    ["polygenelubricants", 0],
    ["", 0],
  ];
  for (const [name, hash] of known) assert.is(offsetsPartition(name, 2 ** 31), hash, name);
  assert.is(offsetsPartition("billing", 50), 109829509 % 50);
});

test("groupCircumstances() finds coordinator, members and brokers' settings", () => {
  const { offsets: found, partitions, group, controller } = groupCircumstances(factsOf());
  assert.is(found.partition, offsetsPartition("billing", 50));
  assert.is(found.minIsr, 2);
  assert.equal(
    partitions.map(({ member, state: { leader } }) => [member, leader]),
    [
      ["billing.1", 1],
      ["billing.2", 2],
    ],
  );
  assert.equal([group.initialRebalanceDelay, group.members.length, controller], [0, 2, 1]);
});

test("groupCircumstances() takes what a topic sets itself, and how slow members are now", () => {
  const facts = factsOf();
  const own = groupCircumstances({
    ...facts,
    group: { ...facts.group, processMs: 70 },
    topics: { orders: { minIsr: 3 }, __consumer_offsets: { uncleanElection: true } },
  });
  assert.equal(
    [own.partitions[0]?.minIsr, own.offsets.minIsr, own.offsets.uncleanElection, own.group.processMs],
    [3, 2, true, 70],
  );
});

const CLIENTS: readonly [GroupOptions, Partial<ReturnType<typeof groupCircumstances>["group"]>][] = [
  [{}, { client: "kafkajs", strategy: "eager", isStatic: false, pollTimeout: null, maxPollRecords: null }],
  [{ client: "java" }, { client: "java", strategy: "eager", pollTimeout: 100, maxPollRecords: 500 }],
  [{ client: "java", assignor: "cooperative-sticky" }, { strategy: "cooperative" }],
  [{ client: "java", instanceIds: true }, { isStatic: true }],
  [
    { client: "java", protocol: "consumer" },
    { protocol: "consumer", strategy: "cooperative", sessionTimeout: 45_000, heartbeatInterval: 5_000 },
  ],
  [{ client: "java", properties: { "max.poll.records": "7" } }, { maxPollRecords: 7 }],
  [
    { commit: "after", settings: { sessionTimeout: "6s" } },
    { commit: "after", sessionTimeout: 6_000 },
  ],
];
for (const [options, expected] of CLIENTS)
  test(`groupCircumstances() of ${JSON.stringify(options)}`, () => {
    const { group } = groupCircumstances(factsOf(options));
    for (const [name, value] of Object.entries(expected))
      assert.is(group[name as keyof typeof group], value, name);
  });

test("groupCircumstances() of many partitions has one of each member, leader, replicas and ISR", () => {
  const many = Array.from({ length: 300 }, (_, i) => state("orders", i, (i % 3) + 1));
  const facts = factsOf();
  const description = { ...facts.description, partitions: [...offsets(50), ...many] };
  const readers = new Map(
    many.map(({ partition }) => [`orders-${partition}`, `billing.${(partition % 2) + 1}`]),
  );
  const circumstances = groupCircumstances({ ...facts, description, readers });
  assert.is(circumstances.partitions.length, 6);
  assert.is(predictGroup(circumstances).partitions.length, 6);
});

test("groupCircumstances() without a topic of offsets, or the group's, is NO_SUCH_PARTITION", () => {
  for (const partitions of [offsets(50), [state("orders", 0, 1)]]) {
    const facts = factsOf();
    try {
      groupCircumstances({ ...facts, description: { ...facts.description, partitions } });
      assert.unreachable();
    } catch (error) {
      assert.is((error as LabError).code, "NO_SUCH_PARTITION");
    }
  }
});

const lag = (atMs: number, end: number, group = "billing"): HistoryEvent => ({
  kind: "lag",
  atMs,
  group,
  partitions: [{ topic: "orders", partition: 0, committed: null, end: `${end}` }],
});

test("arrivalRate() is the highest rate over a second or more of the last ten", () => {
  const history = [lag(0, 0), lag(100, 5_000), lag(20_000, 6_000), lag(21_000, 6_100), lag(22_000, 6_500)];
  assert.is(arrivalRate(history, "billing", 30_000), 400);
  assert.is(arrivalRate([lag(20_000, 0), lag(20_400, 400)], "billing", 21_000), null, "too short");
  assert.is(arrivalRate([lag(20_000, 5), lag(28_000, 5)], "billing", 29_000), null, "nothing was sent");
  assert.is(arrivalRate([lag(20_000, 0, "other"), lag(28_000, 800, "other")], "billing", 29_000), null);
  assert.is(arrivalRate([], "billing", 0), null);
});

test.run();
