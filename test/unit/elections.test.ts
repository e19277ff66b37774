// Elections by request: the bytes, the verb on a cluster that is described, not run, and what is explained of
// one.

import { Buffer } from "node:buffer";
import net, { type AddressInfo } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { explain } from "../../sdk/analysis/explain/mod.ts";
import type { Engine } from "../../sdk/engine/engine.ts";
import { decodeElection, electLeadersRequest } from "../../sdk/kafka/protocol/mod.ts";
import { elect } from "../../sdk/lab/verbs/elect.ts";
import type { Observer, View } from "../../sdk/lab/observe/observe.ts";
import type { Waiter } from "../../sdk/lab/verbs/waiting.ts";
import type { ElectionTarget } from "../../sdk/model/election.ts";
import { describeElection, electedText } from "../../sdk/model/election-text.ts";
import type { HistoryEvent, PartitionState } from "../../sdk/model/history.ts";
import { wrongEvent } from "../../sdk/model/history-schema.ts";
import * as histories from "./explain/histories.ts";
import { acked, attempt, fault, log, view } from "./explain/histories.ts";
import { assertLabError } from "./refusal.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ""), "hex");
const test = suite("elections");

test("electLeadersRequest() has the type, the partitions by topic, and the controller's time", () => {
  const asked = [
    { topic: "t", partition: 1 },
    { topic: "uv", partition: 0 },
    { topic: "t", partition: 2 },
  ];
  const { api, version, body } = electLeadersRequest("unclean", asked, 1000);
  assert.equal([api, version], [43, 1]);
  assert.equal(
    body,
    hex(`01 00000002 0001 74 00000002 00000001 00000002 0002 7576 00000001 00000000 000003e8`),
  );
  assert.is(electLeadersRequest("preferred", [], 1).body[0], 0);
});
test("decodeElection() reads a row a partition", () => {
  const body = hex(`00000000 0000 00000001 0001 74 00000002 00000001 0000 ffff 00000002 0050 0002 6e6f`);
  assert.equal(decodeElection(body), {
    errorCode: 0,
    partitions: [
      { topic: "t", partition: 1, errorCode: 0, errorMessage: null },
      { topic: "t", partition: 2, errorCode: 80, errorMessage: "no" },
    ],
  });
});

for (const [target, text] of [
  ["all", "all partitions"],
  [{ leaderOf: "my-orders-3" }, "my-orders-3"],
  [{ topic: "my-orders" }, "topic my-orders"],
  [{ topic: "orders", partition: 3 }, "orders-3"],
] as [ElectionTarget, string][])
  test(`describeElection() writes ${text}`, () => assert.is(describeElection(target), text));

const state = (partition: number, leader: number | null, leaderEpoch: number): PartitionState => ({
  topic: "orders",
  partition,
  leader,
  leaderEpoch,
  replicas: [1, 2],
  preferred: 1,
  isr: [2],
  offline: [],
});

