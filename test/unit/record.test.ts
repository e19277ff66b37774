// A lab written down and replayed: what a program sees is the same both times. The lab is made by hand;
// test/live has a real one.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { gunzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { $ } from "zx";
import { capture } from "../../sdk/lab/capture.ts";
import {
  type Fault,
  type HistoryEvent,
  type Lab,
  LabError,
  type Load,
  openRun,
  type Probe,
} from "@kafka-failure-lab/sdk";
import { runQueries } from "../../sdk/lab/run-queries.ts";
import { readFacts } from "../../sdk/recording/facts.ts";
import { recordLab } from "../../sdk/recording/record.ts";
import { replayLab } from "../../sdk/recording/replay.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "lab-record-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** A lab of one broker that always says the same. */
function handMade(): Lab {
  const history: HistoryEvent[] = [
    {
      kind: "run",
      atMs: 0,
      startedAt: "2026-03-01T12:30:05.123Z",
      scenario: "by-hand",
      engine: "local",
      kafka: "3.9.2",
      brokers: [],
    },
  ];
  const note = (text: string): void => void history.push({ kind: "note", atMs: history.length, text });
  let isOpen = true;
  const fault = {
    id: "stop-1",
    kind: "stop",
    targets: [1],
    asked: "1",
    via: "SIGTERM",
    differs: [],
    sinceMs: 3,
    tookMs: 2,
    exits: {},
    get isOpen() {
      return isOpen;
    },
    heal: () => Promise.resolve(void (isOpen = false)),
  } as unknown as Fault;
  const load = {
    counts: { ok: 3, fail: 0, info: 0 },
    acknowledged: () =>
      Promise.reject(new LabError("NOT_READY", "Cannot wait longer", { tookMs: 5, hint: "Why?" })),
    stop: () => new Promise(() => {}),
  } as unknown as Load;
  const member = (number: number): object => ({
    name: `billing.${number}`,
    number,
    state: "running",
    partitions: [{ topic: "orders", partition: 0 }],
    kill: () => Promise.resolve({ ...fault, id: `kill billing.${number} (1)`, member: `billing.${number}` }),
  });
  const group = {
    name: "billing",
    topic: "orders",
    size: 1,
    member,
    add: () => Promise.resolve(member(2)),
    settled: () => Promise.resolve({ state: "Stable" }),
  };
  let sent = 0;
  const probe = (name: string): Probe =>
    ({
      name,
      topic: "orders",
      settings: { client: "kafkajs" },
      send: () => Promise.resolve({ outcome: "ok", tookMs: 1, value: `${name}-${++sent}`, attempts: [] }),
      start: () => load,
      connect: () => Promise.reject(new RangeError("not now")),
      close: () => Promise.resolve(),
    }) as unknown as Probe;
  return {
    cluster: {
      stop: () => Promise.resolve(fault),
      describe: () => Promise.resolve({ controller: 1, partitions: [] }),
    },
    net: {},
    group: () => Promise.resolve(group),
    probe: Object.defineProperties(
      (options: { name: string }) => probe(options.name),
      Object.getOwnPropertyDescriptors({ ...probe("own"), name: "own" }),
    ),
    run: {
      dir: folder,
      scenario: "by-hand",
      startedAt: new Date("2026-03-01T12:30:05.123Z"),
      now: () => history.length,
      at: () => 7,
      record: (event: HistoryEvent) => history.push(event),
      history,
      close: () => Promise.resolve(),
      ...runQueries(() => history),
    },
    engine: { kind: "local", kafka: "3.9.2", from: `jars in ${os.homedir()}/.cache`, nodes: [] },
    differs: [],
    bootstrap: ["localhost:29091"],
    topic: "orders",
    bootMs: 12,
    isReplay: false,
    note,
    step: (name: string) => void history.push({ kind: "step", atMs: history.length, name }),
    capture,
    conclude: () => Promise.reject(new Error("not here")),
    close: () => Promise.resolve(),
  } as unknown as Lab;
}

