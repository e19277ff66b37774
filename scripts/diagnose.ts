#!/usr/bin/env -S npx tsx
// Finds what will bite in configurations, without a cluster: `npm run diagnose -- FILE...`.

import process from "node:process";
import { diagnoseCommand } from "./diagnose/command.ts";

const { exitCode, out, err } = diagnoseCommand(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
});
if (out !== "") console.log(out);
if (err !== "") console.error(err);
process.exitCode = exitCode;
