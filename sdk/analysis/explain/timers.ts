// The settings that decide how long something takes, with where they come from.

import { type Timer, timerOf, timerOfClient } from "../predict/mod.ts";
import type { Facts } from "./facts.ts";

/** A broker's timer, where the run tells it. */
export function brokerTimer({ timers }: Facts, name: BrokerTimer): Timer | undefined {
  const ms = timers[name];
  return ms === undefined ? undefined : timerOf(name, ms);
}

/** How long a client may make a pause between two tries. */
export function pauseTimers(settings: Readonly<Record<string, unknown>>): Timer[] {
  const known = (["initialRetryTime", "maxRetryTime"] as const).flatMap(
    (name) => clientTimer(settings, name) ?? [],
  );
  if (settings["client"] !== "java") return known;
  const properties = settings["properties"] as Readonly<Record<string, unknown>> | undefined;
  return [
    ...known,
    {
      name: RECONNECT,
      ms: reconnectMs(properties?.[RECONNECT]),
      owner: "client",
      source: "CommonClientConfigs.java",
    },
  ];
}

const RECONNECT = "reconnect.backoff.max.ms";
/** The Java client's default. */
const RECONNECT_MS = 1000;

function reconnectMs(text: unknown): number {
  return typeof text === "string" && /^\s*\d+\s*$/.test(text) ? Number(text) : RECONNECT_MS;
}

/** A client's timer, under the client's own name for it; undefined where its settings do not tell it. */
export function clientTimer(
  settings: Readonly<Record<string, unknown>>,
  name: ClientTimer,
): Timer | undefined {
  const ms = settings[name];
  if (typeof ms !== "number") return undefined;
  return timerOfClient(settings["client"] === "java" ? "java" : "kafkajs", name, ms);
}

/**
 * Whether a stretch is as long as its timer: less what had run down already when the fault struck, and not
 * much more.
 */
export function lastsAsLong(ms: number, timer: Timer, startedMs: number = timer.ms / 2): boolean {
  // who lags is looked for twice within replica.lag.time.max.ms
  return ms >= timer.ms - startedMs - EARLY_MS && ms <= timer.ms * (timer.name === LAG ? 1.5 : 1.1) + LATE_MS;
}

export const LAG = "replica.lag.time.max.ms";
/** How much earlier than its timer's end something may come, and still be decided by it. */
export const EARLY_MS = 500;
const LATE_MS = 1000;

type BrokerTimer =
  | "broker.session.timeout.ms"
  | "broker.heartbeat.interval.ms"
  | "controller.quorum.fetch.timeout.ms"
  | "controller.quorum.election.timeout.ms"
  | "controller.quorum.election.backoff.max.ms"
  | "replica.lag.time.max.ms"
  | "group.initial.rebalance.delay.ms"
  | "group.consumer.session.timeout.ms"
  | "group.consumer.heartbeat.interval.ms";
type ClientTimer = "requestTimeout" | "connectionTimeout" | "initialRetryTime" | "maxRetryTime";
