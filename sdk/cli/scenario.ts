// The options that every scenario script takes, read from the command line; in a notebook, the defaults.

import process from "node:process";
import {
  composeFile,
  duration,
  kafkaVersion,
  listOf,
  oneOf,
  orHelp,
  quoted,
  readArguments,
  UsageError,
} from "./mod.ts";
import type { Duration } from "../model/duration.ts";
import type { LabOptions } from "../lab/lab.ts";
import { isNotebook } from "../notebook/notebook.ts";

/**
 * The four causes of the posted cluster's outage; three are mended in its compose file, the fourth in the
 * client.
 */
export type Fix = "replication" | "quorum" | "listeners" | "bootstrap";

/** A scenario's options, read from its command line. */
export interface ScenarioOptions {
  /** The scenario's name: `01-broker-stops`. */
  scenario: string;
  /** A compose file, or the name of one of the lab's own. */
  cluster: string;
  /** The fixes that are applied to the posted cluster. */
  fixes: readonly Fix[];
  /** The fault on the broker. */
  how: "stop" | "kill" | "pause";
  /** The client that is measured, where the scenario has `--client`; otherwise kafkajs. */
  client: "kafkajs" | "java";
  /** The brokers' timers, as `startLab` takes them. */
  timers: "default" | "fast";
  /** How long clients are observed during a fault; a longer outage counts as "never served again". */
  window: Duration;
  /** Prints one JSON object as the last line, and the rest to standard error. */
  json: boolean;
  /** The options for `startLab`. */
  lab: LabOptions;
}

/** What a scenario is, and the defaults of its options. */
export interface ScenarioDefaults {
  /** The scenario's name: `01-broker-stops`. */
  scenario: string;
  /** One sentence for `--help`. */
  about: string;
  /** The default of `--cluster`. @default "three-brokers" */
  cluster?: string;
  /** Its only fault; there is no `--how` then. @default chosen by `--how` */
  how?: "stop" | "kill" | "pause";
  /** Whether it has a `--window`. @default true */
  window?: boolean;
  /** The default of `--client`. @default there is no `--client` */
  client?: "kafkajs" | "java";
}

const FIXES: readonly Fix[] = ["replication", "quorum", "listeners", "bootstrap"];
const HOWS = ["stop", "kill", "pause"] as const;
const CLIENTS = ["kafkajs", "java"] as const;

/**
 * Reads a scenario's options; `--help` prints them and ends the program, a wrong one says what was expected
 * and ends it with 1.
 *
 * @param argv the arguments; @default the program's own, none in a notebook
 */
export function scenarioOptions(
  defaults: ScenarioDefaults,
  argv: readonly string[] = ownArguments(),
): ScenarioOptions {
  return orHelp(
    defaults.scenario,
    () => help(defaults),
    () => read(defaults, argv),
  );
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

const OPTIONS = {
  cluster: composeFile,
  fix: listOf(oneOf(FIXES)),
  how: oneOf(HOWS),
  client: oneOf(CLIENTS),
  engine: oneOf(["auto", "local", "docker"]),
  kafka: kafkaVersion,
  timers: oneOf(["default", "fast"]),
  window: duration,
  json: "flag",
} as const;

function read(defaults: ScenarioDefaults, argv: readonly string[]): ScenarioOptions | null {
  const given = readArguments(argv, OPTIONS);
  if (given === null) return null;
  const { values } = given;
  const {
    cluster = defaults.cluster ?? "three-brokers",
    fix: fixes = [],
    engine,
    timers = "default",
    kafka,
  } = values;
  for (const option of ["how", "window", "client"] as const)
    if (values[option] !== undefined && !has(defaults, option))
      throw new UsageError(`Cannot use --${option}: it is not an option of ${defaults.scenario}`);
  const how = defaults.how ?? values.how ?? "stop";
  if (fixes.length > 0 && cluster !== "as-posted")
    throw new UsageError(`Cannot fix ${quoted(cluster)}: --fix is for --cluster as-posted`);
  const files = [cluster, ...fixes.filter((fix) => fix !== "bootstrap").map((fix) => `fix-${fix}`)];
  return {
    scenario: defaults.scenario,
    cluster,
    fixes,
    how,
    client: values.client ?? defaults.client ?? "kafkajs",
    timers,
    window: values.window ?? defaultWindow(how, timers),
    json: values.json,
    lab: {
      scenario: defaults.scenario,
      compose: files,
      timers,
      ...(engine === undefined ? {} : { engine }),
      ...(kafka === undefined ? {} : { kafka }),
      // the posted application's topic is created by its first send
      topic: { name: "my_topic", create: cluster !== "as-posted" },
    },
  };
}

/** Whether the scenario has that option. */
function has({ how, window = true, client }: ScenarioDefaults, option: "how" | "window" | "client"): boolean {
  return { how: how === undefined, window, client: client !== undefined }[option];
}

/**
 * Twice the longest fail-over: 13 s with Kafka's default timers if the controller dies too, 3.5 s with fast
 * ones.
 */
function defaultWindow(how: string, timers: string): Duration {
  if (timers === "fast") return "10s";
  return how === "stop" ? "15s" : "30s";
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
  --window TIME    clients unserved for this long count as "never" (default ${standard}; fast timers 10s)`
    : "";
  const client = has(defaults, "client")
    ? `
  --client NAME    kafkajs, or java: Kafka's own (default ${defaults.client ?? "kafkajs"})`
    : "";
  const time = window === "" ? "" : "A TIME is 30s, 1m30s or 250ms; a bare number is milliseconds.\n";
  return `${scenario}: ${about}

  --cluster NAME   three-brokers, as-posted, one-broker, or a compose file (default ${cluster})
  --fix LIST       with as-posted: replication,quorum,listeners,bootstrap${hows}${client}
  --timers SET     default, or fast: a dead broker is detected after 1.5 s instead of 9 s${window}
  --engine NAME    docker, local, or auto: Docker if available (default auto)
  --kafka VERSION  3.9 or 4, overrides the image's version
  --json           one JSON object as the last line of standard output
  -h, --help       this text

${time}exit code: 0 claim and predictions confirmed, 2 claim or prediction failed, 3 inconclusive, \
1 lab failure`;
}
