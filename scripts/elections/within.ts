// A fault in a history, and how the cluster was seen around it.

import type { ClusterEvent, FaultEvent, HealEvent, History } from "@kafka-failure-lab/sdk";

/** A fault, and its heal if there was one. @throws RangeError where the history has no fault with that id */
export function faultOf(
  history: History,
  id: string,
  what: string,
): { fault: FaultEvent; healed: HealEvent | undefined } {
  const fault = history.find((event): event is FaultEvent => event.kind === "fault" && event.id === id);
  if (fault === undefined) throw new RangeError(`Cannot measure the ${what} ${id}: the history has none`);
  const healed = history.find((event): event is HealEvent => event.kind === "heal" && event.id === id);
  return { fault, healed };
}

/**
 * The cluster as it was seen before a moment, and each time that it was seen to differ until another one.
 *
 * @param isOne which views count; @default all
 */
export function viewsWithin(
  history: History,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  isOne: (view: ClusterEvent) => boolean = () => true,
): readonly ClusterEvent[] {
  const seen = history.filter(
    (event): event is ClusterEvent => event.kind === "cluster" && event.atMs <= toMs && isOne(event),
  );
  const first = seen.findLastIndex(({ atMs }) => atMs <= fromMs);
  return seen.slice(Math.max(0, first));
}
