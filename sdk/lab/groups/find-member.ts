// From a target to members of the groups that are open.

import { LabError } from "../../model/errors.ts";
import {
  describeMembers,
  type MemberName,
  type MemberOf,
  type MemberTarget,
  memberTargets,
} from "../../model/group-target.ts";
import type { GroupMember } from "./group-member.ts";
import type { OpenGroup } from "./open-group.ts";

type Open = ReadonlyMap<string, OpenGroup>;

/**
 * The members that a target means, each once, in the order of their numbers.
 *
 * @throws LabError NO_SUCH_MEMBER, NO_LEADER
 */
export function resolveMembers(open: Open, target: MemberTarget): GroupMember[] {
  const found = new Set(memberTargets(target).flatMap((one) => membersOf(open, one)));
  return [...found].sort((a, b) => (a.group === b.group ? a.number - b.number : 0));
}

function membersOf(open: Open, one: MemberOf): GroupMember[] {
  const { group, member } = one;
  const found = open.get(group);
  if (found === undefined) throw noSuchMember(describeMembers(one), open);
  if (member === "leader") return [found.leader()];
  const meant = found.members.filter(({ number, state }) =>
    member === undefined ? state !== "stopped" : number === member,
  );
  if (meant.length === 0) throw noSuchMember(describeMembers(one), open);
  return meant;
}

/** @throws LabError NO_SUCH_MEMBER */
export function findMember(open: Open, { group, member }: MemberName): GroupMember {
  const found = open.get(group)?.members.find(({ name }) => name === member);
  if (found === undefined) throw noSuchMember(member, open);
  return found;
}

function noSuchMember(what: string, open: Open): LabError {
  const all = [...open.values()].map(({ name, members }) => `${name} with members 1 to ${members.length}`);
  return new LabError(
    "NO_SUCH_MEMBER",
    `Cannot find ${what}: ${all.length === 0 ? "no group is open" : `there is ${all.join(", ")}`}`,
    { hint: "Faults hit members of groups that `lab.group` has started, and that run." },
  );
}
