// The disk under a broker's log directories is full: writes fail with "No space left on device".

import type { FaultDefinition } from "./definition.ts";
import { diskFault, type DiskSpec } from "./disk.ts";

/** A fault that fills disks, as a value. */
export interface FillDiskSpec extends DiskSpec {
  readonly kind: "fill-disk";
}

export const fillDisk: FaultDefinition = diskFault({
  kind: "fill-disk",
  about: "writes to the log directories fail: no space left on device",
  noun: "full disk",
  effect: "full",
  isPredictable: true,
});
