// One client's outage, with all that its explanation asks: the fault that decides, the partition, who led and
// controlled before.

import type { Broker, ClusterEvent, NodeId, PartitionState, SendEvent } from "../../model/history.ts";
import type { AckTimeline, AckGap } from "../check/mod.ts";
import type { Facts, Lasting } from "./facts.ts";
import { attemptsOf, type TimedAttempt } from "./attempts.ts";
import { concernedPartition, EFFECT_MS, isForeign, lastedDuring, waitedFor } from "./waited-for.ts";

export interface Outage {
  readonly facts: Facts;
  readonly client: string;
  readonly topic: string;
  /** The partition that the client waited for. */
  readonly partition: number;
  /** Whether that is another one than the client's own: kafkajs takes no metadata while one has no leader. */
  readonly isShared: boolean;
  readonly fromMs: number;
  readonly toMs: number;
  /** The send whose acknowledgement ended it. */
  readonly ender: SendEvent | undefined;
  /** The client's last send of all. */
  readonly latest: SendEvent | undefined;
  readonly attempts: readonly TimedAttempt[];
  /** Those that lasted during it, the deciding one first. */
  readonly faults: readonly Lasting[];
  /** The partition as last seen before the fault. */
  readonly before: PartitionState | undefined;
  readonly oldLeader: Broker | null;
  /** The active controller before the fault. */
  readonly controller: NodeId | null;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Gathers what is known of one gap of a client. */
export function outageOf(
  facts: Facts,
  timeline: AckTimeline,
  gap: AckGap,
  { client, topic }: { client: string; topic: string },
): Outage {
  const { fromMs, toMs } = gap;
  const ender = timeline.sends[gap.before];
  const last = timeline.sends[gap.after];
  const settings = facts.settings.get(client) ?? {};
  const [sends, beside] = waiting(timeline, gap);
  const own = waitedFor({ fromMs, toMs, ender, last, beside, settings });
  const stateAt = (atMs: number): PartitionState | undefined =>
    viewAt(facts, atMs)?.partitions.find((one) => one.topic === topic && one.partition === own);
  const faults = lastedDuring(facts.faults, gap, stateAt(fromMs)?.replicas);
  const beganMs =
    faults[0] !== undefined && faults[0].fromMs >= fromMs - EFFECT_MS ? faults[0].event.atMs : fromMs;
  const { state: before, isShared } = concernedPartition(
    viewAt(facts, beganMs),
    { topic, partition: own },
    faults[0]?.event.targets ?? [],
    { settings, attempts: attemptsOf(sends, fromMs, toMs) },
  );
  const oldLeader = before?.leader ?? last?.broker ?? null;
  const leaders = [oldLeader, ender?.broker];
  return {
    facts,
    client,
    topic,
    partition: before?.partition ?? own ?? 0,
    isShared,
    fromMs,
    toMs,
    ender,
    latest: timeline.sends.at(-1),
    attempts: attemptsOf(sends, fromMs, toMs, (send, one) => isForeign(send, one, own, leaders)),
    faults,
    before,
    oldLeader,
    controller: controllerAt(facts, beganMs),
    settings,
  };
}

/** The last that the cluster said of itself by a moment. */
export function viewAt({ views }: Facts, atMs: number): ClusterEvent | undefined {
  return views.findLast((view) => view.atMs <= atMs);
}

/**
 * The targets of the deciding fault that the partition had to do without: its leader and its replicas in
 * sync; all targets where the cluster was not seen.
 */
export function lostBrokers({ before, faults }: Outage): readonly Broker[] {
  const targets = faults[0]?.event.targets ?? [];
  if (before === undefined) return targets;
  return targets.filter((broker) => broker === before.leader || before.isr.includes(broker));
}

/** As `lostBrokers`, those that hold the partition, in sync or not; all of them where none does. */
export function holders({ before }: Outage, targets: readonly Broker[]): readonly Broker[] {
  const own = targets.filter((broker) => before?.replicas.includes(broker));
  return own.length === 0 ? targets : own;
}

/**
 * How many sends beside the one that ended the outage are looked at: what they waited for, all waited for.
 */
const BESIDE = 4;
const BEHIND = 32;

/** The node that was the active controller before a moment; null where nothing tells. */
export function controllerAt(facts: Facts, atMs: number): NodeId | null {
  const seen = facts.views.findLast((view) => view.atMs <= atMs && view.controllerNodeId !== null);
  const activation = facts.lines("controllerActive", -Infinity, atMs).at(-1);
  if (activation !== undefined && activation.atMs > (seen?.atMs ?? -Infinity)) return activation.fact.nodeId;
  return seen?.controllerNodeId ?? activation?.fact.nodeId ?? null;
}

/** The send that ended the outage, with those that had waited longest; and those alone. */
function waiting(
  timeline: AckTimeline,
  { fromMs, toMs, after, before }: AckGap,
): [sends: SendEvent[], beside: SendEvent[]] {
  const last = before === -1 ? timeline.sends.length : before + BEHIND;
  const beside: SendEvent[] = [];
  for (let i = after + 1; i < last; i++) {
    const send = timeline.sends[i];
    if (send === undefined || i === before || send.atMs > toMs || (timeline.endMs[i] ?? 0) < fromMs) continue;
    // kept in the order of their begin, without sorting all
    let at = beside.length;
    while (at > 0 && (beside[at - 1]?.atMs ?? 0) > send.atMs) at--;
    if (at < BESIDE) beside.splice(at, 0, send);
    if (beside.length > BESIDE) beside.pop();
  }
  const ender = timeline.sends[before];
  // where nothing ended it, what was tried last says most
  const latest = ender ?? timeline.sends.at(-1);
  const sends = [...(latest === undefined ? [] : [latest]), ...beside.filter((one) => one !== latest)];
  return [sends, beside];
}
