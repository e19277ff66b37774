#!/usr/bin/env -S npx tsx
// The life of one record of a run, or the records whose lives are worth a look: `npm run trace --
// [RUN_FOLDER] [VALUE]`.

import process from "node:process";
import { readerFolder, runCommand } from "@kafka-failure-lab/sdk/testing";
import { HELP, traceCommand } from "./trace/command.ts";

await runCommand("npm run trace --", HELP, () =>
  traceCommand(process.argv.slice(2), process.cwd(), readerFolder()),
);
