// One member's states and assignments, from its changes in order of time.

import type { MemberChange, MemberEvent } from "../../model/history.ts";
import { partitionName } from "../../model/partition.ts";
import type { Assignment, MemberSpan, MemberState } from "./lane.ts";

/** A client tells what it lost and that it gives up in two lines. */
const AT_ONCE_MS = 50;

/** Returns a member's states; none before its first change. */
export function statesOf(changes: readonly MemberEvent[], endMs: number): MemberSpan[] {
  const spans: MemberSpan[] = [];
  let [had, held, gaveBackMs]: [MemberState, number, number] = ["starting", 0, NaN];
  const enter = (atMs: number, state: MemberState, why?: string): void => {
    const last = spans.at(-1);
    if (last?.state === state) return;
    if (last !== undefined) last.toMs = atMs;
    // what it gave back because it leaves or gives up is no rebalance
    const isEnd = state === "gone" || (state === "failed" && atMs - gaveBackMs < AT_ONCE_MS);
    if (isEnd && last?.state === "rebalancing" && gaveBackMs === last.fromMs) last.toMs = last.fromMs;
    if (last !== undefined && last.toMs <= last.fromMs) spans.pop();
    spans.push({ fromMs: atMs, toMs: endMs, state, ...(why !== undefined && { why }) });
  };
  for (const { atMs, change, partitions = [], error } of changes) {
    const last = spans.at(-1);
    if (change === "paused") had = last?.state ?? "starting";
    if (change === "assigned") held += partitions.length;
    if (change === "revoked" || change === "lost") held = Math.max(0, held - partitions.length);
    if ((change === "revoked" || change === "lost") && held === 0) gaveBackMs = atMs;
    if (ENDS.has(change)) held = 0;
    const next = change === "resumed" ? had : nextState(change, held);
    if (next === undefined) continue;
    // what a frozen process said before is read later
    if (last?.state === "frozen" && change !== "resumed" && !ENDS.has(change)) had = next;
    else enter(atMs, next, change === "left" ? "left" : error);
  }
  return spans.filter(({ fromMs, toMs }) => toMs > fromMs);
}

const ENDS: ReadonlySet<MemberChange> = new Set(["left", "failed", "ended", "started"]);

function nextState(change: MemberChange, held: number): MemberState | undefined {
  switch (change) {
    case "started":
      return "starting";
    case "joined":
    case "assigned":
      return "member";
    case "rebalancing":
      return "rebalancing";
    // a client that does not say that it joins anew has given everything back
    case "revoked":
    case "lost":
      return held === 0 ? "rebalancing" : undefined;
    case "paused":
      return "frozen";
    case "failed":
      return "failed";
    case "left":
    case "ended":
      return "gone";
    case "resumed":
      return undefined;
    default:
      return change satisfies never;
  }
}

/** Returns which partitions a member had and when, in the order in which it got them. */
export function assignmentsOf(changes: readonly MemberEvent[], endMs: number): Assignment[] {
  const all: Assignment[] = [];
  const open = new Map<string, Assignment>();
  const close = (name: string, atMs: number, end: Assignment["end"]): void => {
    const one = open.get(name);
    if (one === undefined) return;
    open.delete(name);
    one.toMs = Math.max(one.fromMs, atMs);
    one.end = end;
  };
  for (const { atMs, change, partitions = [] } of changes) {
    const names = partitions.map(partitionName);
    if (change === "assigned")
      for (const partition of names) {
        if (open.has(partition)) continue;
        const one: Assignment = { partition, fromMs: atMs, toMs: endMs, end: "open" };
        open.set(partition, one);
        all.push(one);
      }
    if (change === "revoked" || change === "lost") for (const name of names) close(name, atMs, change);
    if (ENDS.has(change)) for (const name of [...open.keys()]) close(name, atMs, "gone");
  }
  return all;
}

/** Marks what a member still has while another one has it, too: a frozen member does not know better. */
export function markStale(members: readonly { assignments: readonly Assignment[] }[]): void {
  const byName = new Map<string, { one: Assignment; member: number }[]>();
  members.forEach(({ assignments }, member) => {
    for (const one of assignments) {
      const known = byName.get(one.partition) ?? [];
      known.push({ one, member });
      byName.set(one.partition, known);
    }
  });
  for (const all of byName.values()) {
    all.sort((a, b) => a.one.fromMs - b.one.fromMs);
    // each is stale from the first later one of another member
    let taken = Infinity;
    for (let i = all.length - 2; i >= 0; i--) {
      if (all[i]!.member !== all[i + 1]!.member) taken = all[i + 1]!.one.fromMs;
      if (taken < all[i]!.one.toMs) all[i]!.one.staleFromMs = taken;
    }
  }
}
