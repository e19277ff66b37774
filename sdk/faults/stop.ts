// A broker is asked to end: SIGTERM, controlled shutdown. A member of a group leaves it, and ends.

import type { FaultDefinition } from "./definition.ts";
import type { Duration } from "../model/duration.ts";
import type { FaultSpec } from "../model/fault.ts";
import type { MemberTarget } from "../model/group-target.ts";
import type { Target } from "../model/target.ts";
import { processFault } from "./process.ts";

/** A fault that stops brokers (SIGTERM), or has members of a group leave it and end, as a value. */
export interface StopSpec extends FaultSpec {
  readonly kind: "stop";
  readonly target: Target | MemberTarget;
  /** After this time SIGKILL. @default "10s", as `docker stop` */
  readonly timeout?: Duration;
}

export const stop: FaultDefinition = processFault({
  kind: "stop",
  about: "SIGTERM: controlled shutdown, leaders move first",
  process: "shutdown",
  healed: "started again",
  options: { timeout: { type: "duration", about: "SIGKILL after this time", default: "10s" } },
});
