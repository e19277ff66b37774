// The states of a group that are waited for, as values.

import type { Broker } from "../../model/history.ts";
import { partitionName } from "../../model/partition.ts";
import type { FollowedGroup, PartitionLag } from "./follow.ts";
import type { GroupMember } from "./group-member.ts";
import type { Member } from "./member.ts";

/** How far a group is behind. */
export interface GroupLag {
  /** Records that are not committed, of all partitions; null where that is not known of one. */
  readonly total: number | null;
  readonly partitions: readonly PartitionLag[];
}

/** A group as its coordinator describes it. */
export interface GroupDescription extends GroupLag {
  readonly name: string;
  /** Kafka's name: `Stable`, `PreparingRebalance`, …; null where no coordinator answers. */
  readonly state: string | null;
  /** The group protocol; `consumer` is KIP-848. */
  readonly protocol: "classic" | "consumer" | null;
  /** Kafka's protocol type: `consumer`; null where nobody answers, or the group never had a member. */
  readonly protocolType: string | null;
  /** The assignor that its members agreed on, by its own name: `range`; null where there is none. */
  readonly assignor: string | null;
  /** The broker that coordinates it; null where there is none. */
  readonly coordinator: Broker | null;
  /** The name of the member that computes the assignment; null where none is known to, or none does. */
  readonly leader: string | null;
  readonly members: FollowedGroup["members"];
}

/** The member that became the leader last; undefined where none is it. */
export function leaderOf(own: readonly GroupMember[]): GroupMember | undefined {
  const since = (one: GroupMember | undefined): number => one?.leaderSinceMs ?? -1;
  return own.reduce<GroupMember | undefined>(
    (last, one) => (since(one) > since(last) ? one : last),
    undefined,
  );
}

/** Whether the coordinator and the members agree, and each partition has one member. */
export function isSettled(
  { state, members, lags }: FollowedGroup,
  own: readonly Pick<GroupMember, "name" | "state" | "partitions">[],
): boolean {
  const running = own.filter((one) => one.state === "running");
  if (state !== "Stable" || running.length === 0 || members.length !== running.length) return false;
  const names = (partitions: Member["partitions"]): string => partitions.map(partitionName).sort().join();
  const agree = running.every(({ name, partitions }) =>
    members.some((one) => one.clientId === name && names(one.partitions) === names(partitions)),
  );
  const assigned = members.flatMap(({ partitions }) => partitions);
  return agree && lags.length > 0 && names(assigned) === names(lags);
}

/** How far it is behind. */
export function lagOf({ lags }: Pick<FollowedGroup, "lags">): GroupLag {
  const total = lags.reduce<number | null>(
    (sum, { lag }) => (sum === null || lag === null ? null : sum + lag),
    0,
  );
  return Object.freeze({ total: lags.length === 0 ? null : total, partitions: Object.freeze(lags) });
}

/** A group as a frozen value. */
export function descriptionOf(
  name: string,
  seen: FollowedGroup,
  own: readonly GroupMember[],
): GroupDescription {
  const { state, protocol, protocolType, assignor, coordinator, members } = seen;
  return Object.freeze({
    name,
    state,
    protocol,
    protocolType,
    assignor,
    coordinator,
    leader: leaderOf(own)?.name ?? null,
    members: Object.freeze(members),
    ...lagOf(seen),
  });
}

/** The state in one line, for an error. */
export function summary(
  { state, coordinator, members, lags }: FollowedGroup,
  own: readonly GroupMember[],
): string {
  const ownLines = own.map(
    ({ name, state: is, partitions, failure }) =>
      `${name} ${is} with [${partitions.map(partitionName).join(", ")}]` +
      (failure === undefined ? "" : ` (${failure})`),
  );
  const total = lagOf({ lags }).total;
  return [
    `${state ?? "unknown"} at broker ${coordinator ?? "none"} with ${members.length} members`,
    ...ownLines,
    `${total ?? "an unknown number of"} records behind`,
  ].join("; ");
}
