// The process of a broker or a member ends at once: SIGKILL, or a machine that loses power.

import type { FaultDefinition } from "./definition.ts";
import type { FaultSpec } from "../model/fault.ts";
import type { MemberTarget } from "../model/group-target.ts";
import type { Target } from "../model/target.ts";
import { processFault } from "./process.ts";

/** A fault that kills brokers or members of a group (SIGKILL), as a value. */
export interface KillSpec extends FaultSpec {
  readonly kind: "kill";
  readonly target: Target | MemberTarget;
}

export const kill: FaultDefinition = processFault({
  kind: "kill",
  about: "SIGKILL: the process ends at once, its sockets are closed",
  process: "death",
  healed: "started again",
});
