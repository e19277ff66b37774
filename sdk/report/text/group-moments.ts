// What happened to consumer groups, a line each: members, rebalances, and partitions that stood still.

import { readable } from "../../model/duration.ts";
import type { History, MemberEvent } from "../../model/history.ts";
import { partitionName } from "../../model/partition.ts";
import { printable } from "../../model/printable.ts";
import { type GroupLane, namedPartitions, standstills } from "../groups/mod.ts";
import type { Changes } from "./changes.ts";
import type { Tone } from "./paint.ts";

/** More of each than a person reads. */
const MEMBERS = 60;
const REBALANCES = 20;
const STANDSTILLS = 10;
const COORDINATORS = 20;
/** More letters of an error than a person reads. */
const LETTERS = 160;

/** What happened at a moment. */
export interface GroupMoment {
  atMs: number;
  text: string;
  tone: Tone;
}

/** Who coordinates each group, as rows of states; the first changes where there are very many. */
export function coordinators(groups: readonly GroupLane[], atMost: number = COORDINATORS): Changes[] {
  return groups
    .filter((one) => one.coordinators.length > 0)
    .map(({ group, coordinators: seen }) => ({
      label: `coordinator of ${group}`,
      changes: seen.slice(0, 1 + atMost).map(({ atMs, broker }) => ({ atMs, state: String(broker ?? "-") })),
    }));
}

/** The moments of groups; none without a group. */
export function groupMoments(history: History, groups: readonly GroupLane[]): GroupMoment[] {
  if (groups.length === 0) return [];
  return [...memberMoments(history), ...groups.flatMap(rebalanceMoments), ...standstillMoments(history)];
}

function rebalanceMoments({ group, rebalances }: GroupLane): GroupMoment[] {
  return [...rebalances]
    .sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))
    .slice(0, REBALANCES)
    .map(({ fromMs, toMs, isOver, reason }) => ({
      atMs: fromMs,
      text:
        `group   ${printable(group)}: rebalance, ` +
        `${isOver ? "" : "not over after "}${readable(toMs - fromMs)}` +
        `${reason === undefined ? "" : `: ${printable(reason, { limit: LETTERS })}`}`,
      tone: "unsure",
    }));
}

function standstillMoments(history: History): GroupMoment[] {
  return standstills(history, STANDSTILLS).map(({ group, partition, fromMs, toMs }) => ({
    atMs: fromMs,
    text:
      `group   ${printable(group)}: ${printable(partition)} stands still for ${readable(toMs - fromMs)} ` +
      "while there is something to read",
    tone: "bad",
  }));
}

function memberMoments(history: History): GroupMoment[] {
  const events = history
    .filter((event): event is MemberEvent => event.kind === "member")
    .sort((a, b) => a.atMs - b.atMs);
  const moments: GroupMoment[] = [];
  const joined = new Map<string, MemberEvent>();
  for (const event of events) {
    // told together with what the member is assigned
    if (event.change === "joined") joined.set(event.member, event);
    const moment = momentOf(event, joined.get(event.member));
    if (event.change !== "joined") joined.delete(event.member);
    if (moment !== undefined) moments.push(moment);
  }
  const left = moments.length - MEMBERS;
  if (left <= 0) return moments;
  const last = moments[MEMBERS]!;
  return [
    ...moments.slice(0, MEMBERS),
    { atMs: last.atMs, text: `member  and ${left} more changes of members`, tone: "dim" },
  ];
}

function momentOf(event: MemberEvent, joined: MemberEvent | undefined): GroupMoment | undefined {
  const { atMs, change, member, partitions = [], error } = event;
  const named = namedPartitions(partitions.map(partitionName)) || "nothing";
  const because = error === undefined ? "" : `: ${error}`;
  const said = (text: string, tone: Tone): GroupMoment => ({
    atMs,
    text: `member  ${printable(member)} ${printable(text, { limit: LETTERS })}`,
    tone,
  });
  switch (change) {
    case "assigned":
      if (joined === undefined) return said(`is assigned ${named}`, "dim");
      return said(`joined${joined.isLeader ? " as the group's leader" : ""}: ${named}`, "dim");
    case "revoked":
      return said(`gave back ${named}`, "dim");
    case "lost":
      return said(`lost ${named}${because}`, "bad");
    case "started":
      return said("started", "good");
    case "left":
      return said("left the group", "dim");
    case "failed":
      return said(`failed${because}`, "bad");
    case "ended":
      return said(`ended${because}`, error === undefined ? "dim" : "bad");
    case "paused":
      return said("is frozen", "bad");
    case "resumed":
      return said("goes on", "good");
    // a rebalance has a line of its own
    case "joined":
    case "rebalancing":
      return undefined;
    default:
      return change satisfies never;
  }
}
