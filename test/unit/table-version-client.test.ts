// What experiments on versions are made of: a process that is a client, a forward, and what its lines mean.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import process from "node:process";
import { LabError } from "@kafka-failure-lab/sdk";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { outcomeOf as outcomeOfSplits } from "../../scripts/table/versions/changes/batch-split.ts";
import { outcomeOf } from "../../scripts/table/versions/changes/cluster-check.ts";
import { longestGap, numbersIn } from "../../scripts/table/versions/changes/consumer-protocol.ts";
import { followClient, refusalIn, type VersionClient } from "../../scripts/table/versions/client.ts";
import { portOf, startForward } from "../../scripts/table/versions/forward.ts";

const test = suite("version client");

const LOG = "[2026-11-30 18:14:39,029] INFO [Producer clientId=producer-1]";
const REBOOTSTRAP = `${LOG} Rebootstrapping with [/127.0.0.1:26234] (org.apache.kafka.clients.Metadata)`;
const MISMATCH =
  `${LOG} Rebootstrap requested by server due to cluster metadata mismatch for cluster ` +
  "a2Fma2EtZmFpbHVyZWxhYg and node 3. (org.apache.kafka.clients.NetworkClient)";

/** A process that prints these lines, and ends with its standard input or at once. */
function clientThatPrints(lines: readonly string[], { ends = false } = {}): VersionClient {
  const program = `${lines.map((line) => `console.log(${JSON.stringify(line)});`).join("")}
    ${ends ? "" : "process.stdin.resume();"}`;
  return followClient(spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "pipe"] }), "send");
}

const codeOf = async (waited: Promise<unknown>): Promise<string | undefined> =>
  await waited.then(
    () => undefined,
    (error: unknown) => (error instanceof LabError ? error.code : "another error"),
  );

test("until() resolves with the first line that is so, once there are as many as asked for", async () => {
  await using client = clientThatPrints(["> 5 acked a @0", "[now] WARN Node 1", "> 7 acked b @1"]);
  assert.equal(await client.until(/^acked /, { times: 2 }), { atMs: 5, text: "acked a @0" });
  assert.equal(await client.until(/WARN/), { atMs: null, text: "[now] WARN Node 1" });
  assert.is(client.count(/^acked /), 2);
  assert.is(client.count(/^acked /, 1), 1);
  assert.equal(await client.until(/^acked /, { since: 1 }), { atMs: 7, text: "acked b @1" });
});

test("until() is NOT_READY where the line does not come, BAD_CLIENT where the process ended", async () => {
  await using silent = clientThatPrints([]);
  assert.is(await codeOf(silent.until(/^acked /, { timeoutMs: 20 })), "NOT_READY");
  await using gone = clientThatPrints(["> 5 refused UnsupportedVersionException: none"], { ends: true });
  assert.is(await codeOf(gone.until(/^acked /)), "BAD_CLIENT");
  assert.is(gone.count(/^refused /), 1);
});

test("refusalIn() takes a version that is not supported for a refusal, and nothing else", async () => {
  const line = (text: string) => ({ atMs: 5, text });
  const words = "UnsupportedVersionException: the node does not support SHARE_GROUP_HEARTBEAT";
  assert.is(refusalIn(line(`refused ${words}`)), words);
  assert.is(refusalIn(line("given 0 @1")), undefined);
  assert.is(
    await codeOf(Promise.resolve().then(() => refusalIn(line("refused TimeoutException: no")))),
    "BAD_CLIENT",
  );
});

test("kill() resolves when the process is gone, also when it is gone already", async () => {
  const client = clientThatPrints(["> 5 ready"]);
  await client.until(/ready/);
  await client.kill();
  await client.kill();
  assert.is(await codeOf(client.until(/more/)), "BAD_CLIENT");
});

