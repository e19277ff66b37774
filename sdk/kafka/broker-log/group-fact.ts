// What the coordinators of consumer groups log.
//
//   3.9  [GroupCoordinator 1]: Preparing to rebalance group billing …       GroupCoordinator.scala
//        [GroupMetadataManager brokerId=1] Finished loading offsets …       GroupMetadataManager.scala
//   4.x  [GroupCoordinator id=1 topic=__consumer_offsets partition=7] …     GroupMetadataManager.java
//        [GroupCoordinator id=1] Scheduling loading of metadata …           CoordinatorRuntime.java

import type { BrokerLogFact } from "../../model/history.ts";
import type { RemovalReason } from "../../model/group-log.ts";

/** Reads a line of a coordinator, from behind `[GroupCoordinator `. */
export function coordinatorFact(line: string, from: number): BrokerLogFact | undefined {
  const [, id, colon, rest = ""] = SPEAKER.exec(line.slice(from, from + LONGEST)) ?? [];
  if (id === undefined) return undefined;
  const nodeId = Number(id);
  const text = colon === undefined ? rest : rest.trimStart();
  for (const [start, read] of READ) if (text.startsWith(start)) return read(nodeId, withoutLogger(text));
  return undefined;
}

/** Reads a line of 3.9's GroupMetadataManager, from behind `brokerId=`. */
export function offsetsFact(line: string, from: number): BrokerLogFact | undefined {
  const [, id, partition, tookMs] = LOADED_3.exec(line.slice(from, from + LONGEST)) ?? [];
  if (id === undefined) return undefined;
  return {
    what: "offsetsLoaded",
    nodeId: Number(id),
    offsetsPartition: Number(partition),
    tookMs: Number(tookMs),
  };
}

type Read = (nodeId: number, text: string) => BrokerLogFact | undefined;

/** By the beginning of a line, what it reports. */
const READ: readonly (readonly [start: string, read: Read])[] = [
  ["Preparing to rebalance group ", begun],
  ["Stabilized group ", formed],
  ["Assignment received from leader ", assigned],
  ["Group ", ofGroup],
  ["Member ", removed],
  ["Elected as the group coordinator for partition ", coordinating("coordinatorElected")],
  ["Resigned as the group coordinator for partition ", coordinating("coordinatorResigned")],
  ["Scheduling loading of metadata from ", coordinating("coordinatorElected")],
  ["Scheduling unloading of metadata for ", coordinating("coordinatorResigned")],
  ["Finished loading of metadata from ", loaded],
  ["Loading group metadata for ", groupLoaded],
  ["Loaded classic group ", groupLoaded],
  ["Loaded consumer group ", groupLoaded],
  ["[GroupId ", modern],
];

function begun(nodeId: number, text: string): BrokerLogFact | undefined {
  const [, group, generation, reason] = BEGUN.exec(text) ?? [];
  if (group === undefined || reason === undefined) return undefined;
  return { what: "rebalanceBegun", nodeId, group, generation: Number(generation), reason: short(reason) };
}

function formed(nodeId: number, text: string): BrokerLogFact | undefined {
  const [, group, generation, members] = FORMED.exec(text) ?? [];
  if (group === undefined) return undefined;
  return {
    what: "generationFormed",
    nodeId,
    group,
    generation: Number(generation),
    members: Number(members),
  };
}

function assigned(nodeId: number, text: string): BrokerLogFact | undefined {
  const [, group, generation] = ASSIGNED.exec(text) ?? [];
  if (group === undefined) return undefined;
  return { what: "rebalanceEnded", nodeId, group, generation: Number(generation) };
}

function ofGroup(nodeId: number, text: string): BrokerLogFact | undefined {
  const [, empty, generation] = EMPTY.exec(text) ?? [];
  if (empty !== undefined)
    return { what: "groupEmpty", nodeId, group: empty, generation: Number(generation) };
  const [, group, late, ids = ""] = REMOVED.exec(text) ?? [];
  if (group === undefined) return undefined;
  const why: RemovalReason =
    late === "dynamic members who haven't joined" ? "rebalance timeout" : "sync timeout";
  return { what: "membersRemoved", nodeId, group, memberIds: idsIn(ids), why };
}

function removed(nodeId: number, text: string): BrokerLogFact | undefined {
  const [, failedId, failedIn] = FAILED.exec(text) ?? [];
  if (failedId !== undefined && failedIn !== undefined)
    return { what: "membersRemoved", nodeId, group: failedIn, memberIds: [failedId], why: "session" };
  const [, leftId, leftFrom] = LEFT_3.exec(text) ?? [];
  return leftId === undefined || leftFrom === undefined
    ? undefined
    : { what: "membersRemoved", nodeId, group: leftFrom, memberIds: [leftId], why: "left" };
}

