#!/usr/bin/env -S npx tsx
// Ends labs that were kept (`keep: true`) and sweeps what others left behind: `npm run clean`. A lab whose
// owner is alive stays.

import process from "node:process";
import { clean, print } from "@kafka-failure-lab/sdk";
import { readArguments, runCommand } from "@kafka-failure-lab/sdk/testing";

const HELP = `npm run clean: stops kept brokers (processes and containers) and removes what labs left behind

  -h, --help   this text

A lab whose program still runs is never touched. If docker is installed and its daemon does not answer, a line
reports that.

exit code: 0 done or nothing to do, 1 something could not be removed, or the state folder is not safe`;

await runCommand("npm run clean --", HELP, async () => {
  const given = readArguments(process.argv.slice(2), {});
  return given && (await cleanAll());
});

async function cleanAll(): Promise<number> {
  let exitCode = 0;
  const options = { kept: true, onLeft: () => void (exitCode = 1) };
  const lines = await clean(options);
  print(lines.length === 0 ? "nothing to clean" : lines.join("\n"));
  return exitCode;
}
