// What is known of one container: by the daemon's events, by inspection, and by the end of its log.

import { performance } from "node:perf_hooks";
import type { Exit, NodeStatus } from "../engine.ts";
import { exitOf, letGo } from "../exit.ts";
import { tail } from "../../runtime/tail.ts";
import { withinMs } from "../../runtime/within.ts";
import type { Cli } from "./cli.ts";
import type { ContainerEvent } from "./events.ts";
import { type ContainerFacts, inspect } from "./inspect.ts";
import { type FollowedLog, followLog, sinceOf } from "./logs.ts";

export interface ContainerParts {
  cli: Cli;
  facts: ContainerFacts;
  /** The file that the container's log is followed into. */
  logFile: string;
  onExit(exit: Exit, asked: boolean): void;
  /** Called at every start, whoever asked for it. */
  onStart(): void;
  /** Called with processes that follow logs, which must not outlive the owner. */
  onHelper(pid: number): void;
}

/** How long to wait for an event, or for the end of a log. */
export const EVENT_MS = 2_000;
/** The exit code after SIGKILL. */
export const KILLED = 137;

/** What is known of one container. */
export interface ContainerState {
  readonly parts: ContainerParts;
  status: NodeStatus;
  /** Whether the lab has asked for the next end. */
  asked: boolean;
  /** Who waits for an action's event. */
  readonly waiting: Map<ContainerEvent["action"], Set<() => void>>;
  log: FollowedLog | undefined;
  /** It has died, and its log is not yet read to the end. */
  isEnding: boolean;
  /** It was started again while `isEnding`. */
  isSuperseded: boolean;
  exiting: Promise<void>;
  /** How many events were received. */
  events: number;
}

/** The state of a container as it was inspected. */
export function stateOf(parts: ContainerParts): ContainerState {
  return {
    parts,
    status: statusOf(parts.facts),
    asked: false,
    waiting: new Map(),
    log: undefined,
    isEnding: false,
    isSuperseded: false,
    exiting: Promise.resolve(),
    events: 0,
  };
}

function statusOf({ state, exitCode, pid }: ContainerFacts): NodeStatus {
  return state === "stopped"
    ? { state, exit: exitOf(exitCode, "unknown") }
    : { state, ...(pid > 0 && { pid }) };
}

/** Begins to follow the log where it is not followed yet. */
export function openLog(state: ContainerState): FollowedLog {
  return (state.log ??= follow(state, firstSince(state)));
}

/** Of a cluster that is up for weeks, only this run's lines. */
function firstSince({ parts }: ContainerState): string | undefined {
  const { startedAt } = parts.facts;
  return startedAt.startsWith("0001-") ? undefined : startedAt;
}

function follow({ parts }: ContainerState, since: string | undefined): FollowedLog {
  const { cli, facts, logFile, onHelper } = parts;
  const followed = followLog({ cli, id: facts.id, file: logFile, since });
  if (followed.pid !== undefined) onHelper(followed.pid);
  return followed;
}

/** Takes an event of the daemon. */
export function onEvent(state: ContainerState, event: ContainerEvent): void {
  state.events++;
  switch (event.action) {
    case "start":
      started(state, event);
      break;
    case "pause":
      state.status = { ...state.status, state: "paused" };
      break;
    case "unpause":
      state.status = { ...state.status, state: "running" };
      break;
    case "die":
      died(state, event.exitCode ?? 0);
      break;
    case "kill":
      break;
  }
  for (const resolve of state.waiting.get(event.action) ?? []) resolve();
}

function started(state: ContainerState, { timeNano }: ContainerEvent): void {
  if (state.log !== undefined && (state.status.state === "stopped" || state.isEnding))
    state.log = follow(state, sinceOf(timeNano));
  state.isSuperseded = state.isEnding; // it was started again before its log was read to the end
  state.status = { state: "running" };
  state.parts.onStart();
}

/**
 * The end is reported once the log is written to its end: its last lines say why a broker ended, and whether
 * its shutdown was controlled. After SIGKILL there are none to wait for.
 */
function died(state: ContainerState, code: number): void {
  if (state.status.state === "stopped" || (state.isEnding && !state.isSuperseded)) return;
  const { logFile, onExit } = state.parts;
  state.isEnding = true;
  state.isSuperseded = false;
  const [wasAsked, last] = [state.asked, openLog(state)];
  state.asked = false;
  state.exiting = state.exiting
    .then(() => (code === KILLED ? undefined : withinMs(last.ended, EVENT_MS)))
    .then(() => {
      const exit = exitOf(code, letGo(tail(logFile, last.from)));
      if (state.log === last) {
        state.isEnding = false;
        state.status = { state: "stopped", exit };
      }
      if (state.isSuperseded) state.isEnding = state.isSuperseded = false;
      onExit(exit, wasAsked);
    });
}

/** Resolves with the moment at which the daemon's event arrived. */
export function nextEvent({ waiting }: ContainerState, action: ContainerEvent["action"]): Promise<number> {
  return new Promise((resolve) => {
    const who = waiting.get(action) ?? new Set();
    waiting.set(action, who);
    const done = (): void => {
      who.delete(done);
      resolve(performance.now());
    };
    who.add(done);
  });
}

/** Inspects the container, where events may have been missed. */
export async function look(state: ContainerState): Promise<void> {
  const { cli, facts } = state.parts;
  const before = state.events;
  const [now] = await inspect(cli, [facts.id]);
  if (now === undefined) return;
  if (state.events !== before) return await look(state); // an event meanwhile is newer than what was seen
  if (now.state === "stopped") died(state, now.exitCode);
  else if (state.status.state === "stopped")
    onEvent(state, { id: facts.id, action: "start", timeNano: Date.parse(now.startedAt) * 1e6 });
  if (now.state !== "stopped") state.status = { ...state.status, state: now.state };
}

/** Ends what follows the log; one that was not followed is copied first. */
export async function closeLog(state: ContainerState): Promise<void> {
  if (state.log !== undefined) return await state.log.close();
  const { cli, facts, logFile } = state.parts;
  const rest = followLog({ cli, id: facts.id, file: logFile, since: firstSince(state), untilNow: true });
  await withinMs(rest.ended, EVENT_MS);
  await rest.close();
}
