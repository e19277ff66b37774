#!/usr/bin/env -S npx tsx
// The one gate: lanes from fast to slow, a process and a deadline for each test file, and one plain line at
// the end.
//
// uvu says "green" where a hook throws, a test throws no Error, or no test ran at all; here all of that is
// red.

import { readdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { table } from "@kafka-failure-lab/sdk";
import { onPath } from "./notebook/spec.ts";
import { type Ended, makeGroups } from "./test/groups.ts";
import { type LaneName, testOptions } from "./test/options.ts";
import { prepareDocker, type PreparedDocker } from "../test/image/prepare.ts";
import { runInGuest } from "../test/netem/guest.ts";
import { prepareGuest } from "../test/netem/prepare.ts";

interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
  tookMs: number;
  /** Why it is red, or why it was skipped. */
  why?: string;
}

interface Lane {
  name: LaneName;
  about: string;
  /** Why this machine cannot run it, or undefined. */
  cannot?: string | undefined;
  needsDocker?: boolean;
  /** Makes the machine ready, or says why it cannot be. */
  prepare?(): Promise<string | undefined>;
  /** The test files that it runs. */
  tests?: Tests;
  /** @default runs `tests`, each file in a process of its own */
  run?(): Promise<Outcome>;
}

interface Tests {
  folder: string;
  runner: string[];
  env: Record<string, string>;
  deadlineMs: number;
  atOnce: number;
  only?: RegExp;
  not?: RegExp;
}

const root = fileURLToPath(new URL("../", import.meta.url));
const { lanes: asked, pattern, times, ...options } = testOptions();
const groups = makeGroups(root);
/** How long the tests that run may take to heal and end where this program is interrupted. */
const GRACE_MS = 10_000;
/** npm passes on what the terminal has sent to all of them: within this time it is the same Ctrl-C. */
const ECHO_MS = 500;
let interruptedAt: number | undefined;
let lane: LaneName | undefined;
let machine: PreparedDocker | undefined;
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)
  process.on(signal, () => void interrupted(signal, code));
const hasDeno = (await groups.execute([options.deno, "--version"], 20_000)).code === 0;
const noDeno = hasDeno
  ? undefined
  : `no deno on the path: \`npm install -g deno\` brings it, or set LAB_DENO`;
/** For kernels, which are started elsewhere. */
const denoPath = options.deno.includes("/")
  ? path.resolve(options.deno)
  : (onPath(options.deno) ?? options.deno);
const node = [process.execPath, "--import", "tsx"];
const deno = [options.deno, "run", "-A", "--quiet"];

