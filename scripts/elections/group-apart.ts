// A group whose coordinator is another broker than those that will be lost.

import { type Group, type GroupOptions, type Lab, LabError } from "@kafka-failure-lab/sdk";
import { offsetsPartition, offsetsPartitions } from "../consumers/roles.ts";

/** How many names are tried. */
const TRIES = 100;

/**
 * Starts a group that none of these brokers coordinates, and waits until it has settled. Which broker
 * coordinates is decided by the group's name: a group that one of them coordinates is closed again.
 *
 * @throws LabError NO_COORDINATOR where every name that was tried has one of them; as `lab.group`
 */
export async function groupApart(
  lab: Lab,
  brokers: readonly number[],
  name: string,
  options: GroupOptions,
): Promise<{ group: Group; coordinator: number }> {
  const count = offsetsPartitions(lab);
  const seen = new Set<number>();
  for (let n = 1; n <= TRIES; n++) {
    const tried = n === 1 ? name : `${name}-${n}`;
    const at = offsetsPartition(tried, count);
    if (seen.has(at)) continue;
    seen.add(at);
    const group = await lab.group(tried, options);
    const { coordinator } = await group.settled({ timeout: "2m" });
    if (coordinator !== null && !brokers.includes(coordinator)) return { group, coordinator };
    await group.close();
  }
  throw new LabError(
    "NO_COORDINATOR",
    `Cannot find a group that none of brokers ${brokers.join(", ")} coordinates`,
  );
}
