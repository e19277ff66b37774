// Whom a fault hits: brokers by their numbers; nodes that are only controllers, which have no broker number,
// by Kafka's node.id; members of consumer groups by their names.

import type { Broker, NodeId } from "./broker.ts";
import type { MemberName } from "./group-target.ts";

/** A node that is only a controller, by its `node.id`: `node 3001`. */
export type NodeName = `node ${number}`;

/** A member of a consumer group by its name: `member billing.1`. */
export type GroupMemberKey = `member ${string}`;

/**
 * What has settings, by its name: `settings of topic orders`; or whose leaders are elected: `leader of
 * orders-3`.
 */
export type ResourceKey = `settings of ${string}` | `leader of ${string}` | `leaders of ${string}`;

/** A broker's number, a node that is only a controller, a member of a group, or what has settings. */
export type Member = Broker | NodeName | GroupMemberKey | ResourceKey;

/** What a fault hits: nodes of the cluster, members of groups, or settings. */
export interface Members {
  /** Brokers, by their numbers. */
  readonly targets: readonly Broker[];
  /** Nodes that are only controllers, by their `node.id`; absent where there is none. */
  readonly controllers?: readonly NodeId[];
  /** Members of consumer groups; absent where there is none, and `targets` is then empty. */
  readonly members?: readonly MemberName[];
  /**
   * What its settings were changed of: `topic orders`, `broker 1`; or whose leaders were elected: `leader of
   * orders-3`. Absent where there is none.
   */
  readonly resources?: readonly string[];
}

/** Names a node that is only a controller. */
export function nodeName(nodeId: NodeId): NodeName {
  return `node ${nodeId}`;
}

const MEMBER = "member ";

/** Names a member of a group. */
export function memberKey({ member }: Pick<MemberName, "member">): GroupMemberKey {
  return `${MEMBER}${member}`;
}

function isLeaders(resource: string): resource is Extract<ResourceKey, `leader${string}`> {
  return resource.startsWith("leader of ") || resource.startsWith("leaders of ");
}

/** All that is hit. */
export function membersOf({ targets, controllers = [], members = [], resources = [] }: Members): Member[] {
  return [
    ...targets,
    ...controllers.map(nodeName),
    ...members.map(memberKey),
    ...resources.map((one): ResourceKey => (isLeaders(one) ? one : `settings of ${one}`)),
  ];
}

/** `broker 1, 2`, `node 3001`, `broker 1, node 3001`, `member billing.1`. */
export function namedMembers(members: Members | readonly Member[]): string {
  const all = "targets" in members ? membersOf(members) : members;
  const first = all[0];
  const kind = typeof first === "number" ? "broker " : first?.startsWith(MEMBER) ? MEMBER : "";
  return `${kind}${shortNames(all)}`;
}

/** `1, 2`, `node 3001`, `billing.1`. */
export function shortNames(members: Members | readonly Member[]): string {
  const all = "targets" in members ? membersOf(members) : members;
  return all.map((one) => String(one).replace(MEMBER, "")).join(", ");
}

/** Whether a fault hits members of groups, and no node of the cluster. */
export function hitsMembers({ members = [] }: Members): boolean {
  return members.length > 0;
}

/** Whether a fault changes settings, and hits neither node nor member. */
export function hitsSettings({ resources = [] }: Members): boolean {
  return resources.length > 0;
}

/** The fields of what is no broker; absent where there is none. */
export function othersFields(all: Members): Omit<Members, "targets"> {
  const { members = [], resources = [] } = all;
  return {
    ...controllersField(all),
    ...(members.length > 0 && { members }),
    ...(resources.length > 0 && { resources }),
  };
}

/** The field of the nodes that are only controllers; absent where there is none. */
export function controllersField({ controllers = [] }: Members): { controllers?: readonly NodeId[] } {
  return controllers.length === 0 ? {} : { controllers };
}
