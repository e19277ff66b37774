// The disk under a broker's log directories is broken: writes and fsyncs fail with "Input/output error".

import type { FaultDefinition } from "./definition.ts";
import { diskFault, type DiskSpec } from "./disk.ts";

/** A fault that breaks disks, as a value. */
export interface FailDiskSpec extends DiskSpec {
  readonly kind: "fail-disk";
}

export const failDisk: FaultDefinition = diskFault({
  kind: "fail-disk",
  about: "writes and fsyncs in the log directories fail: input/output error",
  noun: "broken disk",
  effect: "failed",
  isPredictable: true,
});
