#!/usr/bin/env -S npx tsx
// What this machine can do, and the command that adds what is missing: `npm run doctor`.

import process from "node:process";
import { parseArgs } from "node:util";
import { doctor, print, printable, printError, table } from "@kafka-failure-lab/sdk";

const HELP = `npm run doctor: says what this machine can do for the lab, and the command that adds what is missing

  --json       one JSON object
  -h, --help   this text

exit code: 0 at least one engine works, 2 none does, 1 the doctor itself failed`;

const { json, help } = options();
if (help) {
  console.log(HELP);
  process.exit(0);
}
const { checks, engines, works } = await doctor();
if (json) print(JSON.stringify({ checks, engines, works }, undefined, 2));
else {
  const rows = checks.map(({ state, name, found, remedy = "" }) => [state, name, found, remedy]);
  print(table([["", "what", "found", "what adds it"], ...rows], { colours: false }).join("\n"));
  print("");
  for (const { engine, works, why } of engines)
    print(printable(`engine ${engine}: ${works ? "works" : "does not work"}: ${why}`));
}
process.exitCode = works ? 0 : 2;

function options(): { json: boolean; help: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return values;
  } catch (error) {
    printError(`${(error as Error).message}\n${HELP}`);
    process.exit(1);
  }
}
