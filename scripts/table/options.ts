// The options of the table, read from the command line.

import process from "node:process";
import { parseArgs } from "node:util";
import { oneOf, orHelp, ownArguments } from "../../sdk/scenario.ts";
import type { Row } from "./row.ts";
import { ROWS } from "./rows.ts";

export interface TableOptions {
  /** What is measured, in order; with `repeat`, as often. */
  rows: readonly Row[];
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
}

const HELP = `table: predicts a fault, injects it, and compares what was predicted with what was measured, for ${ROWS.length} rows

  --rows PATTERN   rows whose id matches this regular expression only, such as '^kill-leader' (default all)
  --engine NAME    local, docker, or all: rows of docker are left out where no daemon answers (default LAB_ENGINE, else all)
  --repeat N       measures each row N times (default 1)
  --from FILE,...  compares what these files hold from before, and measures nothing
  --again          with --from: predicts anew, from the circumstances that FILE holds
  --out FILE       writes what has been measured so far to FILE whenever a row is done
  --write          writes scripts/table/README.md, and scripts/table/data/<date>.json, when all rows of the engine are measured
  --json           one JSON object as the last line of standard output
  -h, --help       this text

exit code: 0 no outcome was predicted wrongly and 95 % of the windows hold what was measured, 2 not so,
           3 cannot tell: nothing was measured, or a row could not be; 1 the table itself failed`;

/** Reads the options; `--help` prints them and ends the program, a wrong one says what was expected and ends it with 1. */
export function tableOptions(
  argv: readonly string[] = ownArguments(),
  env: Readonly<Record<string, string | undefined>> = process.env,
): TableOptions {
  return orHelp("table", () => read(argv, env), SyntaxError);
}

function read(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): TableOptions {
  const { values } = parseArgs({
    args: [...argv],
    strict: true,
    options: {
      rows: { type: "string" },
      engine: { type: "string" },
      repeat: { type: "string", default: "1" },
      from: { type: "string" },
      again: { type: "boolean", default: false },
      out: { type: "string" },
      write: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const engine =
    values.engine === undefined
      ? engineOf(env["LAB_ENGINE"])
      : oneOf("--engine", values.engine, ["local", "docker", "all"] as const);
  const pattern = new RegExp(values.rows ?? "");
  const rows = ROWS.filter((row) => pattern.test(row.id) && (engine === "all" || row.engine === engine));
  if (rows.length === 0)
    throw new TypeError(`Cannot measure nothing: no row of engine ${engine} matches ${values.rows}`);
  if (values.write && values.rows !== undefined)
    throw new TypeError("Cannot write a part of the table: --write is for all rows");
  if (values.again && values.from === undefined)
    throw new TypeError("Cannot predict again what is measured now: --again is for --from");
  const repeat = Number(values.repeat);
  if (!Number.isInteger(repeat) || repeat < 1)
    throw new RangeError(`Cannot measure ${values.repeat} times: expected a whole number above 0`);
  return {
    rows,
    repeat,
    write: values.write,
    json: values.json,
    out: values.out,
    from: values.from?.split(",").filter((one) => one !== ""),
    again: values.again,
  };
}

function engineOf(set: string | undefined): "local" | "docker" | "all" {
  return set === "local" || set === "docker" ? set : "all";
}
