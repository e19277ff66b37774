#!/usr/bin/env -S npx tsx
// Says what a fault will do, before there is a cluster: `npm run predict -- [COMPOSE_FILE…] --fault kill --target leader`.

import process from "node:process";
import { print, printError } from "@kafka-failure-lab/sdk";
import { predictCommand } from "./predict/command.ts";

const { exitCode, out, err } = predictCommand(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
});
if (out !== "") print(out);
if (err !== "") printError(err);
process.exitCode = exitCode;
