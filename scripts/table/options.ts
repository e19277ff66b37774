// The options of the table, read from the command line.

import process from "node:process";
import { ownArguments } from "@kafka-failure-lab/sdk/scenario";
import {
  count,
  duration,
  file,
  type Kind,
  labEngine,
  listOf,
  oneOf,
  orHelp,
  pattern,
  readArguments,
  resolveKafka,
  text,
  UsageError,
} from "@kafka-failure-lab/sdk/testing";
import type { Duration } from "@kafka-failure-lab/sdk";
import type { GroupRow } from "./groups/row.ts";
import { GROUP_ROWS } from "./groups/rows.ts";
import type { Row } from "./row.ts";
import { ROWS } from "./rows.ts";
import { CHANGES } from "./versions/changes.ts";

export interface TableOptions {
  /** What is measured, in order; with `repeat`, as often. */
  rows: readonly Row[];
  /** Rows of consumer groups, which are measured in place of `rows`; undefined: those are. */
  groups: readonly GroupRow[] | undefined;
  repeat: number;
  /** Writes the page and the data. */
  write: boolean;
  /** Prints one JSON object as the last line, and the rest to standard error. */
  json: boolean;
  /** A file that holds what has been measured so far, whenever a row is done. */
  out: string | undefined;
  /** Data files that are read in place of measuring. */
  from: readonly string[] | undefined;
  /** Predicts what was read anew. */
  again: boolean;
  /** Changes between these versions are measured in place of all others. */
  versions: readonly string[] | undefined;
  /** As given. */
  wanted: RegExp;
  /** After which no other cluster of groups is begun. */
  within: Duration | undefined;
}

const HELP = `table: predicts a fault, injects it, and compares the prediction with the measurement,
for ${ROWS.length} rows of producers, or with --groups for ${GROUP_ROWS.length} rows of consumer groups

  --groups         rows of consumer groups; several share a cluster and its fault
  --versions V,... measures changes between Kafka's versions on each of these (3.9.1,3.9.2,4.0,4.1,4.4),
                   and names the change that made the outcome another one; local engine
  --rows PATTERN   rows whose id matches this regular expression only, such as '^kill-leader' (default all)
  --engine NAME    local, docker, or all: rows of docker are skipped without a daemon
                   (default LAB_ENGINE, otherwise all)
  --repeat N       measures each row N times (default 1); with --groups, inconclusive rows at most N times
  --from FILE,...  compares the data of these files, and measures nothing
  --again          with --from: predicts again, from the circumstances in FILE
  --out FILE       writes the data to FILE after each row; with --groups, rows that FILE has are kept
  --within TIME    with --groups: begins no cluster after TIME; --out keeps what was measured
  --write          writes scripts/table/README.md, and scripts/table/data/<date>.json,
                   when all rows of the engine are measured
  --json           one JSON object as the last line of standard output
  -h, --help       this text

exit code: 0 every outcome was predicted and 95 % of the windows contain the measurement, 2 otherwise,
           3 inconclusive: a row could not be measured, 1 the table failed`;

/**
 * Reads the options; `--help` prints them and ends the program, a wrong one says what was expected and ends
 * it with 1.
 */
export function tableOptions(
  argv: readonly string[] = ownArguments(),
  env: Readonly<Record<string, string | undefined>> = process.env,
): TableOptions {
  return orHelp(
    "npm run table --",
    () => HELP,
    () => read(argv, env),
  );
}

/** A version that the lab brings; what it runs. @throws LabError UNSUPPORTED for others */
const listedVersion: Kind<string> = (option, value) => resolveKafka(text(option, value)).version;

const OPTIONS = {
  groups: "flag",
  versions: listOf(listedVersion),
  rows: pattern,
  engine: oneOf(["local", "docker", "all"]),
  repeat: count({ least: 1, most: 1000, cannot: (times) => `measure ${times} times` }),
  from: listOf(file),
  again: "flag",
  out: file,
  within: duration,
  write: "flag",
  json: "flag",
} as const;

function read(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): TableOptions | null {
  const given = readArguments(argv, OPTIONS);
  if (given === null) return null;
  const { rows: wanted = /(?:)/, repeat = 1, from, again, out, within, write, json } = given.values;
  const engine = given.values.engine ?? engineOf(env);
  const isOn = (one: "local" | "docker"): boolean => engine === "all" || one === engine;
  const rows = ROWS.filter((row) => wanted.test(row.id) && isOn(row.engine));
  const groups = given.values.groups
    ? GROUP_ROWS.filter((row) => wanted.test(row.id) && isOn(row.scene.engine))
    : undefined;
  const { versions } = given.values;
  if (versions !== undefined) assertVersions(given.values);
  else if ((groups ?? rows).length === 0)
    throw new UsageError(`Cannot measure nothing: no row of engine ${engine} matches ${wanted.source}`);
  if (write && given.values.rows !== undefined)
    throw new UsageError("Cannot write a part of the table: --write is for all rows");
  if (again && from === undefined)
    throw new UsageError("Cannot predict again what is measured now: --again is for --from");
  if (within !== undefined && groups === undefined)
    throw new UsageError("Cannot measure rows of producers within a time: --within is for --groups");
  if (from?.length === 0) throw new UsageError("Cannot compare nothing: --from names no file");
  if (from !== undefined && out !== undefined)
    throw new UsageError("Cannot write what is measured to --out: with --from nothing is measured");
  return { rows, groups, versions, wanted, repeat, write, json, out, from, again, within };
}

/** What goes with `--versions`: `--rows`. */
function assertVersions({ versions, rows, ...others }: Readonly<Record<string, unknown>>): void {
  const isGiven = (name: string): boolean => (others[name] ?? false) !== false;
  const [other] = Object.keys(others).filter((name) => isGiven(name) && name !== "engine");
  if (other !== undefined)
    throw new UsageError(`Cannot use --${other} with --versions: it has no meaning for changes of versions`);
  if (Array.isArray(versions) && versions.length === 0)
    throw new UsageError("Cannot measure nothing: --versions names no version");
  if (rows instanceof RegExp && !CHANGES.some(({ id }) => rows.test(id)))
    throw new UsageError(
      `Cannot measure nothing: no change matches ${rows.source}; ` +
        `there are ${CHANGES.map(({ id }) => id).join(", ")}`,
    );
}

function engineOf(env: Readonly<Record<string, string | undefined>>): "local" | "docker" | "all" {
  const engine = labEngine(env);
  return engine === "local" || engine === "docker" ? engine : "all";
}
