// Asks a program something, in a bounded time.

import { run } from "../runtime/command.ts";
import type { Surroundings } from "./report.ts";

/** What a program answered; a missing program and one that did not end in time are answers too. */
export type Answer =
  | { kind: "ended"; exitCode: number | null; stdout: string; stderr: string }
  | { kind: "absent" }
  | { kind: "silent"; afterMs: number };

/**
 * Runs a program and resolves with its answer, after the time limit with `silent`.
 *
 * The program's whole group is ended then: docker runs compose as a process of its own. What left the group
 * may hold the pipes open beyond the limit, so nobody waits for them.
 */
export async function ask(
  argv: readonly string[],
  { env, timeoutMs, signal }: Pick<Surroundings, "env" | "timeoutMs" | "signal">,
): Promise<Answer> {
  const limit = new AbortController();
  const over = AbortSignal.any([signal, limit.signal]);
  const silent = new Promise<Answer>((resolve) => {
    const giveUp = (): void => resolve({ kind: "silent", afterMs: timeoutMs });
    if (over.aborted) giveUp();
    over.addEventListener("abort", giveUp, { once: true });
  });
  const timer = setTimeout(() => limit.abort(), timeoutMs);
  const answered = run(argv, { env: { ...env, LC_ALL: "C" }, signal: over }).then(
    ({ exitCode, stdout, stderr }): Answer => ({
      kind: "ended",
      exitCode,
      stdout: stdout.trim(),
      stderr: stderr.trim(),
    }),
    (error: NodeJS.ErrnoException): Promise<Answer> | Answer => {
      if (over.aborted) return silent;
      // one that is there and could not be started is not absent
      return error.code === "ENOENT"
        ? { kind: "absent" }
        : { kind: "ended", exitCode: null, stdout: "", stderr: error.message };
    },
  );
  try {
    return await Promise.race([answered, silent]);
  } finally {
    clearTimeout(timer);
  }
}
