// Predictions of slow disks, and of disk faults in one of several log directories. The expected values are
// derived by hand from Kafka's sources, as sdk/analysis/predict names them.

import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type Circumstances,
  type ComposeClient,
  type ComposeTopic,
  fromCompose,
  type KnownDirectory,
  predict,
  type Prediction,
} from "../../sdk/analysis/predict/mod.ts";
import { describedGroup, predictGroup } from "../../sdk/analysis/predict/groups/mod.ts";
import { readCompose } from "../../sdk/compose/read.ts";
import { resolveFault } from "../../sdk/faults/mod.ts";
import { decodeLogDirs } from "../../sdk/kafka/protocol/mod.ts";
import { fields, sized } from "../../sdk/kafka/protocol/bytes.ts";
import { contentOf, faultyDirectories } from "../../sdk/lab/verbs/log-directories.ts";
import { LabError } from "../../sdk/model/errors.ts";
import type { FaultSpec } from "../../sdk/model/fault.ts";
import { Buffer } from "node:buffer";

const root = fileURLToPath(new URL("../../", import.meta.url));
const three = readCompose([`${root}compose/three-brokers.yml`], { env: {}, cwd: root });

interface Given {
  topic?: ComposeTopic;
  client?: ComposeClient;
  kafka?: string;
  controller?: number;
  properties?: Readonly<Record<string, string>>;
  isForced?: boolean;
  directories?: readonly KnownDirectory[];
  besides?: Circumstances["besides"];
}

/** Three brokers with Kafka's timers, min ISR 2; broker 1 leads, broker 2 controls, all are in sync. */
function circumstances(fault: FaultSpec, targets: readonly number[], given: Given = {}): Circumstances {
  const {
    topic,
    client,
    kafka = "3.9.2",
    controller = 2,
    properties = {},
    isForced,
    directories,
    besides,
  } = given;
  const base = fromCompose(three, {
    ...{ fault: resolveFault(fault, targets), leader: 1, controller, kafka },
    ...(topic && { topic }),
    ...(client && { client }),
  });
  return {
    ...base,
    nodes: base.nodes.map((node) => ({ ...node, properties: { ...node.properties, ...properties } })),
    topic: { ...base.topic, ...(isForced && { isForced }) },
    ...(directories && { directories }),
    ...(besides && { besides }),
  };
}
const slow = (delay: string, targets: readonly number[], given: Given = {}): Prediction =>
  predict(circumstances({ kind: "slow-disk", delay }, targets, given));
/** No slow voter is missed. */
const CALM = { "controller.quorum.fetch.timeout.ms": "60000" };

const SLOW: readonly [what: string, Prediction, fromMs: number][] = [
  ["the leader's", slow("200ms", [1]), 200],
  ["the leader's, acks 1", slow("200ms", [1], { client: { acks: 1 } }), 200],
  ["a follower's", slow("200ms", [3]), 200],
  ["both followers'", slow("200ms", [2, 3]), 200],
  ["the leader's and a follower's", slow("200ms", [1, 3]), 400],
  ["all, acks 1", slow("200ms", [1, 2, 3], { client: { acks: 1 } }), 200],
  ["the leader's, each record forced", slow("200ms", [1], { isForced: true }), 400],
];
for (const [what, { failsOver, served, gap, lost, reasons = [], send }, fromMs] of SLOW)
  test(`predict() of a slow disk adds one append after the other: ${what}`, () => {
    assert.equal([failsOver, served, lost, send.ok], [0, 1, "no", 1]);
    assert.is(gap!.fromMs, fromMs);
    assert.ok(gap!.toMs >= fromMs + 100 && gap!.toMs <= fromMs + 1000, String(gap!.toMs));
    assert.ok(reasons.includes("slow disk"), String(reasons));
  });

test("predict() of a follower's slow disk says nothing to acks=1", () => {
  const { gap, reasons = [] } = slow("200ms", [3], { client: { acks: 1 } });
  assert.is(gap!.fromMs, 0);
  assert.not.ok(reasons.includes("slow disk"));
});

