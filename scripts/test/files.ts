// Runs a lane's test files: each in a process of its own, or several in one, with a deadline for each
// process.

import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import path from "node:path";
import type { Ended, Groups } from "./groups.ts";
import type { Tests } from "./lane.ts";
import {
  countIn,
  failureLines,
  fileLine,
  NOTHING,
  type Outcome,
  seconds,
  skippedIn,
  verdictOf,
} from "./outcome.ts";

export interface FilesOptions {
  root: string;
  tests: Tests;
  pattern: RegExp | undefined;
  groups: Groups;
  say(line: string): void;
  /** Called with the lines of each red file, which are said once more at the end. */
  onRed(lines: string[]): void;
}

/** The names of a lane's test files. */
export function filesOf(root: string, tests: Tests, pattern: RegExp | undefined): string[] {
  const { folder, only = /./, not = /^$/ } = tests;
  return readdirSync(path.join(root, "test", folder)).filter(
    (file) => file.endsWith(".test.ts") && (pattern ?? /./).test(file) && only.test(file) && !not.test(file),
  );
}

/** uvu's closing line. A file that has failed may have left a child, whose pipes keep its process alive. */
const CLOSING = { words: /^ {2}Duration: /m, graceMs: 120_000 };

/** A file's process, and what it came to. */
interface Result {
  readonly file: string;
  readonly ended: Ended;
  readonly outcome: Outcome;
}

/** Runs the files of a lane and sums them up; a lane without a single test is red. */
export async function runFiles(options: FilesOptions): Promise<Outcome> {
  const { root, tests, pattern } = options;
  const began = performance.now();
  const results: Result[] = [];
  // the longest, scenario.test.ts, among the first
  const waiting = filesOf(root, tests, pattern).sort().reverse();
  const first = tests.first ?? [];
  waiting.sort((a, b) => rank(first, a) - rank(first, b));
  // these look at every lab of this machine, so no other of the lane may run beside them
  const alone = waiting.filter((file) => file.endsWith(".alone.test.ts"));
  const together = waiting.filter((file) => !alone.includes(file));
  const worker = async (queue: string[][]): Promise<void> => {
    for (let batch = queue.shift(); batch !== undefined; batch = queue.shift())
      for (const result of await runBatch(options, batch)) results.push(result), tell(options, result);
  };
  const queue = batches(together, tests);
  await Promise.all(Array.from({ length: tests.atOnce }, () => worker(queue)));
  await worker(alone.map((file) => [file]));
  const redFirst = results.filter(isRed).map(shortName);
  await secondTries(options, results);
  const total = totalOf(results);
  total.tookMs = performance.now() - began;
  if (total.passed + total.failed + total.skipped === 0 && pattern === undefined)
    return { ...total, failed: 1, why: "no test was found" };
  const red = results.filter(isRed);
  const redNow = red.map(shortName);
  const better = redFirst.filter((name) => !redNow.includes(name));
  const why = [
    ...(red.length > 0 ? [`red: ${red.map(redName).join(", ")}`] : []),
    ...(better.length > 0 ? [`green at the second try: ${better.join(", ")}`] : []),
  ].join("; ");
  return why === "" ? total : { ...total, why };
}

/** Files that start many programs come first and stay apart, so that the last process is a short one. */
function batches(files: readonly string[], { shared }: Tests): string[][] {
  if (shared === undefined) return files.map((file) => [file]);
  const apart = files.filter((file) => shared.not.test(file));
  const rest = files.filter((file) => !apart.includes(file));
  const count = Math.ceil(rest.length / shared.size);
  // dealt like cards: neighbours in the alphabet, often slow together, are not in one process
  const dealt = Array.from({ length: count }, (_, i) => rest.filter((_, at) => at % count === i));
  return [...apart.map((file) => [file]), ...dealt];
}

async function runBatch({ tests, groups }: FilesOptions, batch: readonly string[]): Promise<Result[]> {
  const { deadlineMs } = tests;
  const ends = await endsOf(tests, groups, batch);
  return ends.map(([file, ended]) => ({ file, ended, outcome: verdictOf(ended, deadlineMs) }));
}

type FileEnd = [file: string, ended: Ended];

