// Follows a group while it is open: its coordinator, state, members and lag go into the history when they
// change.

import type { GroupEvent, LagEvent, TopicPartition } from "../../model/history.ts";
import { partitionName } from "../../model/partition.ts";
import type { Run } from "../run.ts";
import type { Leaders } from "../workload/topic-leaders.ts";
import type { GroupLooker, GroupView } from "./look.ts";

/** What a group has read and committed of one partition. */
export interface PartitionLag extends TopicPartition {
  /** The committed offset; null where there is none, or it is not known. */
  readonly committed: string | null;
  /** The end of the partition; null where its leader does not answer. */
  readonly end: string | null;
  /** Records that are not committed; null where that is not known. */
  readonly lag: number | null;
}

/** A group at one moment, with how far it is behind. */
export interface FollowedGroup extends GroupView {
  lags: readonly PartitionLag[];
}

export interface FollowParts {
  run: Run;
  group: string;
  looker: GroupLooker;
  leaders: Leaders;
}

const EVERY_MS = 250;

/** A group that is followed. */
export interface GroupFollower {
  /** Asks now. */
  look(): Promise<FollowedGroup>;
  stop(): void;
}

/** Asks a few times a second, and records what has changed. */
export function followGroup(parts: FollowParts): GroupFollower {
  const { run, group } = parts;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const changes = { group: "", lag: "" };
  const record = (event: GroupEvent | LagEvent): void => {
    const { atMs: _, ...facts } = event;
    const text = JSON.stringify(facts);
    if (isStopped || changes[event.kind] === text) return;
    changes[event.kind] = text;
    run.record(event);
  };
  const look = async (): Promise<FollowedGroup> => {
    const seen = await lookAt(parts);
    const { state, coordinator, protocol, members, lags } = seen;
    const atMs = run.now();
    record({ kind: "group", atMs, group, state, coordinator, protocol, members });
    const partitions = lags.flatMap(({ topic, partition, committed, end }) =>
      end === null ? [] : [{ topic, partition, committed, end }],
    );
    // without the coordinator's answer nothing is known of what was committed
    if (partitions.length > 0 && seen.committed !== undefined)
      record({ kind: "lag", atMs, group, partitions });
    return seen;
  };
  const repeat = async (): Promise<void> => {
    await look();
    if (isStopped) return;
    timer = setTimeout(() => void repeat(), EVERY_MS);
    timer.unref();
  };
  void repeat();
  return {
    look,
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

async function lookAt({ group, looker, leaders }: FollowParts): Promise<FollowedGroup> {
  const { topic } = leaders;
  const ends = leaders.partitions().map(async (partition) => {
    const address = leaders.of(partition);
    const end = address === undefined ? undefined : await looker.endOf(address, topic, partition);
    if (end === undefined) leaders.hurry();
    return { topic, partition, end };
  });
  const [view, ...found] = await Promise.all([looker.look(group), ...ends]);
  return { ...view, lags: found.map((one) => lagOf(one, view)) };
}

function lagOf(one: TopicPartition & { end: bigint | undefined }, { committed }: GroupView): PartitionLag {
  const { topic, partition, end } = one;
  const offset = committed?.get(partitionName(one))?.offset;
  // the end may be older than the commit
  const behind =
    end === undefined || committed === undefined ? null : Math.max(0, Number(end - (offset ?? 0n)));
  return {
    topic,
    partition,
    committed: offset === undefined ? null : String(offset),
    end: end === undefined ? null : String(end),
    lag: behind,
  };
}
