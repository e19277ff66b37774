// The options that every scenario script takes, read from the command line; in a notebook, the defaults.

import process from "node:process";
import { parseArgs } from "node:util";
import { type Duration, readTime } from "./duration.ts";
import { LabError } from "./errors.ts";
import type { LabOptions } from "./lab.ts";
import { isNotebook } from "./notebook.ts";
import { print, printError } from "./print.ts";

/** The four causes of the posted cluster's outage; three are mended in its compose file, the fourth in the client. */
export type Fix = "replication" | "quorum" | "listeners" | "bootstrap";

export interface ScenarioOptions {
  scenario: string;
  cluster: string;
  fixes: readonly Fix[];
  how: "stop" | "kill" | "pause";
  timers: "default" | "fast";
  /** How long clients are watched while the fault lasts before "never" is said. */
  window: Duration;
  /** Prints one JSON object as the last line, and the rest to standard error. */
  json: boolean;
  /** To be given to `startLab`. */
  lab: LabOptions;
}

export interface ScenarioDefaults {
  scenario: string;
  /** A sentence for --help. */
  about: string;
  cluster?: string;
  /** Its fault, where it has only one: then there is no `--how`. */
  how?: "stop" | "kill" | "pause";
  /** False where it watches nobody for a time: then there is no `--window`. */
  window?: boolean;
}

const FIXES: readonly Fix[] = ["replication", "quorum", "listeners", "bootstrap"];
const HOWS = ["stop", "kill", "pause"] as const;

/**
 * Reads a scenario's options; `--help` prints them and ends the program, a wrong one says what was expected and ends it with 1.
 *
 * @param argv the arguments; @default the program's own, none in a notebook
 */
export function scenarioOptions(
  defaults: ScenarioDefaults,
  argv: readonly string[] = ownArguments(),
): ScenarioOptions {
  return orHelp(defaults.scenario, () => read(defaults, argv), LabError);
}

/** Returns what was read; a bad option, a TypeError, a RangeError or one more kind of error, is told with where the options are listed, and ends the program with 1. */
export function orHelp<T>(
  program: string,
  read: () => T,
  other: new (...args: never[]) => Error = TypeError,
): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError || error instanceof other)) throw error;
    printError(`${error.message}\n${program} --help lists the options.`);
    process.exit(1);
  }
}

/**
 * The program's arguments; in a notebook, which has none, those that its cell gives.
 *
 * @param inNotebook as on a command line: `"--how kill --timers fast"`
 */
export function ownArguments(inNotebook = ""): string[] {
  if (isNotebook()) return inNotebook.split(/\s+/).filter((one) => one !== "");
  const args = process.argv.slice(2); // zx leaves the script's own path in front of them
  return /\.[mc]?[jt]s$/.test(args[0] ?? "") ? args.slice(1) : args;
}

function read(defaults: ScenarioDefaults, argv: readonly string[]): ScenarioOptions {
  const { values } = parseArgs({
    args: [...argv],
    strict: true,
    options: {
      cluster: { type: "string", default: defaults.cluster ?? "three-brokers" },
      fix: { type: "string", default: "" },
      how: { type: "string" },
      engine: { type: "string" },
      kafka: { type: "string" },
      timers: { type: "string", default: "default" },
      window: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(help(defaults));
    process.exit(0);
  }
  for (const option of ["how", "window"] as const)
    if (values[option] !== undefined && !has(defaults, option))
      throw new TypeError(`Cannot use --${option}: it is not an option of ${defaults.scenario}`);
  const how = defaults.how ?? oneOf("--how", values.how ?? "stop", HOWS);
  const timers = oneOf("--timers", values.timers, ["default", "fast"] as const);
  const engine =
    values.engine === undefined
      ? undefined
      : oneOf("--engine", values.engine, ["auto", "local", "docker"] as const);
  const fixes = [...new Set(values.fix.split(",").filter((one) => one !== ""))].map((one) =>
    oneOf("--fix", one, FIXES),
  );
  if (fixes.length > 0 && values.cluster !== "as-posted")
    throw new TypeError(`Cannot fix ${values.cluster}: --fix is for --cluster as-posted`);
  const window =
    values.window === undefined ? defaultWindow(how, timers) : readTime("--window", values.window);
  const files = [values.cluster, ...fixes.filter((fix) => fix !== "bootstrap").map((fix) => `fix-${fix}`)];
  return {
    scenario: defaults.scenario,
    cluster: values.cluster,
    fixes,
    how,
    timers,
    window,
    json: values.json,
    lab: {
      scenario: defaults.scenario,
      compose: files,
      timers,
      ...(engine === undefined ? {} : { engine }),
      ...(values.kafka === undefined ? {} : { kafka: values.kafka }),
      // the posted application's topic is created by its first send
      topic: { name: "my_topic", create: values.cluster !== "as-posted" },
    },
  };
}

/** Whether the scenario has that option. */
function has({ how, window = true }: ScenarioDefaults, option: "how" | "window"): boolean {
  return option === "how" ? how === undefined : window;
}

/** Twice what a fail-over takes at most: 13 s with Kafka's own timers where the controller dies too, 3.5 s with fast ones. */
function defaultWindow(how: string, timers: string): Duration {
  if (timers === "fast") return "10s";
  return how === "stop" ? "15s" : "30s";
}

/** @throws TypeError naming what is allowed */
export function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined)
    throw new TypeError(`Cannot use ${option} ${value}: expected ${allowed.join(", ")}`);
  return found;
}

function help(defaults: ScenarioDefaults): string {
  const { scenario, about, cluster = "three-brokers", how } = defaults;
  const standard = how === undefined ? "15s; kill, pause 30s" : defaultWindow(how, "default");
  const hows = has(defaults, "how")
    ? `
  --how HOW        stop (SIGTERM), kill (SIGKILL), pause (frozen) (default stop)`
    : "";
  const window = has(defaults, "window")
    ? `
  --window TIME    how long clients are watched before "never" is said (default ${standard}; fast timers 10s)`
    : "";
  return `${scenario}: ${about}

  --cluster NAME   three-brokers, as-posted, one-broker, or a compose file (default ${cluster})
  --fix LIST       with as-posted: replication,quorum,listeners,bootstrap${hows}
  --timers SET     default, or fast: a dead broker is noticed in 1.5 s instead of 9 s${window}
  --engine NAME    docker, local, or auto: docker where it can (default auto)
  --kafka VERSION  3.9 or 4 in place of the image's version
  --json           one JSON object as the last line of standard output
  -h, --help       this text

${window === "" ? "" : "A TIME is 30s, 1m30s or 250ms; a bare number is milliseconds.\n"}exit code: 0 the claim held, 2 it did not, or a prediction did not come, 3 cannot tell, 1 the lab itself failed`;
}
