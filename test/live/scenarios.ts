// Scenarios as programs of their own, and what scenario 01 prints with --json.

import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { leftovers } from "./outside.ts";
import { begin, type Ran } from "./script.ts";

type Verdict = boolean | "unknown";

/** A scenario is confirmed, or inconclusive on a busy machine; nothing is left of it. */
export function assertConfirmed(ran: Ran, verdict: Verdict): void {
  assert.is.not(verdict, false, ran.err);
  assert.is(ran.code, verdict === true ? 0 : 3, ran.err);
  assert.equal(leftovers(ran.pid), []);
}

/** The file of a scenario. */
export const fileOf = (name: string): string =>
  fileURLToPath(new URL(`../../scripts/${name}.ts`, import.meta.url));
export const script: string = fileOf("01-broker-stops");

/** Runs scenario 01. */
export const run = (...args: string[]): Promise<Ran> => runOf(script, ...args);

/** Runs a script; whatever it prints for a person has words for what is not there. */
export async function runOf(file: string, ...args: string[]): Promise<Ran> {
  const ran = await begin(file, ...args).ended;
  const lines = `${ran.out}\n${ran.err}`.split("\n").filter((line) => !line.startsWith("{"));
  assert.not.match(lines.join("\n"), /\b(?:undefined|null|NaN)\b/);
  return ran;
}

export interface Result {
  verdict: Verdict;
  clients: Record<string, number | null>;
  lost: number;
  acknowledged: number;
  leader: { before: number; after: number | null };
  controller: { before: number; after: number | null };
  isr: { before: number[]; after: number[] };
  fullIsrAfterHeal: boolean;
  kafka: string;
  run: string;
}
