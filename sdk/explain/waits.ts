// Where nothing ended an outage: what it was still waiting for when the watching ended.

import { logged, struck, tried, viewed } from "./evidence.ts";
import type { Outage } from "./outage.ts";
import { UNKNOWN, type Piece } from "./pieces.ts";

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

/** Says what the client was waiting for at the end, by its last tries. */
export function clientWaits({ tries, toMs, faults, facts, topic, partition }: Outage): Piece {
  const state = facts.views.findLast(({ atMs }) => atMs <= toMs)?.partitions.find((one) => one.topic === topic && one.partition === partition);
  const last = tries.at(-1);
  const targets = faults[0]?.event.targets ?? [];
  if (last === undefined) return { kind: "unexplained", toMs, what: UNKNOWN, evidence: [] };
  const refused = last.error !== undefined && NOT_ENOUGH.has(last.error);
  if (refused) return { kind: "other", toMs, what: `broker ${last.broker} refused: fewer replicas in sync than min.insync.replicas`, evidence: [tried(last)] };
  const isStuck = state?.leader != null && last.broker !== null && last.broker !== state.leader && targets.includes(last.broker) && tries.every(({ broker }) => broker !== state.leader);
  if (isStuck) return { kind: "request", toMs, what: `the client stayed with broker ${last.broker} and never tried broker ${state.leader}`, evidence: [tried(last)] };
  return { kind: "unexplained", toMs, what: UNKNOWN, evidence: [] };
}

const NOT_ENOUGH = new Set(["NOT_ENOUGH_REPLICAS", "NOT_ENOUGH_REPLICAS_AFTER_APPEND"]);
