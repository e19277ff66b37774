// Everything that a broker sends (or receives) arrives later.

import type { FaultDefinition } from "./definition.ts";
import { type Duration, toMs } from "../model/duration.ts";
import type { FaultSpec } from "../model/fault.ts";
import { networkFault, type NetworkSpec, scopeOf } from "./network.ts";

/** A fault that delays packets, as a value. */
export interface DelaySpec extends NetworkSpec {
  readonly kind: "delay";
  /** How much later each packet arrives. */
  readonly delay: Duration;
  /** Give or take, evenly distributed; at most the delay. @default 0 */
  readonly jitter?: Duration;
}

export const delay: FaultDefinition = networkFault({
  kind: "delay",
  about: "packets arrive later, as with tc netem delay",
  noun: "delay",
  isPredictable: true,
  options: {
    delay: { type: "duration", about: "how much later", isRequired: true, default: "30s" },
    jitter: { type: "duration", about: "give or take", default: "0s" },
  },
  on: (spec) => {
    const [delayMs, jitterMs] = timesOf(spec);
    const scope = scopeOf(spec);
    return (broker) => ({ kind: "delay", delayMs, jitterMs, broker, ...scope });
  },
});

function timesOf(spec: FaultSpec): [delayMs: number, jitterMs: number] {
  const delayMs = toMs(spec["delay"] as Duration);
  const jitterMs = toMs((spec["jitter"] as Duration | undefined) ?? 0);
  if (delayMs === 0 && jitterMs === 0) throw new RangeError("Cannot delay by 0 ms: that is no delay");
  if (jitterMs > delayMs)
    throw new RangeError(
      `Cannot delay by ${delayMs} ms give or take ${jitterMs} ms: nothing arrives before it was sent`,
    );
  return [delayMs, jitterMs];
}
