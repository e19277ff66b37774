#!/usr/bin/env -S npx tsx
// The one gate: lanes from fast to slow, a deadline for each process, and one plain line at the end. Two rows
// of lanes run side by side (test/lanes.ts).

import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { prepareDocker, type PreparedDocker } from "../test/image/prepare.ts";
import { onPath } from "./notebook/spec.ts";
import { SIGNALS } from "./signals.ts";
import { type Apart, keepApart } from "./test/apart.ts";
import { filesOf, runCommand, runFiles } from "./test/files.ts";
import { makeGroups } from "./test/groups.ts";
import type { Lane } from "./test/lane.ts";
import { lanesFor } from "./test/lanes.ts";
import { inGuest, prepareDisk } from "./test/netem.ts";
import { testOptions } from "./test/options.ts";
import { laneTable, NOTHING, type Outcome, seconds, sumOf } from "./test/outcome.ts";
import { makeOutput, type Output, type Page } from "./test/output.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const { lanes: asked, pattern, times, isSerial, deno: denoProgram } = testOptions();
const groups = makeGroups(root);
/** How long the tests that run may take to heal and end where this program is interrupted. */
const GRACE_MS = 10_000;
/** npm passes on what the terminal has sent to all of them: within this time it is the same Ctrl-C. */
const ECHO_MS = 500;
let interruptedAt: number | undefined;
let output: Output | undefined;
let machine: PreparedDocker | undefined;
let apart: Apart | undefined;
/** Images for the guest and for the docker lanes are made one after the other. */
let preparing: Promise<unknown> = Promise.resolve();
for (const [signal, code] of SIGNALS) process.on(signal, () => void interrupted(signal, code));

const hasDeno = (await groups.execute([denoProgram, "--version"], 20_000)).code === 0;
const node = [process.execPath, "--import", "tsx"];
const denoPath = denoProgram.includes("/") ? path.resolve(denoProgram) : (onPath(denoProgram) ?? denoProgram);
const lanes = lanesFor({ node, deno: [denoProgram, "run", "-A", "--quiet"], denoPath });
const chosen = lanes.filter(({ name }) => asked.includes(name));
if (pattern !== undefined && chosen.every((lane) => isEmpty(lane))) {
  console.error(
    `Cannot test ${pattern.source}: no test file of the lanes ${asked.join(", ")} has such a name`,
  );
  process.exit(1);
}
const tracks = tracksOf(chosen);
if (tracks.length > 1 && chosen.some(({ needsDocker }) => needsDocker)) apart = await keepApart(root);

const results: [Lane, Outcome][] = [];
/** What red files said, once more at the end: a log that is cut in the middle still has it. */
const reds: string[] = [];
const began = performance.now();
for (let round = 1; round <= times; round++) await runRound(round);
await machine?.stop();
apart?.end();

if (reds.length > 0) console.log(["", "failures:", ...reds].join("\n"));
const named = results.map(([{ name }, outcome]) => [name, outcome] as const);
console.log(["", ...laneTable(named), "", `all took ${seconds(performance.now() - began)}`].join("\n"));
console.log(sumOf(results.map(([, outcome]) => outcome)));
process.exitCode =
  results.some(([, { failed }]) => failed > 0) || results.every(([, { passed }]) => passed === 0) ? 1 : 0;

/** Lanes in rows: those of one row run one after another, the guest last; the rows side by side. */
function tracksOf(some: readonly Lane[]): Lane[][] {
  if (isSerial) return [[...some]];
  return [0, 1]
    .map((track) => some.filter((lane) => lane.track === track))
    .map((row) => row.sort((a, b) => Number(a.guest !== undefined) - Number(b.guest !== undefined)))
    .filter(({ length }) => length > 0);
}

