// The disk under a broker's log directories forgets: what was written and not forced is gone when the broker
// is killed. With a kill it is a power cut.

import type { FaultDefinition } from "./definition.ts";
import { diskFault, type DiskSpec } from "./disk.ts";

/** A fault that has disks forget what is not forced, as a value. */
export interface ForgetDiskSpec extends DiskSpec {
  readonly kind: "forget-disk";
}

export const forgetDisk: FaultDefinition = diskFault({
  kind: "forget-disk",
  about: "what was written and not forced is gone when the broker is killed: a power cut",
  noun: "forgetful disk",
  effect: "forgetful",
  isPredictable: false,
});
