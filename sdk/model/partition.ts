// One partition at one moment.

import type { Broker } from "./broker.ts";

/** One partition as Kafka's metadata tells it. */
export interface PartitionState {
  topic: string;
  partition: number;
  leader: Broker | null;
  leaderEpoch: number;
  replicas: readonly Broker[];
  isr: readonly Broker[];
  offline: readonly Broker[];
}
