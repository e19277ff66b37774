// Which node is the active controller during the fault, and from when.
//
//   the controller needs connections in both directions with a majority of the voters: 2 of 2, 2 of 3, 3 of 5
//   (LeaderState.java, KIP-595)
//
//   fault      │ fetch timeout          │ election                      │ active
//   ───────────┼────────────────────────┼───────────────────────────────┼──────────▶
//   last fetch ┘ up to one idle interval  each survivor stands at once:
//   before                                votes are split, and the first whose election timeout ends wins:
//                                         once to twice controller.quorum.election.timeout.ms
//
// The survivors' fetch timers were set by the same record, so they mostly end together. In 3.9 both are then
// candidates before they hear of each other, and with the dead voter's vote outstanding neither counts as
// refused, so each waits for its whole election timeout. Measured with the defaults: 2.9 to 3.7 s. Where one
// timer ends some milliseconds before the other, as on a slow machine, the other voter is still a follower
// and grants its vote at once: measured with fast timers, 594 ms (fetch timeout 600 ms) on a machine 1.6
// times slower than the reference. In 4.x a voter first asks whether it would be elected (KIP-996), which may
// settle it at once; it need not.

import { processOf } from "../../faults/mod.ts";
import type { NodeId } from "../../model/history.ts";
import type { KnownNode } from "./circumstances.ts";
import type { Odds, Span, Timer } from "../../model/prediction.ts";
import { hangsMetadataLog } from "./disk-scope.ts";
import { isTarget, type Situation } from "./situation.ts";
import { electionOdds, slowMs } from "./slow-disk.ts";
import { NOW, span } from "./span.ts";

export interface Quorum {
  /** Whether there is an active controller in the end. */
  readonly outcome: "the same" | "another" | "lost";
  /** Null where it is lost, or where any of several may be it. */
  readonly controller: NodeId | null;
  /** Those that hear it. */
  readonly members: readonly KnownNode[];
  /** When the other one is active. */
  readonly activeAt: Span;
  readonly timers: readonly Timer[];
}

/** Finds the controller of the fault's time. */
export function quorumOf(situation: Situation): Quorum {
  const voters = situation.voters.flatMap((id) => situation.node(id) ?? []);
  const majority = Math.floor(situation.voters.length / 2) + 1;
  const groups = voters.filter(situation.reach.runs).map((voter) => ({
    voter,
    members: voters.filter((other) => other === voter || hears(situation, voter, other)),
  }));
  const whole = groups.filter(({ members }) => members.length >= majority);
  const same = whole.find(({ voter }) => voter.nodeId === situation.controller);
  if (same !== undefined)
    return {
      outcome: "the same",
      controller: same.voter.nodeId,
      members: same.members,
      activeAt: NOW,
      timers: [],
    };
  // a voter that the fault leaves alone is the likelier one; which of several it is makes no difference to
  // anybody else
  const next = whole.find(({ voter }) => !isTarget(situation, voter)) ?? whole[0];
  if (next === undefined)
    return { outcome: "lost", controller: null, members: [], activeAt: NOW, timers: [] };
  return { outcome: "another", controller: next.voter.nodeId, members: next.members, ...election(situation) };
}

/** The quorums that the fault may leave, with their odds: two where a slow disk makes it a race. */
export function quorums(situation: Situation): { odds: Odds; quorum: Quorum }[] {
  const quorum = quorumOf(situation);
  const odds = quorum.outcome === "the same" ? electionOdds(situation) : 0;
  const others = quorum.members.filter(({ nodeId }) => nodeId !== quorum.controller);
  const next = others.find((one) => !isTarget(situation, one)) ?? others[0];
  if (odds === 0 || next === undefined) return [{ odds: 1, quorum }];
  const { activeAt, timers } = election(situation);
  // a vote is written, and waits for its turn, as every message
  const lateMs = 10 * slowMs(situation);
  const another: Quorum = {
    outcome: "another",
    controller: next.nodeId,
    members: quorum.members,
    activeAt: span(activeAt.fromMs, activeAt.toMs + lateMs),
    timers,
  };
  return [
    { odds, quorum: another },
    { odds: 1 - odds, quorum },
  ].filter((one) => one.odds > 0);
}

/** Whether two voters hear each other in time for the fetch timeout. */
function hears(situation: Situation, a: KnownNode, b: KnownNode): boolean {
  const { state, addsMs } = situation.reach.between(a, b, "controllers");
  if (hangsMetadataLog(situation, a) || hangsMetadataLog(situation, b)) return false;
  return state === "open" && addsMs < situation.timer("controller.quorum.fetch.timeout.ms").ms;
}

/** How long until another controller is active. */
export function election(situation: Situation): { activeAt: Span; timers: readonly Timer[] } {
  const [fetch, vote, idle] = [
    "controller.quorum.fetch.timeout.ms",
    "controller.quorum.election.timeout.ms",
    "metadata.max.idle.interval.ms",
  ].map((name) => situation.timer(name)) as [Timer, Timer, Timer];
  // who is stopped says good-bye, and the others stand at once (EndQuorumEpoch)
  if (processOf(situation.fault) === "shutdown") return { activeAt: span(0, 2 * vote.ms), timers: [vote] };
  // a fetch of the metadata log waits for 500 ms at most (KafkaRaftClient.MAX_FETCH_WAIT_MS)
  const heard = fetch.ms - Math.min(500, idle.ms);
  const isSlow = (situation.slower ?? 1) > 1;
  const least = situation.major >= 4 || isSlow ? 0 : vote.ms - 100;
  return {
    activeAt: span(Math.max(0, heard + least), fetch.ms + 2 * vote.ms + situation.work(100)),
    timers: [fetch, vote],
  };
}
