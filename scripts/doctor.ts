#!/usr/bin/env -S npx tsx
// What this machine can do, and the command that adds what is missing: `npm run doctor`.

import process from "node:process";
import { doctor, print, printable, table } from "@kafka-failure-lab/sdk";
import { asStarted, readArguments, runCommand } from "@kafka-failure-lab/sdk/testing";

const HELP = `npm run doctor: checks what the lab needs on this machine, with a command for each missing part

  --json       one JSON object
  -h, --help   this text

exit code: 0 at least one engine works, 2 none works, 1 the doctor failed`;

await runCommand("npm run doctor --", HELP, async () => {
  const given = readArguments(process.argv.slice(2), { json: "flag" });
  return given && (await report(given.values.json));
});

async function report(json: boolean): Promise<number> {
  const { checks, engines, works } = await doctor();
  if (json) print(JSON.stringify({ checks, engines, works }, undefined, 2));
  else {
    const rows = checks.map(({ state, name, found, remedy = "" }) => [state, name, found, asStarted(remedy)]);
    print(table([["", "what", "found", "what adds it"], ...rows], { colours: false }).join("\n"));
    print("");
    for (const { engine, works, why } of engines)
      print(printable(`engine ${engine}: ${works ? "works" : "does not work"}: ${why}`));
  }
  return works ? 0 : 2;
}
