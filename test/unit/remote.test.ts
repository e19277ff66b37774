// A cluster that the lab has not started, as values: its nodes, its release, what is missing, what it leaves.

import { Buffer } from "node:buffer";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { nodesAsSeen } from "../../sdk/analysis/predict/mod.ts";
import type { Node } from "../../sdk/engine/engine.ts";
import type { Found } from "../../sdk/engine/remote/look.ts";
import { lookAt } from "../../sdk/engine/remote/look.ts";
import { clientsOnly } from "../../sdk/engine/remote/network.ts";
import { missingOf, nodesOf, releaseOf } from "../../sdk/engine/remote/nodes.ts";
import type { Network } from "../../sdk/engine/network.ts";
import { decodeConfigs } from "../../sdk/kafka/protocol/mod.ts";
import { makeBelongings } from "../../sdk/lab/belongings.ts";
import { LabError } from "../../sdk/model/errors.ts";
import type { History, HistoryEvent, PartitionState } from "../../sdk/model/history.ts";
import type { NetFault } from "../../sdk/model/traffic.ts";
import { strangerLines } from "../../sdk/report/text/mod.ts";

const features = (max: number): Found["features"] => ({
  supported: new Map([["metadata.version", { min: 1, max }]]),
  finalized: new Map(),
});
const found: Found = {
  brokers: [
    {
      nodeId: 4,
      address: "a:1",
      configs: { "process.roles": "broker,controller", "broker.session.timeout.ms": "9000" },
    },
    { nodeId: 7, address: "b:2", configs: "CLUSTER_AUTHORIZATION_FAILED" },
  ],
  absent: [9],
  features: features(21),
  quorum: { errorCode: 0, leaderId: 12, leaderEpoch: 3, voters: [4, 12] },
  silent: ["c:3: refused, nobody listens there"],
};

test("nodesOf() numbers brokers by node id, and adds controllers that are no brokers", () => {
  assert.equal(
    nodesOf(found).map(({ service, broker, nodeId, roles, client }) => [
      service,
      broker,
      nodeId,
      roles,
      client,
    ]),
    [
      ["node-4", 1, 4, ["broker", "controller"], "a:1"],
      ["node-7", 2, 7, ["broker"], "b:2"],
      ["node-12", null, 12, ["controller"], null],
    ],
  );
});
test("releaseOf() reads the release from the highest metadata.version; a later one is its major", () => {
  const of = (level: number): string => releaseOf(features(level));
  assert.equal([7, 14, 20, 21, 22, 27, 33, 99].map(of), [
    "3.3",
    "3.6",
    "3.8",
    "3.9",
    "4.0",
    "4.1",
    "4.4",
    "4",
  ]);
  assert.is(releaseOf(undefined), "3");
});
test("missingOf() names what did not answer, what is absent and what cannot be read", () => {
  const text = missingOf(found).join("\n");
  for (const part of ["logs", "c:3", "node id 9", "7 (CLUSTER_AUTHORIZATION_FAILED)"])
    assert.ok(text.includes(part), part);
  assert.ok(missingOf({ ...found, quorum: undefined }).some((line) => line.includes("quorum")));
});
test("lookAt() of addresses that refuse is NO_CLUSTER with each of them", async () => {
  const error = await lookAt(["127.0.0.1:1", "127.0.0.1:2"]).catch((one: unknown) => one);
  assert.ok(error instanceof LabError && error.code === "NO_CLUSTER");
  assert.match(error.message, /127\.0\.0\.1:1: .*127\.0\.0\.1:2: /);
});
test("lookAt() ends with the signal's reason", async () => {
  const reason = new Error("enough");
  assert.is(
    await lookAt(["127.0.0.1:1"], { signal: AbortSignal.abort(reason) }).catch((one: unknown) => one),
    reason,
  );
});

const delay = {
  kind: "delay",
  delayMs: 30,
  jitterMs: 0,
  broker: 1,
  path: "clients",
  direction: "out",
} as const;
const NETWORK: readonly [what: string, fault: NetFault, code: string | undefined][] = [
  ["a delay of clients", delay, undefined],
  ["a delay of everything", { ...delay, path: "all" }, "UNSUPPORTED"],
  ["a delay of peers", { ...delay, path: "peers" }, "UNSUPPORTED"],
  ["a delay between brokers", { ...delay, between: [2] }, "UNSUPPORTED"],
  ["loss", { kind: "lose", percent: 5, broker: 1, path: "clients", direction: "out" }, "UNSUPPORTED"],
];
const links: Network = {
  check: () => Promise.resolve(),
  apply: () => Promise.reject(new Error("nothing is applied here")),
  line: ({ path }) => Promise.resolve(`links: ${path}`),
  counts: () => Promise.resolve(undefined),
};
for (const [what, fault, code] of NETWORK)
  test(`clientsOnly() with ${what}: ${code ?? "can be done"}`, async () => {
    const checked = clientsOnly(links).check([fault]);
    assert.is(
      await checked.then(
        () => undefined,
        (error: LabError) => error.code,
      ),
      code,
    );
  });
