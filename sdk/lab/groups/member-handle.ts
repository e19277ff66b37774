// What a member's caller gets: its verbs are faults on it, as values.

import { faults } from "../../faults/mod.ts";
import { LabError } from "../../model/errors.ts";
import type { FaultSpec } from "../../model/fault.ts";
import type { Member as Hit } from "../../model/member.ts";
import type { Action } from "../../engine/engine.ts";
import type { Fault } from "../faults/fault.ts";
import type { Inject } from "../verbs/inject.ts";
import type { GroupMember } from "./group-member.ts";
import type { Member, MemberFault } from "./member.ts";

/** How faults get from a group to the lab. */
export interface MemberFaults {
  inject: Inject;
  /** Undoes something, and closes the faults that are thereby healed. */
  undo(hit: readonly Hit[], how: () => Promise<Action | undefined>): Promise<void>;
  assertOpen(): void;
}

/** The handle of a member. */
export function memberHandle(member: GroupMember, through: MemberFaults): Member {
  const target = { group: member.group, member: member.number };
  const inject = async (spec: FaultSpec): Promise<MemberFault> => {
    through.assertOpen();
    assertNotOver(member, spec.kind);
    return memberFault(await through.inject(spec), member.name);
  };
  return {
    name: member.name,
    number: member.number,
    get state() {
      return member.state;
    },
    get pid() {
      return member.pid;
    },
    get partitions() {
      return member.partitions;
    },
    stop: (options) => inject(faults.stop(target, options)),
    kill: () => inject(faults.kill(target)),
    pause: () => inject(faults.pause(target)),
    slow: (options) => inject(faults.slow(target, options)),
    async start() {
      through.assertOpen();
      assertNotOver(member, "start");
      await through.undo([member.key], () => member.bringBack());
    },
  };
}

/** Another group of the same name has other members. */
function assertNotOver({ isOver, name }: GroupMember, what: string): void {
  if (!isOver) return;
  throw new LabError("COMMAND_FAILED", `Cannot ${what} the member ${name}: its group is closed`);
}

/** The fault's handle, with the member's name. */
function memberFault(fault: Fault, member: string): MemberFault {
  return Object.defineProperties({ member }, Object.getOwnPropertyDescriptors(fault)) as MemberFault;
}
