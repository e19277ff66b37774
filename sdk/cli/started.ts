// How a command was started: in the repository, or from the installed package.
//
//   repository (sources)                  package (compiled)
//   npm run predict -- --fault kill       npx kafka-failure-lab predict --fault kill
//   npx tsx scripts/01-broker-stops.ts    npx kafka-failure-lab run 01-broker-stops

import path from "node:path";
import process from "node:process";

/** The sources, `.ts`, are in the repository only. */
const PROGRAM = /^kafka-failure-lab(\.js)?$/;
const COMMANDS = "app|clean|diagnose|doctor|explain-error|hunt|notebooks|predict|replay|start|trace";
const NPM = new RegExp(`\\bnpm (?:run )?(${COMMANDS})\\b(?: --(?![\\w-]))?`, "g");
const SCENARIO = /^(\d\d-[a-z][a-z-]*)(?= --|:)/gm;
const SCRIPT = /\b(?:npx tsx )?scripts\/([a-z]+|\d\d-[a-z][a-z-]*)\.ts/g;

/**
 * Returns a text with its commands in the form in which the reader can type them.
 *
 * @param script the program's file; @default that of this process
 * @returns the text as it is, unless `script` is the package's command line
 */
export function asStarted(text: string, script: string = process.argv[1] ?? ""): string {
  if (!PROGRAM.test(path.basename(script))) return text;
  return text
    .replace(NPM, (_, name: string) => `npx kafka-failure-lab ${name}`)
    .replace(SCENARIO, "npx kafka-failure-lab run $1")
    .replace(SCRIPT, (_, name: string) => `npx kafka-failure-lab ${/^\d/.test(name) ? "run " : ""}${name}`);
}
