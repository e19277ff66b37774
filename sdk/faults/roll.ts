// The members of a consumer group are restarted one after the other, as a deployment does.

import type { Duration } from "../model/duration.ts";
import type { FaultSpec } from "../model/fault.ts";
import type { MemberTarget } from "../model/group-target.ts";
import type { FaultDefinition } from "./definition.ts";

/** A rolling restart of members, as a value. */
export interface RollSpec extends FaultSpec {
  readonly kind: "roll";
  readonly target: MemberTarget;
  /** How long the group may take to settle after each member. @default "60s" */
  readonly timeout?: Duration;
}

export const roll: FaultDefinition = {
  kind: "roll",
  about: "members of a group are restarted one after the other",
  noun: "roll",
  healed: "settled again",
  takes: "members",
  isPredictable: false,
  // it is over when it was carried out: each member was stopped, started, and waited for
  endsByItself: true,
  options: {
    timeout: { type: "duration", about: "how long the group may take to settle", default: "60s" },
  },
};
