// A percentage of packets arrives twice.

import type { FaultDefinition } from "./definition.ts";
import { type NetworkSpec, percentFault } from "./network.ts";

/** A fault that sends packets twice, as a value. */
export interface DuplicateSpec extends NetworkSpec {
  readonly kind: "duplicate";
  /** Of packets: above 0, up to 100. */
  readonly percent: number;
}

export const duplicate: FaultDefinition = percentFault("duplicate", {
  about: "packets arrive twice",
  noun: "duplication",
  isPredictable: false,
});
