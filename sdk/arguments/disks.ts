// Schemas of what faults of disks take.

import type { DiskOptions } from "../lab/verbs/disk.ts";
import { fields, type Schema } from "./checked.ts";
import * as is from "./values.ts";

/** More log directories than that nobody has. */
const MOST_DIRS = 1_000;
export const logDir: Schema<number> = is.whole(1, MOST_DIRS);

export const diskOptions: Schema<DiskOptions> = fields<DiskOptions>({
  prove: is.flag,
  signal: is.signal,
  logDir,
});