test("clientsOnly() measures on the path of clients alone", async () => {
  const { line } = clientsOnly(links);
  assert.is(await line({ broker: 1, path: "clients" }), "links: clients");
  assert.match(String(await line({ broker: 1, path: "peers" })), /peers of broker 1/);
});

test("decodeConfigs() leaves out what is sensitive or null", () => {
  const text = (one: string): Buffer => Buffer.concat([Buffer.from([0, one.length]), Buffer.from(one)]);
  const entry = (name: string, value: string | null, isSensitive: number): Buffer =>
    Buffer.concat([
      text(name),
      value === null ? Buffer.from([255, 255]) : text(value),
      Buffer.from([0, 4, isSensitive, 0, 0, 0, 0]),
    ]);
  const body = Buffer.concat([
    Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 255, 255, 4]),
    text("1"),
    Buffer.from([0, 0, 0, 3]),
    entry("node.id", "1", 0),
    entry("ssl.keystore.password", "secret", 1),
    entry("listeners", null, 0),
  ]);
  assert.equal(decodeConfigs(body), { errorCode: 0, values: { "node.id": "1" } });
});

test("nodesAsSeen() leaves out the dead, and takes a broker without followers for one that nobody reaches", () => {
  const properties = { "advertised.listeners": "PLAINTEXT://localhost:9092" };
  const nodes = [1, 2, 3].map(
    (one): Node => ({ ...nodesOf(found)[0]!, broker: one, nodeId: one, properties }),
  );
  const state = (leader: number, isr: number[]): PartitionState => ({
    topic: "t",
    partition: leader,
    leader,
    leaderEpoch: 0,
    replicas: [1, 2, 3],
    isr,
    offline: [],
  });
  const brokers = [1, 2, 3].map((broker) => ({ broker, alive: broker !== 3 }));
  const seen = nodesAsSeen(nodes, { brokers, partitions: [state(1, [1, 2]), state(2, [2])] });
  assert.equal(
    seen.map(({ nodeId, isReachable }) => [nodeId, isReachable]),
    [
      [1, true],
      [2, false],
    ],
  );
});

test("makeBelongings() makes its own topic once, refuses one that is not there, and deletes what it made", async () => {
  const created: string[] = [];
  const deleted: string[] = [];
  const notes: string[] = [];
  const has = new Set(["orders"]);
  const own = makeBelongings({
    ownTopic: "mine",
    exists: (topic) => Promise.resolve(has.has(topic)),
    async create(topic) {
      created.push(topic);
      own.madeTopic(topic);
    },
    async deleteTopics(topics) {
      deleted.push(...topics);
    },
    deleteGroups: () => Promise.reject(new Error("a group has a member")),
    note: (text) => void notes.push(text),
    onLeft: (text) => void notes.push(text),
  });
  await Promise.all([own.ready("mine"), own.ready("mine"), own.ready("orders")]);
  const error = await own.ready("not-there").catch((one: unknown) => one);
  assert.is((error as LabError).code, "NO_SUCH_TOPIC");
  await own.remove();
  await own.remove();
  assert.equal([created, deleted], [["mine"], ["mine"]]);
  assert.is(notes.length, 3);
  assert.match(notes[0]!, /^Cannot delete .*groups: a group has a member/);
  assert.match(notes[1]!, /^deleted .*: mine$/);
});

test("strangerLines() counts connections, names each program once, and makes them printable", () => {
  const stranger = (port: number, program: string, pid: number | null): HistoryEvent => ({
    kind: "stranger",
    atMs: port,
    broker: 1,
    from: `127.0.0.1:${port}`,
    program,
    pid,
  });
  const history: History = [1, 2, 3].map((port) => stranger(port, "java", 42));
  assert.equal(strangerLines([]), []);
  const [line] = strangerLines([...history, stranger(4, "a\x1b[2J", null)]);
  assert.match(line!, /^note: 4 connections .*: java \(pid 42\), a\\x1b\[2J, from 127\.0\.0\.1:1, .*, …$/);
});
test.run();
