// A broker is asked to end: SIGTERM, controlled shutdown.

import type { FaultDefinition } from "./definition.ts";
import type { Duration } from "../model/duration.ts";
import type { FaultSpec } from "../model/fault.ts";
import type { Target } from "../model/target.ts";
import { processFault } from "./process.ts";

/** A fault that stops brokers (SIGTERM), as a value. */
export interface StopSpec extends FaultSpec {
  readonly kind: "stop";
  readonly target: Target;
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
