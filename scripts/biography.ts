#!/usr/bin/env -S npx tsx
// The life of one record of a run, or the records whose lives are worth a look: `npm run biography --
// [RUN_FOLDER] [VALUE]`.

import process from "node:process";
import { runCommand } from "@kafka-failure-lab/sdk/testing";
import { HELP, biographyCommand } from "./biography/command.ts";

await runCommand("npm run biography --", HELP, () => biographyCommand(process.argv.slice(2), process.cwd()));