/** A server that answers each connection with one word. */
async function serverThatSays(word: string): Promise<AsyncDisposable & { port: number }> {
  const server = createServer((socket) => void socket.end(word));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

async function heardAt(port: number): Promise<string> {
  let text = "";
  const socket = connect(port, "127.0.0.1").on("data", (bytes) => (text += bytes.toString()));
  socket.on("error", () => {});
  await once(socket, "close");
  return text;
}

test("lead() leads new connections to another port, and each connection is counted", async () => {
  await using a = await serverThatSays("a");
  await using b = await serverThatSays("b");
  await using forward = await startForward({ to: a.port });
  assert.is(await heardAt(forward.port), "a");
  forward.lead(b.port);
  assert.is(await heardAt(forward.port), "b");
  assert.is(forward.accepted, 2);
});

test("cut() ends open connections, and new ones are led on", async () => {
  const silent = createServer((socket) => void socket.resume()).listen(0, "127.0.0.1");
  await once(silent, "listening");
  await using forward = await startForward({ to: (silent.address() as AddressInfo).port });
  const socket = connect(forward.port, "127.0.0.1").resume();
  await once(silent, "connection");
  forward.cut();
  await once(socket, "close");
  silent.close();
  await using a = await serverThatSays("a");
  forward.lead(a.port);
  assert.is(await heardAt(forward.port), "a");
});

test("startForward() closes a connection where nobody listens", async () => {
  const gone = await serverThatSays("nobody");
  await gone[Symbol.asyncDispose]();
  await using forward = await startForward({ to: gone.port });
  assert.is(await heardAt(forward.port), "");
});

test("portOf() reads the port of an address", () => {
  assert.is(portOf("localhost:29091"), 29091);
  assert.is(portOf("127.0.0.1:1"), 1);
});

for (const [what, lines, records, expected] of [
  ["records there", ["> 1 acked a @0"], 5, /^the other cluster gets its records: 5 .* no error/],
  [
    "refusals",
    [MISMATCH, MISMATCH],
    0,
    /^the other cluster gets none: 0 .* 2 were refused: "Rebootstrap requested by/,
  ],
  ["records after refusals", [MISMATCH], 1, /^the other cluster gets its records: 1 .* 1 were refused/],
  ["neither", ["> 1 acked a @0"], 0, /^NOT_READY: .*a connection that it had/],
  ["a client that began anew by itself", [REBOOTSTRAP, MISMATCH], 5, /^NOT_READY: .*without a cluster id/],
] as const)
  test(`outcomeOf() of KIP-1242 with ${what}`, async () => {
    await using client = clientThatPrints([REBOOTSTRAP, ...lines]);
    await client.until(/./, { times: lines.length + 1 });
    const came = await Promise.resolve()
      .then(() => outcomeOf({ client, since: 1, records, connections: 2 }))
      .then(
        ({ outcome, evidence }) => `${outcome}: ${evidence}`,
        (error: LabError) => `${error.code}: ${error.message}`,
      );
    assert.match(came, expected);
  });

const SPLIT = `${LOG} Got error produce response: splitting and retrying (2147483647 attempts left)`;
const EXPIRED = "> 9 failed TimeoutException: Expiring 10 record(s) for small-0:5000 ms has passed";
for (const [what, lines, expected] of [
  [
    "records after splits",
    [SPLIT, SPLIT, "> 1 acked a @0"],
    /^it is split .*: 1 records .* 0 given up; 2 splits$/,
  ],
  [
    "batches that expire",
    [SPLIT, EXPIRED, EXPIRED],
    /^its records are given up.*: 0 .* 2 given up; 1 .*"TimeoutE/,
  ],
  ["both", [SPLIT, EXPIRED, "> 1 acked a @0"], /^NOT_READY: .* 1 records were written, 1 given up/],
  ["splits alone", [SPLIT], /^NOT_READY: .* 0 records were written, 0 given up/],
  ["no split", ["> 1 acked a @0"], /^NOT_READY: /],
] as const)
  test(`outcomeOf() of KAFKA-8350 with ${what}`, async () => {
    await using client = clientThatPrints(lines);
    await client.until(/./, { times: lines.length });
    const came = await Promise.resolve()
      .then(() => outcomeOfSplits(client))
      .then(
        ({ outcome, evidence }) => `${outcome}: ${evidence}`,
        (error: LabError) => `${error.code}: ${error.message}`,
      );
    assert.match(came, expected);
  });

test("numbersIn() and longestGap() read what a member was given and gave back", () => {
  const lines = [
    { atMs: 0, text: "given 0 @1" },
    { atMs: 90, text: "given 1 @1" },
    { atMs: 100, text: "revoked [1, 3]" },
    { atMs: 101, text: "assigned []" },
    { atMs: 130, text: "given 0 @2" },
    { atMs: null, text: "[now] INFO given 0 @3" },
    { atMs: 150, text: "given 0 @3" },
  ];
  assert.equal([...numbersIn(lines, "revoked")], [1, 3]);
  assert.equal([...numbersIn(lines, "assigned")], []);
  assert.is(longestGap(lines, [0]), 130);
  assert.is(longestGap(lines, [0, 1]), 90);
  assert.is(longestGap(lines, []), 0);
});
test.run();
