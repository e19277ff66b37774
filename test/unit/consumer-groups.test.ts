// Consumer groups without brokers: settings and what is refused, the lines of members, the requests about a
// group, and when a group is settled.

import { Buffer } from "node:buffer";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { javaMember } from "../../sdk/client/member/java.ts";
import { type MemberLine, readMemberLine } from "../../sdk/client/member/line.ts";
import type { GroupOptions } from "../../sdk/client/member/options.ts";
import { assertVerifiableConsumer } from "../../sdk/client/member/unsupported.ts";
import { type ClusterFacts, groupSettings } from "../../sdk/client/member/settings.ts";
import { readLine } from "../../sdk/client/java/line.ts";
import { fields, sized, compactSized, varint } from "../../sdk/kafka/protocol/bytes.ts";
import {
  decodeConsumerGroup,
  decodeCoordinator,
  decodeGroup,
  decodeOffsets,
  describeConsumerGroupRequest,
  describeGroupRequest,
  findCoordinatorRequest,
  offsetFetchRequest,
} from "../../sdk/kafka/protocol/mod.ts";
import type { GroupMember } from "../../sdk/lab/groups/group-member.ts";
import { isSettled, lagOf, leaderOf } from "../../sdk/lab/groups/states.ts";
import type { FollowedGroup } from "../../sdk/lab/groups/follow.ts";
import { target as targetKind } from "../../sdk/cli/kinds.ts";

const OLD: ClusterFacts = { kafka: "3.9.2", brokers: [{}, { "group.min.session.timeout.ms": "6000" }] };
const NEW: ClusterFacts = { kafka: "4.4.0", brokers: [{}] };

test("settings are written out, with each client's own defaults", () => {
  const kafkajs = groupSettings({}, "orders", OLD);
  assert.equal(
    [kafkajs.client, kafkajs.topic, kafkajs.commit, kafkajs.sessionTimeout, kafkajs.isolation, kafkajs.reset],
    ["kafkajs", "orders", "auto", 30_000, "read_committed", "earliest"],
  );
  const java = groupSettings({ client: "java", topic: "bills" }, "orders", OLD);
  assert.equal(
    [java.topic, java.sessionTimeout, java.rebalanceTimeout, java.isolation, java.protocol],
    ["bills", 45_000, 300_000, "read_uncommitted", "classic"],
  );
  assert.match(java.assignors, /RangeAssignor,.*CooperativeStickyAssignor$/);
});

test("properties and options are one thing, and each is given once", () => {
  const properties = { "session.timeout.ms": "10000", "isolation.level": "read_committed" };
  const { sessionTimeout, isolation } = groupSettings({ client: "java", properties }, "orders", OLD);
  assert.equal([sessionTimeout, isolation], [10_000, "read_committed"]);
  const consumer = groupSettings({ client: "java", protocol: "consumer" }, "orders", NEW);
  assert.equal([consumer.protocol, consumer.properties["group.protocol"]], ["consumer", "consumer"]);
  const asProperty = { client: "java", properties: { "group.protocol": "CONSUMER" } } as const;
  assert.is(groupSettings(asProperty, "orders", NEW).protocol, "consumer");
});

