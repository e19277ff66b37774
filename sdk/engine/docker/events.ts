// What happens to containers, as the daemon reports it: one `docker events` for a whole cluster. So the lab
// also sees what others do to it.

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Env } from "../../runtime/env.ts";

export type ContainerAction = "start" | "kill" | "die" | "pause" | "unpause";

export interface ContainerEvent {
  id: string;
  action: ContainerAction;
  /** Of a die. */
  exitCode?: number;
  /** The daemon's clock, in nanoseconds since 1970. */
  timeNano: number;
}

export interface EventStream {
  readonly pid: number | undefined;
  close(): Promise<void>;
}

const ACTIONS: readonly ContainerAction[] = ["start", "kill", "die", "pause", "unpause"];

export interface FollowOptions {
  label: string;
  env: Env;
  /** Includes what happened since then, in milliseconds since 1970. @default from now on */
  sinceMs?: number | undefined;
  onEvent(event: ContainerEvent): void;
  /** The stream has ended by itself, such as by a restart of the daemon. */
  onLost(): void;
}

/** Follows the containers that carry a label. */
export function followEvents({ label, env, sinceMs, onEvent, onLost }: FollowOptions): EventStream {
  const filters = ["type=container", `label=${label}`, ...ACTIONS.map((action) => `event=${action}`)].flatMap(
    (filter) => ["--filter", filter],
  );
  let isClosed = false;
  // a group of its own: Ctrl-C in a terminal must reach only the owner, who still needs to hear how the
  // healing goes
  const child: ChildProcess = spawn(
    "docker",
    [
      "events",
      ...filters,
      ...(sinceMs === undefined ? [] : ["--since", (sinceMs / 1000).toFixed(3)]),
      "--format",
      "{{json .}}",
    ],
    { env: { ...env }, stdio: ["ignore", "pipe", "ignore"], detached: true },
  );
  createInterface({ input: child.stdout! }).on("line", (line) => {
    const event = parse(line);
    if (event !== undefined && !isClosed) onEvent(event);
  });
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  });
  void ended.then(() => {
    if (!isClosed) onLost();
  });
  child.unref();
  (child.stdout as unknown as { unref?(): void }).unref?.();
  return {
    pid: child.pid,
    async close() {
      if (isClosed) return;
      isClosed = true;
      // "close" waits for the pipe, too: with nothing else left to do, the program would end before it comes
      child.ref();
      (child.stdout as unknown as { ref?(): void }).ref?.();
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Reads one line of `docker events --format '{{json .}}'`; undefined for what is none. */
export function parse(line: string): ContainerEvent | undefined {
  try {
    const { Action, Actor, timeNano } = JSON.parse(line) as {
      Action?: string;
      Actor?: { ID?: string; Attributes?: Record<string, string> };
      timeNano?: number;
    };
    const action = ACTIONS.find((one) => one === Action);
    if (action === undefined || Actor?.ID === undefined) return undefined;
    const { exitCode } = Actor.Attributes ?? {};
    return {
      id: Actor.ID,
      action,
      timeNano: timeNano ?? 0,
      ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
    };
  } catch {
    return undefined;
  }
}