const GUEST_MS = 1_500_000;
const FAILURE_LINES = 14;
const LINE_LENGTH = 400;
const local = { LAB_ENGINE: "local" };
const inDocker = { LAB_ENGINE: "docker" };
const inside: Tests = {
  folder: "netem",
  runner: node,
  env: inDocker,
  deadlineMs: 900_000,
  atOnce: 1,
  only: /\.netem\.test/,
};
const lanes: Lane[] = [
  {
    name: "format",
    about: "the formatter and the linter find nothing",
    run: () => command([path.join("node_modules", ".bin", "biome"), "ci", "."]),
  },
  {
    name: "tsc",
    about: "types, TypeScript",
    run: () => command([process.execPath, "node_modules/typescript/bin/tsc", "-p", "."]),
  },
  {
    name: "deno-check",
    about: "types, Deno",
    cannot: noDeno,
    run: () => command([options.deno, "check", "--quiet", "sdk", "scripts", "bench", "test"]),
  },
  {
    name: "unit",
    about: "pure units, Node",
    tests: { folder: "unit", runner: node, env: local, deadlineMs: 180_000, atOnce: 2 },
  },
  {
    name: "unit-deno",
    about: "pure units, Deno",
    cannot: noDeno,
    tests: { folder: "unit", runner: deno, env: local, deadlineMs: 180_000, atOnce: 2 },
  },
  {
    name: "fuzz",
    // it patches Node's builtin modules, limits V8's heap and talks to a child by Node's own messages: not so with Deno.
    // The deadline is for the red: an input that hangs costs ten seconds, and what was found is to be told
    about: "hostile inputs of one seed: files, command lines, arguments; Node only",
    tests: { folder: "fuzz", runner: node, env: local, deadlineMs: 300_000, atOnce: 2 },
  },
  {
    name: "package",
    about: "npm pack, installed in an empty folder: Node, tsx, tsc, Deno, command line; local engine",
    tests: {
      folder: "package",
      runner: node,
      env: { ...local, LAB_DENO: denoPath },
      deadlineMs: 600_000,
      atOnce: 1,
    },
  },
  {
    name: "live",
    about: "real brokers, local engine, Node",
    tests: {
      folder: "live",
      runner: node,
      env: local,
      deadlineMs: 420_000,
      atOnce: 2,
      not: /\.docker\.test/,
    },
  },
  {
    name: "live-deno",
    about: "real brokers, local engine, Deno",
    cannot: noDeno,
    tests: {
      folder: "live",
      runner: deno,
      env: local,
      deadlineMs: 420_000,
      atOnce: 2,
      not: /\.docker\.test|^gate\./,
    },
  },
  {
    name: "notebooks",
    about: "the notebooks in both kernels, local engine; kernels killed, restarted and interrupted",
    cannot: noDeno,
    tests: {
      folder: "notebook",
      runner: node,
      env: { ...local, LAB_DENO: denoPath },
      deadlineMs: 600_000,
      atOnce: 2,
    },
  },
  // one at a time: the files publish the same ports
  {
    name: "docker",
    about: "real brokers, docker engine, Node",
    needsDocker: true,
    tests: {
      folder: "live",
      runner: node,
      env: inDocker,
      deadlineMs: 420_000,
      atOnce: 1,
      not: /\.local\.test/,
    },
  },
  {
    name: "docker-v1",
    about: "real brokers, docker engine, compose v1: the engines' table",
    needsDocker: true,
    tests: {
      folder: "live",
      runner: node,
      env: { ...inDocker, LAB_COMPOSE: "v1" },
      deadlineMs: 240_000,
      atOnce: 1,
      only: /^engines\.test/,
    },
  },
  {
    name: "docker-deno",
    about: "real brokers, docker engine, Deno: the verbs",
    cannot: noDeno,
    needsDocker: true,
    tests: {
      folder: "live",
      runner: deno,
      env: inDocker,
      deadlineMs: 240_000,
      atOnce: 1,
      only: /^cluster\.test/,
    },
  },
  {
    name: "netem",
    about: "real netem: a kernel that has it, in a process, with a Docker daemon inside",
    prepare: prepareNetem,
    run: inGuest,
    tests: inside,
  },
  { name: "netem-inside", about: "in that kernel", tests: inside },
  {
    name: "nightly",
    about:
      "the scaled delay against the full length, and the scenario table, local engine, about forty minutes",
    tests: { folder: "nightly", runner: node, env: local, deadlineMs: 2_400_000, atOnce: 1 },
  },
];

let disk = "";
const chosen = lanes.filter(({ name }) => asked.includes(name));
if (
  pattern !== undefined &&
  chosen.every(({ tests }) => tests === undefined || filesOf(tests).length === 0)
) {
  console.error(
    `Cannot test ${pattern.source}: no test file of the lanes ${asked.join(", ")} has such a name`,
  );
  process.exit(1);
}

const results: [Lane, Outcome][] = [];
/** What red files said, told once more at the end: a log that is cut in the middle still has it. */
const reds: string[] = [];
let round = 1;
for (; round <= times; round++) {
  const began = performance.now();
  for (const one of chosen) results.push([one, await runLane(one)]);
  if (times > 1)
    console.log(
      `\n── round ${round} of ${times}: ${sumOf(results.slice(-chosen.length))} (${((performance.now() - began) / 1000).toFixed(1)} s)`,
    );
}
await machine?.stop();

