// What a search draws its schedules from: kinds of faults, and how much of each value.

import { faults } from "../../faults/mod.ts";
import type { Duration } from "../../model/duration.ts";
import type { FaultSpec } from "../../model/fault.ts";
import type { Target } from "../../model/target.ts";
import type { Path } from "../../model/traffic.ts";
import type { Dice } from "./dice.ts";

/** The kinds of faults that schedules are made of. */
export const HUNT_KINDS = [
  "stop",
  "kill",
  "pause",
  "delay",
  "throttle",
  "isolate",
  "split",
  "lose",
  "duplicate",
  "reorder",
  "corrupt",
  "slow-disk",
  "hang-disk",
  "fail-disk",
  "fill-disk",
] as const;
/** A kind of faults that schedules are made of. */
export type HuntKind = (typeof HUNT_KINDS)[number];

/** Those that both engines can inject without further tools. */
export const DEFAULT_KINDS: readonly HuntKind[] = HUNT_KINDS.slice(0, HUNT_KINDS.indexOf("lose"));

/** Least and most of a value. */
export type Range = readonly [least: number, most: number];

/** What schedules are drawn from. */
export interface SearchSpace {
  readonly kinds: readonly HuntKind[];
  /** The number of brokers. */
  readonly brokers: number;
  /** Faults of a schedule. */
  readonly faults: Range;
  /** Until when faults begin, in milliseconds; of fewer faults than the most in proportion. */
  readonly spanMs: number;
  /** How long a fault lasts, in milliseconds. */
  readonly lastsMs: Range;
  /** By how much traffic is delayed, in milliseconds. */
  readonly delayMs: Range;
  /** Timers of clients and brokers, in milliseconds: a third of all times is drawn just above one of them. */
  readonly timersMs: readonly number[];
  /** Clients that send at once. */
  readonly producers: Range;
  /** Of each client; the most is that of all clients together. */
  readonly perSecond: Range;
  /** Absent where the client has no such limit. */
  readonly inFlight?: Range;
  readonly partitions: Range;
}

/**
 * The space of a cluster.
 *
 * @param options.requestTimeoutMs the client's: times are drawn up to about twice as long, so that both sides
 *   of it come up
 */
export function spaceOf(brokers: number, options: Partial<SpaceOptions> = {}): SearchSpace {
  const {
    kinds = DEFAULT_KINDS,
    requestTimeoutMs = 5000,
    sessionTimeoutMs = 1500,
    hasInFlight = true,
    mostProducers = 8,
  } = options;
  const longest = Math.max(1000, 2 * requestTimeoutMs);
  return {
    kinds: kinds.filter((kind) => brokers > 1 || kind !== "split"),
    brokers,
    faults: [1, 6],
    spanMs: 10_000,
    lastsMs: [200, longest],
    delayMs: [50, longest],
    timersMs: [requestTimeoutMs, sessionTimeoutMs],
    producers: [1, mostProducers],
    perSecond: [25, 800],
    ...(hasInFlight && { inFlight: [1, 100] }),
    partitions: [1, 3],
  };
}

/** What a space depends on beside the number of brokers. */
export interface SpaceOptions {
  /** @default those that both engines can inject without further tools */
  kinds: readonly HuntKind[];
  /** The client's request timeout, in milliseconds. @default 5000, a probe's */
  requestTimeoutMs: number;
  /** The brokers' `broker.session.timeout.ms`. @default 1500, the lab's fast timers */
  sessionTimeoutMs: number;
  /** Whether the client's sends in flight can be limited. @default true */
  hasInFlight: boolean;
  /** Clients that send at once, at most. @default 8 */
  mostProducers: number;
}

type Draw = (dice: Dice, space: SearchSpace) => FaultSpec;

const DRAWS: Readonly<Record<HuntKind, Draw>> = {
  stop: (dice, space) => faults.stop(target(dice, space)),
  kill: (dice, space) => faults.kill(target(dice, space)),
  pause: (dice, space) => faults.pause(target(dice, space)),
  delay: (dice, space) =>
    faults.delay(target(dice, space), timeText(drawTime(space.delayMs, dice, space)), {
      path: path(dice, space),
    }),
  throttle: (dice, space) =>
    faults.throttle(target(dice, space), `${dice.scale(1, 1000)}kB/s`, { path: path(dice, space) }),
  isolate: (dice, space) =>
    faults.isolate(target(dice, space), {
      how: dice.one(["drop", "reset", "refuse"] as const),
      path: path(dice, space),
    }),
  split: (dice, { brokers }) => faults.split([[dice.whole(1, brokers)]]),
  lose: percent("lose"),
  duplicate: percent("duplicate"),
  reorder: percent("reorder"),
  corrupt: percent("corrupt"),
  "slow-disk": (dice, space) =>
    faults.slowDisk(target(dice, space), timeText(dice.scale(10, space.delayMs[1]))),
  "hang-disk": (dice, space) => faults.hangDisk(target(dice, space)),
  "fail-disk": (dice, space) => faults.failDisk(target(dice, space)),
  "fill-disk": (dice, space) => faults.fillDisk(target(dice, space)),
};

/** Draws a fault of a kind: whom it hits, and how badly. */
export function drawFault(kind: HuntKind, dice: Dice, space: SearchSpace): FaultSpec {
  return DRAWS[kind](dice, space);
}

/** Draws a time; of three, one is up to 1.6 times as long as one of the timers. */
export function drawTime(range: Range, dice: Dice, { timersMs }: SearchSpace): number {
  if (dice.whole(1, 3) > 1) return dice.scale(...range);
  const timer = dice.one(timersMs);
  return dice.scale(Math.round(1.05 * timer), Math.round(1.6 * timer));
}

function percent(kind: "lose" | "duplicate" | "reorder" | "corrupt"): Draw {
  return (dice, space) => faults[kind](target(dice, space), dice.scale(1, 60), { path: path(dice, space) });
}

function target(dice: Dice, { brokers }: SearchSpace): Target {
  return dice.weighted<Target>([
    [3, "leader"],
    [1, "controller"],
    [2, dice.whole(1, brokers)],
  ]);
}

function path(dice: Dice, { brokers }: SearchSpace): Path {
  if (brokers === 1) return "clients";
  return dice.weighted<Path>([
    [3, "clients"],
    [2, "all"],
    [2, "peers"],
    [1, "controllers"],
  ]);
}

/** Milliseconds as a duration is written: `250ms`, `1.5s`, `6s`. */
export function timeText(ms: number): Duration {
  return ms < 1000 ? `${ms}ms` : `${ms / 1000}s`;
}
