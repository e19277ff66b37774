// The options of scenario 02, read from the command line; in a notebook, the defaults.

import process from "node:process";
import { ownArguments } from "@kafka-failure-lab/sdk/scenario";
import {
  kafkaVersion,
  type Kind,
  labEngine,
  labKafka,
  listOf,
  milliseconds,
  oneOf,
  orHelp,
  readArguments,
  UsageError,
} from "@kafka-failure-lab/sdk/testing";
import { type Cell, cellsOf, COMBINATIONS, combinationOf, type How, HOWS } from "./cell.ts";

export interface MatrixOptions {
  /** What is measured and judged. */
  cells: readonly Cell[];
  /** Whether that is all of them. */
  isWhole: boolean;
  engine: "auto" | "local" | "docker";
  /** A Kafka version in place of the files'. */
  kafka: string | undefined;
  timers: "default" | "fast";
  /** How long clients are watched while the fault lasts before "never" is said, in milliseconds. */
  windowMs: Readonly<Record<How, number>>;
  /** Measures also what is done. */
  fresh: boolean;
  /** Writes the data file. */
  save: boolean;
  /** Prints one JSON object as the last line, and the rest to standard error. */
  json: boolean;
}

const HELP = `02-four-causes: measures which clients are served after the leader is lost,
for every combination of the four fixes of the posted cluster

  --how LIST       stop (SIGTERM), kill (SIGKILL) (default stop,kill)
  --cells LIST     only these combinations: as-posted, all, or fixes such as replication+listeners,quorum
                   (of replication, quorum, listeners, bootstrap; default all 16)
  --engine NAME    docker, local, or auto: Docker if available (default auto)
  --kafka VERSION  3.9 or 4, overrides the image's version
  --timers SET     default, or fast: a dead broker is detected after 1.5 s instead of 9 s
  --window TIME    clients unserved for this long count as "never"
                   (default: stop 15s, kill 20s; fast timers 8s)
  --fresh          repeats finished runs; without it they are kept, and a run after Ctrl-C continues
  --save           writes the measurements to scripts/matrix/data/ when all are done
  --json           one JSON object as the last line of standard output
  -h, --help       this text

A TIME is 30s, 1m30s or 250ms; a bare number is milliseconds.
exit code: 0 claim and predictions confirmed, 2 claim or prediction failed, 3 inconclusive, 1 the lab failed`;

/**
 * Reads the options; `--help` prints them and ends the program, a wrong one says what was expected and ends
 * it with 1.
 */
export function matrixOptions(
  argv: readonly string[] = ownArguments(),
  env: Readonly<Record<string, string | undefined>> = process.env,
): MatrixOptions {
  return orHelp(
    "02-four-causes",
    () => HELP,
    () => read(argv, env),
  );
}

const combination: Kind<Cell["fixes"]> = (_, text) => combinationOf(text);

const OPTIONS = {
  how: listOf(oneOf(HOWS)),
  cells: listOf(combination),
  engine: oneOf(["auto", "local", "docker"]),
  kafka: kafkaVersion,
  timers: oneOf(["default", "fast"]),
  window: milliseconds,
  fresh: "flag",
  save: "flag",
  json: "flag",
} as const;

function read(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): MatrixOptions | null {
  const given = readArguments(argv, OPTIONS);
  if (given === null) return null;
  const { how: hows = HOWS, cells: wanted = COMBINATIONS, timers = "default", window } = given.values;
  const { fresh, save, json } = given.values;
  const cells = cellsOf(
    COMBINATIONS.filter((one) => wanted.some((other) => one.join() === other.join())),
    HOWS.filter((how) => hows.includes(how)),
  );
  if (cells.length === 0)
    throw new UsageError("Cannot measure nothing: --how and --cells must name at least one each");
  const isWhole = cells.length === COMBINATIONS.length * HOWS.length;
  if (save && !isWhole)
    throw new UsageError(`Cannot save ${cells.length} of 32 cells: --save is for all of them`);
  return {
    cells,
    isWhole,
    engine: given.values.engine ?? labEngine(env) ?? "auto",
    kafka: given.values.kafka ?? labKafka(env),
    timers,
    windowMs: windows(window, timers),
    fresh,
    save,
    json,
  };
}

/**
 * Half as much again as the slowest fail-over: 13 s after a kill where the controller dies too, a second
 * after a stop; with fast timers 3.5 s.
 */
function windows(given: number | undefined, timers: "default" | "fast"): Record<How, number> {
  if (given !== undefined) return { stop: given, kill: given };
  return timers === "fast" ? { stop: 8_000, kill: 8_000 } : { stop: 15_000, kill: 20_000 };
}
