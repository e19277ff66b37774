// A script as a person runs it: a program of its own, its exit code, and what it says.

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import * as assert from "uvu/assert";
import { leftovers, program } from "./outside.ts";

export interface Ran {
  code: number | null;
  pid: number;
  out: string;
  err: string;
  tookMs: number;
}

/** A script that runs; `text` grows while it does. */
export interface Running {
  child: ChildProcess;
  text: { out: string; err: string };
  ended: Promise<Ran>;
}

/** Starts a script as this program stands. */
export function begin(script: string, ...args: string[]): Running {
  return beginIn({}, script, ...args);
}

/**
 * Starts a script in another folder, or with other environment variables on top of this program's; undefined
 * takes one away.
 */
export function beginIn(
  { cwd, env = {} }: { cwd?: string; env?: Readonly<Record<string, string | undefined>> },
  script: string,
  ...args: string[]
): Running {
  const began = performance.now();
  const child = spawn(...program(script, ...args), {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const text = { out: "", err: "" };
  child.stdout!.setEncoding("utf8").on("data", (more: string) => (text.out += more));
  child.stderr!.setEncoding("utf8").on("data", (more: string) => (text.err += more));
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({ code, pid: child.pid!, ...text, tookMs: performance.now() - began }),
    );
  });
  return { child, text, ended };
}

/** Reads the last line of `--json`. */
export function lastLine<T>({ out, err }: Ran): T {
  const line = out.trim().split("\n").at(-1) ?? "";
  assert.ok(line.startsWith("{"), `${out}\n${err}`);
  return JSON.parse(line) as T;
}

/** Bad options end a script with 1 and a sentence, and nothing is left. */
export async function assertRefused(script: string, args: readonly string[], message: RegExp): Promise<void> {
  const ran = await begin(script, ...args).ended;
  assert.is(ran.code, 1, ran.err);
  assert.match(ran.err, message);
  assert.equal(leftovers(ran.pid), []);
}
