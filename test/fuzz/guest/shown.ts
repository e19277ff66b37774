// What a program shows, and how it ends: taken in place of the terminal and of the end of the process.

import process from "node:process";

/** What was shown until the program ended itself, or was done. */
export interface Shown {
  readonly out: string;
  readonly err: string;
  /** What `process.exit` was called with, else `process.exitCode`. */
  readonly exitCode: number;
}

/** Is thrown in place of the end of the process; no Error, so that nobody takes it for one. */
const ENDED = Symbol("the process has ended");

/** Runs something with the terminal and the end of the process taken away. @throws what it throws */
export async function shownBy(run: () => unknown): Promise<Shown> {
  const parts = { out: "", err: "" };
  let code: number | undefined;
  const take = (to: "out" | "err") => (chunk: unknown, encoding?: unknown, then?: unknown) => {
    if (code === undefined) parts[to] += String(chunk); // a real process would be gone
    const done = typeof encoding === "function" ? encoding : then;
    if (typeof done === "function") setImmediate(done as () => void);
    return true;
  };
  const real = { exit: process.exit, out: process.stdout.write, err: process.stderr.write };
  process.exitCode = 0;
  process.stdout.write = take("out") as typeof process.stdout.write;
  process.stderr.write = take("err") as typeof process.stderr.write;
  process.exit = ((given?: number) => {
    code ??= Number(given ?? process.exitCode ?? 0);
    throw ENDED;
  }) as typeof process.exit;
  try {
    await run();
  } catch (error) {
    if (code === undefined) throw error;
  } finally {
    process.exit = real.exit;
    process.stdout.write = real.out;
    process.stderr.write = real.err;
    code ??= Number(process.exitCode ?? 0);
    process.exitCode = 0;
  }
  return { ...parts, exitCode: code };
}
