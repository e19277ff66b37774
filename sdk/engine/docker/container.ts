// One node's container: each verb is one docker command, and its effect is the daemon's event about it.

import { performance } from "node:perf_hooks";
import type { Action, NodeStatus, StopOptions } from "../engine.ts";
import { withinMs } from "../../runtime/within.ts";
import {
  openLog,
  closeLog,
  type ContainerParts,
  type ContainerState,
  EVENT_MS,
  onEvent,
  nextEvent,
  KILLED,
  look,
  stateOf,
} from "./container-state.ts";
import type { ContainerEvent } from "./events.ts";

export interface Container {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** Its address in the containers' network, as it was when the lab opened. */
  readonly address: string;
  start(): Promise<Action>;
  stop(options?: StopOptions): Promise<Action>;
  kill(): Promise<Action>;
  pause(): Promise<Action>;
  resume(): Promise<Action>;
  status(): NodeStatus;
  onEvent(event: ContainerEvent): void;
  /** Inspects the container, where events may have been missed. */
  look(): Promise<void>;
  /** Resolves when the log of a container that has ended can be read; at once where it runs. */
  settled(): Promise<void>;
  /**
   * Begins to follow the log. On two cores that delays the brokers' start, so it is not done before one
   * serves or ends.
   */
  follow(): void;
  /** Ends what follows the log; one that was not followed is copied first. */
  close(): Promise<void>;
}

const STOP_TIMEOUT_MS = 10_000; // docker stop's

export function makeContainer(parts: ContainerParts): Container {
  const { id, name, image, addresses } = parts.facts;
  const state = stateOf(parts);
  return {
    id,
    name,
    image,
    address: addresses[0] ?? "",
    start: () => act(state, "start", ["start", id], "start"),
    stop: ({ timeoutMs = STOP_TIMEOUT_MS } = {}) => stop(state, Math.ceil(timeoutMs / 1000)),
    kill: () => end(state, "kill", ["kill", id], "die"),
    pause: () => act(state, "pause", ["pause", id], "pause"),
    resume: () => act(state, "unpause", ["unpause", id], "unpause"),
    status: () => ({ ...state.status }),
    onEvent: (event) => onEvent(state, event),
    look: () => look(state),
    async settled() {
      if (state.status.state === "stopped") await withinMs(openLog(state).ended, EVENT_MS);
    },
    follow: () => void openLog(state),
    close: () => closeLog(state),
  };
}

/**
 * Runs a command and returns once the daemon has reported its effect; without a report, the container is
 * inspected.
 */
async function act(
  state: ContainerState,
  what: string,
  args: readonly string[],
  effect: ContainerEvent["action"],
): Promise<Action> {
  const { cli, facts, onHelper } = state.parts;
  const began = performance.now();
  const effective = nextEvent(state, effect);
  // only a stop takes long enough to outlive its owner
  await cli.docker(`${what} ${facts.service}`, args, args[0] === "stop" ? { onPid: onHelper } : {});
  const ended = performance.now();
  // docker answers when a container is frozen or thawed; its event may come a little later
  if (effect === "pause" || effect === "unpause")
    onEvent(state, { id: facts.id, action: effect, timeNano: Date.now() * 1e6 });
  const effectAt = await withinMs(effective, EVENT_MS);
  if (effectAt === undefined) await look(state);
  return {
    effectAt: Math.min(effectAt ?? ended, ended),
    tookMs: performance.now() - began,
    via: `docker ${args.slice(0, -1).join(" ")}`,
  };
}

async function stop(state: ContainerState, seconds: number): Promise<Action> {
  const action = await end(state, "stop", ["stop", "-t", String(seconds), state.parts.facts.id], "kill");
  const late = `did not end within ${seconds} s of SIGTERM and was killed by docker`;
  return { ...action, via: "docker stop", ...(action.exit?.code === KILLED && { differs: late }) };
}

/** Runs a command that ends the container and returns once its end is known. */
async function end(
  state: ContainerState,
  what: string,
  args: readonly string[],
  effect: ContainerEvent["action"],
): Promise<Action> {
  const isUp = (): boolean => state.status.state !== "stopped" && !state.isEnding;
  state.asked = true;
  const death = nextEvent(state, "die");
  try {
    const action = await act(state, what, args, effect);
    if (isUp()) await withinMs(death, EVENT_MS);
    if (isUp()) await look(state);
    await state.exiting;
    const { exit } = state.status;
    return { ...action, ...(exit && { exit }) };
  } catch (error) {
    state.asked = false;
    throw error;
  }
}
