// A percentage of packets is sent ahead of those that wait in a delay; without a delay nothing waits.

import type { FaultDefinition } from "./definition.ts";
import { type NetworkSpec, percentFault } from "./network.ts";

/** A fault that reorders packets, as a value. */
export interface ReorderSpec extends NetworkSpec {
  readonly kind: "reorder";
  /** Of packets: above 0, up to 100. */
  readonly percent: number;
}

export const reorder: FaultDefinition = percentFault("reorder", {
  about: "packets overtake those that wait in a delay",
  noun: "reordering",
  isPredictable: false,
});
