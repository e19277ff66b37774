// One member of a group and the faults on it, as their caller sees them.

import type { SlowSpec } from "../../faults/mod.ts";
import type { Duration } from "../../model/duration.ts";
import type { TopicPartition } from "../../model/history.ts";
import type { Fault } from "../faults/fault.ts";

/** What can be done to a member. */
export type MemberFaultKind = "stop" | "kill" | "pause" | "slow";

/** A fault on one member: the handle that `lab.inject` returns, too. `await using` heals it. */
export interface MemberFault extends Fault {
  /** The member's name: `billing.1`. */
  readonly member: string;
}

/** A member of a consumer group: a process of its own. */
export interface Member {
  /** Its name, `billing.1`, which is its client id, too. */
  readonly name: string;
  /** From 1. */
  readonly number: number;
  /** The state of its process. */
  readonly state: "running" | "paused" | "stopped";
  /** Its process id; undefined while it has none. */
  readonly pid: number | undefined;
  /** What its client says that it was assigned. */
  readonly partitions: readonly TopicPartition[];
  /**
   * Has it leave the group and end; after `timeout` (10 s) it is killed. As `lab.inject(faults.stop({ group:
   * "billing", member: 1 }))`, and so are the others.
   *
   * @throws LabError COMMAND_FAILED where it does not run
   */
  stop(options?: { timeout?: Duration }): Promise<MemberFault>;
  /** Kills it with SIGKILL: the group notices when its session ends. @throws LabError as `stop` */
  kill(): Promise<MemberFault>;
  /** Freezes it with SIGSTOP: its sockets stay open. @throws LabError as `stop` */
  pause(): Promise<MemberFault>;
  /**
   * Has it take longer for each record, from the next one on: `{ process: "200ms" }`, or `{ factor: 10 }` of
   * the group's own `process`.
   *
   * @throws LabError as `stop`; UNSUPPORTED for a client that cannot
   */
  slow(options: Pick<SlowSpec, "process" | "factor">): Promise<MemberFault>;
  /** Starts or resumes it, whatever its state, which heals its fault; one that is slow stays so. */
  start(): Promise<void>;
}
