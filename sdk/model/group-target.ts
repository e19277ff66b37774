// Which members of which consumer group a fault hits.
//
//   { group: "billing", member: 1 }          by its number, from 1
//   { group: "billing", member: "leader" }   the one that the coordinator made the group's leader
//   { group: "billing" }                     every member whose process exists
//
// A member belongs to a group, and a lab may have several: a bare "group leader" would not say of which. So
// it is written where a member's number is, as in `group.member("leader")`. It is no broker, therefore not
// `{ leaderOf: … }`; the broker that coordinates a group is `{ coordinatorOf: "billing" }`.

/** Members of a consumer group of the lab: one by its number, the group's leader, or all. */
export interface MemberOf {
  /** The group's name. */
  readonly group: string;
  /**
   * Its number, from 1; or the member that the coordinator made the group's leader, which computes the
   * assignment (classic protocol), resolved once when the fault is injected.
   *
   * @default every member whose process exists
   */
  readonly member?: number | "leader";
}

/** Members of consumer groups: `{ group: "billing", member: 1 }`, or a list of such. */
export type MemberTarget = MemberOf | readonly MemberOf[];

/** A member of a consumer group as the history names it. */
export interface MemberName {
  readonly group: string;
  /** Its name, `billing.1`, as in the events of a group. */
  readonly member: string;
}

/** Whether a target means members of groups, not nodes of the cluster. */
export function isMemberTarget(target: unknown): target is MemberTarget {
  const [first] = Array.isArray(target) ? (target as readonly unknown[]) : [target];
  return typeof first === "object" && first !== null && "group" in first;
}

/** The targets one by one. */
export function memberTargets(target: MemberTarget): readonly MemberOf[] {
  return Array.isArray(target) ? (target as readonly MemberOf[]) : [target as MemberOf];
}

/** Writes a target as it was asked for: `member 1 of billing`, `leader of billing`, `members of billing`. */
export function describeMembers(target: MemberTarget): string {
  return memberTargets(target).map(describeOne).join(", ");
}

function describeOne({ group, member }: MemberOf): string {
  if (member === undefined) return `members of ${group}`;
  return member === "leader" ? `group leader of ${group}` : `member ${member} of ${group}`;
}
