// Whether what was predicted for consumer groups came: each prediction of a history beside what was measured
// of the fault that followed it.

import { readable } from "../../../model/duration.ts";
import type { FaultEvent, GroupPredictionEvent, History } from "../../../model/history.ts";
import type { GroupPartitionPrediction, GroupPrediction } from "../../../model/group-prediction.ts";
import { partitionName } from "../../../model/partition.ts";
import type { Verdict } from "../../check/mod.ts";
import { counted } from "../../check/counted.ts";
import { ofDerived } from "../underived.ts";
import { groupFaultAfter, isDeleted, isOnlyGroupFault } from "../injected.ts";
import { concluded, type Weighed, withheld } from "../machine-doubt.ts";
import { type MeasuredGroup, type MeasuredPartition, measuredGroup } from "./measured-group.ts";

/** One prediction for a consumer group and what came. */
export interface GroupPredictionCheck {
  readonly group: string;
  readonly topic: string;
  readonly prediction: GroupPrediction;
  /** The fault's id; null where it was not injected after the prediction. */
  readonly fault: string | null;
  /** Null where the fault was not injected, or the history has nothing of the group. */
  readonly measured: MeasuredGroup | null;
  /**
   * Unknown where nothing was measured, the fault did not last long enough, nothing was sent, or it disagrees
   * where the cluster or the group was not as it was when it was predicted.
   */
  readonly verdict: Verdict;
  /** In what they disagree, a sentence each; with the figure where the machine could have made it. */
  readonly disagreements: readonly string[];
  /** What the machine kept from lab and brokers, where only that makes the verdict unknown. */
  readonly busy?: string;
}

/** What one comparison found. */
interface Found extends Weighed {
  /**
   * By how much a time is out of place, in milliseconds; null: the machine makes no difference. @default 0
   */
  readonly byMs?: number | null;
  /** Whether it came too early: then a timer began late. */
  readonly isLess?: boolean;
}

/** A load sends at a rate: so much a gap may be longer or shorter than what caused it. */
const SPACING_MS = 100;
const HOLDS: Found = { verdict: true };
const OPEN: Found = { verdict: "unknown" };

/** Compares every prediction for a consumer group with the fault that followed it. */
export function groupPredictionChecks(history: History): readonly GroupPredictionCheck[] {
  return history
    .filter((event): event is GroupPredictionEvent => event.kind === "group prediction")
    .map((event) => checkOf(history, event));
}

function checkOf(history: History, event: GroupPredictionEvent): GroupPredictionCheck {
  const { group, topic, prediction } = event;
  const fault = groupFaultAfter(history, event);
  const measured = fault === undefined ? null : measuredGroup(history, fault, event);
  const common = { group, topic, prediction, fault: fault?.id ?? null, measured };
  if (fault === undefined || measured === null) return { ...common, verdict: "unknown", disagreements: [] };
  const weighed = ofDerived(
    prediction,
    foundOf(event, measured).map((one) => weigh(one, measured)),
  );
  return { ...common, ...concluded(weighed, () => isAsPredicted(history, event, fault)) };
}

/** Whether nothing else happened to the cluster, to the group, or to its topic. */
function isAsPredicted(history: History, event: GroupPredictionEvent, fault: FaultEvent): boolean {
  return !isDeleted(history, event.topic) && isOnlyGroupFault(history, event, fault);
}

function foundOf(event: GroupPredictionEvent, measured: MeasuredGroup): Found[] {
  const { prediction } = event;
  const isWaitedFor = measured.partitions.some(({ standstillMs }) => standstillMs > 0);
  const partitions = prediction.partitions.flatMap((one) => {
    const own = measured.partitions.find(({ partition }) => partition === one.partition);
    return own === undefined ? [] : [standstillOn(prediction, one, own, measured)];
  });
  return [
    ...worst(partitions),
    ...(isWaitedFor ? [] : [OPEN]),
    rebalanceOn(prediction, measured),
    commitsOn(prediction, measured),
    ...(["skipped", "repeated"] as const).map((which) => recordsOn(event, measured, which)),
  ];
}

