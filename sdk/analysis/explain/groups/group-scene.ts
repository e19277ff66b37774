// What a history knows about one consumer group, sorted for questions of time.

import type { GroupEvent, History, LogEvent, MemberEvent, NodeId } from "../../../model/history.ts";
import type { GroupLogFact } from "../../../model/group-log.ts";
import type { GroupLog } from "../../check/mod.ts";
import type { Facts, Line } from "../facts.ts";

type FactOfGroup = Extract<GroupLogFact, { group: string }>["what"];

/** All that is known of a group beside its records. */
export interface GroupScene {
  readonly facts: Facts;
  readonly group: string;
  /** In order of time. */
  readonly members: readonly MemberEvent[];
  /** What the coordinator said when it was asked, in order of time. */
  readonly views: readonly GroupEvent[];
  /** The partition of `__consumer_offsets` that holds the group; null where nothing tells. */
  readonly offsetsPartition: number | null;
  /** By member, the settings of its client. */
  settingsOf(member: string): Readonly<Record<string, unknown>>;
  /** The lines of its members' logs, in order of time. */
  logsOf(member: string): readonly LogEvent[];
  /** The coordinators' lines about this group, from after one moment up to another. */
  lines<What extends FactOfGroup>(what: What, afterMs: number, toMs: number): Line<What>[];
  /** The member's name by the id that the coordinator gave it; the id itself where it is not known. */
  nameOf(memberId: string): string;
  /** The members whose processes ran at a moment, frozen ones included. */
  aliveAt(atMs: number): ReadonlySet<string>;
  /** The node that coordinated the group before a moment; null where nothing tells. */
  coordinatorAt(atMs: number): NodeId | null;
}

/** Sorts what a history knows about its groups; the logs are looked through once for all of them. */
export function groupScenes(
  history: History,
  facts: Facts,
  groups: readonly GroupLog[],
): Map<string, GroupScene> {
  const views = new Map<string, GroupEvent[]>();
  const logs = new Map<string, LogEvent[]>();
  for (const event of history) {
    if (event.kind === "group") add(views, event.group, event);
    else if (event.kind === "log") add(logs, event.source, event);
  }
  for (const all of [...views.values(), ...logs.values()])
    (all as { atMs: number }[]).sort((a, b) => a.atMs - b.atMs);
  return new Map(
    groups.map(({ group, members }) => [
      group,
      sceneOf(facts, { group, members, views: views.get(group) ?? [], logs }),
    ]),
  );
}

interface Known {
  group: string;
  members: readonly MemberEvent[];
  views: readonly GroupEvent[];
  logs: ReadonlyMap<string, readonly LogEvent[]>;
}

function sceneOf(facts: Facts, { group, members, views, logs }: Known): GroupScene {
  const names = new Map<string, string>();
  for (const { member, memberId } of members) if (memberId !== undefined) names.set(memberId, member);
  const clients = [...facts.settings.keys()].filter((name) => name.startsWith(`${group}.`));
  const known = [...new Set([...members.map(({ member }) => member), ...clients])].sort(
    (a, b) => b.length - a.length,
  );
  const lines: GroupScene["lines"] = (what, afterMs, toMs) =>
    facts.lines(what, afterMs, toMs).filter(({ fact }) => (fact as { group: string }).group === group);
  return {
    facts,
    group,
    members,
    views,
    offsetsPartition: offsetsPartitionOf(facts, group),
    settingsOf: (member) => facts.settings.get(member) ?? facts.settings.get(group) ?? {},
    logsOf: (member) => logs.get(member) ?? [],
    lines,
    nameOf: (id) => names.get(id) ?? known.find((name) => id.startsWith(`${name}-`)) ?? id,
    aliveAt: (atMs) => aliveAt(members, atMs),
    coordinatorAt(atMs) {
      const said = views.findLast((view) => view.atMs <= atMs && view.coordinator !== null);
      const last = LINES.flatMap((what) => lines(what, -Infinity, atMs).at(-1) ?? []).sort(
        (a, b) => b.atMs - a.atMs,
      )[0];
      if (last !== undefined && last.atMs > (said?.atMs ?? -Infinity)) return last.nodeId;
      return said?.coordinator == null ? (last?.nodeId ?? null) : facts.nodeOf(said.coordinator);
    },
  };
}

/** What only a coordinator says. */
const LINES = ["rebalanceBegun", "generationFormed", "rebalanceEnded", "groupLoaded"] as const;

function aliveAt(members: readonly MemberEvent[], atMs: number): Set<string> {
  const alive = new Set<string>();
  for (const event of members) {
    if (event.atMs > atMs) break;
    if (event.change === "ended" || event.change === "left") alive.delete(event.member);
    else alive.add(event.member);
  }
  return alive;
}

/** By a coordinator's line, else by the hash of the name (GroupMetadataManager.partitionFor). */
function offsetsPartitionOf(facts: Facts, group: string): number | null {
  for (const { text, fact } of facts.lines("rebalanceBegun", -Infinity, Infinity)) {
    const named = /(?:__consumer_offsets-|\bpartition=)(\d+)/.exec(text)?.[1];
    if (fact.group === group && named !== undefined) return Number(named);
  }
  const partitions = facts
    .lines("becameLeader", -Infinity, Infinity)
    .flatMap(({ fact }) => (fact.topic === OFFSETS ? [fact.partition + 1] : []));
  return partitions.length === 0 ? null : (javaHash(group) & 0x7fffffff) % Math.max(...partitions);
}

/** The topic that holds the groups. */
export const OFFSETS = "__consumer_offsets";

function javaHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

function add<T>(map: Map<string, T[]>, key: string, one: T): void {
  const all = map.get(key);
  if (all === undefined) map.set(key, [one]);
  else all.push(one);
}
