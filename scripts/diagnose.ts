#!/usr/bin/env -S npx tsx
// Finds misconfigurations, without a cluster: `npm run diagnose -- FILE...`.

import process from "node:process";
import { runCommand } from "@kafka-failure-lab/sdk/testing";
import { HELP, diagnoseCommand } from "./diagnose/command.ts";

await runCommand("npm run diagnose --", HELP, () =>
  diagnoseCommand(process.argv.slice(2), { cwd: process.cwd(), env: process.env }),
);
