// The disk under a broker's log directories is slow: each write and each fsync waits.

import type { Duration } from "../model/duration.ts";
import type { FaultDefinition } from "./definition.ts";
import { diskFault, type DiskSpec } from "./disk.ts";

/** A fault that slows disks down, as a value. */
export interface SlowDiskSpec extends DiskSpec {
  readonly kind: "slow-disk";
  /** How long each write and each fsync waits. */
  readonly delay: Duration;
}

export const slowDisk: FaultDefinition = diskFault({
  kind: "slow-disk",
  about: "each write and each fsync in the log directories waits",
  noun: "slow disk",
  effect: "slow",
  isPredictable: true,
  options: {
    delay: {
      type: "duration",
      about: "how long each write and each fsync waits",
      isRequired: true,
      default: "200ms",
    },
  },
});