async function runRound(round: number): Promise<void> {
  const roundBegan = performance.now();
  const pages = makeOutput(tracks.length);
  output = pages;
  const outcomes = new Map<Lane, Outcome>();
  const run = async (row: readonly Lane[], track: number): Promise<void> => {
    for (const lane of row) {
      const page = pages.begin(track, lane.name, lane.about);
      outcomes.set(lane, await runLane(lane, page, times > 1 ? `round ${round}: ` : ""));
      page.end();
    }
    pages.endTrack(track);
  };
  // the last row first: its images take longest to begin
  await Promise.all([...tracks.entries()].reverse().map(([track, row]) => run(row, track)));
  output = undefined;
  results.push(...chosen.map((lane): [Lane, Outcome] => [lane, outcomes.get(lane)!]));
  if (times > 1) {
    const took = seconds(performance.now() - roundBegan);
    console.log(`\n── round ${round} of ${times}: ${sumOf([...outcomes.values()])} (${took})`);
  }
}

async function runLane(lane: Lane, page: Page, prefix: string): Promise<Outcome> {
  const { tests, command, guest, needsDocker = false } = lane;
  const say = (line: string): void => page.say(line);
  if (pattern !== undefined && tests !== undefined && isEmpty(lane))
    return { ...NOTHING, why: "no file of such a name" };
  const cannot = (text: string): Outcome => {
    const outcome = leftOut(text);
    say(`${outcome.failed > 0 ? "failed" : "skipped"}: ${text}`);
    return outcome;
  };
  if (lane.needsDeno && !hasDeno)
    return cannot("no deno on the path: `npm install -g deno` brings it, or set LAB_DENO");
  if (command !== undefined) return await runCommand(groups, command, say);
  if (guest !== undefined) {
    const prepared = await inTurn(() => prepareDisk(say));
    if ("cannot" in prepared) return cannot(prepared.cannot);
    return await inGuest(prepared.disk, { lane: guest, node, pattern, say });
  }
  if (needsDocker) {
    machine ??= await inTurn(() => prepareDocker({ say: (line) => say(`   ${line}`) }));
    if (machine.cannot !== undefined) return cannot(machine.cannot);
  }
  const env = needsDocker ? apart?.docker : apart?.others;
  const onRed = ([title, ...rest]: string[]): void =>
    void reds.push(title!.replace("✘ ", `✘ ${prefix}${lane.name}: `), ...rest);
  return await runFiles({
    root,
    tests: { ...tests!, env: { ...tests!.env, ...env } },
    pattern,
    groups,
    say,
    onRed,
  });
}

function isEmpty({ tests }: Lane): boolean {
  return tests === undefined || filesOf(root, tests, pattern).length === 0;
}

function inTurn<T>(prepare: () => Promise<T>): Promise<T> {
  const next = preparing.then(prepare);
  preparing = next.catch(() => {});
  return next;
}

/** The gate runs every lane: there, one that cannot run is a failure. */
function leftOut(why: string): Outcome {
  const isGate = Boolean(process.env["CI"]);
  return { ...NOTHING, failed: isGate ? 1 : 0, skipped: isGate ? 0 : 1, why };
}

/**
 * Ends what runs, and a Docker daemon that was started here, before this program; a second signal waits for
 * nothing.
 */
async function interrupted(signal: NodeJS.Signals, code: number): Promise<void> {
  if (interruptedAt !== undefined) {
    if (performance.now() - interruptedAt < ECHO_MS) return;
    groups.kill();
    process.exit(code);
  }
  interruptedAt = performance.now();
  process.stdout.on("error", () => {}); // the terminal may be gone
  const names = groups.names();
  const open = output?.lanes() ?? [];
  output?.flush();
  const what =
    names.length > 0
      ? names.join(", ")
      : open.length === 0
        ? "before the first lane"
        : `the lane ${open.join(", ")}`;
  console.log(`\n${signal}: ending ${what}`);
  const late = await groups.end(GRACE_MS);
  await machine?.stop();
  console.log(
    late.length === 0 ? "all has ended" : `killed, not done after ${GRACE_MS / 1000} s: ${late.join(", ")}`,
  );
  process.exit(code);
}
