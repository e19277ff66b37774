// A stretch of a group's outage, with a member that had the partition or without.

import type { PartitionLog } from "../../check/mod.ts";
import type { Lasting } from "../facts.ts";
import type { Holding } from "./holdings.ts";

/** A stretch of a group's outage. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** The faults that lasted during the outage. */
  readonly faults: readonly Lasting[];
}

/** A stretch of an outage with an owner. */
export interface Reading extends Stretch {
  readonly log: PartitionLog;
  /** Every partition of the group: a member that works on another one does not read this one. */
  readonly all: readonly PartitionLog[];
  readonly member: string;
  readonly holding: Holding;
  /** Who has the partition next; absent where the outage ends in this stretch. */
  readonly next: Holding | undefined;
  /** Whether a record was processed at its end. */
  readonly isOver: boolean;
}

/** A stretch of an outage without an owner. */
export interface Takeover extends Stretch {
  readonly topic: string;
  readonly partition: number;
  /** Who had the partition before; absent where nobody had. */
  readonly before: Holding | undefined;
  /** Who has it next; absent where nobody has. */
  readonly next: Holding | undefined;
}
