#!/usr/bin/env -S npx tsx
// Runs one command in the guest, as the netem lane does, and ends with its exit code: `npx tsx
// test/netem/run.ts [--deadline 30m] -- COMMAND...`

import process from "node:process";
import { parseArgs } from "node:util";
import { toMs } from "@kafka-failure-lab/sdk";
import { readTime } from "@kafka-failure-lab/sdk/testing";
import { runInGuest } from "./guest.ts";
import { prepareGuest } from "./prepare.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { deadline: { type: "string", default: "30m" } },
});
const say = (line: string): void => console.error(line);
const { disk, cannot } = await prepareGuest({ say });
if (disk === undefined) {
  console.error(`Cannot run it in the guest: ${cannot}`);
  process.exit(1);
}
const { exitCode, why } = await runInGuest(positionals, {
  disk,
  env: { ...process.env, LAB_ENGINE: "docker" },
  deadlineMs: toMs(readTime("--deadline", values.deadline)),
  onOutput: (text) => process.stdout.write(text),
  onConsole: say,
});
if (why !== undefined) console.error(why);
process.exitCode = exitCode ?? 1;
