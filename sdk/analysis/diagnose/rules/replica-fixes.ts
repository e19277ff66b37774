// More replicas, and how many of them must be in sync: where one changes, the other may have to, and a fix
// says both.

import type { Facts, Node } from "../facts.ts";
import { type Fix, fixing } from "../fix.ts";
import { onEvery, setOn } from "./words.ts";

export const FACTOR = "default.replication.factor";
export const MIN = "min.insync.replicas";
export const OFFSETS = "offsets.topic.replication.factor";
export const TRANSACTIONS = "transaction.state.log.replication.factor";
export const TRANSACTION_MIN = "transaction.state.log.min.isr";

/** The minimum that goes with each factor. */
const MIN_OF: Readonly<Record<string, string>> = { [FACTOR]: MIN, [TRANSACTIONS]: TRANSACTION_MIN };

/** As many replicas as there are brokers, at most three. */
export function best({ cluster }: Facts): number {
  return cluster?.isWhole ? Math.min(3, cluster.brokerCount) : 3;
}

/** The minimum that tolerates the loss of one of so many replicas, as near as possible to the given one. */
export function fitting(min: number, factor: number): number {
  return Math.min(Math.max(min, factor > 2 ? 2 : 1), Math.max(1, factor - 1));
}

/** The fix that gives topics so many replicas, and a minimum that fits where the present one does not. */
export function replicas(nodes: readonly Node[], key: string, factor: number): Fix {
  const more = onEvery(nodes, key, factor);
  const minKey = MIN_OF[key];
  if (minKey === undefined) return more;
  const min = nodes[0]!.settings.number(minKey);
  const wanted = fitting(min, factor);
  // an equal minimum of two replicas is a choice
  return Number.isNaN(min) || min === wanted ? more : fixing(more, ", with ", setOn(nodes, minKey, wanted));
}
