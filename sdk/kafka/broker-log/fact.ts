// What a line reports, by its logger. Each logger has a few sentences that matter; a cheap test comes before
// each expression.

import type { BrokerLogFact } from "../../model/history.ts";
import { coordinatorFact, offsetsFact } from "./group-fact.ts";

/**
 * Returns the fact that a line reports; undefined for nothing of interest.
 *
 * @param from where the speaker begins: `[QuorumController id=2] …`
 */
export function factIn(line: string, from: number): BrokerLogFact | undefined {
  for (const [speaker, factOf] of SPEAKERS) {
    if (line.startsWith(speaker, from)) return factOf(line, from + speaker.length);
  }
  return undefined;
}

type FactOf = (line: string, from: number) => BrokerLogFact | undefined;

/** In the order of how much they talk. */
const SPEAKERS: readonly (readonly [string, FactOf])[] = [
  ["[Broker id=", broker],
  ["[Partition ", partition],
  ["[GroupCoordinator ", coordinatorFact],
  ["[GroupMetadataManager brokerId=", offsetsFact],
  ["[QuorumController id=", controller],
  ["[ReplicaFetcher replicaId=", fetcher],
  ["[RaftManager id=", voter],
  ["[BrokerServer id=", server],
  ["[KafkaRaftServer nodeId=", started],
  ["[ReplicaManager broker=", replicas],
  ["Shutdown broker because ", halts],
  ["Encountered fatal fault: ", halts],
];

function controller(line: string, from: number): BrokerLogFact | undefined {
  const said = saidBy(line, from);
  if (said === undefined) return undefined;
  const { nodeId, text } = said;
  // ReplicationControlManager: 3.9 "Fencing broker 3 because its session has timed out.", 4.x "Fencing broker
  // 3 at epoch 11 because its session has timed out."
  if (text.startsWith("Fencing broker ")) return { what: "fenced", nodeId: parseInt(text.slice(15), 10) };
  if (text.startsWith("In the new epoch ")) return quorumLeader(text);
  if (text.startsWith("Becoming the active controller at epoch "))
    return { what: "controllerActive", nodeId, epoch: parseInt(text.slice(40), 10) };
  if (text.startsWith("UNCLEAN ")) return uncleanElection(nodeId, text);
  if (text.startsWith("Replayed BrokerRegistrationChangeRecord ")) return registration(text);
  // BrokerHeartbeatManager; with "immediate" it was fenced already and leads nothing
  const granted = text.includes(" has requested and been granted a") ? GRANTED.exec(text) : null;
  return granted === null ? undefined : { what: "controlledShutdownGranted", nodeId: Number(granted[1]) };
}

function quorumLeader(text: string): BrokerLogFact | undefined {
  const [, epoch, leader] = NEW_EPOCH.exec(text) ?? [];
  if (epoch === undefined || leader === undefined) return undefined;
  return { what: "quorumLeader", nodeId: leader === "(none)" ? null : Number(leader), epoch: Number(epoch) };
}

/** PartitionRegistration.maybeLogPartitionChange: `UNCLEAN partition change for orders-0 with topic ID …`. */
function uncleanElection(nodeId: number, text: string): BrokerLogFact | undefined {
  const [, topic, partition, isr, leader, leaderEpoch] = UNCLEAN.exec(text) ?? [];
  if (topic === undefined) return undefined;
  return {
    what: "uncleanElection",
    nodeId,
    topic,
    partition: Number(partition),
    leaderNodeId: Number(leader),
    leaderEpoch: Number(leaderEpoch),
    isr: numbers(isr),
  };
}

/**
 * AbstractFetcherThread: `[ReplicaFetcher replicaId=2, leaderId=3, fetcherId=0] Truncating partition orders-0
 * with TruncationState(offset=776, completed=true) due to leader epoch and offset …`. A replica that begins
 * to follow truncates to its own high watermark, which throws away nothing that counts.
 */
