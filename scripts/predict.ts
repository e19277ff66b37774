#!/usr/bin/env -S npx tsx
// Says what a fault will do, before there is a cluster: `npm run predict -- [COMPOSE_FILE…] --fault kill
// --target leader`.

import process from "node:process";
import { readerFolder, runCommand } from "@kafka-failure-lab/sdk/testing";
import { predictCommand } from "./predict/command.ts";
import { HELP } from "./predict/options.ts";

await runCommand("npm run predict --", HELP, () =>
  predictCommand(process.argv.slice(2), { cwd: readerFolder(), env: process.env }),
);
