// A percentage of packets is lost; TCP sends them again.

import type { FaultDefinition } from "./definition.ts";
import { type NetworkSpec, percentFault } from "./network.ts";

/** A fault that drops packets, as a value. */
export interface LoseSpec extends NetworkSpec {
  readonly kind: "lose";
  /** Of packets: above 0, up to 100. */
  readonly percent: number;
}

export const lose: FaultDefinition = percentFault("lose", {
  about: "packets are lost, and TCP sends them again",
  noun: "loss",
  isPredictable: true,
});