/** Asks for an election on a cluster of one broker, which answers these codes by partition. */
async function electing(
  views: readonly (readonly PartitionState[])[],
  codes: Readonly<Record<number, number>>,
  topError = 0,
): Promise<{ result: unknown; recorded: HistoryEvent[] }> {
  let looks = 0;
  const look = async (): Promise<View> =>
    ({ partitions: views[Math.min(looks++, views.length - 1)], answered: 1 }) as unknown as View;
  const row = ([partition, code]: [string, number]): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeInt32BE(Number(partition), 0);
    bytes.writeInt16BE(code, 4);
    bytes.writeInt16BE(-1, 6);
    return bytes;
  };
  const server = net.createServer((socket) =>
    socket.on("data", (asked: Buffer) => {
      const rows = Object.entries(codes);
      const head = Buffer.alloc(10 + 4 + 2);
      asked.copy(head, 0, 8, 12); // the correlation id
      head.writeInt16BE(topError, 8);
      head.writeInt32BE(rows.length === 0 ? 0 : 1, 10);
      head.writeInt16BE(6, 14);
      const count = Buffer.alloc(4);
      count.writeInt32BE(rows.length);
      const topics = rows.length === 0 ? [] : [Buffer.from("orders"), count, ...rows.map(row)];
      const body = Buffer.concat([rows.length === 0 ? head.subarray(0, 14) : head, ...topics]);
      const size = Buffer.alloc(4);
      size.writeInt32BE(body.length);
      socket.write(Buffer.concat([size, body]));
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const recorded: HistoryEvent[] = [];
  const waiter = {
    async until(_: string, holds: (view: View) => boolean) {
      for (let i = 0; i < 10; i++) if (holds(await look())) return;
      assert.unreachable("nobody is elected");
    },
  } as unknown as Waiter;
  const parts = {
    engine: {
      nodes: [{ service: "kafka-1", observed: `127.0.0.1:${(server.address() as AddressInfo).port}` }],
      status: () => ({ state: "running" }),
    } as unknown as Engine,
    observer: { look } as unknown as Observer,
    run: { now: () => 5, record: (event: HistoryEvent) => void recorded.push(event) },
    assertOpen: () => {},
    signal: () => undefined,
  };
  try {
    const result = await elect(parts, waiter, "preferred", { topic: "orders" }, { timeout: "5s" }).catch(
      (error: unknown) => error,
    );
    return { result, recorded };
  } finally {
    server.close();
  }
}

test("elect(): what is not needed any more, and was, has been carried out by a request before it", async () => {
  const before = [state(0, 2, 4), state(1, 1, 0)];
  const { result } = await electing([before, before, [state(0, 1, 5), state(1, 1, 0)]], { 0: 84, 1: 84 });
  assert.equal(
    (result as { partitions: readonly { after: number; result: string }[] }).partitions.map((one) => [
      one.after,
      one.result,
    ]),
    [
      [1, "elected"],
      [1, "not needed"],
    ],
  );
});
test("elect() waits until the elected leads in a newer epoch, and records who led", async () => {
  const before = [state(0, 2, 4), state(1, 1, 0)];
  const { result, recorded } = await electing([before, before, [state(0, 1, 5), state(1, 1, 0)]], {
    0: 0,
    1: 84,
  });
  const partitions = [
    { topic: "orders", partition: 0, before: 2, after: 1, result: "elected" },
    { topic: "orders", partition: 1, before: 1, after: 1, result: "not needed" },
  ];
  const election = { atMs: 5, tookMs: 0, election: "preferred", asked: "topic orders", partitions };
  assert.equal(result, election);
  assert.equal(recorded, [{ kind: "election", ...election }]);
  assert.is(wrongEvent(recorded[0]), undefined);
});
test("elect() records a refusal, and rejects with Kafka's own name for it and the broker", async () => {
  const { result, recorded } = await electing([[state(0, 2, 4)]], { 0: 80 });
  assertLabError(result, "PREFERRED_LEADER_NOT_AVAILABLE", { broker: 1 }, ["orders-0"]);
  assert.equal(
    recorded.map((event) => (event.kind === "election" ? electedText(event) : "")),
    ["orders-0 refused, PREFERRED_LEADER_NOT_AVAILABLE"],
  );
});
test("elect() rejects where the cluster refuses the request as a whole", async () => {
  const { result, recorded } = await electing([[state(0, 2, 4)]], {}, 31);
  assertLabError(result, "COMMAND_FAILED", {}, ["CLUSTER_AUTHORIZATION_FAILED"]);
  assert.equal(recorded, []);
});

test("explain() cuts an outage that a requested unclean election ended: fenced, asked for, elected", () => {
  const unclean = {
    what: "uncleanElection",
    nodeId: 3,
    topic: "my_topic",
    partition: 0,
    leaderNodeId: 2,
    leaderEpoch: 2,
    isr: [2],
  } as const;
  const election: HistoryEvent = {
    kind: "election",
    atMs: 20_000,
    tookMs: 80,
    election: "unclean",
    asked: "my_topic-0",
    partitions: [{ topic: "my_topic", partition: 0, before: null, after: 2, result: "elected" }],
  };
  const history: HistoryEvent[] = [
    ...histories.killed.filter(({ kind }) => kind === "run" || kind === "client"),
    view(50, 3, [1, 2, 3], { isr: [1] }),
    ...[700, 800, 900, 990].map((at) => acked(at, at + 5, 1)),
    fault("kill", 1000, 1),
    log(9600, 3, { what: "fenced", nodeId: 1 }),
    view(9650, 3, [2, 3], { leader: null, leaderEpoch: 1, isr: [1] }),
    log(20_010, 3, unclean, "UNCLEAN partition change for my_topic-0"),
    log(20_020, 2, {
      what: "becameLeader",
      nodeId: 2,
      topic: "my_topic",
      partition: 0,
      leaderEpoch: 2,
      offset: "10",
      isr: [2],
    }),
    election,
    view(20_060, 3, [2, 3], { leader: 2, leaderEpoch: 2, isr: [2] }),
    acked(995, 20_100, 2, [attempt(996, 6, "Produce", 1, "ECONNRESET"), attempt(20_050, 48, "Produce", 2)]),
  ];
  const { windows } = explain(history);
  assert.is(windows.length, 1);
  const parts = windows[0]!.parts.map(({ kind, toMs, what }) => [kind, toMs, what] as const);
  const elections = parts.filter(([kind]) => kind === "election");
  assert.equal(elections, [
    ["election", 20_000, "until the unclean election was asked for"],
    ["election", 20_020, "unclean election of broker 2"],
  ]);
  assert.equal(parts.find(([kind]) => kind === "detection")?.[1], 9600);
  const last = windows[0]!.parts.findLast(({ kind }) => kind === "election")!;
  assert.equal(
    last.evidence.map(({ kind }) => kind),
    ["event", "log", "log", "view"],
  );
});
test.run();