function coordinating(what: "coordinatorElected" | "coordinatorResigned"): Read {
  return (nodeId, text) => {
    const partition = COORDINATING.exec(text)?.[1];
    return partition === undefined ? undefined : { what, nodeId, offsetsPartition: Number(partition) };
  };
}

function loaded(nodeId: number, text: string): BrokerLogFact | undefined {
  const [, partition, tookMs] = LOADED_4.exec(text) ?? [];
  return partition === undefined
    ? undefined
    : { what: "offsetsLoaded", nodeId, offsetsPartition: Number(partition), tookMs: Number(tookMs) };
}

function groupLoaded(nodeId: number, text: string): BrokerLogFact | undefined {
  const group = GROUP_LOADED.exec(text)?.[1];
  return group === undefined ? undefined : { what: "groupLoaded", nodeId, group };
}

/** 4.x: KIP-848, and members of both protocols that leave. */
function modern(nodeId: number, text: string): BrokerLogFact | undefined {
  const [, group, rest = ""] = MODERN.exec(text) ?? [];
  if (group === undefined) return undefined;
  const epoch = /^Bumped group epoch to (\d+)/.exec(rest)?.[1];
  if (epoch !== undefined) {
    const reason = `group epoch ${epoch}`;
    return { what: "rebalanceBegun", nodeId, group, generation: Math.max(0, Number(epoch) - 1), reason };
  }
  const computed = /^Computed a new target assignment for epoch (\d+)/.exec(rest)?.[1];
  if (computed !== undefined) return { what: "rebalanceEnded", nodeId, group, generation: Number(computed) };
  const [, id, why = ""] = OUT.exec(rest) ?? [];
  if (id === undefined) return undefined;
  return { what: "membersRemoved", nodeId, group, memberIds: [id], why: reasonOf(why) };
}

function reasonOf(text: string): RemovalReason {
  if (text.includes("session expired")) return "session";
  return text.startsWith("fenced") ? "rebalance timeout" : "left";
}

function idsIn(text: string): string[] {
  return text
    .replace(/^(?:Set|HashSet)?[([]|[)\]]$/g, "")
    .split(/,\s*/)
    .filter((id) => id !== "");
}

function withoutLogger(text: string): string {
  const end = text.lastIndexOf(" (");
  return end === -1 ? text : text.slice(0, end).trimEnd();
}

function short(text: string): string {
  return text.length <= REASON ? text : `${text.slice(0, REASON - 1)}…`;
}

/** A longer line is cut: metadata of members may be long. */
const LONGEST = 4096;
const REASON = 200;
/** `1]: …`, `id=1] …`, `id=1 topic=__consumer_offsets partition=7] …` */
const SPEAKER = /^(?:id=)?(\d+)(?: topic=\S+ partition=\d+)?\](:)? (.*)$/s;
const BEGUN =
  /^Preparing to rebalance group (.+) in state \w+ with old generation (-?\d+) .*?\(reason: (.*)\)\.?$/s;
const FORMED = /^Stabilized group (.+) generation (\d+)(?: \(\S+\))? with (\d+) members\.?$/s;
const ASSIGNED = /^Assignment received from leader .+ for group (.+) for generation (\d+)\. The group has /s;
const EMPTY = /^Group (.+) with generation (-?\d+) is now empty/s;
const REMOVED =
  /^Group (.+) removed (dynamic members who haven't joined|members who haven't sent their sync .*): (.*)$/s;
const FAILED = /^Member (\S+) in group (.+) has failed, removing it from the group\.?$/s;
const LEFT_3 =
  /^Member MemberMetadata\(memberId=([^,]+), .*\) has left group (.+) through explicit `LeaveGroup`/s;
const COORDINATING = /^\D+ (?:__consumer_offsets-)?(\d+) (?:in|with) epoch /;
const LOADED_3 =
  /^(\d+)\] Finished loading offsets and group metadata from __consumer_offsets-(\d+) in (\d+) mill/;
const LOADED_4 = /^Finished loading of metadata from __consumer_offsets-(\d+) with epoch \S+ in (\d+)ms /;
const GROUP_LOADED = /^Load(?:ing|ed) (?:group metadata for|classic group|consumer group) (.+) with /s;
const MODERN = /^\[GroupId ([^\]]+)\] (.*)$/s;
const OUT =
  /^(?:Dynamic |Static )?[Mm]ember (\S+) .*?((?:fenced from the group|has left group|left the).*)$/s;
