// More replicas than there are brokers.

import type { Rule } from "../finding.ts";
import { fixingAll } from "../fix.ts";
import { OFFSETS, replicas, TRANSACTIONS } from "./replica-fixes.ts";
import { list, settingOf, where } from "./words.ts";

/** What more replicas than brokers come to, by setting. */
const ABOVE: readonly (readonly [key: string, effect: string])[] = [
  ["default.replication.factor", "no topic can be auto-created: clients get UNKNOWN_TOPIC_OR_PARTITION"],
  [
    OFFSETS,
    "__consumer_offsets is never created, so no consumer group has a coordinator (COORDINATOR_NOT_AVAILABLE)",
  ],
  [TRANSACTIONS, "__transaction_state is never created, so no transactional producer starts"],
];

export const aboveBrokersRules: readonly Rule[] = [
  {
    id: "replicas-above-brokers",
    severity: "error",
    title: "more replicas than brokers",
    source:
      "Kafka: ReplicationControlManager refuses with INVALID_REPLICATION_FACTOR; " +
      "offsets.topic.replication.factor defaults to 3",
    check: ({ cluster }) => {
      if (cluster === null || !cluster.isWhole) return [];
      const lost = ABOVE.map(([key, effect]) => ({
        key,
        effect,
        nodes: where(cluster.brokers, key, (factor) => factor > cluster.brokerCount),
      })).filter(({ nodes }) => nodes.length > 0);
      const [first] = lost;
      if (first === undefined) return [];
      const count = cluster.brokerCount === 1 ? "is 1 broker" : `are ${cluster.brokerCount} brokers`;
      const isOnlyForTransactions = lost.every(({ key }) => key === TRANSACTIONS);
      const factors = [...new Set(lost.map(({ key, nodes }) => nodes[0]!.settings.of(key).value))];
      return [
        {
          settings: lost.flatMap(({ key, nodes }) => settingOf(nodes, key)),
          happens:
            `${list(factors)} replicas are configured, but there ${count}: ` +
            `${lost.map(({ effect }) => effect).join("; ")}.`,
          fix: fixingAll(lost.map(({ key, nodes }) => replicas(nodes, key, cluster.brokerCount))),
          ...(isOnlyForTransactions && {
            severity: cluster.isAlone ? ("note" as const) : ("warning" as const),
          }),
        },
      ];
    },
  },
];