/** What is refused before anything is started: the error's code, or its class. */
const REFUSED: readonly [options: GroupOptions, cluster: ClusterFacts, is: string, names?: RegExp][] = [
  [{ commit: "after", transform: { topic: "out", transactional: true } }, OLD, "TypeError", /within/],
  [{ transform: { topic: "orders" } }, OLD, "TypeError", /orders/],
  [{ transform: { topic: "out", transactionTimeout: "1s" } }, OLD, "TypeError", /transactional/],
  [{ transform: { topic: "o", transactional: "x", transactionTimeout: "16m" } }, OLD, "RangeError", /900000/],
  [{ assignor: "cooperative-sticky" }, OLD, "UNSUPPORTED", /java/],
  [{ assignor: "range" }, OLD, "UNSUPPORTED", /java/],
  [{ instanceIds: true }, OLD, "UNSUPPORTED", /java/],
  [{ protocol: "consumer" }, NEW, "UNSUPPORTED", /java/],
  [{ client: "java", protocol: "consumer" }, OLD, "UNSUPPORTED", /3\.9\.2/],
  [{ client: "java", properties: { "group.protocol": "consumer" } }, OLD, "UNSUPPORTED", /3\.9\.2/],
  [
    { client: "java", protocol: "consumer" },
    { kafka: "4.4.0", brokers: [{ "group.coordinator.rebalance.protocols": "classic" }] },
    "UNSUPPORTED",
    /rebalance\.protocols/,
  ],
  [{ client: "java", protocol: "consumer", assignor: "range" }, NEW, "TypeError", /partition\.assignment/],
  [{ properties: { "fetch.min.bytes": "1" } }, OLD, "TypeError"],
  [{ client: "java", properties: { "group.id": "x" } }, OLD, "TypeError", /group\.id/],
  [{ client: "java", properties: { "enable.auto.commit": "true" } }, OLD, "TypeError", /commit/],
  [{ client: "java", properties: { "isolation.level": "dirty" } }, OLD, "TypeError", /isolation\.level/],
  [
    { client: "java", isolation: "read_committed", properties: { "isolation.level": "read_committed" } },
    OLD,
    "TypeError",
    /isolation/,
  ],
  [{ settings: { sessionTimeout: "1s", heartbeatInterval: "300ms" } }, OLD, "RangeError", /6000 to 1800000/],
  [{ settings: { sessionTimeout: "31m" } }, OLD, "RangeError", /6000 to 1800000/],
  [{ client: "java", properties: { "session.timeout.ms": "1000" } }, OLD, "RangeError"],
  [{ settings: { sessionTimeout: "6s", heartbeatInterval: "6s" } }, OLD, "RangeError", /heartbeat/],
  [{ client: "java", members: 2, instanceIds: ["one"] }, OLD, "RangeError", /instanceIds/],
];
for (const [options, cluster, is, names] of REFUSED)
  test(`${JSON.stringify(options)} on ${cluster.kafka} is ${is}`, () => {
    try {
      groupSettings(options, "orders", cluster);
    } catch (error) {
      const { name, code = name, message } = error as Error & { code?: string };
      assert.is(code, is, message);
      if (names !== undefined) assert.match(message, names);
      return;
    }
    assert.unreachable("it was taken");
  });

test("where the lab's program in Java cannot be compiled, VerifiableConsumer takes what it can", () => {
  for (const options of [
    { commit: "before" },
    { commit: "never" },
    { process: "20ms" },
    { failAt: 3 },
  ] as const)
    assert.throws(
      () => assertVerifiableConsumer({ client: "java", ...options }),
      (error: { code?: string; facts?: { hint?: string } }) =>
        error.code === "UNSUPPORTED" && /JDK.*kafkajs/.test(error.facts?.hint ?? ""),
    );
  assertVerifiableConsumer({ client: "java", commit: "after", process: 0 });
});

test("a session timeout is not judged where the brokers' settings are not known", () => {
  const somebodys = { kafka: "3.9.2", brokers: [] };
  const settings = { sessionTimeout: "1s", heartbeatInterval: "300ms" } as const;
  assert.is(groupSettings({ settings }, "orders", somebodys).sessionTimeout, 1_000);
});

test("a member's lines are taken as they must look, whoever wrote them", () => {
  const at = { atMs: 1.5, topic: "orders", partition: 0 };
  const good = { kind: "delivered", ...at, records: [{ offset: "7", value: "a" }] };
  assert.equal(readMemberLine(JSON.stringify(good)), good);
  assert.equal(readMemberLine('{"kind":"answer","id":3,"error":"no"}'), {
    kind: "answer",
    id: 3,
    error: "no",
  });
  for (const bad of [
    "",
    "Warning: something",
    "[1]",
    '{"kind":"run","atMs":1}',
    '{"kind":"answer"}',
    JSON.stringify({ kind: "delivered", ...at, records: [{ offset: 7, value: "a" }] }),
    JSON.stringify({ kind: "member", atMs: 1, change: "danced" }),
  ])
    assert.is(readMemberLine(bad), undefined, bad);
});

