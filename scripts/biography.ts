#!/usr/bin/env -S npx tsx
// The life of one record of a run, or the records whose lives are worth a look: `npm run biography -- [RUN_FOLDER] [VALUE]`.

import process from "node:process";
import { print, printError } from "@kafka-failure-lab/sdk";
import { biographyCommand } from "./biography/command.ts";

const { exitCode, out, err } = await biographyCommand(process.argv.slice(2), process.cwd());
if (out !== "") print(out);
if (err !== "") printError(err);
process.exitCode = exitCode;
