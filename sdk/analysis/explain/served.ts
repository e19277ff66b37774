// When the cluster could serve the client again: another leader, or an ISR without the broker that is
// missing.

import type { Broker, ClusterEvent, NodeId, PartitionState } from "../../model/history.ts";
import { logged, named, viewed } from "./evidence.ts";
import type { Evidence } from "./explanation.ts";
import { lostBrokers, type Outage } from "./outage.ts";

export interface Served {
  readonly how: "leader" | "isr";
  readonly atMs: number;
  /** The new leader; the old one where only the ISR changed. */
  readonly leader: Broker | null;
  /** The brokers that left the ISR, where only that changed. */
  readonly left: readonly Broker[];
  readonly evidence: readonly Evidence[];
}

/**
 * Finds the change that let the cluster serve again, from after a moment to the outage's end; undefined where
 * there was none.
 */
export function servedIn(outage: Outage, afterMs: number): Served | undefined {
  return leaderChange(outage, afterMs) ?? isrChange(outage, afterMs);
}

/**
 * The last change before the end counts, to the leader that acknowledged; the line of the leader itself says
 * when it began to lead.
 */
function leaderChange(outage: Outage, afterMs: number): Served | undefined {
  const { facts, topic, partition, before, ender, faults, toMs } = outage;
  const epoch = before?.leaderEpoch ?? -1;
  // a leader that was well and has a new epoch has another ISR (KAFKA-15021: before metadata version 3.6)
  const isSame = (broker: Broker): boolean =>
    broker === before?.leader && !faults.some(({ event }) => event.targets.includes(broker));
  const leads = (broker: Broker | null): boolean =>
    broker !== null &&
    !isSame(broker) &&
    (ender?.broker === undefined || ender.partition !== partition || ender.broker === broker);
  const isOf = (fact: { topic: string; partition: number; leaderEpoch: number }): boolean =>
    fact.topic === topic && fact.partition === partition && fact.leaderEpoch > epoch;
  const line = facts
    .lines("becameLeader", afterMs, toMs + ROUNDED_MS)
    .findLast(({ fact }) => isOf(fact) && leads(facts.brokerOf(fact.nodeId)));
  const seen = stateIn(
    outage,
    afterMs,
    ({ leader, leaderEpoch }) =>
      leaderEpoch > (line === undefined ? epoch : line.fact.leaderEpoch - 1) && leads(leader),
  );
  const heard =
    line ??
    facts
      .lines("becameFollower", afterMs, toMs)
      .find(({ fact }) => isOf(fact) && leads(facts.brokerOf(fact.leaderNodeId)));
  const seenEvidence =
    seen === undefined
      ? []
      : [
          viewed(
            seen.view,
            `leader of ${topic}-${partition}: broker ${seen.state.leader}, epoch ${seen.state.leaderEpoch}`,
          ),
        ];
  if (heard !== undefined)
    return {
      how: "leader",
      atMs: heard.atMs,
      leader: facts.brokerOf(
        heard.fact.what === "becameLeader" ? heard.fact.nodeId : heard.fact.leaderNodeId,
      ),
      left: [],
      evidence: [logged(heard), ...seenEvidence],
    };
  return seen === undefined
    ? undefined
    : { how: "leader", atMs: seen.view.atMs, leader: seen.state.leader, left: [], evidence: seenEvidence };
}

/**
 * With acks=all the leader waits for every replica in sync: it can acknowledge once those that are missing
 * are none of them, which may take several changes.
 */
function isrChange(outage: Outage, afterMs: number): Served | undefined {
  const { facts, topic, partition, before, oldLeader, settings, toMs } = outage;
  if (typeof settings["acks"] === "number" && settings["acks"] !== -1) return undefined;
  if (before === undefined) return undefined;
  const missing = lostBrokers(outage).filter((broker) => broker !== oldLeader);
  if (missing.length === 0) return undefined;
  const isSmaller = (isr: readonly Broker[]): boolean =>
    isr.length > 0 && isr.length < before.isr.length && missing.some((broker) => !isr.includes(broker));
  const brokersOf = (nodes: readonly NodeId[]): Broker[] =>
    nodes.flatMap((node) => facts.brokerOf(node) ?? []);
  const line = [
    ...facts.lines("isr", afterMs, toMs + ROUNDED_MS),
    ...facts.lines("becameLeader", afterMs, toMs + ROUNDED_MS),
  ]
    .filter(({ fact }) => fact.topic === topic && fact.partition === partition)
    .sort((a, b) => a.atMs - b.atMs)
    .findLast(({ fact }) => isSmaller(brokersOf(fact.isr)));
  const seen = lastShrink(outage, afterMs, isSmaller);
  const seenEvidence =
    seen === undefined
      ? []
      : [viewed(seen.view, `in sync for ${topic}-${partition}: ${named(seen.state.isr)}`)];
  const isr = line === undefined ? seen?.state.isr : brokersOf(line.fact.isr);
  const atMs = line?.atMs ?? (seen && Math.min(seen.view.atMs, toMs));
  if (isr === undefined || atMs === undefined) return undefined;
  return {
    how: "isr",
    atMs,
    leader: oldLeader,
    left: before.isr.filter((broker) => !isr.includes(broker)),
    evidence: [...(line === undefined ? [] : [logged(line)]), ...seenEvidence],
  };
}

/** The first view after a moment, up to the end, in which the partition is as asked. */
function stateIn(
  { facts, topic, partition, toMs }: Outage,
  afterMs: number,
  isIt: (state: PartitionState) => boolean,
): { view: ClusterEvent; state: PartitionState } | undefined {
  for (const view of facts.views) {
    if (view.atMs <= afterMs || view.atMs > toMs) continue;
    const state = view.partitions.find((one) => one.topic === topic && one.partition === partition);
    if (state !== undefined && isIt(state)) return { view, state };
  }
  return undefined;
}

/**
 * The first view of the last ISR that is as asked. The cluster is asked a few times a second: what an
 * acknowledgement shows to have come may be seen a little after it.
 */
function lastShrink(
  { facts, topic, partition, ender, toMs }: Outage,
  afterMs: number,
  isIt: (isr: readonly Broker[]) => boolean,
): { view: ClusterEvent; state: PartitionState } | undefined {
  const lastMs = toMs + (ender === undefined ? 0 : SOON_MS);
  let found: { view: ClusterEvent; state: PartitionState } | undefined;
  for (const view of facts.views) {
    if (view.atMs <= afterMs) continue;
    if (view.atMs > (found === undefined ? lastMs : toMs)) break;
    const state = view.partitions.find((one) => one.topic === topic && one.partition === partition);
    if (state !== undefined && isIt(state.isr) && found?.state.isr.join() !== state.isr.join())
      found = { view, state };
  }
  return found;
}

/** Stamps are whole milliseconds. */
const ROUNDED_MS = 1;
/** The observer's longest pause between two looks. */
const SOON_MS = 500;
