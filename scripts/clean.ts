#!/usr/bin/env -S npx tsx
// Ends labs that were kept (`keep: true`) and sweeps what others left behind: `npm run clean`. A lab whose owner is alive stays.

import process from "node:process";
import { parseArgs } from "node:util";
import { clean, print, printError } from "@kafka-failure-lab/sdk";

const HELP = `npm run clean: ends the brokers of labs that were kept, as processes and in Docker, and removes what labs left behind

  -h, --help   this text

A lab whose program still runs is never touched. Where docker is here and its daemon cannot be asked, a line says so.`;

if (wantsHelp()) {
  console.log(HELP);
  process.exit(0);
}
const done = await clean({ kept: true });
print(done.length === 0 ? "nothing to clean" : done.join("\n"));

function wantsHelp(): boolean {
  try {
    return parseArgs({ options: { help: { type: "boolean", short: "h", default: false } } }).values.help;
  } catch (error) {
    printError(`${(error as Error).message}\n${HELP}`);
    process.exit(1);
  }
}
