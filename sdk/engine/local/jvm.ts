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
  /** Flags before those, which may change between two starts. */
  flags: readonly string[];
  dir: string;
  logFile: string;
}

/** A broker's process, which may be started again after it ended. */
export interface Jvm {
  /** What runs it, for the guardian that starts it again. */
  readonly revival: Revival;
  start(): Promise<Action>;
  stop(options?: StopOptions): Promise<Action>;
  kill(): Promise<Action>;
  pause(): Promise<Action>;
  resume(): Promise<Action>;
  status(): NodeStatus;
  /** Kills the process where it runs. */
  dispose(): Promise<void>;
}

const STOP_TIMEOUT_MS = 10_000; // docker stop's
const FREEZE_TIMEOUT_MS = 5000;

interface JvmState {
  readonly command: JvmCommand;
  onExit(exit: Exit, asked: boolean): void;
  child: ChildProcess | undefined;
  ended: Promise<Exit>;
  status: NodeStatus;
  /** Whether the lab has asked for the next end. */
  asked: boolean;
}

/** Describes a JVM; `onExit` is called at every end. */
export function makeJvm(command: JvmCommand, onExit: (exit: Exit, asked: boolean) => void): Jvm {
  const state: JvmState = {
    command,
    onExit,
    child: undefined,
    ended: Promise.resolve({ code: 0, clean: true, text: "never started" }),
    status: { state: "stopped" },
    asked: false,
  };
  return {
    revival: revivalOf(command),
    start: async () => start(state),
    stop: ({ timeoutMs = STOP_TIMEOUT_MS } = {}) => stop(state, timeoutMs),
    kill: () => kill(state),
    pause: () => pause(state),
    resume: async () => resume(state),
    status: () => ({ ...state.status }),
    dispose: () => dispose(state),
  };
}

function start(state: JvmState): Action {
  const { command } = state;
  const { service } = command.record;
  const began = performance.now();
  if (state.child !== undefined)
    throw new LabError("COMMAND_FAILED", `Cannot start ${service}: it already runs`, {});
  if (!canRun(command.java)) throw cannotStart(command);
  const from = sizeOf(command.logFile);
  const child = spawnJvm(command);
  state.ended = exitOfChild(child, () => tail(command.logFile, from));
  if (child.pid === undefined) throw cannotStart(command);
  state.child = child;
  state.asked = false;
  state.status = { state: "running", pid: child.pid };
  void state.ended.then((exit) => {
    state.child = undefined;
    state.status = { state: "stopped", exit };
    state.onExit(exit, state.asked);
  });
  child.unref();
  return actionOf(began, performance.now(), `java -cp … kafka.Kafka (pid ${child.pid})`);
}

/** In a session of its own: Ctrl-C in a terminal reaches the owner, who heals, and not the broker. */
function spawnJvm({ record, java, args, flags, dir, logFile }: JvmCommand): ChildProcess {
  const log = openSync(logFile, "a", 0o600);
  const [program, ...rest] = recorded(record, [java, ...flags, ...args]);
  const child = spawn(program, rest, {
    cwd: dir,
    detached: true,
    stdio: ["ignore", log, log],
    env: cleanEnv(),
  });
  closeSync(log);
  return child;
}

function exitOfChild(child: ChildProcess, log: () => string): Promise<Exit> {
  return new Promise((resolve) => {
    child.once("error", () => resolve({ code: 127, clean: false, text: "could not be started" }));
    child.once("exit", (code, by) => {
      const signal = by === null ? 0 : os.constants.signals[by];
      resolve(exitOf(code ?? 128 + signal, letGo(log())));
    });
  });
}

async function stop(state: JvmState, timeoutMs: number): Promise<Action> {
  const began = performance.now();
  running(state).ref();
  state.asked = true;
  const effectAt = signal(state, "SIGTERM");
  const inTime = await withinMs(state.ended, timeoutMs);
  if (inTime !== undefined) return actionOf(began, effectAt, "SIGTERM", inTime);
  if (state.child !== undefined) signal(state, "SIGKILL");
  return {
    ...actionOf(began, effectAt, `SIGTERM, after ${timeoutMs} ms SIGKILL`, await state.ended),
    differs: `did not end within ${timeoutMs} ms of SIGTERM and was killed, as docker stop does`,
  };
}

async function kill(state: JvmState): Promise<Action> {
  const began = performance.now();
  running(state).ref();
  state.asked = true;
  const effectAt = signal(state, "SIGKILL");
  return actionOf(began, effectAt, "SIGKILL", await state.ended);
}

async function pause(state: JvmState): Promise<Action> {
  const { service } = state.command.record;
  const began = performance.now();
  signal(state, "SIGSTOP");
  state.status = { ...state.status, state: "paused" };
  if (await untilFrozen(running(state).pid!, FREEZE_TIMEOUT_MS))
    return actionOf(began, performance.now(), "SIGSTOP");
  throw new LabError(
    "NOT_EFFECTIVE",
    `Cannot pause ${service}: it still ran ${FREEZE_TIMEOUT_MS} ms after SIGSTOP`,
    { hint: "The pause was undone. Is the machine very busy?" },
  );
}

function resume(state: JvmState): Action {
  const began = performance.now();
  const effectAt = signal(state, "SIGCONT");
  state.status = { ...state.status, state: "running" };
  return actionOf(began, effectAt, "SIGCONT");
}

async function dispose(state: JvmState): Promise<void> {
  if (state.child === undefined) return;
  state.asked = true;
  state.child.ref();
  signal(state, "SIGKILL");
  await state.ended;
}

function running({ child, command }: JvmState): ChildProcess {
  if (child !== undefined) return child;
  throw new LabError("COMMAND_FAILED", `Cannot signal ${command.record.service}: it is not running`, {
    hint: "Was it stopped before? `cluster.start` starts it again.",
  });
}

/** Sends a signal and returns the moment by `performance.now()`. */
function signal(state: JvmState, name: NodeJS.Signals): number {
  const { service } = state.command.record;
  const { pid } = running(state);
  try {
    process.kill(pid!, name);
  } catch (cause) {
    // ESRCH: the process has ended without an exit event yet, which follows and which the caller awaits
    if ((cause as NodeJS.ErrnoException).code !== "ESRCH")
      throw new LabError("COMMAND_FAILED", `Cannot send ${name} to ${service}: ${(cause as Error).message}`, {
        cause,
      });
  }
  return performance.now();
}

function actionOf(began: number, effectAt: number, via: string, exit?: Exit): Action {
  return {
    effectAt,
    tookMs: performance.now() - began,
    via,
    ...(exit === undefined ? {} : { exit }),
  };
}

function cannotStart({ record, java }: JvmCommand): LabError {
  return new LabError("COMMAND_FAILED", `Cannot start ${record.service}: ${java} did not start`, {
    command: java,
    hint: "Has Java been removed? `npm run doctor` checks it.",
  });
}

/** Without its changing flags: faults are healed by then. */
function revivalOf({ flags: _, ...command }: JvmCommand): Revival {
  return { ...command, env: cleanEnv() };
}

/** Only what Java itself may need: a KAFKA_ variable of the reader's shell must not leak into a broker. */
function cleanEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  return { ...(PATH && { PATH }), ...(HOME && { HOME }), ...(TMPDIR && { TMPDIR }), ...(LANG && { LANG }) };
}
