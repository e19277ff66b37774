// A consumer group that is measured, as its caller sees it.

import type { GroupOptions } from "../../client/member/options.ts";
import type { GroupSettings } from "../../client/member/settings.ts";
import type { Fault } from "../faults/fault.ts";
import type { WaitOptions } from "../verbs/waiting.ts";
import type { Member } from "./member.ts";
import type { GroupDescription, GroupLag } from "./states.ts";

/**
 * A consumer group: members that are processes of their own, so that one can be killed.
 *
 * The history gets what each of them was assigned, given, has processed and committed.
 */
export interface Group {
  readonly name: string;
  readonly topic: string;
  /** Its members' settings, all written out; times in milliseconds. */
  readonly settings: GroupSettings;
  /** How many members it has had; those that have ended count. */
  readonly size: number;
  /**
   * A member by its number, from 1; or the group's leader, which computes the assignment: the member that the
   * coordinator has made it when this is called.
   *
   * @throws RangeError; LabError NO_LEADER, also with the protocol `consumer`, which has none
   */
  member(which: number | "leader"): Member;
  /** Starts one more member. @throws LabError as `lab.group` */
  add(): Promise<Member>;
  /**
   * Resolves when the group is stable: its members are those that run, and each partition is assigned to one
   * of them, as the coordinator and the members say.
   *
   * @throws LabError NOT_READY after `timeout` (60 s); BAD_CLIENT where no member is left
   */
  settled(options?: WaitOptions): Promise<GroupDescription>;
  /** Resolves when `count` more records were processed since the call. @throws LabError as `settled` */
  processed(count: number, options?: WaitOptions): Promise<void>;
  /**
   * Returns how far the group is behind; with `atMost` it waits until no more records than that are not
   * committed.
   *
   * @throws LabError as `settled`
   */
  lag(options?: WaitOptions & { atMost?: number }): Promise<GroupLag>;
  /**
   * Has every member that runs commit what it has processed.
   *
   * @throws LabError UNSUPPORTED; COMMAND_FAILED with the client's error
   */
  commit(): Promise<void>;
  /**
   * Restarts all members that run, one after the other: each leaves the group and ends, a new process of the
   * same name is started, and the group has settled before the next (`timeout`, 60 s for each). As
   * `lab.inject(faults.roll({ group }))`: the fault is over and healed when it resolves.
   *
   * @throws LabError as `settled`; COMMAND_FAILED where a member is frozen
   */
  roll(options?: WaitOptions): Promise<Fault>;
  /** The group as its coordinator describes it. */
  describe(): Promise<GroupDescription>;
  /** Ends its members, which leave the group; what it has committed stays. `conclude` does it, too. */
  close(): Promise<void>;
}

/** Starts a consumer group. */
export type StartGroup = (name: string, options?: GroupOptions) => Promise<Group>;
