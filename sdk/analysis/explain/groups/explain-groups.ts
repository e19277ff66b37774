// Why partitions that consumer groups read stood still: each standstill, cut into parts with their evidence.
//
//   history ─▶ group logs ─▶ gaps of each partition ─▶ long ones ─▶ cut by who had it ─▶ parts, sentence

import type { History } from "../../../model/history.ts";
import { type GroupLog, groupGaps, hasGroups, type PartitionGaps, type RawGap } from "../../check/mod.ts";
import type { ExplainedStandstill } from "../explanation.ts";
import type { Facts, Lasting } from "../facts.ts";
import { sentenceOf } from "../sentence.ts";
import { lastedDuring } from "../waited-for.ts";
import { cutStandstill } from "./cut-standstill.ts";
import { type GroupScene, groupScenes, OFFSETS } from "./group-scene.ts";
import { stateAt } from "./partition-outage.ts";
import { longerThanUsual } from "../usual.ts";

/** Which standstills are explained. */
export interface GroupExplainOptions {
  group?: string | undefined;
  topic?: string | undefined;
  longerThanMs?: number | undefined;
}

/** Explains every standstill of the groups' partitions, in order of time. */
export function explainGroups(
  history: History,
  facts: Facts,
  { longerThanMs, group, topic }: GroupExplainOptions,
): ExplainedStandstill[] {
  if (!hasGroups(history)) return [];
  const scope = { ...(group === undefined ? {} : { group }), ...(topic === undefined ? {} : { topic }) };
  const partitions = groupGaps(history, scope);
  const scenes = groupScenes(history, facts, [...new Set(partitions.map((one): GroupLog => one.group))]);
  return partitions
    .flatMap((of) => {
      const scene = scenes.get(of.group.group)!;
      return longGaps(scene, of, longerThanMs).map((gap) => standstillOf(scene, of, gap));
    })
    .sort((a, b) => a.fromMs - b.fromMs || a.partition - b.partition);
}

/** Longer than usual where something was done to the cluster or to a member, and much longer elsewhere. */
function longGaps(scene: GroupScene, { gaps }: PartitionGaps, longerThanMs: number | undefined): RawGap[] {
  if (longerThanMs !== undefined) return gaps.filter(({ fromMs, toMs }) => toMs - fromMs > longerThanMs);
  const isLong = longerThanUsual(gaps.filter((gap) => !isProvoked(scene, gap)));
  return gaps.filter((gap) => isLong(gap, isProvoked(scene, gap) ? LEAST_MS : LEAST_UNPROVOKED_MS));
}

/** Whether a fault or its healing took effect during it, or a member came, went, or gave partitions back. */
function isProvoked({ facts, members }: GroupScene, { fromMs, toMs }: RawGap): boolean {
  const isIn = (atMs: number): boolean => atMs >= fromMs - JUST_MS && atMs <= toMs;
  return (
    [...facts.faults, ...facts.memberFaults].some((fault) => isIn(fault.fromMs) || isIn(fault.toMs)) ||
    members.some(({ atMs }) => isIn(atMs))
  );
}

function standstillOf(scene: GroupScene, of: PartitionGaps, gap: RawGap): ExplainedStandstill {
  const { fromMs, toMs } = gap;
  const faults = faultsDuring(scene, of, gap);
  const { parts, lostBy, readBy } = cutStandstill({ scene, of, gap, faults });
  const [tookMs, isOver] = [toMs - fromMs, !gap.isOpen];
  const caughtUpMs = isOver ? of.caughtUpMs(toMs) : null;
  return {
    group: scene.group,
    topic: of.log.topic,
    partition: of.log.partition,
    lostBy,
    readBy,
    ...{ fromMs, toMs, tookMs, isOver },
    waiting: of.unreadAt(toMs),
    catchUpMs: caughtUpMs === null ? null : caughtUpMs - toMs,
    faults: faults.map(({ event: { id, fault, targets, members } }) => ({
      ...{ id, fault, targets },
      ...(members === undefined ? {} : { members }),
    })),
    parts,
    unexplainedMs: parts.reduce((sum, part) => sum + (part.kind === "unexplained" ? part.tookMs : 0), 0),
    sentence: sentenceOf(parts, tookMs, isOver),
  };
}

/** Those of the brokers that have the partition or the group first. */
function faultsDuring(scene: GroupScene, { log }: PartitionGaps, gap: RawGap): Lasting[] {
  const { facts, offsetsPartition } = scene;
  const own = stateAt(facts, log, gap.fromMs)?.replicas ?? [];
  const node = scene.coordinatorAt(gap.fromMs);
  const coordinator = node === null ? null : facts.brokerOf(node);
  const groups =
    offsetsPartition === null
      ? []
      : (stateAt(facts, { topic: OFFSETS, partition: offsetsPartition }, gap.fromMs)?.replicas ?? []);
  const concerned = [...own, ...groups, ...(coordinator === null ? [] : [coordinator])];
  const onNodes = lastedDuring(facts.faults, gap, concerned);
  const onMembers = facts.memberFaults.filter(
    ({ event, fromMs, toMs }) =>
      event.members?.some((one) => one.group === scene.group) && fromMs <= gap.toMs && toMs >= gap.fromMs,
  );
  // the one that began it decides; where both lasted already, the broker's
  const began = (fault: Lasting | undefined): boolean =>
    fault !== undefined && fault.fromMs >= gap.fromMs - BEGAN_MS;
  const last = onMembers.findLast(began);
  if (last === undefined || (began(onNodes[0]) && onNodes[0]!.fromMs <= last.fromMs))
    return [...onNodes, ...onMembers];
  return [last, ...onNodes, ...onMembers.filter((one) => one !== last)];
}

const LEAST_MS = 200;
const LEAST_UNPROVOKED_MS = 1000;
const JUST_MS = 100;
/** A fault that took effect so long before the last record, or later, began the outage. */
const BEGAN_MS = 500;
