// A broker's process stands still with its sockets open.

import type { FaultDefinition } from "./definition.ts";
import type { FaultSpec } from "../model/fault.ts";
import type { Target } from "../model/target.ts";
import { processFault } from "./process.ts";

/** A fault that freezes brokers (SIGSTOP), as a value. */
export interface PauseSpec extends FaultSpec {
  readonly kind: "pause";
  readonly target: Target;
}

export const pause: FaultDefinition = processFault({
  kind: "pause",
  about: "SIGSTOP or docker pause: frozen, its sockets stay open",
  process: "freeze",
  healed: "resumed",
});
