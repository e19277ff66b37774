// Where nothing ended an outage: what it was still waiting for when the watching ended.

import type { PartitionState } from "../../model/history.ts";
import { logged, struck, attempted, viewed, whom } from "./evidence.ts";
import type { Evidence } from "./explanation.ts";
import { lostBrokers, type Outage } from "./outage.ts";
import type { Piece } from "./pieces.ts";

/** Says what the cluster was waiting for at the end; undefined where it was the client. */
export function clusterWaits(outage: Outage): Piece | undefined {
  const { facts, topic, partition, faults, fromMs, toMs } = outage;
  const view = facts.views.findLast(({ atMs }) => atMs <= toMs);
  if (view === undefined) return undefined;
  const state = view.partitions.find((one) => one.topic === topic && one.partition === partition);
  const fault = faults[0];
  const dead =
    state?.leader != null && fault?.event.targets.includes(state.leader) ? state.leader : undefined;
  const lines = lastVotes(outage, fromMs, toMs);
  const evidence = [...lines, ...(fault === undefined ? [] : [struck(fault.event)])];
  const name = `${topic}-${partition}`;
  if (view.controllerNodeId === null && isLeft(outage, state, lines.length > 0)) {
    return {
      kind: "detection",
      toMs,
      what: "no controller: no leader could be elected, no smaller ISR committed",
      evidence: [viewed(view, "no active controller"), ...evidence],
    };
  }
  if (state?.leader === null) {
    return {
      kind: "election",
      toMs,
      what: `no leader for ${name}: no in-sync replica was alive`,
      evidence: [
        viewed(view, `${name} has no leader; in sync: ${state.isr.join(", ") || "none"}`),
        ...evidence,
      ],
    };
  }
  if (dead === undefined) return undefined;
  return {
    kind: "detection",
    toMs,
    what: `broker ${dead} was still the leader in the metadata`,
    evidence: [
      viewed(view, `leader of ${name}: broker ${dead}, epoch ${state?.leaderEpoch ?? "unknown"}`),
      ...evidence,
    ],
  };
}

/**
 * Whether the partition waited for a decision of a controller: it has no leader, or a broker that it lost
 * still leads it or is in sync. Without a fault, or where the partition was not seen, the voters' lines say
 * so.
 */
function isLeft(outage: Outage, state: PartitionState | undefined, areVoting: boolean): boolean {
  if (state?.leader === null) return true;
  if (state === undefined || outage.faults.length === 0) return areVoting;
  const lost = lostBrokers(outage);
  return lost.some((broker) => broker === state.leader || state.isr.includes(broker));
}

/** The last that the voters said of an election that nobody won. */
function lastVotes({ facts }: Outage, fromMs: number, toMs: number): Evidence[] {
  const resigned = facts.lines("resigned", fromMs, toMs).at(-1);
  const becameCandidate = facts.lines("becameCandidate", fromMs, toMs).at(-1);
  const nobody = facts.lines("quorumLeader", fromMs, toMs).findLast(({ fact }) => fact.nodeId === null);
  return [resigned, becameCandidate, nobody].flatMap((line) => (line === undefined ? [] : [logged(line)]));
}

/**
 * Says what the client did while nobody acknowledged: it never tried the broker that leads, or gave up
 * without telling of a try; undefined where its tries tell.
 */
export function clientWaits(outage: Outage, fromMs: number): Piece | undefined {
  const { attempts, toMs, facts, topic, partition, oldLeader } = outage;
  const leader = facts.views
    .findLast(({ atMs }) => atMs <= toMs)
    ?.partitions.find((one) => one.topic === topic && one.partition === partition)?.leader;
  const [first, last] = [attempts.find(({ endMs }) => endMs >= fromMs) ?? attempts.at(-1), attempts.at(-1)];
  if (first === undefined || last === undefined) return gaveUp(outage);
  if (leader == null || leader === oldLeader || attempts.some(({ broker }) => broker === leader))
    return undefined;
  return {
    kind: "request",
    toMs,
    what: `the client stayed with ${whom(last)} and never tried broker ${leader}`,
    evidence: [attempted(first), attempted(last)],
  };
}

function gaveUp({ latest, toMs }: Outage): Piece | undefined {
  if (latest?.error === undefined) return undefined;
  const { atMs, tookMs, value, error } = latest;
  return {
    kind: "unexplained",
    toMs,
    what: `unexplained; the client gave up: ${error}`,
    evidence: [
      { kind: "attempt", atMs, tookMs, value, text: `no attempt was recorded; the send ended: ${error}` },
    ],
  };
}
