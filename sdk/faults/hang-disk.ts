// The disk under a broker's log directories hangs: writes and fsyncs wait until it is healed.

import type { FaultDefinition } from "./definition.ts";
import { diskFault, type DiskSpec } from "./disk.ts";

/** A fault that has disks hang, as a value. */
export interface HangDiskSpec extends DiskSpec {
  readonly kind: "hang-disk";
}

export const hangDisk: FaultDefinition = diskFault({
  kind: "hang-disk",
  about: "writes and fsyncs in the log directories wait until it is healed",
  noun: "hung disk",
  effect: "hung",
  isPredictable: true,
});