function fetcher(line: string, from: number): BrokerLogFact | undefined {
  if (!line.includes("] Truncating partition ", from)) return undefined;
  const [, id, leader, topic, partition, offset] = TRUNCATED.exec(line.slice(from)) ?? [];
  if (topic === undefined || offset === undefined) return undefined;
  return {
    what: "truncated",
    nodeId: Number(id),
    leaderNodeId: Number(leader),
    topic,
    partition: Number(partition),
    offset,
  };
}

/** `BrokerRegistrationFencingChange`: 1 fences, -1 unfences, 0 leaves it as it is. */
function registration(text: string): BrokerLogFact | undefined {
  const [, id, fenced, leaving] = REGISTRATION.exec(text) ?? [];
  if (id === undefined) return undefined;
  const nodeId = Number(id);
  if (fenced === "1") return { what: "registration", nodeId, state: "fenced" };
  if (fenced === "-1") return { what: "registration", nodeId, state: "unfenced" };
  return leaving === "1" ? { what: "registration", nodeId, state: "in controlled shutdown" } : undefined;
}

function voter(line: string, from: number): BrokerLogFact | undefined {
  const said = saidBy(line, from);
  if (said === undefined) return undefined;
  const { nodeId, text } = said;
  if (BECAME_CANDIDATE.some((start) => text.startsWith(start))) return { what: "becameCandidate", nodeId };
  if (text.startsWith("Did not receive fetch request from the majority")) return { what: "resigned", nodeId };
  return undefined;
}

function broker(line: string, from: number): BrokerLogFact | undefined {
  const said = saidBy(line, from);
  if (said === undefined) return undefined;
  const { nodeId, text } = said;
  if (text.startsWith("Leader ")) {
    const [, topic, partition, leaderEpoch, offset, isr] = BECAME_LEADER.exec(text) ?? [];
    if (topic === undefined || offset === undefined) return undefined;
    return {
      what: "becameLeader",
      nodeId,
      topic,
      partition: Number(partition),
      leaderEpoch: Number(leaderEpoch),
      offset,
      isr: numbers(isr),
    };
  }
  if (text.startsWith("Skipped the become-leader ")) return keptLeader(nodeId, text);
  if (!text.startsWith("Follower ")) return undefined;
  const [, topic, partition, leaderEpoch, leader] = BECAME_FOLLOWER.exec(text) ?? [];
  if (topic === undefined) return undefined;
  return {
    what: "becameFollower",
    nodeId,
    leaderNodeId: Number(leader),
    topic,
    partition: Number(partition),
    leaderEpoch: Number(leaderEpoch),
  };
}

/**
 * A leader that stays hears of a decision of the controller, such as a smaller ISR after a broker was fenced:
 * `Skipped the become-leader state change for my_topic-0 with topic id … isr=[3, 1], … since it is already
 * the leader with leader epoch 0` (Partition.makeLeader).
 */
function keptLeader(nodeId: number, text: string): BrokerLogFact | undefined {
  const [, topic, partition, isr] = KEPT_LEADER.exec(text) ?? [];
  return topic === undefined
    ? undefined
    : { what: "isr", nodeId, topic, partition: Number(partition), isr: numbers(isr) };
}

/**
 * kafka.cluster.Partition: `[Partition my_topic-0 broker=1] ISR updated to 1,2,3  and version updated to 2`.
 */
function partition(line: string, from: number): BrokerLogFact | undefined {
  const isUpdate = line.includes("] ISR updated to ", from);
  if (!isUpdate && !line.includes("] Shrinking ISR from ", from)) return undefined;
  const [, topic, number, id, to, shrunkFrom, shrunkTo] = ISR.exec(line.slice(from)) ?? [];
  if (topic === undefined) return undefined;
  const of = { nodeId: Number(id), topic, partition: Number(number) };
  return isUpdate
    ? { what: "isr", ...of, isr: numbers(to) }
    : { what: "isrShrinks", ...of, from: numbers(shrunkFrom), to: numbers(shrunkTo) };
}

function server(line: string, from: number): BrokerLogFact | undefined {
  const said = saidBy(line, from);
  if (said?.text.startsWith("shutting down")) return { what: "shuttingDown", nodeId: said.nodeId };
  if (said?.text.startsWith("shut down completed")) return { what: "shutDown", nodeId: said.nodeId };
  return undefined;
}