/** Of several partitions the sentence of the one that is furthest out. */
function worst(found: readonly Found[]): Found[] {
  const wrong = found.filter(({ verdict }) => verdict === false);
  if (wrong.length === 0) return [...found];
  return [wrong.reduce((most, one) => ((one.byMs ?? Infinity) > (most.byMs ?? Infinity) ? one : most))];
}

function standstillOn(
  { reasons }: GroupPrediction,
  { topic, partition, reads, standstill }: GroupPartitionPrediction,
  measured: MeasuredPartition,
  { lastedMs }: MeasuredGroup,
): Found {
  const { standstillMs, endedMs, isOpen, isReadOn, usualMs } = measured;
  const name = partitionName({ topic, partition });
  // a machine that is so busy that its members wait without a fault makes them wait longer with one
  const slackMs = Math.max(SPACING_MS, 2 * usualMs);
  if (reads === 0 || standstill === null) {
    if (isOpen || !isReadOn || standstillMs === 0) return HOLDS;
    // it reads between its tries, until they are used up
    if (reasons.includes("kafkajs restarts")) return OPEN;
    return {
      verdict: false,
      byMs: null,
      text: `${name} was read again after ${readable(standstillMs)}, which was not predicted`,
    };
  }
  const { fromMs, toMs } = standstill;
  if (standstillMs > toMs + slackMs && reads === 1)
    return {
      verdict: false,
      byMs: standstillMs - toMs - slackMs,
      text: isOpen
        ? `${name} was not read for ${readable(standstillMs)}, though it was predicted`
        : `${name} stood still for ${readable(standstillMs)}, which is more than predicted`,
    };
  // nobody sent anything to it: the other partitions say what came
  if (standstillMs === 0) return HOLDS;
  if (isOpen) return lastedMs < toMs ? OPEN : HOLDS;
  if (Math.max(standstillMs, endedMs) >= fromMs - SPACING_MS) return HOLDS;
  // a short one may come before the one that is predicted, as long as the fault lasts
  if (lastedMs < toMs) return OPEN;
  return {
    verdict: false,
    byMs: fromMs - SPACING_MS - Math.max(standstillMs, endedMs),
    isLess: true,
    text: `${name} stood still for ${readable(standstillMs)}, which is less than predicted`,
  };
}

function rebalanceOn({ rebalance, standstill }: GroupPrediction, measured: MeasuredGroup): Found {
  if (rebalance > 0 && rebalance < 1) return HOLDS;
  if (measured.rebalanced === (rebalance === 1)) return HOLDS;
  if (measured.rebalanced) return { verdict: false, text: "a rebalance came, which was not predicted" };
  const byMs = measured.lastedMs - (standstill?.toMs ?? Infinity);
  return byMs <= 0 ? OPEN : { verdict: false, byMs, text: "no rebalance came, though it was predicted" };
}

function commitsOn({ commits, commitGap, reads }: GroupPrediction, measured: MeasuredGroup): Found {
  if (commits !== 1 || commitGap === null || reads !== 1 || measured.commits > 0) return HOLDS;
  const byMs = measured.lastedMs - commitGap.toMs;
  return byMs <= 0 ? OPEN : { verdict: false, byMs, text: "no commit was accepted, though it was predicted" };
}

function recordsOn(
  { prediction, perSecond }: GroupPredictionEvent,
  measured: MeasuredGroup,
  which: "skipped" | "repeated",
): Found {
  const most = prediction[which];
  const records = measured[which];
  if (most === null || records <= most || measured.isCut) return HOLDS;
  const word = which === "skipped" ? "skipped" : "processed again";
  const than = most === 0 ? "though none was predicted" : `more than the ${most} predicted`;
  const text = `${counted(records, "record")} ${word}, ${than}`;
  // more were sent than the bound was made for
  const isMore = most > 0 && perSecond !== null && measured.perSecond > perSecond;
  return isMore ? { verdict: "unknown", text } : { verdict: false, text };
}

/** Withholds a verdict that the machine could have made: it is unknown then, and the figure is said. */
function weigh(found: Found, { machine, machineBefore }: MeasuredGroup): Weighed {
  const { verdict, byMs = 0, isLess = false } = found;
  if (verdict !== false || byMs === null) return found;
  return withheld(found, isLess ? { ...machineBefore, isBusy: false } : machine, byMs);
}
