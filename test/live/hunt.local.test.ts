// A search on real brokers: finds that an idempotent kafkajs client loses acknowledged records, without being
// told of it; makes it small; and the script that it saves fails again.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Schedule } from "@kafka-failure-lab/sdk/testing";
import { leftovers } from "./outside.ts";
import { begin, lastLine } from "./script.ts";

const test = suite("hunt");
const root = fileURLToPath(new URL("../../", import.meta.url));
const script = path.join(root, "scripts", "hunt.ts");
// below the repository, so that the saved script finds the SDK
mkdirSync(path.join(root, ".lab"), { recursive: true });
const folder = mkdtempSync(path.join(root, ".lab", "hunt-test-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

interface Result {
  verdict: boolean | "unknown";
  found?: { seed: number; original: Schedule; schedule: Schedule; failed: number; of: number };
  script?: string;
  runs: number;
}
/** A client that gives a request up soon, so that a schedule is short. */
const SHORT = ["--request-timeout", "500ms", "--cluster", "one-broker", "--engine", "local", "--json"];

test("hunt finds the loss, shrinks it to three faults or fewer, and saves a script that fails again", async () => {
  const out = path.join(folder, "found");
  const argv = ["--claim", "no-loss", "--idempotent", "--seed", "1", "--within", "5m", "--out", out];
  const ran = await begin(script, ...argv, ...SHORT).ended;
  assert.is(ran.code, 2, `${ran.out}\n${ran.err}`);
  const { verdict, found, script: saved } = lastLine<Result>(ran);
  assert.is(verdict, false);
  assert.ok(found !== undefined && saved !== undefined, ran.out);
  assert.ok(found.failed >= 1, ran.out);
  const { faults } = found.schedule;
  assert.ok(faults.length <= 3 && faults.length <= found.original.faults.length, JSON.stringify(faults));
  const data = JSON.parse(readFileSync(path.join(out, "hunt.json"), "utf8")) as { schedule: Schedule };
  assert.equal(data.schedule, found.schedule);
  const again = await begin(saved).ended;
  assert.is(again.code, 2, `${again.out}\n${again.err}`);
  assert.equal([...leftovers(ran.pid), ...leftovers(again.pid)], []);
});
test("hunt of a client that loses nothing ends with 0, and leaves no folder", async () => {
  const out = path.join(folder, "held");
  const argv = ["--claim", "no-loss", "--seed", "1", "--most", "2", "--out", out];
  const ran = await begin(script, ...argv, ...SHORT).ended;
  assert.is(ran.code, 0, `${ran.out}\n${ran.err}`);
  const { verdict, found, runs } = lastLine<Result>(ran);
  assert.equal([verdict, found, runs, existsSync(out)], [true, undefined, 2, false]);
});
test("hunt heals and ends its brokers on Ctrl-C", async () => {
  const { child, text, ended } = begin(script, "--seed", "1", "--out", path.join(folder, "ended"), ...SHORT);
  await new Promise<void>((resolve, reject) => {
    child.stderr!.on("data", () => text.err.includes("seed 1, search") && resolve());
    child.once("close", () => reject(new Error(text.err)));
  });
  child.kill("SIGINT");
  const ran = await ended;
  assert.is(ran.code, 130, ran.err);
  assert.equal(leftovers(ran.pid), []);
});
test.run();
