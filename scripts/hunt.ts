#!/usr/bin/env -S npx tsx
// Searches for a schedule of faults and loads that a claim does not survive: `npm run hunt -- --help`.

import process from "node:process";
import { runCommand } from "@kafka-failure-lab/sdk/testing";
import { huntCommand } from "./hunt/command.ts";
import { HELP, huntOptions } from "./hunt/options.ts";

await runCommand("npm run hunt --", HELP, () => {
  const options = huntOptions(process.argv.slice(2));
  return options && huntCommand(options);
});
