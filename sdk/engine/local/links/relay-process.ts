// The process that the links live in (relay.mjs), seen from the SDK: one request a line, one answer a line.

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { LabError } from "../../../model/errors.ts";
import { plainProgram } from "../../../runtime/guardian/guardian.ts";
import { markOf } from "../../../runtime/guardian/processes.mjs";
import { type ProcessRecord, recorded } from "../../../runtime/guardian/records.mjs";

/** An answer of the process. */
export interface Answer {
  error?: string;
  port?: number;
  counts?: Record<string, number>;
}

/** A connection that a link has accepted from anybody but a node of the cluster. */
export interface Accepted {
  node: string;
  host: string;
  port: number;
  /** The port that was dialled. */
  to: number;
}

export interface Relay {
  readonly pid: number;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  /**
   * Sends a request and returns its answer.
   *
   * @throws LabError PORT_TAKEN, COMMAND_FAILED
   */
  request(what: object): Promise<Answer>;
  /** Closes its standard input: it heals, and ends unless the brokers are kept. */
  endInput(): void;
  /** Whether the process keeps the program alive; only while something is awaited from it. */
  holdOpen(wanted: boolean): void;
}

interface RelayState {
  readonly child: ChildProcess;
  /** Requests without an answer, by id. */
  readonly waiting: Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>;
  count: number;
}

const UNREACHABLE = "Was it ended from outside? Nobody reaches the brokers without it: close the lab.";

/** @throws LabError COMMAND_FAILED where the system starts no process */
export function startRelay(record: ProcessRecord, onAccepted?: (one: Accepted) => void): Relay {
  const state: RelayState = { child: spawnRelay(record), waiting: new Map(), count: 0 };
  const { child } = state;
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.stdin!.on("error", () => {});
  void ended.then(() => rejectAll(state));
  createInterface({ input: child.stdout! }).on("line", (line) => {
    const { id, accepted, ...answer } = JSON.parse(line) as Answer & { id: number; accepted?: Accepted };
    if (accepted !== undefined) return onAccepted?.(accepted);
    state.waiting.get(id)?.resolve(answer);
    state.waiting.delete(id);
  });
  holdOpen(child, false);
  return {
    pid: child.pid!,
    ended,
    request: async (what) => accepted(await request(state, what)),
    endInput: () => void child.stdin!.end(),
    holdOpen: (wanted) => holdOpen(child, wanted),
  };
}

function spawnRelay(record: ProcessRecord): ChildProcess {
  const { command, args, env } = plainProgram(
    new URL("./relay.mjs", import.meta.url),
    JSON.stringify({ keep: record.keep }),
    markOf(record),
  );
  const [program, ...rest] = recorded(record, [command, ...args]);
  const child = spawn(program, rest, { detached: true, stdio: ["pipe", "pipe", "ignore"], env });
  child.on("error", () => {});
  // at the limit of open files it has no streams either
  if (child.pid === undefined)
    throw new LabError("COMMAND_FAILED", "Cannot start the links: the system started no process", {
      command: program!,
    });
  return child;
}

function rejectAll({ child, waiting }: RelayState): void {
  const how = child.exitCode === null ? "" : ` with ${child.exitCode}`;
  for (const { reject } of waiting.values())
    reject(
      new LabError("COMMAND_FAILED", `Cannot use the links: their process has ended${how}`, {
        hint: UNREACHABLE,
      }),
    );
  waiting.clear();
}

async function request(state: RelayState, what: object): Promise<Answer> {
  const { child, waiting } = state;
  const id = ++state.count;
  const answer = new Promise<Answer>((resolve, reject) => waiting.set(id, { resolve, reject }));
  if (child.exitCode !== null)
    waiting.get(id)!.reject(
      new LabError("COMMAND_FAILED", "Cannot use the links: their process does not run", {
        hint: UNREACHABLE,
      }),
    );
  else child.stdin!.write(`${JSON.stringify({ id, ...what })}\n`);
  holdOpen(child, true);
  return await answer.finally(() => holdOpen(child, waiting.size > 0));
}

function accepted(answer: Answer): Answer {
  const { error, port } = answer;
  if (error === undefined) return answer;
  if (error === "EADDRINUSE" && port !== undefined)
    throw new LabError("PORT_TAKEN", `Cannot listen on port ${port}: it is taken`, {
      port,
      hint: `Does another program listen there? \`lsof -nP -iTCP:${port} -sTCP:LISTEN\` lists it.`,
    });
  throw new LabError("COMMAND_FAILED", `Cannot set up a link: ${error}`, {});
}

function holdOpen(child: ChildProcess, wanted: boolean): void {
  for (const one of [child, child.stdin, child.stdout]) {
    const handle = one as unknown as { ref?(): void; unref?(): void };
    if (wanted) handle.ref?.();
    else handle.unref?.();
  }
}