/** What a member in Java is read to tell, of what it printed. */
function linesOf(
  printed: readonly string[],
  how: { isAuto?: boolean; isStatic?: boolean } = {},
): MemberLine[] {
  const lines: MemberLine[] = [];
  const { isAuto = false, isStatic = false } = how;
  const member = javaMember({ isAuto, isStatic, emit: (line) => lines.push(line) });
  for (const text of printed) member.read(readLine(text));
  member.end();
  return lines;
}
const log = (text: string): string =>
  `2026-11-30T01:00:00.500Z INFO org.apache.kafka.Some [Consumer clientId=b.1, groupId=b] ${text}`;
const said = (name: string, timestamp: number, facts: object): string =>
  JSON.stringify({ timestamp, name, ...facts });
const p0 = { topic: "orders", partition: 0 };
const p1 = { topic: "orders", partition: 1 };

test("VerifiableConsumer's poll is delivered, processed and committed, in that order", () => {
  const record = { ...p0, key: null };
  const lines = linesOf([
    said("record_data", 100, { ...record, value: "a", offset: 5 }),
    said("record_data", 101, { ...record, ...p1, value: null, offset: 9 }),
    said("record_data", 102, { ...record, value: "b", offset: 6 }),
    said("records_consumed", 103, { count: 3, partitions: [] }),
    said("offsets_committed", 110, { offsets: [{ ...p0, offset: 7 }], success: true }),
  ]);
  assert.equal(lines, [
    {
      kind: "delivered",
      atMs: 100,
      ...p0,
      records: [
        { offset: "5", value: "a" },
        { offset: "6", value: "b" },
      ],
    },
    { kind: "processed", atMs: 100, tookMs: 3, ...p0, offsets: ["5", "6"] },
    { kind: "delivered", atMs: 101, ...p1, records: [{ offset: "9", value: "" }] },
    { kind: "processed", atMs: 101, tookMs: 2, ...p1, offsets: ["9"] },
    { kind: "commit", atMs: 103, tookMs: 7, offsets: [{ ...p0, offset: "7" }] },
  ]);
});

test("what it had printed when it was killed was processed", () => {
  const lines = linesOf([said("record_data", 100, { ...p0, value: "a", offset: 5 })]);
  assert.equal(
    lines.map(({ kind }) => kind),
    ["delivered", "processed"],
  );
});

test("a refused commit says so", () => {
  const error = "Offset commit cannot be completed since the consumer is not part of an active group";
  const [line] = linesOf([
    said("offsets_committed", 110, { offsets: [{ ...p0, offset: 7 }], success: false, error }),
  ]);
  assert.equal([line?.kind, (line as { isRefused?: boolean }).isRefused], ["commit", true]);
});

test("a member in Java is the leader where its log has the assignment that a leader computes", () => {
  const joined = log(
    "Successfully joined group with generation Generation{generationId=4, memberId='b.1-7', …}",
  );
  const synced = log("Successfully synced group in generation Generation{generationId=4, …}");
  const computed = log(
    "Finished assignment for group at generation 4: {b.1-7=Assignment(partitions=[orders-0])}",
  );
  const skipped = log("Skipped assignment for returning static leader at generation 4. The static leader …");
  const assigned = said("partitions_assigned", 1, { partitions: [p0] });
  const leads = (printed: readonly string[]): unknown[] =>
    linesOf(printed).flatMap((one) =>
      one.kind === "member" && one.change === "joined" ? [one.isLeader] : [],
    );
  assert.equal(leads([joined, computed, synced, assigned]), [true]);
  assert.equal(leads([joined, skipped, synced, assigned]), [true]);
  assert.equal(leads([joined, synced, assigned]), [false]);
  assert.equal(leads([joined, assigned]), [false]);
  assert.equal(leads([joined]), [undefined], "killed before it was synced");
});

