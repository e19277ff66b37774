#!/usr/bin/env -S npx tsx
// Ends labs that were kept (`keep: true`) and sweeps what others left behind: `npm run clean`. A lab whose owner is alive stays.

import process from "node:process";
import { parseArgs } from "node:util";
import { clean, LabError, print, printError } from "@kafka-failure-lab/sdk";

const HELP = `npm run clean: ends the brokers of labs that were kept, as processes and in Docker, and removes what labs left behind

  -h, --help   this text

A lab whose program still runs is never touched. Where docker is here and its daemon cannot be asked, a line
says so.

exit code: 0 done, or nothing to do, 1 something could not be removed, or the state folder is not safe`;

if (wantsHelp()) {
  console.log(HELP);
  process.exit(0);
}
try {
  const lines = await clean({ kept: true, onLeft: () => void (process.exitCode = 1) });
  print(lines.length === 0 ? "nothing to clean" : lines.join("\n"));
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  printError(error.message);
  process.exitCode = 1;
}

function wantsHelp(): boolean {
  try {
    return parseArgs({ options: { help: { type: "boolean", short: "h", default: false } } }).values.help;
  } catch (error) {
    printError(`${(error as Error).message}\n${HELP}`);
    process.exit(1);
  }
}