test("predict() of slow disks names those that an acknowledgement waits for", () => {
  const whose = ({ why }: Prediction) => /log of (brokers? [\d, ]+) is/.exec(why)?.[1];
  const inDirs = (...holders: number[]) => {
    const directories = [1, 2, 3].map((broker) => dir(broker, holders.includes(broker)));
    const fault = { kind: "slow-disk", delay: "200ms", logDir: 2 };
    return predict(circumstances(fault, [1, 2, 3], { directories }));
  };
  assert.equal(
    [slow("200ms", [1, 2, 3]), slow("200ms", [1, 3], { client: { acks: 1 } }), inDirs(1, 3), inDirs(2)].map(
      whose,
    ),
    ["brokers 1, 2, 3", "broker 1", "brokers 1, 3", "broker 2"],
  );
});

test("predict() of a disk that is slower than the client's timeout: no send is acknowledged", () => {
  const client = { requestTimeout: 1000 };
  const given = { client, kafka: "4.0.0", properties: CALM };
  const { served, failsOver, reasons = [], duplicates } = slow("1200ms", [1], given);
  assert.equal([failsOver, served, duplicates], [0, 0, "possible"]);
  assert.ok(reasons.includes("too late"), String(reasons));
});

test("predict() of a follower's disk that is slower than replica.lag.time.max.ms: it leaves the ISR", () => {
  const client = { requestTimeout: 60_000 };
  const properties = { ...CALM, "replica.lag.time.max.ms": "3000" };
  const { served, gap, timers } = slow("4s", [3], { properties, client });
  assert.is(served, 1);
  assert.is(gap!.fromMs, 3000);
  assert.ok(timers.some(({ name }) => name === "replica.lag.time.max.ms"));
});

test("predict() of sends that time out behind each other: it is a race", () => {
  const given = { client: { requestTimeout: 2000 }, properties: CALM };
  const { served, duplicates, reasons = [] } = slow("600ms", [1], given);
  assert.equal([served, duplicates], [0.5, "possible"]);
  assert.equal(reasons, ["slow disk", "too late"]);
});

test("predict() of a slow voter that may hear of its controller too late: it may be fenced", () => {
  const properties = { "broker.session.timeout.ms": "1500", "controller.quorum.fetch.timeout.ms": "600" };
  const { failsOver } = slow("200ms", [1], { properties });
  assert.ok(failsOver > 0 && failsOver < 1, String(failsOver));
  assert.is(slow("200ms", [1]).failsOver, 0);
  // the active one only where it is not active any more, which it is in half of the courses
  const asController = slow("200ms", [1], { properties, controller: 1 });
  assert.equal([asController.controller!.moves, asController.failsOver], [0.5, 0.25]);
});

test("predict() of followers with a slow disk that may be fenced: sends may be acknowledged", () => {
  const properties = { "broker.session.timeout.ms": "1500", "controller.quorum.fetch.timeout.ms": "600" };
  const may = (targets: readonly number[], minIsr: number, fromMs: number) => {
    const { served, gap, reasons = [] } = slow("200ms", targets, { properties, topic: { minIsr } });
    assert.ok(served > 0 && served < 1, String(served));
    assert.is(gap!.fromMs, fromMs);
    assert.ok(reasons.includes("slow disk") && reasons.includes("not enough replicas"), String(reasons));
  };
  may([2, 3], 2, 200);
  may([1, 2, 3], 2, 400);
  may([3], 3, 200);
});

const CONTROLLERS: readonly [what: string, moves: number, Prediction][] = [
  ["the active one's, Kafka's timers", 0, slow("50ms", [2])],
  ["the active one's, a whole fetch timeout for an append", 1, slow("1s", [2])],
  ["the active one's, in between", 0.5, slow("300ms", [2])],
  ["another voter's, 3.9", 0.5, slow("1s", [3])],
  ["another voter's, 4.0: it asks before it makes an election", 0, slow("1s", [3], { kafka: "4.0.0" })],
];
for (const [what, moves, { controller, failsOver }] of CONTROLLERS)
  test(`predict() of a slow disk under a metadata log: ${what}`, () => {
    assert.is(controller!.moves, moves);
    assert.is(failsOver, 0);
  });

