// Scenario 02 as a person runs it: a few cells measured again, an interrupt in the middle, and the call that
// goes on.

import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { expected } from "../../scripts/matrix/expected.ts";
import type { MeasuredCell } from "../../scripts/matrix/measured.ts";
import { isDocker, leftovers, until } from "./outside.ts";
import { assertRefused, begin, lastLine, type Ran } from "./script.ts";

const test = suite("scenario 02");
const script = fileURLToPath(new URL("../../scripts/02-four-causes.ts", import.meta.url));
/** A run counts as done for its own window only, and no other call has this one. */
const window = `${(5_000 + 1_000 * Math.random()).toFixed(6)}ms`;
const SHORT = ["--timers", "fast", "--window", window, "--json"];

interface Result {
  verdict: boolean;
  misses: string[];
  cells: MeasuredCell[];
  ran: number;
  runs: string[];
}

const run = (...args: string[]): Promise<Ran> => begin(script, ...args).ended;

function assertExpected({ cells, misses }: Result): void {
  assert.equal(misses, []);
  for (const cell of cells) {
    const { warm, cold, controller } = expected(cell);
    assert.equal(
      [cell.warm !== null, cell.cold !== null, cell.controller.after !== null],
      [warm, cold, controller],
    );
    assert.equal(
      outcomeOf(cell),
      outcomeOf(
        committed.find((other) => other.how === cell.how && String(other.fixes) === String(cell.fixes))!,
      ),
    );
    assert.is(cell.lost, 0);
    assert.ok(cell.acknowledged >= 100);
  }
}

/**
 * What the committed measurement of the whole matrix says of the same cell, by its behaviour: its times are
 * another machine's.
 */
const committed = (
  JSON.parse(
    readFileSync(
      new URL(`../../scripts/matrix/data/${isDocker ? "docker" : "local"}-3.9.2.json`, import.meta.url),
      "utf8",
    ),
  ) as { cells: MeasuredCell[] }
).cells;
const outcomeOf = ({ warm, cold, leader, controller, isr, lost }: MeasuredCell): Record<string, unknown> => ({
  warm: warm !== null,
  cold: cold !== null,
  leader: leader.after === null ? "none" : leader.after === leader.before ? "stays" : "moves",
  controller: controller.after !== null,
  inSync: isr.before.length,
  lost,
});

test("stop: Ctrl-C in the middle leaves nothing, the next call goes on, and the one after that has nothing to do", async () => {
  const asked = ["--how", "stop", "--cells", "as-posted,replication+listeners+bootstrap", ...SHORT];
  const { child, text, ended } = begin(script, ...asked);
  await until(
    "the second run",
    () => child.exitCode !== null || /run 2 of 2[^]*nodes serve/.test(text.err),
    240_000,
  );
  // after child.kill() Deno reports that the signal ended it, whatever it exited with
  process.kill(child.pid!, "SIGINT");
  const cut = await ended;
  assert.is(cut.code, 130, cut.err);
  assert.equal(leftovers(cut.pid), []);

  const second = await run(...asked);
  const result = lastLine<Result>(second);
  assert.match(
    second.err,
    /1 of 2 runs are done already[^]*run 2 of 2: stop, replication\+listeners; about [\d.]+ s left/,
  );
  assert.equal([second.code, result.ran, result.verdict, result.cells.length], [0, 1, true, 2], second.err);
  assertExpected(result);
  const [posted, moved] = result.cells;
  assert.equal([posted!.leader.after, posted!.isr.before.length], [null, 1]);
  assert.equal([moved!.isr.before.length, moved!.isr.after], [2, [moved!.leader.after]]);
  assert.ok(moved!.warm !== null && moved!.cold !== null, second.err);
  for (const dir of result.runs) assert.ok(existsSync(dir), dir);
  assert.equal(leftovers(second.pid), []);

  const third = await run(...asked);
  const again = lastLine<Result>(third);
  assert.equal([third.code, again.ran, again.cells], [0, 0, result.cells]);
  assert.not.match(third.err, /nodes serve/, "it has started brokers");
});

test("kill, all four fixed: another broker leads, and both clients are served", async () => {
  const ran = await run("--how", "kill", "--cells", "all", ...SHORT);
  const result = lastLine<Result>(ran);
  assert.equal([ran.code, result.ran, result.verdict], [0, 1, true], ran.err);
  assertExpected(result);
  const { leader, isrBackMs, backMs } = result.cells[0]!;
  assert.is.not(leader.after, leader.before);
  assert.ok(isrBackMs !== null && backMs !== null);
  assert.equal(leftovers(ran.pid), []);
});

for (const [args, message] of [
  [["--how", "pause"], /--how pause\b.*stop, kill/],
  [["--cells", "replicas"], /"replicas".*as-posted, all/],
  [["--cells", ","], /--how and --cells/],
  [["--save", "--how", "stop"], /\b16 of 32 cells.*--save/],
  [["--window", "soon"], /--window.*"soon"/],
  [["--colour"], /Unknown option '--colour'/],
] as const) {
  test(`${args.join(" ")} is refused with a sentence`, () => assertRefused(script, args, message));
}

test("--help lists the options and the exit codes", async () => {
  const ran = await run("--help");
  assert.is(ran.code, 0);
  assert.match(ran.out, /--how[^]*--cells[^]*--fresh[^]*--save[^]*exit code/);
});
test.run();
