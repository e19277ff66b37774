// A percentage of packets is damaged on the way; their checksum has them thrown away.

import type { FaultDefinition } from "./definition.ts";
import { type NetworkSpec, percentFault } from "./network.ts";

/** A fault that corrupts packets, as a value. */
export interface CorruptSpec extends NetworkSpec {
  readonly kind: "corrupt";
  /** Of packets: above 0, up to 100. */
  readonly percent: number;
}

export const corrupt: FaultDefinition = percentFault("corrupt", {
  about: "packets are damaged, and thrown away by their checksum",
  noun: "corruption",
  isPredictable: false,
});