test("the group's changes are read from what it prints and logs", () => {
  const joined = "Successfully joined group with generation Generation{generationId=4, memberId='b.1-7', …}";
  const changes = (printed: readonly string[], how?: { isStatic?: boolean }): unknown[] =>
    linesOf(printed, how).map((line) => line.kind === "member" && [line.change, line.generation ?? ""]);
  const assigned = said("partitions_assigned", 1, { partitions: [p0] });
  const revoked = said("partitions_revoked", 2, { partitions: [p0] });
  const rejoin = log("(Re-)joining group");
  const ofStatic = rejoin.replace("[Consumer clientId", "[Consumer instanceId=b.1, clientId");
  assert.equal(changes([ofStatic]), [["rebalancing", ""]]);
  assert.equal(changes([rejoin, rejoin, log(joined), assigned, revoked]), [
    ["rebalancing", ""],
    ["joined", 4],
    ["assigned", ""],
    ["revoked", ""],
  ]);
  const lost = "Giving away all assigned partitions as lost since generation/memberID has been reset";
  assert.equal(changes([assigned, log(lost), revoked, assigned, revoked]), [
    ["assigned", ""],
    ["lost", ""],
    ["assigned", ""],
    ["revoked", ""],
  ]);
  assert.equal(changes([said("shutdown_complete", 3, {})]), [["left", ""]]);
  assert.equal(changes([said("shutdown_complete", 3, {})], { isStatic: true }), []);
  assert.equal(changes([log("Member b.1-7 with epoch 3 transitioned from ACKNOWLEDGING to STABLE.")]), [
    ["joined", 3],
  ]);
});

test("automatic commits are read from the log, only where the client makes them", () => {
  const line = log("Committed offset 12 for partition my-topic-3-1");
  assert.equal(linesOf([line]), []);
  const [commit] = linesOf([line], { isAuto: true });
  assert.equal((commit as { offsets: unknown }).offsets, [
    { topic: "my-topic-3", partition: 1, offset: "12" },
  ]);
  const failed = log(
    "Asynchronous auto-commit of offsets {orders-0=OffsetAndMetadata{offset=3, leaderEpoch=0, " +
      "metadata=''}, orders-1=OffsetAndMetadata{offset=4, leaderEpoch=null, metadata=''}} " +
      "failed: no coordinator",
  );
  const [refused] = linesOf([failed], { isAuto: true }) as readonly {
    error?: string;
    offsets: readonly object[];
  }[];
  assert.equal([refused?.error, refused?.offsets.length], ["no coordinator", 2]);
});

test("the requests about a group are as Kafka defines them", () => {
  const hex = ({ body }: { body: Buffer }): string => body.toString("hex");
  assert.is(hex(findCoordinatorRequest("ab")), "0002616200");
  assert.is(hex(describeGroupRequest("ab")), "0000000100026162" + "00");
  assert.is(hex(describeConsumerGroupRequest("ab")), "0203616200" + "00");
  assert.is(hex(offsetFetchRequest("ab")), "00026162ffffffff");
});

const throttle = fields([4, 0]);

test("FindCoordinator's and OffsetFetch's answers", () => {
  const found = Buffer.concat([throttle, fields([2, 0]), sized(""), fields([4, 3]), sized("host")]);
  assert.equal(decodeCoordinator(found), { errorCode: 0, nodeId: 3 });
  const one = (partition: number, offset: number): Buffer =>
    Buffer.concat([fields([4, partition], [8, offset], [4, -1]), sized(""), fields([2, 0])]);
  const offsets = Buffer.concat([
    throttle,
    fields([4, 1]),
    sized("orders"),
    fields([4, 2]),
    one(0, 12),
    one(1, -1),
    fields([2, 0]),
  ]);
  assert.equal(decodeOffsets(offsets), { errorCode: 0, offsets: [{ ...p0, offset: 12n }] });
});

test("DescribeGroups' answer, with a member's assignment", () => {
  const assignment = Buffer.concat([
    fields([2, 1], [4, 1]),
    sized("orders"),
    fields([4, 2], [4, 0], [4, 1], [4, -1]),
  ]);
  const absent = fields([2, -1]);
  const member = Buffer.concat([
    ...[sized("b.1-7"), absent, sized("b.1"), sized("/127.0.0.1"), fields([4, 0])],
    ...[fields([4, assignment.length]), assignment],
  ]);
  const body = Buffer.concat([
    ...[throttle, fields([4, 1], [2, 0]), sized("b"), sized("Stable"), sized("consumer"), sized("range")],
    ...[fields([4, 1]), member, fields([4, -2_147_483_648])],
  ]);
  assert.equal(decodeGroup(body), {
    errorCode: 0,
    state: "Stable",
    protocolType: "consumer",
    assignor: "range",
    members: [{ memberId: "b.1-7", instanceId: null, clientId: "b.1", partitions: [p0, p1] }],
  });
});