const ORDERS = { topic: "my_topic", partition: 0 };
const dir = (broker: number, holds: boolean, hasMetadataLog = false): KnownDirectory => ({
  broker,
  hasMetadataLog,
  replicas: holds ? [ORDERS] : [{ topic: "my_topic", partition: 1 }],
});
const inDir = (kind: string, directory: KnownDirectory, given: Given = {}): Prediction =>
  predict(circumstances({ kind, logDir: 2 }, [directory.broker], { ...given, directories: [directory] }));

test("predict() of a failed log directory with the leader's replica: another leads at once", () => {
  for (const kind of ["fail-disk", "fill-disk"]) {
    const { failsOver, served, gap, lost, reasons = [], timers } = inDir(kind, dir(1, true));
    assert.equal([failsOver, served, lost], [1, 1, "no"]);
    assert.ok(gap!.toMs < 9000, "sooner than a session");
    assert.ok(reasons.includes("failed directory"));
    assert.not.ok(timers.some(({ name }) => name === "broker.session.timeout.ms"));
  }
});

test("predict() of a failed log directory with the leader's replica loses with acks=1", () => {
  assert.is(inDir("fail-disk", dir(1, true), { client: { acks: 1 } }).lost, "possible");
});

test("predict() of a failed directory with a follower's replica: the high watermark waits", () => {
  const properties = { "replica.lag.time.max.ms": "3000" };
  const given = { properties, client: { requestTimeout: 2000 } };
  const { failsOver, served, gap, reasons = [], timers } = inDir("fail-disk", dir(3, true), given);
  assert.equal([failsOver, served], [0, 1]);
  // measured 3.1 s and 3.3 s: the requests timed out after 2 s, and were sent again a second later
  assert.ok(gap!.fromMs <= 3000 && gap!.toMs >= 3300 && gap!.toMs < 9000, JSON.stringify(gap));
  assert.ok(reasons.includes("shrinks"));
  assert.ok(timers.some(({ name }) => name === "replica.lag.time.max.ms"));
  assert.is(inDir("fail-disk", dir(3, true), { topic: { minIsr: 3 } }).served, 0);
  assert.is(inDir("fail-disk", dir(3, true), { client: { acks: 1 } }).gap!.fromMs, 0);
});

test("predict() of disks of all brokers: they end, and the first that is back may lack records", () => {
  const all = [1, 2, 3];
  const directories = all.map((broker) => dir(broker, true, true));
  for (const kind of ["fail-disk", "fill-disk"]) {
    const lost = (acks: 1 | "all", logDir?: number) =>
      predict(circumstances({ kind, ...(logDir && { logDir }) }, all, { directories, client: { acks } }))
        .lost;
    assert.equal([lost(1), lost(1, 1), lost("all")], ["possible", "possible", "no"]);
  }
  assert.is(predict(circumstances({ kind: "hang-disk" }, all, { client: { acks: 1 } })).lost, "no");
});

test("predict() of a fault in a log directory without the replica: nothing happens to the partition", () => {
  for (const kind of ["fail-disk", "fill-disk", "hang-disk"]) {
    const { failsOver, served, gap, lost, duplicates, unknown } = inDir(kind, dir(1, false));
    assert.equal([failsOver, served, gap!.fromMs, lost, duplicates, unknown], [0, 1, 0, "no", "no", "no"]);
  }
});

test("predict() of a failed directory with the metadata log: the broker ends, as without any", () => {
  const whole = predict(circumstances({ kind: "fail-disk" }, [1]));
  const { failsOver, gap } = inDir("fail-disk", dir(1, false, true));
  assert.equal([failsOver, gap], [whole.failsOver, whole.gap]);
});

test("predict() of a hung log directory: only replicas in it", () => {
  assert.equal([inDir("hang-disk", dir(1, true)).failsOver, inDir("hang-disk", dir(1, true)).served], [0, 0]);
  const follower = inDir("hang-disk", dir(3, true));
  assert.ok(follower.timers.some(({ name }) => name === "replica.lag.time.max.ms"));
});

test("predict() of a hung log directory: one thread fetches all partitions of a leader", () => {
  const state = {
    topic: "my_topic",
    partition: 1,
    leader: 1,
    leaderEpoch: 0,
    replicas: [1, 2, 3],
    isr: [1, 2, 3],
    offline: [],
  };
  const { timers } = inDir("hang-disk", dir(3, false), { besides: [state] });
  assert.ok(timers.some(({ name }) => name === "replica.lag.time.max.ms"));
  const leader = inDir("hang-disk", dir(1, false), { besides: [state] });
  assert.is(leader.served, 0.5, "its sends to the other partition wait on the same connection");
  assert.equal(leader.reasons, ["untouched", "held up"]);
  assert.ok(leader.why.includes("another partition of that broker wait for its disk"), leader.why);
});

