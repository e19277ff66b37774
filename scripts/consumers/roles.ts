// What a broker is to a group: the leader of a partition that it reads, its coordinator, both, or neither.
//
//   group.id ─▶ hash % offsets.topic.num.partitions ─▶ partition of __consumer_offsets
//                                                       └─▶ its leader is the coordinator
//
// Groups whose names fall on one partition have the same coordinator, so that one fault shows every role.

import { type Group, type Lab, LabError } from "@kafka-failure-lab/sdk";

/** What a broker that is lost is to one partition of a group. */
export type Role = "leader" | "coordinator" | "both" | "neither";

/** The partitions of one group for which the lost broker is the same. */
export interface GroupRole {
  readonly group: Group;
  readonly role: Role;
  readonly partitions: readonly number[];
}

/** Kafka's default of `offsets.topic.num.partitions`. */
const PARTITIONS = 50;
/** Names that are tried for a group. */
const TRIES = 1000;

/** How many partitions the cluster's topic of offsets has, or will have. */
export function offsetsPartitions({ engine }: Lab): number {
  const [own] = engine.nodes.flatMap(({ properties }) => properties["offsets.topic.num.partitions"] ?? []);
  return own === undefined ? PARTITIONS : Number(own);
}

/** The partition of a group's offsets: `Utils.abs(groupId.hashCode()) % n` (GroupMetadataManager.java). */
export function offsetsPartition(group: string, count: number): number {
  const hash = [...group].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 0);
  return (hash === -(2 ** 31) ? 0 : Math.abs(hash)) % count;
}

/**
 * Returns a name for a group whose offsets are in the same partition as another group's, or in another one:
 * the name itself, or with a number behind it.
 *
 * @throws RangeError where there is one partition only, and another one is asked for
 */
export function groupName(
  name: string,
  { like, unlike, count }: { like?: string; unlike?: string; count: number },
): string {
  const at = offsetsPartition(like ?? unlike ?? name, count);
  for (let n = 1; n <= TRIES; n++) {
    const tried = n === 1 ? name : `${name}-${n}`;
    if ((offsetsPartition(tried, count) === at) === (unlike === undefined)) return tried;
  }
  throw new RangeError(`Cannot name a group ${name}: ${count} partitions of offsets leave no other`);
}

/** By group, the roles of a broker, as the cluster stands. */
export async function rolesOf(
  lab: Lab,
  groups: readonly Group[],
  broker: number,
): Promise<readonly GroupRole[]> {
  const { partitions, groups: described } = await lab.cluster.describe();
  const own = partitions.filter(({ topic }) => topic === lab.topic);
  return groups.flatMap((group) => {
    const found = described.find(({ name }) => name === group.name);
    if (found?.coordinator === null || found === undefined)
      throw new LabError("NO_COORDINATOR", `Cannot tell the roles of a broker: ${group.name} has none`);
    const coordinates = found.coordinator === broker;
    return [true, false].flatMap((leads): GroupRole[] => {
      const some = own
        .filter(({ leader }) => (leader === broker) === leads)
        .map(({ partition }) => partition);
      return some.length === 0 ? [] : [{ group, role: roleOf(leads, coordinates), partitions: some }];
    });
  });
}

function roleOf(leads: boolean, coordinates: boolean): Role {
  if (leads) return coordinates ? "both" : "leader";
  return coordinates ? "coordinator" : "neither";
}
