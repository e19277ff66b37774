#!/usr/bin/env -S npx tsx
// Says what a fault will do, before there is a cluster: `npm run predict -- [COMPOSE_FILE…] --fault kill --target leader`.

import process from "node:process";
import { predictCommand } from "./predict/command.ts";

const { exitCode, out, err } = predictCommand(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
});
if (out !== "") console.log(out);
if (err !== "") console.error(err);
process.exitCode = exitCode;
