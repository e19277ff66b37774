// A slow disk: each write and each fsync in the log directories takes D longer.
//
//   Produce ─▶ leader: one write of the batch, D ─▶ each follower fetches at once, one write, D ─▶ answer
//              (LogSegment.append)                  (acks=all; all followers at the same time)
//
//   acks=1      D where the leader's disk is slow, else nothing
//   acks=all    D for the leader, and D for the followers if one in sync is slow
//   forced      with flush.messages=1 a write and an fsync: 2 D each
//   a partition one append after the other (UnifiedLog.lock), so 1/D batches a second at most
//   a client    a broker takes one request of a connection at a time (Processor mutes it until the answer),
//               so each of n sends that are under way waits for those before it: n times as long, though one
//               is acknowledged every D
//   a follower  fetches again after its append, so it stays in the ISR while that is shorter than
//               replica.lag.time.max.ms (Replica.isCaughtUp)
//   heartbeats  need no disk: nobody is fenced
//
//   metadata    the Raft thread writes and forces each batch, 2 D, and answers nothing meanwhile
//               (KafkaRaftClient.poll: appends what is due, then one message). While 2 D is shorter than
//               metadata.max.idle.interval.ms it keeps up; else records are always due, and each message
//               waits for an append. Voters elect another controller when their fetch timeout ends by then.

import type { KnownNode } from "./circumstances.ts";
import { hitsMetadataLog, hitsReplica } from "./disk-scope.ts";
import type { Odds } from "../../model/prediction.ts";
import type { Situation } from "./situation.ts";

/** By how much a write or an fsync is later; 0 without a slow disk. */
export function slowMs({ fault: { disk } }: Pick<Situation, "fault">): number {
  return disk?.effect === "slow" ? (disk.addsMs ?? 0) : 0;
}

/** By how much later a node has appended a batch to its log of the partition. */
export function appendMs(situation: Situation, node: KnownNode): number {
  if (!hitsReplica(situation, node)) return 0;
  return slowMs(situation) * (situation.topic.isForced === true ? 2 : 1);
}

/** By how much later a batch is acknowledged that waits for no other. */
export function appendedMs(situation: Situation, leader: KnownNode): number {
  const { client, topic, nodeOf } = situation;
  const own = appendMs(situation, leader);
  if (client.acks !== -1) return own;
  const followers = topic.state.isr.flatMap((broker) => nodeOf(broker) ?? []).filter((one) => one !== leader);
  return own + Math.max(0, ...followers.map((one) => appendMs(situation, one)));
}

/**
 * How probable it is that the voters elect another controller because a disk under a metadata log is slow. In
 * between what is certain it depends on how many messages wait for the Raft thread. Before 4.0 a voter that
 * fetches too late makes an election, too (no pre-vote, KIP-996).
 */
export function electionOdds(situation: Situation): Odds {
  const { voters, node, major } = situation;
  const active = node(situation.controller);
  if (active === undefined || voters.length < 2) return 0;
  const others = voters.flatMap((id) => node(id) ?? []).filter((one) => one !== active);
  const ofOthers = major < 4 && others.some((one) => mayLoseController(situation, one)) ? 0.5 : 0;
  if (!mayLoseController(situation, active)) return ofOthers;
  return 2 * slowMs(situation) >= situation.timer(FETCH_TIMEOUT).ms ? 1 : 0.5;
}

/**
 * How probable it is that a node is fenced because it hears too late whom to send its heartbeats to: it has
 * missed its controller's fetches, and each message to its Raft thread waits for an append.
 */
export function unheardOdds(situation: Situation, node: KnownNode, sessionMs: number): Odds {
  if (!mayLoseController(situation, node)) return 0;
  const electionMs = 2 * situation.timer("controller.quorum.election.timeout.ms").ms;
  return electionMs + turnsOf(situation) + slowMs(situation) < sessionMs ? 0 : 0.5;
}

const FETCH_TIMEOUT = "controller.quorum.fetch.timeout.ms";

/** Whether a voter may miss a fetch timeout: as the active controller those of the others. */
function mayLoseController(situation: Situation, node: KnownNode): boolean {
  const { voters, controller, timer } = situation;
  const cycleMs = cycleOf(situation);
  if (cycleMs === 0 || !voters.includes(node.nodeId) || !hitsMetadataLog(situation, node)) return false;
  const [fetchMs, idleMs] = [timer(FETCH_TIMEOUT).ms, timer("metadata.max.idle.interval.ms").ms];
  const keptUp = Math.max(idleMs, cycleMs);
  const asController = cycleMs < idleMs ? idleMs + 2 * cycleMs : turnsOf(situation);
  return MARGIN * (node.nodeId === controller ? asController : keptUp) >= fetchMs;
}

/** What is not certain to be in time. */
const MARGIN = 1.5;
/** What a message to a broker costs without a slow disk. */
const TURN_MS = 20;

/** A write and an fsync of the metadata log; 0 without a slow disk. */
function cycleOf(situation: Situation): number {
  const ms = slowMs(situation);
  return ms === 0 ? 0 : 2 * ms + situation.work(TURN_MS);
}

/** Until the Raft thread has answered everybody: the other nodes, and two that describe the quorum. */
function turnsOf(situation: Situation): number {
  return (situation.nodes.length + 1) * cycleOf(situation);
}

/**
 * By how much longer than one append a client may have to wait that has several sends under way: those to
 * other partitions of the leader take their turns, and where some time out, those that are sent again wait
 * for them.
 */
export function queuedMs(situation: Situation, leader: KnownNode): number {
  const ms = appendedMs(situation, leader);
  if (ms === 0) return 0;
  const isShared = (situation.besides ?? []).length > 0;
  const turnsMs = isShared ? (UNDER_WAY - 1) * ms : 0;
  return turnsMs + (queueOdds(situation, leader) < 1 ? 2 * situation.client.requestTimeout : 0);
}

/** Sends under way of a load at most (`inFlight`); another number is not taken into account. */
const UNDER_WAY = 5;

/**
 * How probable it is that sends are acknowledged before they time out, each behind those before it. Once
 * some have timed out, they are still appended (Selector reads on from a connection that was closed), so that
 * those that are sent again wait for more.
 */
export function queueOdds(situation: Situation, leader: KnownNode): Odds {
  const { client, work } = situation;
  const ms = appendedMs(situation, leader);
  if (ms === 0) return 1;
  return UNDER_WAY * MARGIN * (ms + work(2 * TURN_MS)) < client.requestTimeout ? 1 : 0.5;
}
