// A leader that is well refuses a record while fewer replicas are in sync than the topic's min.insync.replicas.

import { logged, named, tried, viewed, whom } from "./evidence.ts";
import type { Lasting } from "./facts.ts";
import { untilHealed } from "./healing.ts";
import type { Outage } from "./outage.ts";
import type { Piece } from "./pieces.ts";

/** The stretch in which the leader refused, and until the ISR had grown again; none where it did not refuse. */
export function refusedPieces(outage: Outage, fromMs: number, fault: Lasting | undefined): Piece[] {
  const { facts, topic, partition, toMs } = outage;
  const refused = outage.tries.filter(({ api, endMs, error }) => api === "Produce" && endMs >= fromMs && NOT_ENOUGH.has(error ?? ""));
  const [first, last] = [refused[0], refused.at(-1)];
  if (first === undefined || last === undefined) return [];
  const healing = fault === undefined || fault.toMs > toMs ? [] : untilHealed(outage, fault);
  const healedMs = healing.at(-1)?.toMs ?? Infinity;
  const refusing: Piece = { kind: "other", toMs: Math.min(healedMs, outage.ender === undefined ? toMs : last.endMs), what: `${whom(first)} refused: fewer replicas in sync than min.insync.replicas`, evidence: [tried(first), tried(last)] };
  const grown = facts.lines("isr", Math.min(healedMs, last.atMs), toMs).find(({ told }) => told.topic === topic && told.partition === partition);
  const view = facts.views.find((one) => one.atMs > Math.min(healedMs, last.atMs) && one.atMs <= toMs && one.partitions.some((state) => state.topic === topic && state.partition === partition && state.isr.length > 1));
  const state = view?.partitions.find((one) => one.topic === topic && one.partition === partition);
  const seen = view === undefined || state === undefined ? [] : [viewed(view, `in sync for ${topic}-${partition}: ${named(state.isr)}`)];
  const grownMs = grown?.atMs ?? view?.atMs;
  return [refusing, ...(grownMs === undefined || grownMs < healedMs ? [] : [{ kind: "healing" as const, toMs: grownMs, what: "until enough replicas were in sync", evidence: [...healing.flatMap(({ evidence }) => evidence), ...(grown === undefined ? [] : [logged(grown)]), ...seen] }])];
}

/** Kafka's errors that say so. */
const NOT_ENOUGH: ReadonlySet<string> = new Set(["NOT_ENOUGH_REPLICAS", "NOT_ENOUGH_REPLICAS_AFTER_APPEND"]);