function started(line: string, from: number): BrokerLogFact | undefined {
  const said = saidBy(line, from);
  return said?.text.startsWith("Kafka Server started") ? { what: "started", nodeId: said.nodeId } : undefined;
}

/**
 * ReplicaManager.handleLogDirFailure: `Stopping serving replicas in dir /data with uuid Some(…) because the
 * log directory has failed.`, and where the metadata log lies there `Shutdown broker because the metadata log
 * dir /data has failed`.
 */
function replicas(line: string, from: number): BrokerLogFact | undefined {
  const said = saidBy(line, from);
  if (said === undefined) return undefined;
  const { nodeId, text } = said;
  if (text.startsWith("Shutdown broker because ")) return { what: "halts", reason: reasonOf(text.slice(24)) };
  const logDir = STOPPED_SERVING.exec(text)?.[1];
  return logDir === undefined ? undefined : { what: "logDirFailed", nodeId, logDir };
}

/**
 * LogManager: `Shutdown broker because all log dirs in /data have failed`. ProcessTerminatingFaultHandler:
 * `Encountered fatal fault: Unexpected error in raft IO thread`. Both are followed by `Exit.halt(1)`.
 */
function halts(line: string, from: number): BrokerLogFact {
  return { what: "halts", reason: reasonOf(line.slice(from)) };
}

function reasonOf(text: string): string {
  const end = text.lastIndexOf(" (");
  return (end === -1 ? text : text.slice(0, end)).trim();
}

/** Splits what follows a speaker's name: its node id, a bracket, its words. */
function saidBy(line: string, from: number): { nodeId: number; text: string } | undefined {
  const end = line.indexOf("] ", from);
  const nodeId = parseInt(line.slice(from, end), 10);
  return end === -1 || Number.isNaN(nodeId) ? undefined : { nodeId, text: line.slice(end + 2) };
}

function numbers(list = ""): number[] {
  return list
    .split(/[\s,]+/)
    .filter((one) => one !== "")
    .map(Number);
}

/** KafkaRaftClient: 3.9 stands at once, 4.x asks first whether it would be elected (KIP-996). */
const BECAME_CANDIDATE = [
  "Become candidate due to",
  "Re-elect as candidate",
  "Transitioning to Prospective state due to",
];
const GRANTED = /broker (\d+) has requested and been granted an? (?:controlled|immediate) shutdown/;
const NEW_EPOCH = /^In the new epoch (\d+), the leader is (\d+|\(none\))/;
const REGISTRATION = /\(brokerId=(\d+), brokerEpoch=\d+, fenced=(-?\d+), inControlledShutdown=(-?\d+)/;
const UNCLEAN =
  /^UNCLEAN .*? for (\S+)-(\d+) with .*?-> \[([\d, ]*)\], leader: -?\d+ -> (\d+), .*?Epoch: \d+ -> (\d+)/;
const TRUNCATED =
  /^(\d+), leaderId=(\d+), .*?\] Truncating partition (\S+)-(\d+) with .*?\(offset=(\d+), .*?epoch/;
const BECAME_LEADER =
  /^Leader (\S+)-(\d+) .*?starts at leader epoch (\d+) from offset (\d+) with .*?ISR \[([\d, ]*)\]/;
const STOPPED_SERVING = /^Stopping serving replicas in dir (\S+) /;
/** Not `since the leader is already at a newer partition epoch`: that ISR is an older one. */
const KEPT_LEADER =
  /^Skipped the become-leader state change for (\S+)-(\d+) .*?\bisr=\[([\d, ]*)\].* since it is already /;
const BECAME_FOLLOWER = /^Follower (\S+)-(\d+) starts at leader epoch (\d+) .*?Current leader is (-?\d+)/;
const ISR = /^(\S+)-(\d+) broker=(\d+)\] (?:ISR updated to ([\d,]*)|Shrinking ISR from ([\d,]*) to ([\d,]*))/;