test("ConsumerGroupDescribe's answer", () => {
  const none = varint(0);
  const assignment = (partitions: readonly number[]): Buffer =>
    Buffer.concat([
      ...[varint(2), Buffer.alloc(16), compactSized("orders"), varint(partitions.length + 1)],
      ...[...partitions.map((one) => fields([4, one])), none, none],
    ]);
  const member = Buffer.concat([
    ...[compactSized("id"), compactSized(null), compactSized(null), fields([4, 5]), compactSized("b.1")],
    ...[compactSized("/127.0.0.1"), varint(2), compactSized("orders"), compactSized(null)],
    ...[assignment([1]), assignment([0, 1]), none],
  ]);
  const group = Buffer.concat([
    ...[fields([2, 0]), compactSized(null), compactSized("b"), compactSized("Reconciling")],
    ...[fields([4, 5], [4, 5]), compactSized("uniform"), varint(2), member, fields([4, 0]), none],
  ]);
  assert.equal(decodeConsumerGroup(Buffer.concat([none, throttle, varint(2), group, none])), {
    errorCode: 0,
    state: "Reconciling",
    protocolType: "consumer",
    assignor: "uniform",
    members: [{ memberId: "id", instanceId: null, clientId: "b.1", partitions: [p1] }],
  });
});

/** A group of two partitions as its coordinator has it. */
function seen(members: readonly [clientId: string, partitions: FollowedGroup["members"][0]["partitions"]][]) {
  return {
    state: "Stable",
    protocol: "classic",
    protocolType: "consumer",
    assignor: "range",
    coordinator: 1,
    committed: new Map(),
    members: members.map(([clientId, partitions]) => ({ memberId: clientId, clientId, partitions })),
    lags: [
      { ...p0, committed: "3", end: "5", lag: 2 },
      { ...p1, committed: null, end: "4", lag: 4 },
    ],
  } satisfies FollowedGroup;
}
const own = (name: string, partitions: FollowedGroup["members"][0]["partitions"], state = "running") => ({
  name,
  partitions,
  state: state as "running" | "paused",
});

test("a group is settled when coordinator and members agree, and each partition has one member", () => {
  const shared = seen([
    ["b.1", [p0]],
    ["b.2", [p1]],
  ]);
  const both = [own("b.1", [p0]), own("b.2", [p1])];
  assert.ok(isSettled(shared, both));
  assert.not.ok(isSettled({ ...shared, state: "PreparingRebalance" }, both), "a rebalance");
  assert.not.ok(isSettled(shared, [own("b.1", [p0]), own("b.2", [])]), "a member does not know yet");
  assert.not.ok(
    isSettled(shared, [own("b.1", [p0]), own("b.2", [p1], "paused")]),
    "one is frozen, and still in",
  );
  assert.not.ok(isSettled(seen([["b.1", [p0]]]), [own("b.1", [p0])]), "a partition without a member");
  assert.not.ok(
    isSettled(
      seen([
        ["b.1", [p0, p1]],
        ["b.2", [p1]],
      ]),
      [own("b.1", [p0, p1]), own("b.2", [p1])],
    ),
    "a partition with two",
  );
  assert.ok(isSettled(seen([["b.1", [p0, p1]]]), [own("b.1", [p0, p1]), own("b.2", [], "paused")]));
});

test("the group's leader is the member that became it last, and nobody once it has ended", () => {
  const member = (name: string, leaderSinceMs?: number): GroupMember =>
    ({ name, leaderSinceMs }) as unknown as GroupMember;
  assert.is(leaderOf([member("b.1"), member("b.2")]), undefined);
  assert.is(leaderOf([member("b.1", 5), member("b.2"), member("b.3", 9)])?.name, "b.3");
});

test("the lag of a group is the sum, and unknown where that of a partition is", () => {
  const { lags } = seen([]);
  assert.is(lagOf({ lags }).total, 6);
  assert.is(lagOf({ lags: [...lags, { ...p0, committed: null, end: null, lag: null }] }).total, null);
  assert.is(lagOf({ lags: [] }).total, null);
});

test("coordinatorOf:NAME is a target on the command line", () => {
  assert.equal(targetKind("--target", "coordinatorOf:my group"), { coordinatorOf: "my group" });
  assert.throws(() => targetKind("--target", "coordinatorOf:"), /coordinatorOf:billing/);
});

test.run();
