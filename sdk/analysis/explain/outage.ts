// One client's outage, with all that its explanation asks: the fault that decides, the partition, who led and
// controlled before.

import type { Broker, ClusterEvent, NodeId, PartitionState, SendEvent } from "../../model/history.ts";
import type { AckTimeline, AckGap } from "../check/mod.ts";
import type { Facts, Lasting } from "./facts.ts";
import { attemptsOf, type TimedAttempt } from "./attempts.ts";

export interface Outage {
  readonly facts: Facts;
  readonly client: string;
  readonly topic: string;
  readonly partition: number;
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
  const faults = lastedDuring(facts.faults, fromMs, toMs);
  const beganMs =
    faults[0] !== undefined && faults[0].fromMs >= fromMs - EFFECT_MS ? faults[0].event.atMs : fromMs;
  const view = facts.views.findLast(({ atMs }) => atMs <= beganMs);
  const before = partitionOf(view, topic, ender, last, faults[0]);
  const partition = before?.partition ?? ender?.partition ?? last?.partition ?? 0;
  return {
    facts,
    client,
    topic,
    partition,
    fromMs,
    toMs,
    ender,
    latest: timeline.sends.at(-1),
    attempts: attemptsOf(waiting(timeline, gap), fromMs, toMs),
    faults,
    before,
    oldLeader: before?.leader ?? last?.broker ?? null,
    controller: controllerAt(facts, beganMs),
    settings: facts.settings.get(client) ?? {},
  };
}

/** An acknowledgement that was on its way may come this long after a fault's effect. */
const EFFECT_MS = 2000;
/**
 * How many sends beside the one that ended the outage are looked at: what they waited for, all waited for.
 */
const BESIDE = 4;
const BEHIND = 32;

/**
 * The fault that decides is the first that took effect during the outage; where none did, the latest that
 * lasted already.
 */
function lastedDuring(faults: readonly Lasting[], fromMs: number, toMs: number): Lasting[] {
  const during = faults.filter((one) => one.fromMs <= toMs && one.toMs >= fromMs);
  const decides = during.find((one) => one.fromMs >= fromMs - EFFECT_MS / 4) ?? during.at(-1);
  return decides === undefined ? [] : [decides, ...during.filter((one) => one !== decides)];
}

/**
 * The partition that a send waited for: the sender's own, unless that was well and another of the topic was
 * hit, for which kafkajs waits too.
 */
function partitionOf(
  view: ClusterEvent | undefined,
  topic: string,
  ender: SendEvent | undefined,
  last: SendEvent | undefined,
  fault: Lasting | undefined,
): PartitionState | undefined {
  const ofTopic = view?.partitions.filter((one) => one.topic === topic) ?? [];
  const own = ofTopic.find(({ partition }) => partition === (ender?.partition ?? last?.partition));
  const isHit = ({ leader }: PartitionState): boolean =>
    leader === null || (fault?.event.targets.includes(leader) ?? false);
  if (own !== undefined && isHit(own)) return own;
  return ofTopic.find(isHit) ?? own ?? ofTopic[0];
}

function controllerAt(facts: Facts, atMs: number): NodeId | null {
  const seen = facts.views.findLast((view) => view.atMs <= atMs && view.controllerNodeId !== null);
  const activation = facts.lines("controllerActive", -Infinity, atMs).at(-1);
  if (activation !== undefined && activation.atMs > (seen?.atMs ?? -Infinity)) return activation.fact.nodeId;
  return seen?.controllerNodeId ?? activation?.fact.nodeId ?? null;
}

/** The send that ended the outage, and those that had waited longest. */
function waiting(timeline: AckTimeline, { fromMs, toMs, after, before }: AckGap): SendEvent[] {
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
  return [...(latest === undefined ? [] : [latest]), ...beside.filter((one) => one !== latest)];
}
