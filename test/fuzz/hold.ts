// An area of the lane as tests: its known finds, then generated inputs. Each kind of problem is shrunk by
// itself.
//
//   LAB_FUZZ_SEED=n   other inputs            LAB_FUZZ_RUNS=n    so many of them
//   LAB_FUZZ_PATH=p   one input, as printed   LAB_FUZZ_TIMES=n   so many times as many
//   LAB_FUZZ_KINDS=n  how many kinds of problem are looked for

import process from "node:process";
import fc from "fast-check";
import { test } from "uvu";
import { makeHost } from "./host.ts";
import type { Job, Problem } from "./job.ts";

/** An input that once did harm. */
export interface Find<Value> {
  /** What it did. */
  readonly what: string;
  readonly value: Value;
}

export interface Area<Value> {
  readonly name: string;
  readonly values: fc.Arbitrary<Value>;
  job(value: Value): Job;
  /** How many values the gate tries. */
  readonly runs: number;
  readonly finds: readonly Find<Value>[];
}

/** Of the gate: the same inputs each time. */
const SEED = 20_261_129;
const MOST_MS = 240_000;

interface Settings {
  readonly seed: number;
  readonly runs: number | undefined;
  /** How many times as many inputs as in the gate. */
  readonly times: number;
  readonly path: string | undefined;
  readonly kinds: number;
}

/** One kind of problem with its smallest input. */
interface Found {
  readonly kind: string;
  readonly detail: string;
  readonly path: string;
  readonly value: string;
}

/** Registers the tests of these areas, and runs them. They share one guest. */
// biome-ignore lint/suspicious/noExplicitAny: each area has inputs of its own kind
export function hold(...areas: readonly Area<any>[]): void {
  const host = makeHost();
  const settings = settingsOf(process.env);
  const ask = async (job: Job): Promise<readonly Problem[]> => (await host.run(job)).problems;
  test.after(() => host.close());
  for (const area of areas) {
    for (const { what, value } of area.finds)
      test(`${area.name}: ${what}`, async () => fail(await ask(area.job(value)), fc.stringify(value)));
    const runs = settings.runs ?? area.runs * settings.times;
    test(`${area.name}: ${runs} inputs of seed ${settings.seed}`, async () => {
      console.log(`${area.name}: seed ${settings.seed}, ${runs} inputs, ${area.finds.length} known finds`);
      const found = await search(area, ask, { ...settings, runs });
      if (found.length > 0)
        throw plainError(found.map((one) => problemReport(one, settings.seed)).join("\n\n"));
    });
  }
  test.run();
}

function settingsOf(env: Readonly<Record<string, string | undefined>>): Settings {
  const number = (name: string): number | undefined => {
    const text = env[name];
    if (text === undefined || text === "") return undefined;
    if (/^-?\d{1,10}$/.test(text)) return Number(text);
    throw new RangeError(`Cannot use ${name}=${text}: expected a whole number`);
  };
  return {
    seed: number("LAB_FUZZ_SEED") ?? SEED,
    runs: number("LAB_FUZZ_RUNS"),
    times: number("LAB_FUZZ_TIMES") ?? 1,
    path: env["LAB_FUZZ_PATH"] || undefined,
    kinds: number("LAB_FUZZ_KINDS") ?? 3,
  };
}

/** Looks for kinds of problems, one after the other: a kind that was found is passed over afterwards. */
async function search<Value>(
  { values, job }: Area<Value>,
  ask: (job: Job) => Promise<readonly Problem[]>,
  { seed, runs, path, kinds }: Settings,
): Promise<Found[]> {
  const found: Found[] = [];
  const known = new Map<string, readonly Problem[]>();
  const deadline = performance.now() + MOST_MS;
  while (found.length < kinds && performance.now() < deadline) {
    let hit: Problem | undefined;
    const isNew = ({ kind }: Problem): boolean => found.every((one) => one.kind !== kind);
    const property = fc.asyncProperty(values, async (value) => {
      const key = fc.stringify(value);
      const problems = known.get(key) ?? (await ask(job(value)));
      known.set(key, problems);
      const one = problems.find((one) => (hit === undefined ? isNew(one) : one.kind === hit.kind));
      if (one === undefined) return;
      hit = one;
      throw new Error(one.kind);
    });
    const details = await fc.check(property, {
      seed,
      ...(runs !== undefined && { numRuns: runs }),
      ...(path !== undefined && { path }),
      interruptAfterTimeLimit: Math.max(1, deadline - performance.now()),
    });
    if (details.interrupted && !details.failed)
      found.push({ kind: "not done in time", detail: `${details.numRuns} of ${runs}`, path: "", value: "" });
    if (hit === undefined || !details.failed) break;
    const { counterexample, counterexamplePath } = details;
    found.push({ ...hit, path: counterexamplePath ?? "", value: fc.stringify(counterexample?.[0]) });
  }
  return found;
}

function fail(problems: readonly Problem[], value: string): void {
  if (problems.length === 0) return;
  const lines = problems
    .slice(0, 5)
    .map(({ kind, detail }) => `${kind}\n  ${detail.replaceAll("\n", "\n  ")}`);
  throw plainError(`${lines.join("\n")}\n  input: ${value}`);
}

/** Its stack trace would tell of the harness. */
function plainError(message: string): Error {
  return Object.assign(new Error(message), { stack: "" });
}

function problemReport({ kind, detail, path, value }: Found, seed: number): string {
  return [
    `found: ${kind}`,
    `  input: ${value.length > 3000 ? `${value.slice(0, 3000)}…` : value}`,
    `  again: LAB_FUZZ_SEED=${seed} LAB_FUZZ_PATH=${path}`,
    `  seen: ${detail.slice(0, 500).replaceAll("\n", "\n    ")}`,
  ].join("\n");
}
