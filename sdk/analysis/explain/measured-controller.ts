// What became of the active controller while a fault lasted, as the lab saw it.

import type { ClusterEvent, FaultEvent, History } from "../../model/history.ts";
import type { Window } from "../check/mod.ts";

/** Whether it stayed, another node became it, or there was none in the end. */
export type MeasuredController = "same" | "another" | "lost";

/** What became of it; null where the lab did not see the cluster before the fault. */
export function measuredController(
  history: History,
  fault: FaultEvent,
  { fromMs, toMs }: Window,
): MeasuredController | null {
  const seen = history.filter((event): event is ClusterEvent => event.kind === "cluster");
  const before = seen.findLast(({ atMs }) => atMs <= Math.min(fault.atMs, fromMs));
  if (before?.controllerNodeId == null) return null;
  const during = seen.filter(({ atMs }) => atMs > fault.atMs && atMs <= toMs);
  const isAnother = during.some(
    ({ controllerNodeId }) => controllerNodeId !== null && controllerNodeId !== before.controllerNodeId,
  );
  if (isAnother) return "another";
  return during.length > 0 && during.at(-1)!.controllerNodeId === null ? "lost" : "same";
}
