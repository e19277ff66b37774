// The owner's side of the guardian: starts it, reports open faults to it, and dismisses it.

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { LabError } from "../../model/errors.ts";
import { startOf } from "./processes.mjs";
import type { ProcessRecord } from "./records.mjs";
import type { Env } from "../env.ts";

/** What the guardian does once its owner is gone. */
export interface GuardianOrder {
  /** The folder of the lab's records of processes. */
  processes: string;
  /** Heal, but leave the brokers and their data. */
  keep: boolean;
  /** The folder that `dirs` lie in. Nothing outside of it is removed, and without it nothing at all. */
  root?: string;
  /**
   * Folders to remove; with `keep` only where `keepDirs` is false: brokers in Docker have their data
   * elsewhere.
   */
  dirs: readonly string[];
  /** @default true */
  keepDirs?: boolean;
  /** A file that the guardian appends one line to when it had to act. */
  log: string;
  /** `key=value`: containers, networks and volumes with this label are removed from Docker; unless `keep`. */
  label?: string;
}

/** How to start a broker that the owner has stopped or killed. */
export interface Revival {
  record: ProcessRecord;
  java: string;
  args: readonly string[];
  dir: string;
  logFile: string;
  env: Env;
}

/** A process that heals and cleans up when this one ends, in whatever way, also by SIGKILL. */
export interface Guardian {
  readonly pid: number;
  /** Names what undoes an open fault: a command that it waits for, or a broker that it starts and leaves. */
  open(id: string, undo: readonly string[] | Revival): void;
  /** Names the folders and files to remove, in place of those of the order. */
  watch(paths: readonly string[]): void;
  /** Says that a fault was healed. */
  healed(id: string): void;
  /**
   * Names a command that this process runs in a group of its own and that must not outlive it. To be called
   * when it was just started: until its exit event, its id cannot be another process's.
   */
  helper(pid: number): void;
  /** Ends the guardian, which does nothing unless a fault is still open. */
  dismiss(): Promise<void>;
}

/** The guardian's process, and what is repeated to another one that takes its place. */
interface GuardianState {
  readonly order: GuardianOrder;
  readonly open: Map<string, readonly string[] | Revival>;
  /** The start time of each helper's process, by its id. */
  readonly helpers: Map<number, string | undefined>;
  dirs: readonly string[];
  isDismissed: boolean;
  child: ChildProcess;
}

/**
 * Starts a guardian in a session of its own, so that Ctrl-C in a terminal does not reach it.
 *
 * If it is ended from outside, another one takes its place.
 *
 * @throws LabError COMMAND_FAILED where the runtime cannot start a process.
 */
export function startGuardian(order: GuardianOrder): Guardian {
  const state: GuardianState = {
    order,
    open: new Map(),
    helpers: new Map(),
    dirs: [...order.dirs],
    isDismissed: false,
    child: spawnGuardian(order),
  };
  follow(state);
  return {
    get pid() {
      return state.child.pid!;
    },
    open(id, undo) {
      state.open.set(id, undo);
      sendUndo(state, id, undo);
    },
    watch(paths) {
      state.dirs = [...paths];
      send(state, { dirs: state.dirs });
    },
    healed(id) {
      if (state.open.delete(id)) send(state, { done: id });
    },
    helper(pid) {
      const start = startOf(pid);
      state.helpers.set(pid, start);
      send(state, { helper: pid, start });
    },
    dismiss: () => dismiss(state),
  };
}

function spawnGuardian(order: GuardianOrder): ChildProcess {
  const file = new URL("./guardian.mjs", import.meta.url);
  const { command, args, env } = plainProgram(file, JSON.stringify(order));
  return begun(command, args, env);
}

/** Starts another guardian when this one ends, and repeats to it what is open. */
function follow(state: GuardianState): void {
  const { child } = state;
  child.stdin!.on("error", () => {}); // it may just have been ended; "exit" starts another
  child.on("exit", () => {
    if (state.isDismissed) return;
    try {
      state.child = spawnGuardian({ ...state.order, dirs: state.dirs });
    } catch {
      return; // the system starts no process now: the lab goes on without
    }
    follow(state);
    for (const [id, undo] of state.open) sendUndo(state, id, undo);
    for (const [helper, start] of state.helpers) send(state, { helper, start });
  });
  child.unref();
  (child.stdin as unknown as { unref?(): void }).unref?.();
}

function send({ child }: GuardianState, message: unknown): void {
  child.stdin!.write(`${JSON.stringify(message)}\n`);
}

function sendUndo(state: GuardianState, id: string, undo: readonly string[] | Revival): void {
  send(state, "java" in undo ? { undo: id, revive: undo } : { undo: id, argv: undo });
}

async function dismiss(state: GuardianState): Promise<void> {
  if (state.isDismissed) return;
  state.isDismissed = true;
  const { child } = state;
  if (child.exitCode !== null || child.signalCode !== null) return; // and no other could take its place
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.ref();
  if (state.open.size === 0) send(state, { bye: true }); // otherwise it undoes what could not be healed
  child.stdin!.end();
  await gone;
}

/** Some failures are thrown, others leave a process without an id and emit an event. */
function begun(command: string, args: readonly string[], env: Env): ChildProcess {
  const failed = (cause?: unknown): LabError =>
    new LabError("COMMAND_FAILED", "Cannot start the guardian: the system started no second process", {
      command,
      cause,
    });
  let started: ChildProcess;
  try {
    started = spawn(command, args, { detached: true, stdio: ["pipe", "ignore", "ignore"], env });
  } catch (cause) {
    throw failed(cause);
  }
  started.on("error", () => {}); // without a listener it would end the program
  if (started.pid === undefined) throw failed();
  return started;
}

/** Does what the guardian would have to undo; what fails has left nothing to undo. */
export async function guarded<T>(
  guardian: Pick<Guardian, "open" | "healed">,
  { id, undo }: { id: string; undo: readonly string[] | Revival },
  act: () => Promise<T>,
): Promise<T> {
  guardian.open(id, undo);
  return await act().catch((error: unknown) => {
    guardian.healed(id);
    throw error;
  });
}

/**
 * How this runtime runs a plain JavaScript file at once: NODE_OPTIONS may load a TypeScript loader or an
 * inspector, which it neither needs nor should wait for.
 */
export function plainProgram(file: URL, ...args: string[]): { command: string; args: string[]; env: Env } {
  const flags = "Deno" in globalThis ? ["run", "-A", "--quiet", "--no-config"] : [];
  const { NODE_OPTIONS: _, ...env } = process.env;
  return { command: process.execPath, args: [...flags, fileURLToPath(file), ...args], env };
}
