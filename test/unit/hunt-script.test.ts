// The command line of searches: its options, what it prints, and what it saves.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { resultLines, trialLine } from "../../scripts/hunt/report.ts";
import { type HuntOptions, huntOptions } from "../../scripts/hunt/options.ts";
import { prepare, removeIfEmpty, save } from "../../scripts/hunt/save.ts";
import { UsageError } from "../../sdk/cli/mod.ts";
import { LabError } from "../../sdk/model/errors.ts";
import type { Found, Schedule } from "../../sdk/analysis/hunt/mod.ts";
import { faults } from "../../sdk/faults/mod.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "hunt-script-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const read = (...argv: string[]): HuntOptions => huntOptions(argv, 1_234_567_000)!;

test("huntOptions() has defaults, and a seed of the clock", () => {
  const { claim, client, seed, withinMs, out, lab, kinds, most } = read();
  assert.equal([claim, seed, withinMs, kinds, most], ["no-loss", 234_567, 900_000, undefined, undefined]);
  assert.equal(client, { client: "kafkajs", deliveryTimeout: "30s" });
  assert.equal(lab, { compose: ["three-brokers"], timers: "fast" });
  assert.ok(out.endsWith(path.join(".lab", "hunts", "no-loss-234567")), out);
});
test("huntOptions() reads every option", () => {
  const argv = ["--claim", "recovery", "--limit", "20s", "--client", "java", "--seed", "5", "--most", "2"];
  const more = ["--request-timeout", "1s", "--faults", "kill,delay", "--within", "3m", "--out", folder];
  const { client, ...options } = read(...argv, ...more, "--cluster", "one-broker", "--timers", "default");
  assert.equal(client, { client: "java", idempotent: false, requestTimeout: "1s", deliveryTimeout: "30s" });
  assert.equal(options.kinds, ["kill", "delay"]);
  assert.equal([options.limit, options.seed, options.most, options.withinMs], ["20s", 5, 2, 180_000]);
  assert.equal(options.lab, { compose: ["one-broker"], timers: "default" });
});
test("huntOptions() takes a checker's name for its claim", () =>
  assert.is(read("--claim", "noLostWrites").claim, "no-loss"));
test("huntOptions() can be given again, with the seed that found something", () => {
  const again = (...argv: string[]) => read(...argv).again;
  assert.is(again("--seed", "5", "--idempotent"), "npm run hunt -- --idempotent --seed");
  assert.is(again("--idempotent", "--seed=5"), "npm run hunt -- --idempotent --seed");
  assert.is(again(), "npm run hunt -- --seed");
});
for (const argv of [
  ["--claim", "toString"],
  ["--claim", "availability"],
  ["--limit", "5s"],
  ["--idempotent", "--acks", "0"],
  ["--faults", ","],
  ["--faults", "roll"],
  ["--within", "10ms"],
  ["--seed", "-1"],
  ["--most", "0"],
])
  test(`huntOptions() refuses ${argv.join(" ")}`, () => {
    assert.throws(
      () => read(...argv),
      (error: unknown) => error instanceof UsageError,
    );
  });

const schedule: Schedule = {
  faults: [{ atMs: 0, fault: faults.delay("leader", "6s", { path: "clients" }), lastsMs: 200 }],
  load: { producers: 1, perSecond: 100, inFlight: 20, partitions: 1 },
};
const found: Found = {
  ...{ seed: 7, original: schedule, schedule, summary: "1 of 9 is lost.", failed: 2, of: 3 },
  ...{ isComplete: true, foundAfterMs: 40_000, tookMs: 300_000 },
};
const schedules = { failed: 1, held: 6, inconclusive: 0 };

test("save() writes a script and its data, and the next one replaces them", () => {
  const options = read("--seed", "5", "--idempotent", "--out", path.join(folder, "a", "b"));
  prepare(options.out);
  const saving = { seed: 7, about: ["as\nseen"], more: { failed: 2 } };
  save(options, { ...saving, schedule: { ...schedule, faults: [] } });
  const { script, data } = save(options, { ...saving, schedule });
  const text = readFileSync(script, "utf8");
  assert.ok(text.includes('faults.delay("leader", "6s", { path: "clients" })'), text);
  assert.ok(text.includes("npm run hunt -- --idempotent"), text);
  assert.match(text, /^\/\/ as.*seen$/m);
  const { seed, claim, failed, ...rest } = JSON.parse(readFileSync(data, "utf8")) as Record<string, unknown>;
  assert.equal([seed, claim, failed], [7, "no-loss", 2]);
  assert.equal(rest["schedule"], schedule);
  removeIfEmpty(options.out);
  assert.ok(existsSync(script));
});
test("prepare() refuses a folder that cannot be made, and an empty one is removed again", () => {
  const file = path.join(folder, "file");
  writeFileSync(file, "");
  assert.throws(
    () => prepare(path.join(file, "x")),
    (error: unknown) => error instanceof LabError && error.code === "COMMAND_FAILED",
  );
  const empty = path.join(folder, "empty");
  prepare(empty);
  removeIfEmpty(empty);
  assert.not.ok(existsSync(empty));
});
test("resultLines() have the seed, the schedule and how often it failed", () => {
  const text = resultLines({ verdict: false, found, schedules, runs: 20 }, read()).join("\n");
  for (const one of ["seed 7", 'faults.delay("leader"', "2 of 3", "20 in flight", "7 schedules, 20 runs"])
    assert.ok(text.includes(one), `${one}: ${text}`);
  for (const [verdict, held] of [
    [true, 6],
    ["unknown", 0],
  ] as const) {
    const lines = resultLines({ verdict, schedules: { failed: 0, held, inconclusive: 2 }, runs: 8 }, read());
    assert.ok(lines.at(-1)!.includes("2 of them inconclusive"), lines.join("\n"));
  }
});
test("trialLine() is one line, whatever is in it", () => {
  const trial = { outcome: "failed", summary: "a\u001b[2J\nb", tookMs: 1 } as const;
  assert.not.match(trialLine("search", trial, schedule, 7), /[\u001b\n]/);
});
test.run();
