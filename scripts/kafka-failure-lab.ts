#!/usr/bin/env -S npx tsx
// The command line of the package: `npx kafka-failure-lab --help`.
// In the repository it is `npx tsx scripts/kafka-failure-lab.ts --help`.

import process from "node:process";
import { print } from "@kafka-failure-lab/sdk";
import { fail } from "@kafka-failure-lab/sdk/testing";
import { choose, type Chosen } from "./command-line/choose.ts";

const chosen = read();
if ("text" in chosen) print(chosen.text);
else {
  process.argv.splice(2, Infinity, ...chosen.argv); // the command reads its own arguments
  await import(chosen.module.href);
}

function read(): Chosen {
  try {
    return choose(process.argv.slice(2), new URL("./", import.meta.url));
  } catch (error) {
    fail("npx kafka-failure-lab", error);
  }
}
