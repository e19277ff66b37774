// The owner's side of the guardian: starts it, tells it of open faults, and says good-bye.

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { LabError } from "../../model/errors.ts";
import { startOf } from "./processes.mjs";
import type { ProcessRecord } from "./records.mjs";

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
  env: NodeJS.ProcessEnv;
}

/** A process that heals and cleans up when this one ends, in whatever way. */
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
   * when it was just started: until this process hears of its end, its id cannot be another's.
   */
  helper(pid: number): void;
  /** Ends the guardian, which does nothing unless a fault is still open. */
  dismiss(): Promise<void>;
}

/**
 * Starts a guardian in a session of its own, so that Ctrl-C in a terminal does not reach it.
 *
 * If it is ended from outside, another one takes its place.
 *
 * @throws LabError COMMAND_FAILED where the runtime cannot start a process.
 */
export function startGuardian(order: GuardianOrder): Guardian {
  const open = new Map<string, readonly string[] | Revival>();
  const helpers = new Map<number, string | undefined>();
  let dirs = [...order.dirs];
  let dismissed = false;
  let child = launch();

  function launch(): ChildProcess {
    const { command, args, env } = plainProgram(
      new URL("./guardian.mjs", import.meta.url),
      JSON.stringify({ ...order, dirs }),
    );
    const started = begun(command, args, env);
    started.stdin!.on("error", () => {}); // it may just have been ended; "exit" starts another
    started.on("exit", () => {
      if (dismissed) return;
      try {
        child = launch();
      } catch {
        return; // the system starts no process now: the lab goes on without
      }
      for (const [id, undo] of open) sendUndo(id, undo);
      for (const [helper, start] of helpers) send({ helper, start });
    });
    started.unref();
    (started.stdin as unknown as { unref?(): void }).unref?.();
    return started;
  }

  function send(said: unknown): void {
    child.stdin!.write(`${JSON.stringify(said)}\n`);
  }

  function sendUndo(id: string, undo: readonly string[] | Revival): void {
    send("java" in undo ? { undo: id, revive: undo } : { undo: id, argv: undo });
  }

  return {
    get pid() {
      return child.pid!;
    },
    open(id, undo) {
      open.set(id, undo);
      sendUndo(id, undo);
    },
    watch(paths) {
      dirs = [...paths];
      send({ dirs });
    },
    healed(id) {
      if (open.delete(id)) send({ done: id });
    },
    helper(pid) {
      const start = startOf(pid);
      helpers.set(pid, start);
      send({ helper: pid, start });
    },
    async dismiss() {
      if (dismissed) return;
      dismissed = true;
      if (child.exitCode !== null || child.signalCode !== null) return; // and no other could take its place
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.ref();
      if (open.size === 0) send({ bye: true }); // else it undoes what could not be healed
      child.stdin!.end();
      await gone;
    },
  };
}

/** Some failures are thrown, others leave a process without an id and tell of it in an event. */
function begun(command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
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
export function plainProgram(
  file: URL,
  ...args: string[]
): { command: string; args: string[]; env: NodeJS.ProcessEnv } {
  const flags = "Deno" in globalThis ? ["run", "-A", "--quiet", "--no-config"] : [];
  const { NODE_OPTIONS: _, ...env } = process.env;
  return { command: process.execPath, args: [...flags, fileURLToPath(file), ...args], env };
}
