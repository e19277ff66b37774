// States of partitions, for tests of who leads what.

import type { Broker } from "../../sdk/model/broker.ts";
import type { PartitionState } from "../../sdk/model/partition.ts";

/** Three replicas that are all in sync. */
export function led(topic: string, partition: number, leader: Broker | null): PartitionState {
  return {
    topic,
    partition,
    leader,
    leaderEpoch: 0,
    replicas: [1, 2, 3],
    isr: [1, 2, 3],
    offline: [],
  };
}
