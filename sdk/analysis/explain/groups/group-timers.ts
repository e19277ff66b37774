// The settings that decide how long a group's parts take, under the names that their owner has for them.

import type { Timer } from "../../../model/prediction.ts";
import { namedTimer } from "../../predict/groups/mod.ts";
import { brokerTimer, lastsAsLong } from "../timers.ts";
import { timed } from "../evidence.ts";
import type { Evidence } from "../explanation.ts";
import type { GroupScene } from "./group-scene.ts";

/** A timer of a member's client, by its setting, as predictions name it. */
const TIMERS = {
  sessionTimeout: "session",
  heartbeatInterval: "heartbeat",
  rebalanceTimeout: "poll",
  maxWait: "wait",
  requestTimeout: "request",
} as const;

/** A member's timer; undefined where its settings do not tell it. */
export function memberTimer(scene: GroupScene, member: string, name: keyof typeof TIMERS): Timer | undefined {
  const settings = scene.settingsOf(member);
  const protocol = settings["protocol"] === "consumer" ? "consumer" : "classic";
  if (protocol === "consumer" && name === "sessionTimeout")
    return brokerTimer(scene.facts, "group.consumer.session.timeout.ms");
  if (protocol === "consumer" && name === "heartbeatInterval")
    return brokerTimer(scene.facts, "group.consumer.heartbeat.interval.ms");
  const ms = settings[name];
  if (typeof ms !== "number") return undefined;
  const client = settings["client"] === "java" ? "java" : "kafkajs";
  return { ...namedTimer({ client, protocol }, TIMERS[name]), ms };
}

/**
 * The proof that a member's session made a time: it runs from its last heartbeat, so that it may have run for
 * a heartbeat's interval already.
 */
export function sessionProof(scene: GroupScene, member: string, ranMs: number): Evidence[] {
  const session = memberTimer(scene, member, "sessionTimeout");
  if (session === undefined) return [];
  const beat = memberTimer(scene, member, "heartbeatInterval")?.ms;
  return [timed(session, lastsAsLong(ranMs, session, beat))];
}

/** The proof that a timer made a time, where it fits; nothing where it does not. */
export function fitting(timer: Timer | undefined, ranMs: number, startedMs = 0): Evidence[] {
  return timer !== undefined && lastsAsLong(ranMs, timer, startedMs) ? [timed(timer)] : [];
}
