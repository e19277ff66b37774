// The options of scenario 02, read from the command line; in a notebook, the defaults.

import process from "node:process";
import { parseArgs } from "node:util";
import { toMs } from "@kafka-failure-lab/sdk";
import { readTime } from "../../sdk/duration.ts";
import { oneOf, orHelp, ownArguments } from "../../sdk/scenario.ts";
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

const HELP = `02-four-causes: measures who is served after the leader's broker goes, for every combination of the four fixes of the posted cluster

  --how LIST       stop (SIGTERM), kill (SIGKILL) (default stop,kill)
  --cells LIST     some combinations only: as-posted, all, or fixes such as replication+listeners,quorum
                   (of replication, quorum, listeners, bootstrap; default all 16)
  --engine NAME    docker, local, or auto: docker where it can (default auto)
  --kafka VERSION  3.9 or 4 in place of the image's version
  --timers SET     default, or fast: a dead broker is noticed in 1.5 s instead of 9 s
  --window TIME    how long clients are watched before "never" is said (default: stop 15s, kill 20s; fast timers 8s)
  --fresh          measures again what is done; without it a run that is done is not repeated, and after Ctrl-C the next call goes on
  --save           writes what was measured to scripts/matrix/data/, when all of it is
  --json           one JSON object as the last line of standard output
  -h, --help       this text

A TIME is 30s, 1m30s or 250ms; a bare number is milliseconds.
exit code: 0 the claim held, 2 it did not, or a prediction did not come, 3 cannot tell, 1 the lab itself failed`;

/** Reads the options; `--help` prints them and ends the program, a wrong one says what was expected and ends it with 1. */
export function matrixOptions(
  argv: readonly string[] = ownArguments(),
  env: Readonly<Record<string, string | undefined>> = process.env,
): MatrixOptions {
  return orHelp("02-four-causes", () => read(argv, env));
}

function read(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): MatrixOptions {
  const { values } = parseArgs({
    args: [...argv],
    strict: true,
    options: {
      how: { type: "string", default: HOWS.join(",") },
      cells: { type: "string" },
      engine: { type: "string", default: env["LAB_ENGINE"] || "auto" },
      kafka: { type: "string", default: env["LAB_KAFKA"] ?? "" },
      timers: { type: "string", default: "default" },
      window: { type: "string" },
      fresh: { type: "boolean", default: false },
      save: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const hows = list(values.how).map((how) => oneOf("--how", how, HOWS));
  const timers = oneOf("--timers", values.timers, ["default", "fast"] as const);
  const wanted = values.cells === undefined ? COMBINATIONS : list(values.cells).map(combinationOf);
  const cells = cellsOf(
    COMBINATIONS.filter((one) => wanted.some((other) => one.join() === other.join())),
    HOWS.filter((how) => hows.includes(how)),
  );
  if (cells.length === 0)
    throw new TypeError("Cannot measure nothing: --how and --cells must name at least one each");
  const isWhole = cells.length === COMBINATIONS.length * HOWS.length;
  if (values.save && !isWhole)
    throw new TypeError(`Cannot save ${cells.length} of 32 cells: --save is for all of them`);
  return {
    cells,
    isWhole,
    engine: oneOf("--engine", values.engine, ["auto", "local", "docker"] as const),
    kafka: values.kafka === "" ? undefined : values.kafka,
    timers,
    windowMs: windows(values.window, timers),
    fresh: values.fresh,
    save: values.save,
    json: values.json,
  };
}

/** Half as much again as the slowest fail-over: 13 s after a kill where the controller dies too, a second after a stop; with fast timers 3.5 s. */
function windows(given: string | undefined, timers: "default" | "fast"): Record<How, number> {
  if (given !== undefined) {
    const ms = toMs(readTime("--window", given));
    return { stop: ms, kill: ms };
  }
  return timers === "fast" ? { stop: 8_000, kill: 8_000 } : { stop: 15_000, kill: 20_000 };
}

function list(text: string): string[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}
