// Asks a program something, in a bounded time.

import { spawn } from "node:child_process";
import { endGroup } from "../runtime/command.ts";
import type { Surroundings } from "./report.ts";

/** What a program answered; a missing program and one that did not end in time are answers too. */
export type Answer =
  | { kind: "ended"; exitCode: number | null; stdout: string; stderr: string }
  | { kind: "absent" }
  | { kind: "silent"; afterMs: number };

/**
 * Runs a program and resolves with its answer, after the time limit with `silent`.
 *
 * The program gets a process group of its own, and the whole group is ended: docker runs compose as a process
 * of its own, which would hold the pipes open beyond the limit.
 */
export function ask(
  argv: readonly string[],
  { env, timeoutMs, signal }: Pick<Surroundings, "env" | "timeoutMs" | "signal">,
): Promise<Answer> {
  const [program = "", ...args] = argv;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let stdout = "",
      stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const settle = (answer: Answer): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
      resolve(answer);
    };
    const giveUp = (): void => {
      endGroup(child);
      child.stdout.destroy();
      child.stderr.destroy();
      settle({ kind: "silent", afterMs: timeoutMs });
    };
    const timer = setTimeout(giveUp, timeoutMs);
    signal.addEventListener("abort", giveUp, { once: true });
    child.once("error", () => settle({ kind: "absent" }));
    child.once("close", (exitCode) =>
      settle({ kind: "ended", exitCode, stdout: stdout.trim(), stderr: stderr.trim() }),
    );
  });
}