test("predict() of a hung directory under the controller's metadata log: fenced, it goes on", () => {
  const { failsOver, lost, served } = inDir("hang-disk", dir(1, false, true), {
    controller: 1,
    client: { acks: 1 },
  });
  assert.equal([failsOver, lost, served], [1, "possible", 1]);
  assert.is(inDir("hang-disk", dir(1, false, true)).failsOver, 0);
});

test("predict() of hung disks of the leader and of the active controller: nothing is acknowledged", () => {
  const hung = circumstances({ kind: "hang-disk" }, [1, 2], { topic: { minIsr: 1 } });
  const five = { ...hung, voters: [1, 2, 3, 4, 5] };
  const [node] = five.nodes;
  const more = [4, 5].map((id) => ({ ...node!, nodeId: id, broker: id }));
  const large = { ...five, nodes: [...five.nodes, ...more] };
  for (const acks of [1, "all"] as const) {
    const client = { acks };
    const dirs = [dir(1, true), dir(2, false, true)];
    const both = predict(
      circumstances({ kind: "hang-disk", logDir: 1 }, [1, 2], { directories: dirs, client }),
    );
    assert.equal([both.failsOver, both.served, both.gap], [0, 0, null]);
    assert.ok(both.reasons!.includes("hung disk"), String(both.reasons));
    const whole = predict(circumstances({ kind: "hang-disk" }, [1, 2], { client }));
    assert.equal([whole.failsOver, whole.served, whole.reasons], [0, 0, ["hung disk"]]);
  }
  // the other voters elect a controller, of which the leader does not learn
  const { failsOver, served, reasons = [] } = predict(large);
  assert.equal([failsOver, served, reasons.includes("fenced")], [1, 1, true]);
});

test("contentOf() knows nothing of a log directory that is offline", () => {
  const values = { "log.dirs": "/a,/b/" };
  const of = (errorCode: number, logDir = 2) =>
    contentOf(values, [{ errorCode, path: "/b", replicas: [ORDERS] }], logDir);
  assert.equal(of(0), { hasMetadataLog: false, replicas: [ORDERS] });
  assert.equal([of(56), of(0, 1), of(0, 3)], [undefined, undefined, undefined]);
});

test("faultyDirectories() rejects a broker that cannot be asked", async () => {
  const fault = resolveFault({ kind: "fail-disk", logDir: 2 }, [3]);
  const error: unknown = await faultyDirectories({ engine: { nodes: [] } }, fault).catch(
    (one: unknown) => one,
  );
  assert.ok(error instanceof LabError && error.message.includes("broker 3"), String(error));
});

test("predictGroup() does not derive slow disks and single log directories", () => {
  for (const fault of [
    { kind: "slow-disk", delay: "200ms" },
    { kind: "hang-disk", logDir: 2 },
  ]) {
    const group = describedGroup(circumstances(fault, [1]), { name: "billing" });
    assert.throws(
      () => predictGroup(group),
      (error: unknown) => error instanceof LabError && error.code === "UNSUPPORTED",
    );
  }
});

test("decodeLogDirs() reads the replicas of each directory, without those that are moved into it", () => {
  const partition = (index: number, isFuture: number): Buffer =>
    fields([4, index], [8, 1], [8, 0], [1, isFuture]);
  const body = Buffer.concat([
    fields([4, 0], [4, 2]),
    ...[
      fields([2, 0]),
      sized("/a"),
      fields([4, 1]),
      sized("t"),
      fields([4, 2]),
      partition(3, 0),
      partition(4, 1),
    ],
    ...[fields([2, 56]), sized("/b"), fields([4, 0])],
  ]);
  assert.equal(decodeLogDirs(body), [
    { errorCode: 0, path: "/a", replicas: [{ topic: "t", partition: 3 }] },
    { errorCode: 56, path: "/b", replicas: [] },
  ]);
});
test.run();
