// A partition's outage as the cluster has it, without a client's attempts: what producers' explanations ask
// of detection, election and healing is asked of it, too.

import type { Broker, PartitionState, SendEvent } from "../../../model/history.ts";
import type { Facts, Lasting } from "../facts.ts";
import { controllerAt, type Outage, viewAt } from "../outage.ts";

/** A stretch in which a partition may have been without a leader. */
export interface PartitionStretch {
  readonly topic: string;
  readonly partition: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** The faults that lasted during it, the deciding one first. */
  readonly faults: readonly Lasting[];
  /** Whether something ended it. */
  readonly isOver: boolean;
}

/** Gathers what the cluster says of a partition in a stretch. */
export function outageIn(facts: Facts, stretch: PartitionStretch): Outage {
  const { topic, partition, fromMs, toMs, faults, isOver } = stretch;
  const beganMs = Math.min(fromMs, faults[0]?.event.atMs ?? fromMs);
  const before = stateAt(facts, stretch, beganMs);
  return {
    facts,
    client: "",
    topic,
    partition,
    isShared: false,
    fromMs,
    toMs,
    ender: isOver ? { ...ENDER, atMs: toMs, topic } : undefined,
    latest: undefined,
    attempts: [],
    faults,
    before,
    oldLeader: before?.leader ?? null,
    controller: controllerAt(facts, beganMs),
    settings: { acks: 1 }, // a consumer reads from the leader: it waits for no ISR
  };
}

/** A record that was read ended it, as an acknowledged one ends a producer's. */
const ENDER: SendEvent = {
  ...{ kind: "send", atMs: 0, tookMs: 0, client: "", value: "", topic: "", outcome: "ok", attempts: [] },
};

/** The partition as last seen before a moment. */
export function stateAt(
  facts: Facts,
  { topic, partition }: { topic: string; partition: number },
  atMs: number,
): PartitionState | undefined {
  return viewAt(facts, atMs)?.partitions.find((one) => one.topic === topic && one.partition === partition);
}

/** Whether a fault stops what it hits, or cuts it off: a broker that is late only serves later. */
export function takesAway({ event }: Lasting): boolean {
  return (
    event.network?.some((net) => net.kind === "isolate" || (net.kind === "lose" && net.percent === 100)) ??
    true
  );
}

/** The faults among some that hit a broker. */
export function hitting(faults: readonly Lasting[], broker: Broker | null): Lasting[] {
  return broker === null ? [] : faults.filter(({ event }) => event.targets.includes(broker));
}