if (reds.length > 0) console.log(["", "failures:", ...reds].join("\n"));
console.log(
  [
    "",
    ...table([
      ["lane", "passed", "failed", "skipped", "took", ""],
      ...results.map(([{ name }, one]) => [
        name,
        String(one.passed),
        String(one.failed),
        String(one.skipped),
        `${(one.tookMs / 1000).toFixed(1)} s`,
        one.why ?? "",
      ]),
    ]),
    "",
  ].join("\n"),
);
console.log(sumOf(results));
process.exitCode =
  results.some(([, { failed }]) => failed > 0) || results.every(([, { passed }]) => passed === 0) ? 1 : 0;

function sumOf(some: [Lane, Outcome][]): string {
  const sum = (key: "passed" | "failed" | "skipped"): number =>
    some.reduce((total, [, one]) => total + one[key], 0);
  return `${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`;
}

async function runLane({
  name,
  about,
  needsDocker,
  cannot: cannotRun,
  prepare,
  tests,
  run,
}: Lane): Promise<Outcome> {
  console.log(`\n── ${name}: ${about}`);
  lane = name;
  if (pattern !== undefined && tests !== undefined && filesOf(tests).length === 0)
    return { passed: 0, failed: 0, skipped: 0, tookMs: 0, why: "no file of such a name" };
  if (needsDocker) machine ??= await prepareDocker({ say: (line) => console.log(`   ${line}`) });
  const cannot = cannotRun ?? (needsDocker ? machine?.cannot : undefined) ?? (await prepare?.());
  if (cannot === undefined) return await (run?.() ?? files(tests!));
  const outcome = leftOut(cannot);
  console.log(`${outcome.failed > 0 ? "failed" : "skipped"}: ${cannot}`);
  return outcome;
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
  console.log(
    `\n${signal}: ending ${names.length > 0 ? names.join(", ") : lane === undefined ? "before the first lane" : `the lane ${lane}`}`,
  );
  const late = await groups.end(GRACE_MS);
  await machine?.stop();
  console.log(
    late.length === 0 ? "all has ended" : `killed, not done after ${GRACE_MS / 1000} s: ${late.join(", ")}`,
  );
  process.exit(code);
}

/** The gate runs every lane: there, one that cannot run is a failure. */
function leftOut(why: string): Outcome {
  const isGate = Boolean(process.env["CI"]);
  return { passed: 0, failed: isGate ? 1 : 0, skipped: isGate ? 0 : 1, tookMs: 0, why };
}

async function command(argv: string[]): Promise<Outcome> {
  const { code, output, tookMs } = await groups.execute(argv, 180_000);
  if (code !== 0) process.stdout.write(output);
  console.log(
    `${code === 0 ? "✓" : "✘"} ${path.basename(argv[0]!)} ${argv.slice(1).join(" ")} (${(tookMs / 1000).toFixed(1)} s)`,
  );
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, tookMs };
}

async function prepareNetem(): Promise<string | undefined> {
  const guest = await prepareGuest({ say: (line) => console.log(`   ${line}`) });
  disk = guest.disk ?? "";
  return guest.cannot;
}

/** Runs this program once more inside the guest, and takes its closing line. */
async function inGuest(): Promise<Outcome> {
  let output = "",
    rest = "";
  const show = (text: string): void => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) console.log(`   ${line}`);
  };
  const { exitCode, why, tookMs } = await runInGuest(
    [
      ...node,
      "scripts/test.ts",
      "--lane",
      "netem-inside",
      "--deno",
      "none",
      ...(pattern === undefined ? [] : [pattern.source]),
    ],
    {
      disk,
      env: { ...process.env, LAB_STATE: "/tmp" }, // its own, where the host's home has the host's labs
      deadlineMs: GUEST_MS,
      onOutput: (text) => ((output += text), show(text)),
      onConsole: (line) => line.startsWith("guest: ") && console.log(`   ${line}`),
    },
  );
  const [, passed, failed, skipped] = (
    output.match(/^(\d+) passed, (\d+) failed, (\d+) skipped$/m) ?? []
  ).map(Number);
  if (passed === undefined || failed === undefined || skipped === undefined)
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      tookMs,
      why: why ?? `exit ${exitCode} without a closing line`,
    };
  return {
    passed,
    failed: exitCode === 0 ? failed : Math.max(failed, 1),
    skipped,
    tookMs,
    ...(why !== undefined && { why }),
  };
}

