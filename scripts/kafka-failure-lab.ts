#!/usr/bin/env -S npx tsx
// The command line of the package: `npx kafka-failure-lab --help`. The npm scripts of the repository call it;
// directly, it is `npx tsx scripts/kafka-failure-lab.ts --help` there.

import process from "node:process";
import { print } from "@kafka-failure-lab/sdk";
import { fail } from "../sdk/cli/mod.ts";
import { choose, type Chosen } from "./command-line/choose.ts";

const isSource = import.meta.url.endsWith(".ts");
const program = isSource ? "npx tsx scripts/kafka-failure-lab.ts" : "npx kafka-failure-lab";
const chosen = read();
if ("text" in chosen) print(chosen.text);
else {
  process.argv.splice(2, Infinity, ...chosen.argv); // the command reads its own arguments
  await import(chosen.module.href);
}

function read(): Chosen {
  try {
    return choose(process.argv.slice(2), new URL("./", import.meta.url), program);
  } catch (error) {
    fail(program, error);
  }
}
