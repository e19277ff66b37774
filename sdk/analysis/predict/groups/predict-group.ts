// Predicts the effect of a fault on a consumer group, derived from the sources of Kafka and its clients.
//
//   fault on brokers ─▶ effects of each course ─▶ java │ kafkajs ─┐
//   roll of brokers  ─▶ each of them in turn ─────────────────────┤
//   fault on members ─▶ member-faults ────────────────────────────┴▶ courses ─▶ merged ─▶ claims

import type {
  GroupPartitionPrediction,
  GroupPrediction,
  GroupRole,
} from "../../../model/group-prediction.ts";
import { LabError } from "../../../model/errors.ts";
import type { ResolvedFault } from "../../../model/fault.ts";
import { isOver } from "../lasting.ts";
import { notDerived } from "../settings.ts";
import { span } from "../span.ts";
import { distinct } from "../timers.ts";
import { type GroupCircumstances, isMemberFault, type KnownGroupPartition } from "./circumstances.ts";
import { groupClaimsOf, groupSentenceOf } from "./claims.ts";
import { type Course, mergedCourses, type Progress } from "./course.ts";
import { clusterBranches } from "./effects.ts";
import { brokerCourses } from "./broker-courses.ts";
import { memberCourses } from "./member-faults.ts";
import { rolledCourse } from "./roll.ts";
import { wordsOf } from "./words.ts";

/**
 * Predicts what a fault does to a consumer group. Pure: the same circumstances give the same prediction.
 *
 * @throws RangeError where the group reads no partition; LabError UNSUPPORTED for a slow disk, and for a disk
 *   fault of one log directory
 */
export function predictGroup(circumstances: GroupCircumstances): GroupPrediction {
  const { group, fault, partitions, slower = 1 } = circumstances;
  if (partitions.length === 0)
    throw new RangeError(`Cannot predict for the group ${group.name}: it reads no partition`);
  assertDerived(fault);
  const course = whileItLasts(mergedCourses(coursesOf(circumstances)), fault.lastsMs);
  const longest = [...course.partitions].sort((a, b) => waitOf(b) - waitOf(a))[0]!;
  const reasons = reasonsOf(course, longest);
  const claimed = {
    group: group.name,
    fault: fault.kind,
    targets: isMemberFault(fault) ? [] : fault.targets,
    members: isMemberFault(fault) ? [...fault.members] : [],
    ...(!isMemberFault(fault) && fault.resources && { resources: fault.resources }),
    ...(fault.lastsMs !== undefined && { lastsMs: fault.lastsMs }),
    role: isMemberFault(fault) || fault.resources !== undefined ? null : roleOf(circumstances, fault),
    reads: Math.min(...course.partitions.map(({ odds }) => odds)),
    standstill: longest.gap,
    commits: course.commits?.odds ?? null,
    commitGap: course.commits?.gap ?? null,
    rebalance: course.rebalance,
    skipped: course.skipped,
    repeated: course.repeated,
    partitions: partitions.map((one, i) => partitionPrediction(one, course.partitions[i]!)),
    timers: distinct(longest.timers),
    ...notDerivedField(circumstances),
    ...(slower === 1 ? {} : { slower }),
  };
  const claims = groupClaimsOf(claimed);
  return {
    ...claimed,
    why: wordsOf(reasons, circumstances),
    reasons,
    claims,
    sentence: groupSentenceOf(claims),
  };
}

function assertDerived(fault: GroupCircumstances["fault"]): void {
  if (isMemberFault(fault)) return;
  const { kind, disk } = fault;
  if (disk?.effect !== "slow" && disk?.logDir === undefined) return;
  const which = disk.logDir === undefined ? "" : " of one log directory";
  throw new LabError("UNSUPPORTED", `Cannot predict ${kind}${which} for a group: it is not derived`, {
    hint: "Without `group`, it is predicted for a client that sends.",
  });
}

/** The settings that the fault changes for its topic or its offsets, without an effect that is derived. */
function notDerivedField({
  fault,
  nodes,
  offsets,
  partitions,
}: GroupCircumstances): Pick<GroupPrediction, "notDerived"> {
  if (isMemberFault(fault)) return {};
  const all = [offsets, partitions[0]!].flatMap((topic) => notDerived({ fault, nodes, topic }));
  return all.length === 0 ? {} : { notDerived: [...new Set(all)] };
}

function coursesOf(circumstances: GroupCircumstances): Course[] {
  const { fault } = circumstances;
  if (isMemberFault(fault)) return memberCourses(circumstances, fault);
  if (fault.restarts !== undefined) return [rolledCourse(circumstances, fault, fault.restarts)];
  return clusterBranches(circumstances, fault).flatMap((branch) => brokerCourses(circumstances, branch));
}

function partitionPrediction(
  { topic, partition, state, member }: KnownGroupPartition,
  { odds, gap, timers }: Progress,
): GroupPartitionPrediction {
  const common = { topic, partition, leader: state.leader, member };
  return { ...common, reads: odds, standstill: gap, timers: distinct(timers) };
}

/** What the brokers that are hit are to a group. */
export function roleOf(
  { offsets, partitions }: Pick<GroupCircumstances, "offsets" | "partitions">,
  { targets }: Pick<ResolvedFault, "targets">,
): GroupRole {
  const isHit = (leader: number | null): boolean => leader !== null && targets.includes(leader);
  const isLeader = partitions.some(({ state }) => isHit(state.leader));
  const isCoordinator = isHit(offsets.state.leader);
  if (isLeader && isCoordinator) return "both";
  return isLeader ? "leader" : isCoordinator ? "coordinator" : "neither";
}

/** Never is longest. */
function waitOf({ odds, gap }: Progress): number {
  return odds === 0 || gap === null ? Infinity : gap.toMs;
}

/** Of the partition that waits longest, then of the commits. */
function reasonsOf({ commits }: Course, longest: Progress): GroupPrediction["reasons"] {
  const found = [...new Set([...longest.reasons, ...(commits?.reasons ?? [])])];
  return found.length === 0 ? ["untouched"] : found;
}

/** Leaves of a course what happens before the fault is healed. */
function whileItLasts(course: Course, lastsMs: number | undefined): Course {
  if (lastsMs === undefined) return course;
  const cut = (one: Progress): Progress => {
    if (one.gap === null) return one;
    const over = isOver(one.gap, lastsMs);
    if (over === 1) return one;
    const reasons = [...one.reasons, "healed"] as const;
    if (over === 0) return { ...one, odds: 0, gap: null, reasons };
    return {
      ...one,
      odds: one.odds * over,
      gap: span(one.gap.fromMs, Math.min(one.gap.toMs, lastsMs)),
      reasons,
    };
  };
  return {
    ...course,
    partitions: course.partitions.map(cut),
    commits: course.commits === null ? null : cut(course.commits),
  };
}
