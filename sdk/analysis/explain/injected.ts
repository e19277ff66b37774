// Which fault of a history a prediction is of, and whether it came as it was predicted: alone, and to a
// cluster that nobody had changed since.

import type { FaultEvent, GroupPredictionEvent, History, PredictionEvent } from "../../model/history.ts";
import { hitsMembers } from "../../model/member.ts";
import type { NetFault } from "../../model/traffic.ts";

/**
 * Finds the fault that was predicted: the next of its kind, on its targets, with the same wrong with the
 * network, or the same settings changed.
 */
export function injectedAfter(history: History, predicted: PredictionEvent): FaultEvent | undefined {
  const { atMs, prediction, network, asked } = predicted;
  return history.find((event): event is FaultEvent => {
    if (event.kind !== "fault" || event.atMs < atMs || event.fault !== prediction.fault) return false;
    // a role may be resolved in another order
    if (sorted(event.targets) !== sorted(prediction.targets)) return false;
    if (sorted(event.controllers ?? []) !== sorted(prediction.controllers ?? [])) return false;
    if (String(event.resources) !== String(prediction.resources)) return false;
    if (asked !== undefined && asked !== event.asked) return false;
    return network === undefined || event.network === undefined || sameNetwork(network, event.network);
  });
}

/**
 * Whether nothing else was wrong that a prediction does not reckon with, and nothing was injected or healed
 * between the two.
 */
export function isOnlyFault(history: History, { atMs }: PredictionEvent, fault: FaultEvent): boolean {
  const others = history.filter(
    (event) => (event.kind !== "fault" && event.kind !== "heal") || !hitsMembers(event),
  );
  return isOnly(others, atMs, fault);
}

/** Whether somebody deleted a topic, or made it anew. */
export function isDeleted(history: History, topic: string): boolean {
  return history.some((one) => one.kind === "topic" && one.topic === topic);
}

function isOnly(history: History, atMs: number, fault: FaultEvent): boolean {
  const open = new Set<string>();
  for (const event of history) {
    if (event.kind !== "fault" && event.kind !== "heal") continue;
    if (event.id === fault.id || event.effectAtMs > fault.effectAtMs) continue;
    if (event.atMs > atMs) return false;
    if (event.kind === "heal") open.delete(event.id);
    // brokers that do not run, and settings, are reckoned with
    else if (event.network !== undefined || event.disk !== undefined) open.add(event.id);
  }
  return open.size === 0;
}

/** Finds the fault that was predicted for a group: on the same brokers, or on the same members of it. */
export function groupFaultAfter(
  history: History,
  { atMs, group, prediction, network, asked }: GroupPredictionEvent,
): FaultEvent | undefined {
  return history.find((event): event is FaultEvent => {
    if (event.kind !== "fault" || event.atMs < atMs || event.fault !== prediction.fault) return false;
    if (sorted(event.targets) !== sorted(prediction.targets)) return false;
    if (String(event.resources) !== String(prediction.resources)) return false;
    if (asked !== undefined && asked !== event.asked) return false;
    const own = (event.members ?? []).filter((one) => one.group === group).map(({ member }) => member);
    if (own.sort().join() !== [...prediction.members].sort().join()) return false;
    return network === undefined || event.network === undefined || sameNetwork(network, event.network);
  });
}

/** Whether nothing else was wrong with the cluster or with this group's members. */
export function isOnlyGroupFault(
  history: History,
  { atMs, group }: GroupPredictionEvent,
  fault: FaultEvent,
): boolean {
  const others = history.filter(
    (event) =>
      (event.kind !== "fault" && event.kind !== "heal") ||
      !hitsMembers(event) ||
      event.members?.some((one) => one.group === group),
  );
  return isOnly(others, atMs, fault);
}

function sorted(brokers: readonly number[]): string {
  return String([...brokers].sort((a, b) => a - b));
}

function sameNetwork(a: readonly NetFault[], b: readonly NetFault[]): boolean {
  const written = (network: readonly NetFault[]): string =>
    network
      .map((one) => JSON.stringify(Object.entries(one).sort(([x], [y]) => (x < y ? -1 : 1))))
      .sort()
      .join();
  return written(a) === written(b);
}
