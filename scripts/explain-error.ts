#!/usr/bin/env -S npx tsx
// Explains error lines, without a cluster: `npm run explain-error -- "LINE"`, or with a log as its input.

import process from "node:process";
import { readerFolder, runCommand } from "@kafka-failure-lab/sdk/testing";
import { explainErrorCommand, HELP } from "./explain-error/command.ts";
import { readInput } from "./explain-error/input.ts";

await runCommand("npm run explain-error --", HELP, () =>
  explainErrorCommand(process.argv.slice(2), {
    cwd: readerFolder(),
    env: process.env,
    input: process.stdin.isTTY ? undefined : () => readInput(process.stdin),
  }),
);
