// A leader that is well refuses a record while fewer replicas are in sync than the topic's
// min.insync.replicas.

import { logged, named, attempted, viewed, whom } from "./evidence.ts";
import type { Lasting } from "./facts.ts";
import { untilHealed } from "./healing.ts";
import type { Outage } from "./outage.ts";
import type { Piece } from "./pieces.ts";

/**
 * The stretch in which the leader refused, and until the ISR had grown again; none where it did not refuse.
 */
export function refusedPieces(outage: Outage, fromMs: number, fault: Lasting | undefined): Piece[] {
  const { facts, topic, partition, toMs } = outage;
  const refused = outage.attempts.filter(
    ({ api, endMs, error }) => api === "Produce" && endMs >= fromMs && NOT_ENOUGH.has(error ?? ""),
  );
  const [first, last] = [refused[0], refused.at(-1)];
  if (first === undefined || last === undefined) return [];
  const healing = fault === undefined || fault.toMs > toMs ? [] : untilHealed(outage, fault);
  const healedMs = healing.at(-1)?.toMs ?? Infinity;
  const what = `${whom(first)} rejected: fewer in-sync replicas than min.insync.replicas`;
  const refusing: Piece = {
    kind: "other",
    toMs: Math.min(healedMs, outage.ender === undefined ? toMs : last.endMs),
    what,
    evidence: [attempted(first), attempted(last)],
  };
  const isOf = (one: { topic: string; partition: number }): boolean =>
    one.topic === topic && one.partition === partition;
  const sinceMs = Math.min(healedMs, last.atMs);
  const grown = facts.lines("isr", sinceMs, toMs).find(({ fact }) => isOf(fact) && fact.isr.length > 1);
  const view = facts.views.find(
    (one) =>
      one.atMs > sinceMs &&
      one.atMs <= toMs &&
      one.partitions.some((state) => isOf(state) && state.isr.length > 1),
  );
  const state = view?.partitions.find(isOf);
  const seen =
    view === undefined || state === undefined
      ? []
      : [viewed(view, `in sync for ${topic}-${partition}: ${named(state.isr)}`)];
  const grownMs = grown?.atMs ?? view?.atMs;
  if (grownMs === undefined || grownMs < healedMs) return [refusing];
  const evidence = [
    ...healing.flatMap((piece) => piece.evidence),
    ...(grown === undefined ? [] : [logged(grown)]),
    ...seen,
  ];
  return [refusing, { kind: "healing", toMs: grownMs, what: "until enough replicas were in sync", evidence }];
}

/** Kafka's errors that say so. */
const NOT_ENOUGH: ReadonlySet<string> = new Set(["NOT_ENOUGH_REPLICAS", "NOT_ENOUGH_REPLICAS_AFTER_APPEND"]);
