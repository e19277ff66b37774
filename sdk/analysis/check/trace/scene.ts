// The state at a moment: leader and ISR of a partition, the active controller, open faults.
//
//   cluster      ●───────────────────────●──────────   each observation until the next
//   broker log           ● leads, isr                  earlier than the observation, not of an older epoch
//   faults          ├────────────┤
import type {
  Broker,
  BrokerLogEvent,
  ClusterEvent,
  FaultKind,
  History,
  NodeId,
  PartitionState,
} from "../../../model/history.ts";
import { windows, type FaultWindow } from "../windows.ts";

/** What was known of a partition. */
export interface LeaderView {
  leader: Broker | null;
  leaderEpoch: number;
  isr: readonly Broker[];
  /** When this was seen first, in milliseconds since the run's start; what was seen may be a little older. */
  sinceMs: number;
  /** Who told it: the cluster's own view, or a line in the leader's log. */
  source: "cluster" | "broker log";
}

/** What was so at a moment. */
export interface Scene {
  /** Null where the partition is not known, or was not observed by then. */
  partition: LeaderView | null;
  /**
   * The active controller as a broker's number; null where there is none, it is no broker, or nothing was
   * observed by then.
   */
  controller: Broker | null;
  controllerNodeId: NodeId | null;
  /** The faults that lasted then, in the order in which they were injected. */
  faults: readonly { id: string; fault: FaultKind; targets: readonly Broker[]; name: string }[];
}

/**
 * Returns the scene of a stretch of time: the views of its begin, and every fault that lasted at some moment
 * of it.
 */
export type SceneAt = (fromMs: number, toMs?: number) => Scene;

/** Prepares to look at one partition of a history; without a partition the scenes have none. */
export function scenesOf(history: History, topic: string, partition: number | null): SceneAt {
  const views = partition === null ? [] : leaderViews(history, topic, partition);
  const controllers = history.filter((event): event is ClusterEvent => event.kind === "cluster").sort(byTime);
  const { faults } = windows(history);
  return (fromMs, toMs = fromMs) => {
    const seen = controllers.findLast(({ atMs }) => atMs <= fromMs);
    return {
      partition: views.findLast(({ sinceMs }) => sinceMs <= fromMs) ?? null,
      controller: seen?.controller ?? null,
      controllerNodeId: seen?.controllerNodeId ?? null,
      faults: faults
        .filter((fault) => fault.fromMs <= toMs && lastsUntil(fault) > fromMs)
        .map(({ id, fault, targets, name }) => ({ id, fault, targets, name })),
    };
  };
}

/** A fault that nobody healed lasts on after the last event. */
function lastsUntil({ toMs, healed }: FaultWindow): number {
  return healed ? toMs : Infinity;
}

function leaderViews(history: History, topic: string, partition: number): LeaderView[] {
  const isIt = (one: { topic: string; partition: number }): boolean =>
    one.topic === topic && one.partition === partition;
  const brokers = new Map<NodeId, Broker>();
  const sightings: Sighting[] = [];
  for (const event of history) {
    if (event.kind === "run") for (const { nodeId, broker } of event.brokers) brokers.set(nodeId, broker);
    if (event.kind === "broker log") sightings.push({ atMs: event.atMs, from: event });
    const state = event.kind === "cluster" ? event.partitions.find(isIt) : undefined;
    if (state !== undefined) sightings.push({ atMs: event.atMs, state });
  }
  const views: LeaderView[] = [];
  for (const one of sightings.sort(byTime)) {
    const view = "state" in one ? observed(one) : logged(one.from, isIt, brokers, views.at(-1));
    // a node that was cut off goes on telling what it last knew
    if (view !== null && view.leaderEpoch >= (views.at(-1)?.leaderEpoch ?? -1)) views.push(view);
  }
  return views.filter((view, i) => !isSame(view, views[i - 1]));
}

type Sighting = { atMs: number; state: PartitionState } | { atMs: number; from: BrokerLogEvent };

function observed({
  atMs,
  state: { leader, leaderEpoch, isr },
}: {
  atMs: number;
  state: PartitionState;
}): LeaderView {
  return { leader, leaderEpoch, isr, sinceMs: atMs, source: "cluster" };
}

function logged(
  { atMs, broker, fact }: BrokerLogEvent,
  isIt: (one: { topic: string; partition: number }) => boolean,
  brokers: ReadonlyMap<NodeId, Broker>,
  before: LeaderView | undefined,
): LeaderView | null {
  if ((fact.what !== "becameLeader" && fact.what !== "isr") || !isIt(fact)) return null;
  const isr = fact.isr.flatMap((nodeId) => brokers.get(nodeId) ?? []);
  const leader = broker ?? brokers.get(fact.nodeId) ?? null;
  if (fact.what === "becameLeader")
    return { leader, leaderEpoch: fact.leaderEpoch, isr, sinceMs: atMs, source: "broker log" };
  return before === undefined || before.leader !== leader
    ? null
    : { ...before, isr, sinceMs: atMs, source: "broker log" };
}

function isSame(a: LeaderView, b: LeaderView | undefined): boolean {
  return (
    b !== undefined &&
    a.leader === b.leader &&
    a.leaderEpoch === b.leaderEpoch &&
    a.isr.length === b.isr.length &&
    a.isr.every((broker) => b.isr.includes(broker))
  );
}

function byTime(a: { atMs: number }, b: { atMs: number }): number {
  return a.atMs - b.atMs;
}
