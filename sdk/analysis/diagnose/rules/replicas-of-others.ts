// Replicas of topics that Connect's workers and Kafka Streams create themselves.

import type { Facts } from "../facts.ts";
import { addressesIn } from "../addresses.ts";
import type { Setting, Settings } from "../setting.ts";

/** Whether there is more than one broker for all that is given: by the brokers, or by the bootstrap list. */
export function hasSeveralBrokers({ cluster }: Facts, { given }: Settings): boolean {
  if (cluster !== null) return !cluster.isAlone;
  return addressesIn(given.get("bootstrap.servers")?.value ?? "").length > 1;
}

/** The settings whose number of replicas no topic can have. */
export function aboveBrokers({ cluster }: Facts, settings: Settings, keys: readonly string[]): Setting[] {
  if (cluster === null || !cluster.isWhole) return [];
  return keys.filter((key) => settings.number(key) > cluster.brokerCount).map((key) => settings.of(key));
}

/** `1 broker`, `3 brokers`. */
export function brokersIn({ cluster }: Facts): string {
  const count = cluster?.brokerCount ?? 0;
  return `${count} ${count === 1 ? "broker" : "brokers"}`;
}

/** The brokers' setting that keeps every transaction from beginning, or none. */
export function noTransactions({ cluster }: Facts): Setting[] {
  if (cluster === null || !cluster.isWhole) return [];
  const key = "transaction.state.log.replication.factor";
  return cluster.brokers
    .filter(({ settings }) => settings.number(key) > cluster.brokerCount)
    .slice(0, 1)
    .map(({ settings }) => settings.of(key));
}
