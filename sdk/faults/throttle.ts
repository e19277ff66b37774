// A broker's bandwidth is limited.

import type { FaultDefinition } from "./definition.ts";
import { type Rate, toBytesPerSecond } from "../model/traffic.ts";
import { networkFault, type NetworkSpec, scopeOf } from "./network.ts";

/** A fault that limits the rate, as a value. */
export interface ThrottleSpec extends NetworkSpec {
  readonly kind: "throttle";
  /** Bytes a second, `"1MB/s"`, `"10Mbit/s"`. */
  readonly rate: Rate;
}

export const throttle: FaultDefinition = networkFault({
  kind: "throttle",
  about: "the bandwidth is limited; what does not fit waits",
  noun: "throttling",
  isPredictable: true,
  options: { rate: { type: "rate", about: "the limit", isRequired: true, default: "10kB/s" } },
  on: (spec) => {
    const bytesPerSecond = toBytesPerSecond(spec["rate"] as Rate);
    const scope = scopeOf(spec);
    return (broker) => ({ kind: "throttle", bytesPerSecond, broker, ...scope });
  },
});
