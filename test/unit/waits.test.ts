// What is said of waits, and when: told apart, rewritten on a terminal, now and then elsewhere.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { progressReporter } from "../../sdk/notebook/progress.ts";
import { waitReporter } from "../../sdk/notebook/waits.ts";
import { print, printError, printLive } from "../../sdk/runtime/print.ts";
import { replaced } from "./terminal.ts";

const test = suite("waits");
const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;
const realNow = performance.now.bind(performance);

/** Time that passes only by hand. */
let nowMs = 0;
let timers: { atMs: number; act: () => void; id: number }[] = [];

test.before.each(() => {
  [nowMs, timers] = [0, []];
  let ids = 0;
  performance.now = () => nowMs;
  globalThis.setTimeout = ((act: () => void, ms: number) => {
    const id = ++ids;
    timers.push({ atMs: nowMs + ms, act, id });
    return { unref: () => {}, id };
  }) as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((timer?: { id: number }) => {
    timers = timers.filter(({ id }) => id !== timer?.id);
  }) as unknown as typeof clearTimeout;
});
test.after.each(() => {
  performance.now = realNow;
  globalThis.setTimeout = realSetTimeout;
  globalThis.clearTimeout = realClearTimeout;
});

function pass(ms: number): void {
  const endMs = nowMs + ms;
  for (;;) {
    const next = timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
    if (next === undefined) break;
    timers = timers.filter((one) => one !== next);
    nowMs = next.atMs;
    next.act();
  }
  nowMs = endMs;
}

const recorded = (againMs: number): { said: string[]; reporter: ReturnType<typeof waitReporter> } => {
  const said: string[] = [];
  const reporter = waitReporter({
    againMs,
    line: (text) => void said.push(text),
    live: (text) => void said.push(`~ ${text}`),
  });
  return { said, reporter };
};

test("58 jars between two waits are a line now and then, and each wait has its own clock", () => {
  const { said, reporter } = recorded(10_000);
  reporter.begin("starting the brokers");
  pass(500);
  reporter.say("Kafka 3.9.2: fetching 58 of 58 jars, 46 MB, once", "begin");
  for (let jar = 1; jar <= 58; jar++) {
    pass(400);
    reporter.say(`Kafka 3.9.2: ${jar} of 58 jars`, "count");
  }
  reporter.say("Kafka 3.9.2: 58 of 58 jars, 46 MB", "end");
  pass(3_000);
  reporter.begin("waiting for the brokers to serve");
  pass(1_000);
  reporter.end("3 nodes serve");
  assert.equal(said, [
    "~ Kafka 3.9.2: 4 of 58 jars … 2.0 s",
    "~ Kafka 3.9.2: 29 of 58 jars … 12.0 s",
    "~ Kafka 3.9.2: 54 of 58 jars … 22.0 s",
    "Kafka 3.9.2: 58 of 58 jars, 46 MB: 23.2 s",
    "~ starting the brokers … 2.0 s",
    "starting the brokers: 3.0 s",
    "3 nodes serve",
  ]);
});
test("what is quick is not said, but for events", () => {
  const { said, reporter } = recorded(1_000);
  reporter.begin("starting the brokers");
  reporter.say("fetching", "begin");
  reporter.say("1 of 2 jars", "count");
  reporter.say("2 of 2 jars", "end");
  reporter.say("removed what an earlier lab left");
  pass(1_900);
  reporter.end();
  pass(60_000);
  assert.equal(said, ["removed what an earlier lab left"]);
});
test("a terminal's line is said again each second", () => {
  const { said, reporter } = recorded(1_000);
  reporter.begin("pulling");
  pass(4_500);
  reporter.say("pulling: 2 of 9 layers", "count");
  pass(600);
  reporter.end();
  pass(60_000);
  assert.equal(said.length, 4);
  assert.ok(
    said.slice(0, 3).every((line) => line.startsWith("~ pulling … ")),
    said.join(),
  );
});
test("a callback hears lines; false hears none", () => {
  const heard: string[] = [];
  for (const listener of [(line: string) => void heard.push(line), false] as const) {
    const reporter = progressReporter(listener);
    reporter.begin("starting");
    pass(2_500);
    reporter.say("1 of 2", "count");
    reporter.end("served");
  }
  assert.equal(heard, ["starting … 2.0 s", "starting: 2.5 s", "served"]);
});

test("printLive() is written over by itself and by every other text, and is cut to the terminal's width", () => {
  const written = replaced(() => {
    printLive("first");
    printLive(`second ${"x".repeat(500)}`);
    print("a result");
    printError("an event");
    printLive("third \x1b[31m");
    printError("last");
  });
  const ERASE = "\r\x1b[2K";
  assert.is(written[0], `${ERASE}first`);
  assert.match(written[1]!, /second x+…$/);
  assert.ok(written[1]!.length < 500);
  assert.equal(written.slice(2, 6), [ERASE, "a result", "an event", `${ERASE}third \\x1b[31m`]);
  assert.equal(written.slice(6), [ERASE, "last"]);
});
test.run();
