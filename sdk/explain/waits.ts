// Where nothing ended an outage: what it was still waiting for when the watching ended.

import { logged, struck, tried, viewed } from "./evidence.ts";
import type { Outage } from "./outage.ts";
import type { Piece } from "./pieces.ts";

/** Says what the cluster was waiting for at the end; undefined where it was the client. */
export function clusterWaits(outage: Outage): Piece | undefined {
  const { facts, topic, partition, faults, fromMs, toMs } = outage;
  const view = facts.views.findLast(({ atMs }) => atMs <= toMs);
  const state = view?.partitions.find((one) => one.topic === topic && one.partition === partition);
  const fault = faults[0];
  const lines = [facts.lines("resigned", fromMs, toMs).at(-1), facts.lines("stands", fromMs, toMs).at(-1), facts.lines("quorum leader", fromMs, toMs).findLast(({ told }) => told.nodeId === null)].flatMap((line) => (line === undefined ? [] : [logged(line)]));
  const dead = state?.leader != null && fault?.event.targets.includes(state.leader) ? state.leader : undefined;
  const struckBy = fault === undefined ? [] : [struck(fault.event)];
  if (view === undefined) return undefined;
  if (view.controllerNodeId === null && (dead !== undefined || state?.leader === null || lines.length > 0)) {
    return { kind: "detection", toMs, what: "no controller: nobody could choose another leader or a smaller ISR", evidence: [viewed(view, "no active controller"), ...lines, ...struckBy] };
  }
  if (state?.leader === null) return { kind: "election", toMs, what: `no leader for ${topic}-${partition}: no replica in sync was alive`, evidence: [viewed(view, `${topic}-${partition} has no leader; in sync: ${state.isr.join(", ") || "none"}`), ...struckBy] };
  if (dead !== undefined) return { kind: "detection", toMs, what: `the cluster still held broker ${dead} for the leader`, evidence: [viewed(view, `leader of ${topic}-${partition}: broker ${dead}, epoch ${state?.leaderEpoch}`), ...struckBy] };
  return undefined;
}

/** Says that a client never tried the broker that leads; undefined where it did, or where there is none. */
export function clientWaits({ tries, fromMs: beganMs, toMs, facts, topic, partition, oldLeader }: Outage, fromMs: number): Piece | undefined {
  const leader = facts.views.findLast(({ atMs }) => atMs <= toMs)?.partitions.find((one) => one.topic === topic && one.partition === partition)?.leader;
  const [first, last] = [tries.find(({ atMs }) => atMs >= Math.min(beganMs, fromMs)), tries.at(-1)];
  if (first === undefined || last === undefined || leader == null || leader === oldLeader || tries.some(({ broker }) => broker === leader)) return undefined;
  return { kind: "request", toMs, what: `the client stayed with broker ${last.broker} and never tried broker ${leader}`, evidence: [tried(first), tried(last)] };
}
