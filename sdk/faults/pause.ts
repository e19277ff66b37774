// The process of a broker or a member stands still with its sockets open.

import type { FaultDefinition } from "./definition.ts";
import type { FaultSpec } from "../model/fault.ts";
import type { MemberTarget } from "../model/group-target.ts";
import type { Target } from "../model/target.ts";
import { processFault } from "./process.ts";

/** A fault that freezes brokers or members of a group (SIGSTOP), as a value. */
export interface PauseSpec extends FaultSpec {
  readonly kind: "pause";
  readonly target: Target | MemberTarget;
}

export const pause: FaultDefinition = processFault({
  kind: "pause",
  about: "SIGSTOP or docker pause: frozen, its sockets stay open",
  process: "freeze",
  healed: "resumed",
});
