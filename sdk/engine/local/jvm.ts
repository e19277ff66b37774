// One broker JVM: spawned, signalled, awaited. Signals go to a child of this process, so a process id can
// never be somebody else's.

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import os from "node:os";
import process from "node:process";
import { performance } from "node:perf_hooks";
import { LabError } from "../../model/errors.ts";
import type { Revival } from "../../runtime/guardian/guardian.ts";
import { canRun, type ProcessRecord, recorded } from "../../runtime/guardian/records.mjs";
import type { Action, Exit, NodeStatus, StopOptions } from "../engine.ts";
import { exitOf, letGo } from "../exit.ts";
import { sizeOf, tail } from "../../runtime/tail.ts";
import { withinMs } from "../../runtime/within.ts";
import { untilFrozen } from "./frozen.ts";

/** How to run one broker. */
export interface JvmCommand {
  record: ProcessRecord;
  java: string;
  args: readonly string[];
  dir: string;
  logFile: string;
}

/** A broker's process, which may be started again after it ended. */
export interface Jvm {
  /** What runs it, for somebody else who starts it. */
  readonly revival: Revival;
  start(): Promise<Action>;
  stop(options?: StopOptions): Promise<Action>;
  kill(): Promise<Action>;
  pause(): Promise<Action>;
  resume(): Promise<Action>;
  status(): NodeStatus;
  /** Ends the process without a word. */
  dispose(): Promise<void>;
}

const STOP_TIMEOUT_MS = 10_000; // docker stop's
const FREEZE_TIMEOUT_MS = 5000;

/** Describes a JVM; `onExit` hears of every end. */
export function makeJvm(command: JvmCommand, onExit: (exit: Exit, asked: boolean) => void): Jvm {
  const { service } = command.record;
  let child: ChildProcess | undefined;
  let ended: Promise<Exit> = Promise.resolve({ code: 0, clean: true, text: "never started" });
  let state: NodeStatus = { state: "stopped" };
  let asked = false;

  function running(): ChildProcess {
    if (child === undefined)
      throw new LabError("COMMAND_FAILED", `Cannot signal ${service}: it is not running`, {
        hint: "Was it stopped before? `cluster.start` starts it again.",
      });
    return child;
  }

  function signal(name: NodeJS.Signals): number {
    const one = running();
    // the runtime has not yet told of an end that has happened: the exit event follows, and the caller awaits it
    try {
      process.kill(one.pid!, name);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "ESRCH")
        throw new LabError(
          "COMMAND_FAILED",
          `Cannot send ${name} to ${service}: ${(cause as Error).message}`,
          { cause },
        );
    }
    return performance.now();
  }

  const action = (began: number, effectAt: number, via: string, exit?: Exit): Action => ({
    effectAt,
    tookMs: performance.now() - began,
    via,
    ...(exit === undefined ? {} : { exit }),
  });

  return {
    revival: { ...command, env: cleanEnv() },
    async start() {
      const began = performance.now();
      if (child !== undefined)
        throw new LabError("COMMAND_FAILED", `Cannot start ${service}: it already runs`, {});
      if (!canRun(command.java)) throw cannotStart(command);
      const from = sizeOf(command.logFile);
      const log = openSync(command.logFile, "a", 0o600);
      // a session of its own: Ctrl-C in a terminal reaches the owner, who heals, and not the broker
      const [program, ...args] = recorded(command.record, [command.java, ...command.args]);
      const started = spawn(program, args, {
        cwd: command.dir,
        detached: true,
        stdio: ["ignore", log, log],
        env: cleanEnv(),
      });
      closeSync(log);
      ended = new Promise<Exit>((resolve) => {
        started.once("error", () => resolve({ code: 127, clean: false, text: "could not be started" }));
        started.once("exit", (code, by) =>
          resolve(
            exitOf(
              code ?? 128 + (by === null ? 0 : os.constants.signals[by]),
              letGo(tail(command.logFile, from)),
            ),
          ),
        );
      });
      if (started.pid === undefined) throw cannotStart(command);
      child = started;
      asked = false;
      state = { state: "running", pid: started.pid };
      void ended.then((exit) => {
        child = undefined;
        state = { state: "stopped", exit };
        onExit(exit, asked);
      });
      started.unref();
      return action(began, performance.now(), `java -cp … kafka.Kafka (pid ${started.pid})`);
    },
    async stop({ timeoutMs = STOP_TIMEOUT_MS } = {}) {
      const began = performance.now();
      running().ref();
      asked = true;
      const effectAt = signal("SIGTERM");
      const inTime = await withinMs(ended, timeoutMs);
      if (inTime !== undefined) return action(began, effectAt, "SIGTERM", inTime);
      if (child !== undefined) signal("SIGKILL");
      return {
        ...action(began, effectAt, `SIGTERM, after ${timeoutMs} ms SIGKILL`, await ended),
        differs: `did not end within ${timeoutMs} ms of SIGTERM and was killed, as docker stop does`,
      };
    },
    async kill() {
      const began = performance.now();
      running().ref();
      asked = true;
      const effectAt = signal("SIGKILL");
      return action(began, effectAt, "SIGKILL", await ended);
    },
    async pause() {
      const began = performance.now();
      signal("SIGSTOP");
      state = { ...state, state: "paused" };
      if (!(await untilFrozen(running().pid!, FREEZE_TIMEOUT_MS))) {
        throw new LabError(
          "NOT_EFFECTIVE",
          `Cannot pause ${service}: it still ran ${FREEZE_TIMEOUT_MS} ms after SIGSTOP`,
          { hint: "It was taken back. Is the machine very busy?" },
        );
      }
      return action(began, performance.now(), "SIGSTOP");
    },
    async resume() {
      const began = performance.now();
      const effectAt = signal("SIGCONT");
      state = { ...state, state: "running" };
      return action(began, effectAt, "SIGCONT");
    },
    status: () => ({ ...state }),
    async dispose() {
      if (child === undefined) return;
      asked = true;
      child.ref();
      signal("SIGKILL");
      await ended;
    },
  };
}

function cannotStart({ record, java }: JvmCommand): LabError {
  return new LabError("COMMAND_FAILED", `Cannot start ${record.service}: ${java} did not start`, {
    command: java,
    hint: "Has Java been removed? `npm run doctor` tells.",
  });
}

/** Only what Java itself may need: a KAFKA_ variable of the reader's shell must not leak into a broker. */
function cleanEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  return { ...(PATH && { PATH }), ...(HOME && { HOME }), ...(TMPDIR && { TMPDIR }), ...(LANG && { LANG }) };
}
