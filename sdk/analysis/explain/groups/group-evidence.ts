// How the proof of a group's parts is written.

import { readable } from "../../../model/duration.ts";
import type {
  DeliveredEvent,
  GroupEvent,
  LogEvent,
  MemberEvent,
  TopicPartition,
} from "../../../model/history.ts";
import { partitionName } from "../../../model/partition.ts";
import { counted, type PartitionLog } from "../../check/mod.ts";
import { logged } from "../evidence.ts";
import type { Evidence } from "../explanation.ts";
import type { Line } from "../facts.ts";

/** A change of a member. */
export function changed({ atMs, member, change, partitions, error }: MemberEvent): Evidence {
  const what = partitions === undefined ? change : `${change} ${namesOf(partitions)}`;
  return { kind: "event", atMs, source: member, text: error === undefined ? what : `${what}: ${error}` };
}

/** What made a member lose a partition, or have it: a change of it, or a coordinator's line. */
export function begun(began: MemberEvent | Line<"membersRemoved">): Evidence {
  return began.kind === "member" ? changed(began) : logged(began);
}

/** What the coordinator said when it was asked. */
export function described({ atMs, group, state, coordinator, members }: GroupEvent): Evidence {
  const who = coordinator === null ? "no coordinator" : `coordinator: broker ${coordinator}`;
  const text = `${who}; ${state ?? "state unknown"}, ${counted(members.length, "member")}`;
  return { kind: "event", atMs, source: group, text };
}

/** Records that a member was given. */
export function delivery(event: DeliveredEvent): Evidence {
  const { atMs, member, records } = event;
  const text = `delivered ${counted(records.length, "record")} of ${partitionName(event)} from offset`;
  return { kind: "event", atMs, source: member, text: `${text} ${records[0]?.offset ?? "unknown"}` };
}

/** Records that a member processed. */
export function processing(
  member: string,
  { atMs, tookMs, of, count }: { atMs: number; tookMs: number; of: string; count: number },
): Evidence {
  const text = `processed ${counted(count, "record")} of ${of} for ${readable(tookMs)}`;
  return { kind: "event", atMs, source: member, text };
}

/** A commit with its answer. */
export function committed({ member, fromMs, toMs, error }: PartitionLog["commits"][number]): Evidence {
  const answer = error === null ? "accepted" : `failed (${error})`;
  const text = `commit ${answer} after ${readable(toMs - fromMs)}`;
  return { kind: "event", atMs: fromMs, source: member, text };
}

/** A line of a member's log; a long one is cut. */
export function said({ atMs, source, text }: LogEvent): Evidence {
  const line = text.replace(/\s+/g, " ");
  return {
    kind: "log",
    atMs,
    service: source,
    text: line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line,
  };
}

function namesOf(partitions: readonly TopicPartition[]): string {
  const names = partitions.slice(0, NAMED).map(partitionName).join(", ");
  return partitions.length > NAMED ? `${names} and ${partitions.length - NAMED} more` : names || "nothing";
}

const NAMED = 4;
const LONGEST = 160;
