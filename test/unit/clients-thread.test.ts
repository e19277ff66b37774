// The clients' thread without a broker: clocks, values, what a refused client reports, and its end.

import net from "node:net";
import { performance } from "node:perf_hooks";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeOut } from "../../sdk/client/settings.ts";
import type { KafkajsSettings, Streamed } from "../../sdk/client/client.ts";
import { type ClientsThread, startThread } from "../../sdk/lab/workload/thread/host.ts";
import { copied, offsetOf, restored } from "../../sdk/lab/workload/thread/messages.ts";

const clocksOf = (hrtimeMs: number, nowMs: number, originMs: number) => ({ hrtimeMs, nowMs, originMs });

test("offsetOf() takes the monotonic clock where the wall clock agrees, else the wall clock", () => {
  const own = clocksOf(9_000.5, 500, 1_700_000_000_000);
  assert.is(offsetOf(own, clocksOf(9_100.5, 100, 1_700_000_000_503)), 500);
  assert.is(offsetOf(own, clocksOf(100, 100, 1_700_000_000_503)), 503);
});

test("copied() keeps message and stack of whatever was thrown", () => {
  const error = new TypeError("no");
  assert.equal(copied(restored(copied(error))), { message: "no", stack: error.stack });
  assert.is(copied("text").message, "text");
});

let thread: ClientsThread;
let port: number;
const stalls: { beganMs: number; tookMs: number }[] = [];
const settings = (): KafkajsSettings =>
  writeOut({ retries: 0, deliveryTimeout: "3s" }, [`127.0.0.1:${port}`]) as KafkajsSettings;
const onStray = (): void => {};

test.before(async () => {
  const server = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  ({ port } = server.address() as net.AddressInfo);
  await new Promise((resolve) => server.close(resolve)); // nobody listens there now
  const options = {
    at: (now: number) => now,
    brokerOf: () => 7,
    onStall: (one: (typeof stalls)[0]) => void stalls.push(one),
  };
  thread = await startThread(options);
});
test.after(async () => await thread.close());

test("client().send() reports a refused client as fail, with attempts on this thread's clock and the lab's brokers", async () => {
  const client = thread.client({ name: "refused", settings: settings(), onStray });
  const began = performance.now();
  const sent = await client.send({ topic: "t", value: client.nextValue() });
  const ended = performance.now();
  assert.is(sent.outcome, "fail");
  assert.ok(sent.attempts.length > 0);
  for (const { broker, atMs, api } of sent.attempts) {
    assert.equal([broker, api], [7, "Connect"]);
    assert.ok(atMs >= began - 5 && atMs <= ended + 5, `${began} ${atMs} ${ended}`);
  }
  assert.ok(sent.began! >= began - 5 && sent.began! + sent.tookMs! <= ended + 5);
  await client.close();
});

test("client().stream() shares its numbers with single sends, and stops", async () => {
  const client = thread.client({ name: "numbered", settings: settings(), onStray });
  const values: string[] = [client.nextValue()];
  let resolve = (): void => {};
  const enough = new Promise<void>((done) => (resolve = done));
  const stream = client.stream!(
    { topic: "t", perSecond: 200, inFlight: 2 },
    ({ value, outcome }: Streamed) => {
      assert.is(outcome, "fail");
      values.push(value);
      if (values.length === 6) resolve();
    },
  );
  await enough;
  await stream.stop({ giveUp: true });
  assert.is(await stream.ended, undefined);
  values.push(client.nextValue());
  await client.close();
  assert.equal(new Set(values).size, values.length);
  for (const value of values) assert.match(value, /^numbered-\d+$/);
  assert.throws(() => client.stream!({ topic: "t", perSecond: 0 }, () => {}), RangeError);
});

test("client().send() that is given up ends, and one after the thread's end is fail", async () => {
  const silent = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const own = { ...settings(), bootstrap: [`127.0.0.1:${(silent.address() as net.AddressInfo).port}`] };
  const client = thread.client({ name: "silent", settings: own, onStray });
  const givingUp = new AbortController();
  const sending = client.send({ topic: "t", value: client.nextValue() }, givingUp.signal);
  setTimeout(() => givingUp.abort(new Error("enough")), 50);
  assert.is((await sending).error, "enough");
  const late = client.send({ topic: "t", value: client.nextValue() });
  await thread.close();
  assert.is((await late).outcome, "info");
  assert.is((await client.send({ topic: "t", value: client.nextValue() })).outcome, "fail");
  silent.close();
});
test.run();
