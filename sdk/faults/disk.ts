// What the kinds of disk faults have in common: the disk under a broker's log directories.

import { type Duration, toMs } from "../model/duration.ts";
import type { DiskEffect, DiskFault } from "../model/disk.ts";
import type { FaultSpec } from "../model/fault.ts";
import type { Target } from "../model/target.ts";
import type { FaultDefinition, FaultOption } from "./definition.ts";

/** Fields of every fault of a broker's disk. */
export interface DiskSpec extends FaultSpec {
  readonly target: Target;
  /** Which of the broker's `log.dirs`, from 1. @default all of them, on one disk */
  readonly logDir?: number;
}

interface DiskKind {
  kind: string;
  about: string;
  noun: string;
  effect: DiskEffect;
  isPredictable: boolean;
  options?: Readonly<Record<string, FaultOption>>;
}

const LOG_DIR: FaultOption = { type: "number", about: "which of the broker's log.dirs, from 1" };

/** A kind whose effect is on the disks of its targets. */
export function diskFault({ effect, options = {}, ...kind }: DiskKind): FaultDefinition {
  return {
    ...kind,
    healed: "healed",
    options: { ...options, logDir: LOG_DIR },
    disk: (spec) => effectOf(spec, effect),
  };
}

/** @throws RangeError for a log directory or a delay that cannot be */
function effectOf(spec: FaultSpec, effect: DiskEffect): DiskFault {
  const logDir = spec["logDir"] as number | undefined;
  if (logDir !== undefined && !(Number.isInteger(logDir) && logDir >= 1))
    throw new RangeError(`Cannot find the log directory ${logDir}: expected a whole number from 1`);
  const addsMs = effect === "slow" ? toMs(spec["delay"] as Duration) : undefined;
  if (addsMs === 0) throw new RangeError("Cannot slow a disk by 0 ms: that is not slow");
  return { effect, ...(addsMs !== undefined && { addsMs }), ...(logDir !== undefined && { logDir }) };
}
