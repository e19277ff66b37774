// Brokers, or the members of a consumer group, are restarted one after the other, as a deployment does.

import type { Duration } from "../model/duration.ts";
import type { FaultSpec, Restarts } from "../model/fault.ts";
import type { MemberTarget } from "../model/group-target.ts";
import type { Target } from "../model/target.ts";
import type { FaultDefinition } from "./definition.ts";

/**
 * What a rolling restart of brokers waits for after each: every partition has its full ISR; the broker is
 * alive, that is registered and not fenced; nothing.
 */
export type RollWait = Restarts["wait"];

/** A rolling restart of brokers or members, as a value. */
export interface RollSpec extends FaultSpec {
  readonly kind: "roll";
  readonly target: Target | MemberTarget;
  /** How long the wait after each may take. @default "60s" */
  readonly timeout?: Duration;
  /** Of brokers; members wait until the group has settled. @default "full isr" */
  readonly wait?: RollWait;
  /** How each broker is ended; members are stopped. @default "stop" */
  readonly how?: "stop" | "kill";
}

export const ROLL_WAITS: readonly RollWait[] = ["full isr", "alive", "none"];

export const roll: FaultDefinition = {
  kind: "roll",
  about: "brokers, or members of a group, are restarted one after the other",
  noun: "roll",
  healed: "settled again",
  takes: "both",
  isPredictable: true,
  // it is over when it was carried out: each was stopped, started, and waited for
  endsByItself: true,
  options: {
    timeout: { type: "duration", about: "how long the wait after each may take", default: "60s" },
    wait: { type: ROLL_WAITS, about: "what brokers wait for after each", default: "full isr" },
    how: { type: ["stop", "kill"], about: "how each broker is ended", default: "stop" },
  },
  details: (spec) => {
    const { wait = "full isr", how = "stop" } = spec as RollSpec;
    return { restarts: { wait, how } };
  },
};
