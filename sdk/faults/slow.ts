// Members of a consumer group take longer for a record.

import { type Duration, toMs } from "../model/duration.ts";
import type { FaultSpec, SlowProcessing } from "../model/fault.ts";
import type { MemberTarget } from "../model/group-target.ts";
import type { FaultDefinition } from "./definition.ts";

/** A fault that slows the processing of members down, as a value. */
export interface SlowSpec extends FaultSpec {
  readonly kind: "slow";
  readonly target: MemberTarget;
  /** How long processing a record takes, in place of the group's own; or `factor`. */
  readonly process?: Duration;
  /** How many times as long as the group's own processing takes, above 1; or `process`. */
  readonly factor?: number;
}

export const slow: FaultDefinition = {
  kind: "slow",
  about: "members of a group take longer for a record",
  noun: "slowdown",
  healed: "as fast as before",
  takes: "members",
  isPredictable: false,
  options: {
    process: { type: "duration", about: "how long processing a record takes" },
    factor: { type: "number", about: "how many times as long as before, above 1" },
  },
  processing: processingOf,
};

/** @throws TypeError for neither or both; RangeError for what slows nothing down */
function processingOf(spec: FaultSpec): SlowProcessing {
  const { process, factor } = spec as SlowSpec;
  if ((process === undefined) === (factor === undefined))
    throw new TypeError("Cannot slow members down: expected either process or factor");
  if (factor !== undefined) {
    if (Number.isFinite(factor) && factor > 1) return { factor };
    throw new RangeError(`Cannot slow members down by the factor ${factor}: expected a number above 1`);
  }
  const processMs = toMs(process!);
  if (processMs > 0) return { processMs };
  throw new RangeError("Cannot slow members down to 0 ms for a record: that is not slow");
}
