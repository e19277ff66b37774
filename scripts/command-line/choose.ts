// Which module a command line means, and the arguments that it is given.
//
//   kafka-failure-lab run 01 --how kill   ─▶ 01-broker-stops, --how kill
//   kafka-failure-lab predict a.yml       ─▶ predict, a.yml

import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { version } from "@kafka-failure-lab/sdk";
import { nearestName, quoted, UsageError } from "../../sdk/cli/mod.ts";
import { type Command, COMMANDS } from "./commands.ts";

/** A text to print, or a module to import with its arguments. */
export type Chosen = { readonly text: string } | { readonly module: URL; readonly argv: readonly string[] };

/**
 * Reads the command line.
 *
 * @param folder the folder of the commands' modules, `.ts` in the repository, `.js` in the package
 * @param program how the command line is called, for the help texts
 * @throws UsageError for an unknown command or scenario, with the nearest name
 */
export function choose(
  [first, ...rest]: readonly string[],
  folder: URL,
  program = "npx kafka-failure-lab",
): Chosen {
  if (first === undefined || isHelp(first)) return { text: help(program) };
  if (first === "--version") return { text: version };
  if (first === "help")
    return rest[0] === undefined ? { text: help(program) } : choose([rest[0], "--help"], folder, program);
  if (first === "run") return scenario(rest, folder, program);
  const command = COMMANDS.find(({ name }) => name === first);
  if (command === undefined)
    throw unknown("command", first, ["run", "help", ...COMMANDS.map(({ name }) => name)]);
  return { module: moduleOf(command, folder), argv: rest };
}

function isHelp(argument: string): boolean {
  return argument === "--help" || argument === "-h";
}

function moduleOf({ name, file }: Command, folder: URL): URL {
  const found = moduleAt(file, folder);
  if (found !== undefined) return found;
  throw new UsageError(
    `Cannot run ${name}: the package does not contain it. Run it in a clone of the repository.`,
  );
}

function moduleAt(file: string, folder: URL): URL | undefined {
  return ["ts", "js"].map((end) => new URL(`${file}.${end}`, folder)).find((url) => existsSync(url));
}

function scenario([asked, ...argv]: readonly string[], folder: URL, program: string): Chosen {
  const all = scenarios(folder);
  if (asked === undefined) throw new UsageError(`Cannot run: expected a scenario, ${all.join(", ")}`);
  if (isHelp(asked)) return { text: runHelp(program, all) };
  const name = all.find((one) => one === asked || (/^\d\d$/.test(asked) && one.startsWith(`${asked}-`)));
  if (name === undefined) throw unknown("scenario", asked, all);
  return { module: moduleAt(name, folder)!, argv };
}

/** The scenarios are the modules `NN-name`. */
function scenarios(folder: URL): string[] {
  return readdirSync(fileURLToPath(folder))
    .flatMap((file) => /^(\d\d-[\w-]+)\.[jt]s$/.exec(file)?.[1] ?? [])
    .sort();
}

function unknown(what: string, typed: string, names: readonly string[]): UsageError {
  const near = nearestName(typed, names);
  const hint = near === undefined ? `there are ${names.join(", ")}` : `did you mean ${near}?`;
  return new UsageError(`Unknown ${what} ${quoted(typed)}: ${hint}`);
}

function help(program: string): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2;
  return [
    `${program} COMMAND [OPTIONS]: predicts, injects and explains failures of Kafka clusters`,
    "",
    `  ${"run".padEnd(width)}run a scenario on a cluster: run 01 --how kill`,
    ...COMMANDS.map(({ name, about }) => `  ${name.padEnd(width)}${about}`),
    "",
    "  -h, --help   this text; COMMAND --help lists the options of a command",
    "  --version    the version",
  ].join("\n");
}

function runHelp(program: string, all: readonly string[]): string {
  return [
    `${program} run SCENARIO [OPTIONS]: runs a scenario on a cluster`,
    "",
    "A SCENARIO is one of these, or its number; run SCENARIO --help lists its options:",
    "",
    ...all.map((name) => `  ${name}`),
  ].join("\n");
}
