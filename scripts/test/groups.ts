// Programs that run in groups of their own, so that nothing that they started survives a deadline, or the end
// of this program.

import { execFileSync, spawn } from "node:child_process";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";

export interface Ended {
  code: number | null;
  signal: string | null;
  output: string;
  tookMs: number;
}

/** What a program prints when its work is done, and how long it may then take to end. */
export interface LastWords {
  words: RegExp;
  graceMs: number;
}

export interface Groups {
  /**
   * Runs a program to its end, at most until the deadline, or for a grace after its last words. It never
   * resolves once all are ended: whoever ends them ends this program.
   */
  execute(
    argv: readonly string[],
    deadlineMs: number,
    env?: Readonly<Record<string, string>>,
    last?: LastWords,
  ): Promise<Ended>;
  /** The last arguments of what runs: a test's file, mostly. */
  names(): string[];
  /**
   * Ends what runs and lets nothing else begin: SIGTERM, so that labs heal, and after the grace SIGKILL.
   * Returns the names of those that needed it.
   */
  end(graceMs: number): Promise<string[]>;
  /** Sends SIGKILL to all that runs. */
  kill(): void;
}

/** Last words are looked for in so many characters at the end. */
const LAST_CHARS = 1_000;

/** Programs that are run in this folder. */
export function makeGroups(cwd: string): Groups {
  const running = new Map<number, string>();
  let isEnding = false;

  function execute(
    argv: readonly string[],
    deadlineMs: number,
    env: Readonly<Record<string, string>> = {},
    last?: LastWords,
  ): Promise<Ended> {
    return new Promise((resolve) => {
      if (isEnding) return;
      const began = performance.now();
      const child = spawn(argv[0]!, argv.slice(1), {
        cwd,
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
        // Deno reads any FORCE_COLOR, also 0, as a wish for colours
        env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, ...env },
      });
      const { pid } = child;
      if (pid !== undefined) running.set(pid, argv.at(-1)!);
      let output = "";
      const kill = (): void => void (pid !== undefined && signal([pid], "SIGKILL"));
      const limit = limitOf(deadlineMs, last, kill);
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => limit.hear((output += text)));
      const settle = (code: number | null, by: string | null): void => {
        limit.forget();
        if (isEnding) return;
        if (pid !== undefined) running.delete(pid);
        resolve({ code, signal: by, output, tookMs: performance.now() - began });
      };
      child.once("error", () => settle(127, null));
      child.once("close", settle);
    });
  }

  return {
    execute,
    names: () => [...running.values()],
    async end(graceMs) {
      isEnding = true;
      signal(running.keys(), "SIGTERM");
      const deadline = performance.now() + graceMs;
      // a test's own programs may heal longer than the test itself: the group counts, not its first process
      while (performance.now() < deadline && living(running.keys()).length > 0) await wait(100);
      const late = living(running.keys());
      signal(late, "SIGKILL");
      return late.map((group) => running.get(group)!);
    },
    kill: () => signal(running.keys(), "SIGKILL"),
  };
}

/** Calls `end` at the deadline, or so long after the last words have been heard. */
function limitOf(
  deadlineMs: number,
  last: LastWords | undefined,
  end: () => void,
): { hear(output: string): void; forget(): void } {
  const deadline = setTimeout(end, deadlineMs);
  let grace: NodeJS.Timeout | undefined;
  return {
    hear(output) {
      if (last !== undefined && grace === undefined && last.words.test(output.slice(-LAST_CHARS)))
        grace = setTimeout(end, last.graceMs);
    },
    forget() {
      clearTimeout(deadline);
      clearTimeout(grace);
    },
  };
}

function signal(groups: Iterable<number>, name: NodeJS.Signals): void {
  for (const group of groups) {
    try {
      process.kill(-group, name);
    } catch {
      // it has just ended
    }
  }
}

/** The groups that have a process that has not ended; where nobody reaps them, zombies stay for good. */
function living(groups: Iterable<number>): number[] {
  const lines = execFileSync("ps", ["-axo", "pgid=,stat="], { encoding: "utf8", maxBuffer: 64 << 20 })
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const alive = new Set(
    lines.flatMap(([group, state = "Z"]) => (state.startsWith("Z") ? [] : [Number(group)])),
  );
  return [...groups].filter((group) => alive.has(group));
}
