// The command line of record traces: a run's folder and a value in, text out.

import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { LabError, openRun, printable, type RecordedRun } from "@kafka-failure-lab/sdk";
import { anomalyLines, recordTraceLines } from "@kafka-failure-lab/sdk/report";
import {
  count,
  duration,
  failed,
  type Printed,
  readArguments,
  UsageError,
  type Values,
} from "@kafka-failure-lab/sdk/testing";

/** What --help prints. */
export const HELP: string = `npm run trace -- [RUN_FOLDER] [VALUE]: the trace of one record: its send,
attempts, acknowledgement, offset and readers

  RUN_FOLDER           .lab/runs/SCENARIO/TIME, or notebooks/recordings/SCENARIO/NUMBER
                       (default: the newest run in .lab/runs)
  VALUE                the record's value, such as warm-17; without it a table of records that were lost,
                       duplicated or slow, whose outcome is unknown, or that failed but are present
  --slower-than D      the limit for slow: 500ms, or a bare number of milliseconds
                       (default: ten times the first quartile of all sends)
  --limit N            the number of rows of the table (default 20)
  --json               one JSON object
  -h, --help           this text

exit code: 0 done, 1 the run cannot be read, or has no such value`;

const OPTIONS = {
  "slower-than": duration,
  limit: count({ cannot: (limit) => `use the limit ${limit}` }),
  json: "flag",
} as const;

/**
 * Runs the command line; it reads files and touches nothing else.
 *
 * @param cwd the folder of `.lab/runs`
 * @param reader where paths start from; @default the same
 */
export async function traceCommand(
  argv: readonly string[],
  cwd: string,
  reader: string = cwd,
): Promise<Printed> {
  try {
    const given = readArguments(argv, OPTIONS, { positionals: Infinity });
    if (given === null) return { exitCode: 0, out: HELP, err: "" };
    const { positionals, values } = given;
    const { dir, value } = asked(positionals, { cwd, reader });
    const run = await openRun(dir);
    const out = value === undefined ? table(run, values, shown(dir, reader)) : life(run, value, values.json);
    return { exitCode: 0, out, err: run.notes.map((note) => printable(`note: ${note}`)).join("\n") };
  } catch (error) {
    return failed("npm run trace --", error);
  }
}

/** One argument is a folder where there is one of that name, or where it is written as a path. */
function asked(
  positionals: readonly string[],
  { cwd, reader }: { cwd: string; reader: string },
): { dir: string; value: string | undefined } {
  const [first, second, ...more] = positionals;
  if (more.length > 0)
    throw new UsageError(
      `Cannot tell more than one life: expected a folder and a value, got ${positionals.length} arguments`,
    );
  if (
    first !== undefined &&
    (second !== undefined || isFolder(path.resolve(reader, first)) || /^\.{0,2}\//.test(first))
  )
    return { dir: path.resolve(reader, first), value: second };
  return { dir: newestRun(path.join(cwd, ".lab", "runs")), value: first };
}

function isFolder(file: string): boolean {
  try {
    return statSync(file).isDirectory();
  } catch {
    return false; // not there, or a value that can be no file's name
  }
}

/** Folders of runs are named by their time. */
function newestRun(root: string): string {
  const inside = (dir: string): string[] =>
    isFolder(dir) ? readdirSync(dir).map((name) => path.join(dir, name)) : [];
  const runs = inside(root)
    .flatMap(inside)
    .filter((dir) => existsSync(path.join(dir, "history.jsonl")));
  const newest = runs.sort((a, b) => (path.basename(a) < path.basename(b) ? -1 : 1)).at(-1);
  if (newest === undefined)
    throw new LabError("NO_SUCH_RUN", "Cannot find the newest run: there is none in .lab/runs here", {
      file: root,
      hint: "Is this the folder in which a scenario ran? A RUN_FOLDER can be given.",
    });
  return newest;
}

function shown(dir: string, cwd: string): string {
  const relative = path.relative(cwd, dir);
  return relative.startsWith("..") ? dir : relative;
}

function table(
  run: RecordedRun,
  { "slower-than": slowerThan, limit = 20, json }: Values<typeof OPTIONS>,
  dir: string,
): string {
  const found = run.anomalies({ limit, ...(slowerThan !== undefined && { slowerThan }) });
  if (json) return JSON.stringify({ ...found, run: dir });
  return [
    printable(
      `${run.scenario} of ${run.startedAt.toISOString()}, Kafka ${run.kafka}, ${run.engine} engine: ${dir}`,
    ),
    "",
    ...anomalyLines(found),
  ].join("\n");
}

function life(run: RecordedRun, value: string, json: boolean): string {
  const trace = run.recordTrace(value);
  return json ? JSON.stringify(trace) : recordTraceLines(trace).join("\n");
}
