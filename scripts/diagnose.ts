#!/usr/bin/env -S npx tsx
// Finds what will bite in configurations, without a cluster: `npm run diagnose -- FILE...`.

import process from "node:process";
import { print, printError } from "@kafka-failure-lab/sdk";
import { diagnoseCommand } from "./diagnose/command.ts";

const { exitCode, out, err } = diagnoseCommand(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
});
if (out !== "") print(out);
if (err !== "") printError(err);
process.exitCode = exitCode;