function filesOf({ folder, only = /./, not = /^$/ }: Tests): string[] {
  return readdirSync(path.join(root, "test", folder)).filter(
    (file) => file.endsWith(".test.ts") && (pattern ?? /./).test(file) && only.test(file) && !not.test(file),
  );
}

async function files(tests: Tests): Promise<Outcome> {
  const { folder, runner, env, deadlineMs, atOnce } = tests;
  const began = performance.now();
  const waiting = filesOf(tests).sort().reverse(); // the longest, scenario.test.ts, among the first
  const total: Outcome = { passed: 0, failed: 0, skipped: 0, tookMs: 0 };
  // these look at every lab of this machine, so no other may run beside them
  const alone = waiting.filter((file) => file.endsWith(".alone.test.ts"));
  const together = waiting.filter((file) => !alone.includes(file));
  const worker = async (queue: string[]): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const ended = await groups.execute([...runner, path.join("test", folder, file)], deadlineMs, env);
      const one = verdictOf(ended, deadlineMs);
      if (one.why !== undefined) {
        process.stdout.write(ended.output);
        reds.push(
          ...failureLines(
            `${times > 1 ? `round ${round}: ` : ""}${folder}/${file}: ${one.why}`,
            ended.output,
          ),
        );
      }
      console.log(
        `${one.why === undefined ? "✓" : "✘"} ${folder}/${file}: ${one.passed} passed${one.failed > 0 ? `, ${one.failed} failed` : ""}${one.skipped > 0 ? `, ${one.skipped} skipped` : ""} (${(ended.tookMs / 1000).toFixed(1)} s)${one.why === undefined ? "" : `: ${one.why}`}`,
      );
      for (const line of ended.output.split("\n").filter((text) => text.startsWith("skipped: ")))
        console.log(`  ${line}`);
      total.passed += one.passed;
      total.failed += one.failed;
      total.skipped += one.skipped;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, () => worker(together)));
  await worker(alone);
  if (total.passed + total.failed + total.skipped === 0 && pattern === undefined)
    return { ...total, failed: 1, why: "no test was found" };
  return { ...total, tookMs: performance.now() - began };
}

/** The first lines of each of uvu's failures; where there is none, the last lines of all. */
function failureLines(title: string, output: string): string[] {
  const lines = output
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  const starts = lines.flatMap((line, i) => (/^\s+FAIL\s/.test(line) ? [i] : []));
  const shown =
    starts.length === 0
      ? lines.slice(-FAILURE_LINES)
      : starts.flatMap((start, i) =>
          lines.slice(start, Math.min(start + FAILURE_LINES, starts[i + 1] ?? Infinity)),
        );
  return [`✘ ${title}`, ...shown.map((line) => `  ${line.slice(0, LINE_LENGTH)}`)];
}

/** Reads uvu's closing lines; what it forgives is a failure here. */
function verdictOf({ code, signal, output, tookMs }: Ended, deadlineMs: number): Outcome {
  const number = (key: string): number =>
    Number(output.match(new RegExp(`^ {2}${key}: +(\\d+)`, "m"))?.[1] ?? NaN);
  const [total, passed, skipped] = [number("Total"), number("Passed"), number("Skipped")];
  const counts = {
    passed: passed || 0,
    failed: Math.max((total || 0) - (passed || 0), 0),
    skipped: skipped || 0,
    tookMs,
  };
  const why =
    signal !== null
      ? `${tookMs >= deadlineMs ? `not done after ${deadlineMs / 1000} s` : "ended"} (${signal})`
      : code !== 0
        ? `exit ${code}`
        : !(total > 0) && !(skipped > 0)
          ? "no test ran"
          : passed !== total
            ? "not all passed, although uvu exited with 0"
            : undefined;
  return why === undefined ? counts : { ...counts, failed: Math.max(counts.failed, 1), why };
}