/** How many shell commands were run. */
let commands = 0;

/** What a program does with a lab, and all that it sees of it. */
async function program(lab: Lab): Promise<unknown[]> {
  const seen: unknown[] = [lab.topic, lab.bootMs, lab.bootstrap];
  const say = (...more: unknown[]): void => void seen.push(...more);
  lab.step("normal");
  say((await lab.probe.send()).value, lab.probe.name, lab.run.now(), lab.run.at(performance.now()));
  const warm = lab.probe({ name: "warm" });
  say(warm.name, warm.topic, ...(await Promise.all([warm.send(), warm.send()])).map(({ value }) => value));
  say(await lab.capture(() => (commands++, $({ quiet: true })`echo captured; exit 2`)));
  lab.note(`compose files: ${path.join(process.cwd(), "compose", "one-broker.yml")}`);
  const fault = await lab.cluster.stop(1, { signal: new AbortController().signal });
  say(fault.id, fault.targets, fault.isOpen);
  await fault.heal();
  say(fault.isOpen, (await lab.cluster.describe()).controller);
  const load = warm.start({ perSecond: 10 });
  void load.stop();
  say(
    load.counts,
    await load.acknowledged(3).catch((error: unknown) => String(error)),
    await warm.connect().catch((error: unknown) => String(error)),
  );
  const group = await lab.group("billing", { members: 1 });
  const killed = await group.member(1).kill();
  say(group.name, group.size, (await group.settled()).state, (await group.add()).name, killed.id);
  say(group.member(1).state, group.member(1).partitions, killed.member, killed.sinceMs);
  await killed.heal();
  say(lab.run.history.length);
  lab.run.record({
    kind: "send",
    atMs: 5,
    tookMs: 2,
    client: "own",
    value: "own-1",
    topic: "orders",
    outcome: "info",
    attempts: [],
  });
  say(lab.run.recordTrace("own-1"), lab.run.anomalies());
  return seen;
}

test("recordLab() changes nothing for the program, and replayLab() gives it the same again", async () => {
  const dir = path.join(folder, "1");
  const real = await program(handMade());
  const lab = recordLab(handMade(), { scenario: "by-hand" }, dir);
  const during = await program(lab);
  await lab.close();
  assert.equal(during, real);
  const ran = commands;
  const replayed = await program(replayLab({ dir, facts: readFacts(dir), remedy: "" }));
  assert.equal(replayed, real);
  assert.equal([ran, commands], [2, 2], "a replay runs no shell command");
});

test("recordLab() writes no path of this machine", async () => {
  const dir = path.join(folder, "2");
  const lab = recordLab(
    handMade(),
    { compose: [path.join(process.cwd(), "compose", "one-broker.yml")] },
    dir,
  );
  await program(lab);
  await lab.close();
  const written =
    readFileSync(path.join(dir, "run.json"), "utf8") +
    ["calls", "history"]
      .map((name) => gunzipSync(readFileSync(path.join(dir, `${name}.jsonl.gz`))).toString())
      .join("");
  for (const own of [os.homedir(), process.cwd()]) assert.not(written.includes(`${own}/`), `${own} is in it`);
  assert.match(written, /"compose files: compose\/one-broker\.yml"/);
  assert.match(written, /jars in ~\/\.cache/);
  assert.is((await openRun(dir)).scenario, "by-hand");
});

test("recordLab() writes once, in place of what was there, and also where the conclusion fails", async () => {
  const dir = path.join(folder, "3");
  const lab = recordLab(handMade(), {}, dir);
  assert.is(existsSync(dir), false);
  assert.is(await lab.conclude().catch((error: unknown) => (error as Error).message), "not here");
  assert.equal(
    [existsSync(path.join(dir, "calls.jsonl.gz")), existsSync(path.join(dir, "verdict.json"))],
    [true, false],
  );
  writeFileSync(path.join(dir, "run.json"), "mine");
  await lab.close();
  assert.is(readFileSync(path.join(dir, "run.json"), "utf8"), "mine");
});
test.run();
