#!/usr/bin/env -S npx tsx
// Finds misconfigurations, without a cluster: `npm run diagnose -- FILE...`.

import process from "node:process";
import { createInterface } from "node:readline/promises";
import { print, printError } from "@kafka-failure-lab/sdk/scenario";
import { readerFolder, runCommand } from "@kafka-failure-lab/sdk/testing";
import { type Diagnosed, HELP, diagnoseCommand } from "./diagnose/command.ts";

/** Shows the diff, and writes it if the person at the terminal says so. */
async function asked({ write, ...shown }: Diagnosed): Promise<Omit<Diagnosed, "write">> {
  if (write === undefined || process.stdin.isTTY !== true || process.stdout.isTTY !== true) return shown;
  print(shown.out);
  printError(shown.err);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await lines.question("Write these changes? [y/N] ");
    return /^y(es)?$/i.test(answer.trim()) ? write() : { ...shown, out: "", err: "nothing was written" };
  } finally {
    lines.close();
  }
}

await runCommand("npm run diagnose --", HELP, () =>
  asked(diagnoseCommand(process.argv.slice(2), { cwd: readerFolder(), env: process.env })),
);
