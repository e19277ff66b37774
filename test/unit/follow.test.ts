// Following logs: real files that grow, and what of them comes into the history.

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { followLogs } from "../../sdk/lab/observe/follow.ts";
import type { BrokerLogEvent } from "../../sdk/model/history.ts";
import { beginRun, type Run } from "../../sdk/lab/run.ts";

const test = suite<{ dir: string; run: Run; log: string }>("followLogs");

test.before.each((context) => {
  context.dir = mkdtempSync(path.join(os.tmpdir(), "kafka-failure-lab-follow-"));
  context.run = beginRun(context.dir, "follow");
  context.log = path.join(context.dir, "kafka-1.log");
});
test.after.each(async ({ dir, run }) => {
  await run.close();
  rmSync(dir, { recursive: true, force: true });
});

const nodes = [
  {
    service: "kafka-1",
    broker: 1,
    nodeId: 1,
    roles: ["broker", "controller"] as const,
    client: null,
    observed: null,
    controller: null,
    properties: {},
  },
];
const engineOf = (log: string): Parameters<typeof followLogs>[1] => ({
  kind: "local",
  nodes,
  logFile: () => log,
  keptLogs: () => Promise.resolve([]),
});
const brokerLogs = ({ history }: Run): BrokerLogEvent[] =>
  history.filter((event): event is BrokerLogEvent => event.kind === "broker log");

/** A line as a broker writes it now, or some time from now. */
function line(text: string, logger: string, fromNowMs = 0): string {
  const at = new Date(Date.now() + fromNowMs);
  const two = (n: number, digits = 2): string => String(n).padStart(digits, "0");
  const stamp =
    `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:` +
    `${two(at.getMinutes())}:${two(at.getSeconds())},${two(at.getMilliseconds(), 3)}`;
  return `[${stamp}] INFO ${text} (${logger})\n`;
}

/** On the run's clock; a log's stamp has whole milliseconds, and the wall clock may be set a little. */
function assertBetween(atMs: number, fromMs: number, toMs: number): void {
  assert.ok(atMs >= fromMs - 20 && atMs <= toMs + 20, `${atMs} is not from ${fromMs} to ${toMs}`);
}

const FENCED = [
  "[QuorumController id=2] Fencing broker 1 because its session has timed out.",
  "org.apache.kafka.controller.ReplicationControlManager",
] as const;
const NOTHING = [
  "[GroupCoordinator id=1] Starting up.",
  "org.apache.kafka.coordinator.group.GroupCoordinatorService",
] as const;

test("waits for a file that is not there yet, and reads the rest at the end", ({ run, log }) => {
  const { stop } = followLogs(run, engineOf(log));
  const before = run.now();
  writeFileSync(log, line(...NOTHING) + line(...FENCED));
  const after = run.now();
  stop();
  const [event, ...others] = brokerLogs(run);
  assert.is(others.length, 0);
  assert.equal(event?.fact, { what: "fenced", nodeId: 1 });
  assert.is(event?.text, FENCED[0]);
  assertBetween(event!.atMs, before, after);
});

test("takes a line's own time, not that of its reading", ({ run, log }) => {
  writeFileSync(log, "");
  const { stop } = followLogs(run, engineOf(log));
  const before = run.now();
  appendFileSync(log, line(...FENCED, 3_000));
  const after = run.now();
  stop();
  assertBetween(brokerLogs(run)[0]!.atMs, before + 3_000, after + 3_000);
});

test("leaves out what was logged before the run", ({ run, log }) => {
  writeFileSync(log, line(...FENCED, -60_000));
  followLogs(run, engineOf(log)).stop();
  assert.equal(brokerLogs(run), []);
});

test("puts a line together that is written in pieces, and calls back once a reading", async ({
  run,
  log,
}) => {
  writeFileSync(log, "");
  let calls = 0;
  const heard = new Promise<void>((resolve) => {
    const following = followLogs(run, engineOf(log), () => {
      calls++;
      following.stop();
      resolve();
    });
  });
  const [text] = [line(...FENCED)];
  appendFileSync(log, text.slice(0, 40));
  appendFileSync(log, text.slice(40));
  appendFileSync(log, line(...FENCED));
  const awake = setTimeout(() => {}, 10_000); // following keeps no program alive
  await heard;
  clearTimeout(awake);
  assert.is(calls, 1);
  assert.ok(brokerLogs(run).length >= 1);
});

test("gathers what a node logged into a file of its own, by the line's time", async ({ run, log, dir }) => {
  const kept = path.join(dir, "kafka-1.controller.log");
  writeFileSync(log, "");
  const before = run.now();
  writeFileSync(kept, line(...FENCED, -60_000) + line(...FENCED, 2_000) + line(...NOTHING));
  const after = run.now();
  const { gather, stop } = followLogs(run, { ...engineOf(log), keptLogs: () => Promise.resolve([kept]) });
  assert.equal(brokerLogs(run), []);
  await gather();
  stop();
  assert.is(brokerLogs(run).length, 1);
  assertBetween(brokerLogs(run)[0]!.atMs, before + 2_000, after + 2_000);
});

test("cuts a text that holds whole records", ({ run, log }) => {
  writeFileSync(
    log,
    line(
      "[QuorumController id=2] Replayed BrokerRegistrationChangeRecord modifying the registration for " +
        "broker 1: BrokerRegistrationChangeRecord(brokerId=1, brokerEpoch=6, fenced=1, " +
        `inControlledShutdown=0, logDirs=[${"x".repeat(400)}])`,
      "org.apache.kafka.controller.ClusterControlManager",
      5,
    ),
  );
  followLogs(run, engineOf(log)).stop();
  assert.equal(
    brokerLogs(run).map(({ fact: what, text }) => [what.what, text.length]),
    [["registration", 240]],
  );
});

test("says once that a log cannot be read, and goes on", ({ run, log }) => {
  mkdirSync(log); // opens as a file does, and cannot be read
  followLogs(run, engineOf(log)).stop();
  assert.equal(
    run.history.map((event) => event.kind === "note" && event.text.includes("log of kafka-1: EISDIR")),
    [true],
  );
});

test("leaves out lines in a layout of which it cannot tell the time", ({ run, log }) => {
  // whole milliseconds: a line of the run's first one may count as before it
  writeFileSync(log, `[25 Nov 2026 14:51:57 UTC ] INFO ${FENCED[0]} (${FENCED[1]})\n${line(...FENCED, 5)}`);
  followLogs(run, engineOf(log)).stop();
  assert.is(brokerLogs(run).length, 1);
});

test.run();
