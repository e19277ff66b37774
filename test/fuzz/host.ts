// The test process's side of the guest: asks one input after the other, and kills the guest that hangs or has
// too much memory.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Job, LIMIT_MB, LIMIT_MS, type Report } from "./job.ts";

export interface Host {
  /** Runs one input. Never rejects: a guest that hangs or ends is told as a problem. */
  run(job: Job): Promise<Report>;
  /** Ends the guest and removes its folders. */
  close(): Promise<void>;
}

const MAIN = fileURLToPath(new URL("./guest/main.ts", import.meta.url));
/** The heap's part of the limit: a guest at rest has 150 MB beside it. */
const HEAP_MB = 330;

/** Makes a host; the guest is started with the first input, and again after each that was its end. */
export function makeHost(): Host {
  let guest: ChildProcess | undefined;
  let said = "";
  const root = mkdtempSync(path.join(os.tmpdir(), "kafka-failure-lab-fuzz-"));

  async function start(): Promise<ChildProcess> {
    said = "";
    const started = fork(MAIN, [root], {
      execArgv: [
        "--import",
        import.meta.resolve("tsx"),
        `--max-old-space-size=${HEAP_MB}`,
        "--max-semi-space-size=8",
      ],
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [started.stdout!, started.stderr!])
      stream.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4000)));
    const [first] = (await Promise.race([once(started, "message"), once(started, "exit")])) as unknown[];
    if (first !== "ready") throw new Error(`Cannot start the guest: exit ${String(first)}\n${said}`);
    return started;
  }

  async function end(): Promise<void> {
    const ending = guest;
    guest = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = once(ending, "exit");
    ending.kill("SIGKILL");
    await ended;
  }

  async function run(job: Job): Promise<Report> {
    const running = (guest ??= await start());
    const began = performance.now();
    const report = await answerOf(running, job);
    const tookMs = performance.now() - began;
    if (report === "hangs" || report === "ended") {
      await end();
      const oom = /heap out of memory|invalid table size|Array buffer allocation/.test(said);
      const kind = report === "hangs" ? "hangs" : oom ? "out of memory" : "ends the process";
      return { problems: [{ kind, detail: `after ${Math.round(tookMs)} ms\n${said}` }], tookMs, rssMb: 0 };
    }
    if (report.rssMb <= LIMIT_MB) return report;
    await end();
    const detail = `${Math.round(report.rssMb)} MB`;
    return { ...report, problems: [...report.problems, { kind: "more memory than the limit", detail }] };
  }

  return {
    run,
    async close() {
      await end();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function answerOf(guest: ChildProcess, job: Job): Promise<Report | "hangs" | "ended"> {
  return new Promise((resolve) => {
    const settle = (answer: Report | "hangs" | "ended"): void => {
      clearTimeout(timer);
      guest.off("message", settle).off("exit", exited);
      resolve(answer);
    };
    const exited = (): void => settle("ended");
    const [began, before] = [performance.now(), delayedMs(guest)];
    const leftMs = (): number => LIMIT_MS + delayedMs(guest) - before - (performance.now() - began);
    const look = (): void => {
      if (leftMs() <= 0) settle("hangs");
      else timer = setTimeout(look, Math.max(leftMs(), 100));
    };
    let timer = setTimeout(look, LIMIT_MS);
    guest.once("message", settle).once("exit", exited);
    guest.send(job);
  });
}

/**
 * How long a busy machine has kept the guest waiting for a processor so far: that is no time of its own.
 * Known on Linux only (Documentation/scheduler/sched-stats.rst: the second number, in nanoseconds).
 */
function delayedMs({ pid }: ChildProcess): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}