async function endsOf(tests: Tests, groups: Groups, batch: readonly string[]): Promise<FileEnd[]> {
  const { runner, folder, deadlineMs, env } = tests;
  const paths = batch.map((file) => path.posix.join("test", folder, file));
  if (batch.length === 1)
    return [[batch[0]!, await groups.execute([...runner, paths[0]!], deadlineMs, env, CLOSING)]];
  const mark = `── ${randomUUID()}`;
  const ended = await groups.execute([...runner, "scripts/test/batch.ts", mark, ...paths], deadlineMs, env);
  const ends = splitBatch(mark, batch, paths, ended);
  if (ends.length === 0) return [[batch.join(", "), ended]]; // it would come to nothing again
  // what had not begun says nothing of itself
  const left = batch.slice(ends.length);
  return left.length === 0 ? ends : [...ends, ...(await endsOf(tests, groups, left))];
}

/**
 * What each file of a shared process that has begun came to. One that did not come to its end has the
 * process's end.
 */
function splitBatch(
  mark: string,
  files: readonly string[],
  paths: readonly string[],
  { code, signal, output, tookMs }: Ended,
): FileEnd[] {
  const each = files.flatMap((file, at): FileEnd[] => {
    const begin = `${mark} begin ${paths[at]}\n`;
    const from = output.indexOf(begin);
    if (from < 0) return [];
    const text = output.slice(from + begin.length);
    const end = text.indexOf(`${mark} end ${paths[at]} `);
    if (end < 0) return [[file, { code: code || 1, signal, output: text.split(mark)[0]!, tookMs }]];
    const [own, took] = text.slice(end).split("\n", 1)[0]!.split(" ").slice(-2).map(Number);
    return [[file, { code: own!, signal: null, output: text.slice(0, end), tookMs: took! }]];
  });
  const isOver = output.includes(`${mark} end ${paths.at(-1)} `);
  if (!isOver || (code === 0 && signal === null)) return each;
  // every file has ended, and then something that one of them left has failed or has kept the process alive
  const rest = output.slice(output.lastIndexOf(`${mark} end `));
  return [...each, [`${files.join(", ")}: after their ends`, { code, signal, output: rest, tookMs }]];
}

function tell({ tests, say, onRed }: FilesOptions, { file, ended, outcome }: Result, note = ""): void {
  const { folder } = tests;
  if (outcome.why !== undefined) {
    say(ended.output.trimEnd());
    onRed(failureLines(`${folder}/${file}${note}: ${outcome.why}`, ended.output));
  }
  say(fileLine(`${folder}/${file}${note}`, outcome));
  for (const line of skippedIn(ended.output)) say(`  ${line}`);
}

/** Runs the red files once more, each alone, if they are few; what that comes to counts. */
async function secondTries(options: FilesOptions, results: Result[]): Promise<void> {
  const { tests, say } = options;
  const red = results.filter((one) => isRed(one) && (tests.shared === undefined || isCut(one)));
  if (red.length > (tests.again ?? 0)) return;
  for (const first of red) {
    say(`── ${first.file} was red: once more, alone`);
    for (const second of await runBatch(options, [first.file])) {
      results[results.indexOf(first)] = second;
      tell(options, second, ", second try");
    }
  }
}

/** Whether it ended before its tests did. */
function isCut({ ended }: Result): boolean {
  return Number.isNaN(countIn(ended.output, "Total"));
}

function isRed({ outcome }: Result): boolean {
  return outcome.why !== undefined;
}

/** With why, unless a test of it has failed. */
function redName(result: Result): string {
  const { why = "red" } = result.outcome;
  return why === "exit 1" ? shortName(result) : `${shortName(result)} (${why})`;
}

function shortName({ file }: Result): string {
  return file.replace(/\.test\.ts$/, "");
}

function totalOf(results: readonly Result[]): Outcome {
  const total: Outcome = { ...NOTHING };
  for (const { outcome } of results) {
    total.passed += outcome.passed;
    total.failed += outcome.failed;
    total.skipped += outcome.skipped;
  }
  return total;
}

/** The longest files begin first: what is left at the end is short. */
function rank(first: readonly string[], file: string): number {
  const at = first.findIndex((name) => file.startsWith(`${name}.`));
  return at < 0 ? first.length : at;
}

/** Runs one program as a lane. */
export async function runCommand(
  groups: Groups,
  argv: readonly string[],
  say: (line: string) => void,
): Promise<Outcome> {
  const { code, output, tookMs } = await groups.execute(argv, COMMAND_MS);
  if (code !== 0) say(output.trimEnd());
  say(`${code === 0 ? "✓" : "✘"} ${path.basename(argv[0]!)} ${argv.slice(1).join(" ")} (${seconds(tookMs)})`);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, tookMs };
}
const COMMAND_MS = 180_000;
