// When a process has stopped. kill(2) returns before SIGSTOP acts: one thread takes it, when it is next given a core, and only then are
// the others told (`do_signal_stop` in Linux's kernel/signal.c). On a busy machine a broker serves requests for some milliseconds more.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";

/** For how long it is looked at without a pause in between. */
const EAGER_MS = 5;

/**
 * Waits until no thread of a process runs any more after SIGSTOP, or until the process is gone.
 *
 * @returns whether that came within `timeoutMs`
 */
export async function untilFrozen(pid: number, timeoutMs: number): Promise<boolean> {
  const began = performance.now();
  while (!isFrozen(pid)) {
    const tookMs = performance.now() - began;
    if (tookMs > timeoutMs) return false;
    await (tookMs < EAGER_MS ? turn() : wait(1));
  }
  return true;
}

function isFrozen(pid: number): boolean {
  const states = process.platform === "linux" ? threadStates(pid) : processState(pid);
  // a thread that waits for a disk (D) stops before it is back from the kernel, once one has stopped for all
  return states.every((state) => "TtDZX".includes(state)) && (states.length === 0 || states.some((state) => "TtZX".includes(state)));
}

function threadStates(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
      try {
        const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "latin1");
        return [stat.charAt(stat.lastIndexOf(")") + 2)];
      } catch {
        return []; // ended in the meantime
      }
    });
  } catch {
    return [];
  }
}

function processState(pid: number): string[] {
  try {
    return [execFileSync("ps", ["-o", "state=", "-p", String(pid)], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim().charAt(0)];
  } catch {
    return [];
  }
}
