// Follows a cluster's containers by the daemon's events, from before they are made, so that none is missed.
//
//   docker events ──▶ followCluster() ──▶ container.ts, by id
//        └── lost (the daemon was restarted) ──▶ followed again from the last event, all containers inspected

import type { Guardian } from "../../runtime/guardian/guardian.ts";
import type { Cli } from "./cli.ts";
import type { Container } from "./container.ts";
import { type ContainerEvent, type EventStream, followEvents } from "./events.ts";

/** A cluster whose events are followed. */
export interface FollowedCluster {
  /** By service; empty until the containers are made. */
  readonly containers: Map<string, Container>;
  /** Passes on the events that came before the containers were known. */
  passOnEarly(): void;
  close(): Promise<void>;
}

interface FollowState {
  readonly parts: FollowParts;
  readonly containers: Map<string, Container>;
  /** The events that came before the containers were known. */
  readonly early: ContainerEvent[];
  /** Of the last event, by the daemon's clock. */
  lastNano: number;
  stream: EventStream | undefined;
  isClosed: boolean;
}

export interface FollowParts {
  cli: Cli;
  guardian: Guardian;
  /** `key=value`: what all of the cluster's containers carry. */
  label: string;
}

const AGAIN_MS = 500;

/** Begins to follow the containers that carry the label. */
export function followCluster(parts: FollowParts): FollowedCluster {
  const state: FollowState = {
    parts,
    containers: new Map(),
    early: [],
    lastNano: 0,
    stream: undefined,
    isClosed: false,
  };
  state.stream = follow(state);
  return {
    containers: state.containers,
    passOnEarly: () => state.early.forEach((event) => passOn(state, event)),
    async close() {
      state.isClosed = true;
      await Promise.all([state.stream?.close(), ...[...state.containers.values()].map((one) => one.close())]);
    },
  };
}

function follow(state: FollowState, sinceNano?: number): EventStream {
  const { cli, guardian, label } = state.parts;
  const followed = followEvents({
    label,
    env: cli.env,
    sinceMs: sinceNano === undefined ? undefined : sinceNano / 1e6,
    onEvent(event) {
      if (event.timeNano < (sinceNano ?? 0)) return; // received before the stream was lost
      state.lastNano = Math.max(state.lastNano, event.timeNano);
      if (state.containers.size === 0) state.early.push(event);
      passOn(state, event);
    },
    onLost: () => followAgain(state),
  });
  if (followed.pid !== undefined) guardian.helper(followed.pid);
  return followed;
}

/**
 * The daemon was restarted, or somebody ended the command: asks for the events since, and inspects every
 * container.
 */
function followAgain(state: FollowState): void {
  const lostAt = state.lastNano === 0 ? (Date.now() - AGAIN_MS) * 1e6 : state.lastNano;
  setTimeout(() => {
    if (state.isClosed) return;
    state.stream = follow(state, lostAt);
    for (const one of state.containers.values()) void one.look().catch(() => {});
  }, AGAIN_MS).unref();
}

function passOn({ containers }: FollowState, event: ContainerEvent): void {
  [...containers.values()].find(({ id }) => id === event.id)?.onEvent(event);
}
