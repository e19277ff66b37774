// How each kind of proof is written.

import { slowed } from "../../model/fault.ts";
import { hitsMembers, namedMembers } from "../../model/member.ts";
import { nounOf } from "../../faults/mod.ts";
import { readable } from "../../model/duration.ts";
import type {
  Broker,
  BrokerLogEvent,
  ClusterEvent,
  FaultEvent,
  HealEvent,
  NodeId,
} from "../../model/history.ts";
import type { Timer } from "../../model/prediction.ts";
import { sayDisk } from "../../model/disk.ts";
import { sayFault } from "../../model/traffic.ts";
import type { Evidence } from "./explanation.ts";
import type { TimedAttempt } from "./attempts.ts";

/** A line of a broker's log; a long one is cut. */
export function logged({ atMs, service, text }: BrokerLogEvent): Evidence {
  return { kind: "log", atMs, service, text: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text };
}

/** What the cluster said of itself: what of it matters is for the caller to say. */
export function viewed({ atMs }: ClusterEvent, text: string): Evidence {
  return { kind: "view", atMs, text };
}

/** A try on the wire. */
export function attempted(one: TimedAttempt): Evidence {
  const { atMs, tookMs, value, api, error } = one;
  return {
    kind: "attempt",
    atMs,
    tookMs,
    value,
    text: `${api} to ${whom(one)}: ${error ?? "answered"} after ${readable(tookMs)}`,
  };
}

/** A fault, by what it did. */
export function struck(fault: FaultEvent): Evidence {
  return { kind: "fault", atMs: fault.effectAtMs, id: fault.id, text: faultText(fault) };
}

/** A fault's healing. */
export function healed(event: HealEvent): Evidence {
  const { effectAtMs, id, fault, noun, targets, controllers } = event;
  const whose = hitsMembers(event) ? namedMembers(event) : named(targets, controllers);
  return {
    kind: "fault",
    atMs: effectAtMs,
    id,
    text: `${nounOf(fault, noun)} of ${whose} healed`,
  };
}

/** A timer and its value; where what was measured contradicts it, that is said. */
export function timed(timer: Timer, fits = true): Evidence {
  return {
    kind: "timer",
    timer,
    text: `${timer.name} = ${readable(timer.ms)}${fits ? "" : ", which does not fit"}`,
  };
}

/** Names brokers: `broker 1`, `brokers 1 and 3`. */
export function named(brokers: readonly Broker[], controllers: readonly NodeId[] = []): string {
  if (controllers.length > 0) return namedMembers({ targets: brokers, controllers });
  if (brokers.length === 0) return "no broker";
  return brokers.length === 1
    ? `broker ${brokers[0]}`
    : `brokers ${brokers.slice(0, -1).join(", ")} and ${brokers.at(-1)}`;
}

/** Names whom a try asked: a broker, or an address that is no broker's. */
export function whom({ broker, address }: TimedAttempt): string {
  return broker === null ? address : `broker ${broker}`;
}

function faultText(event: FaultEvent): string {
  const { fault, noun, targets, controllers, network, disk } = event;
  if (hitsMembers(event)) return `${nounOf(fault, noun)} of ${namedMembers(event)}${slowed(event)}`;
  if (disk !== undefined) return `${sayDisk(disk)} of ${named(targets, controllers)}`;
  return network === undefined || network.length === 0
    ? `${nounOf(fault, noun)} of ${named(targets, controllers)}`
    : network.map(sayFault).join("; ");
}

const LONGEST = 160;
