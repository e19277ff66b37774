// Why a prediction says what it does, in one or two sentences.

import type { LeaderReason } from "../../model/claim.ts";
import { readable } from "../../model/duration.ts";
import type { ReasonCode } from "../../model/prediction.ts";
import { losesAFollower } from "./lost-replica.ts";
import { isPowerCut } from "./possibilities.ts";
import { appendedMs, appendMs, slowMs } from "./slow-disk.ts";
import type { Quorum } from "./quorum.ts";
import type { Service, UnavailableReason } from "./served.ts";
import { notDerived } from "./settings.ts";
import type { Situation } from "./situation.ts";
import { neededIsr } from "./situation.ts";
import type { LeaderChange } from "./leader-change.ts";
import { brokers } from "./leader-change-result.ts";
import { isBehindEligible, isWholeIsrGone, visibleOf } from "./visible.ts";

const SAID: Readonly<Record<LeaderReason, (situation: Situation) => string>> = {
  controlledShutdown: () =>
    "In a controlled shutdown the controller moves the broker's leaders before the broker exits.",
  fenced: ({ topic }) =>
    `The controller fences broker ${topic.state.leader} after broker.session.timeout.ms without a ` +
    "heartbeat and elects another in-sync replica.",
  unclean: () =>
    "No in-sync replica is left, and unclean.leader.election.enable allows a lagging one to lead: " +
    "records that it does not have are lost.",
  "no replica": noNewLeader,
  "no quorum": ({ voters }) =>
    `${
      voters.length === 1
        ? "The only metadata voter is down"
        : `A majority of ${voters.length} voters is ${Math.floor(voters.length / 2) + 1}, and fewer are left`
    }, so no leader can be elected.`,
  "no leader": () => "The partition already has no leader.",
  "not enough replicas": (situation) =>
    `Too few in-sync replicas are left: acks=all needs ${neededIsr(situation)} (min.insync.replicas).`,
  "hung disk": () =>
    "A broker whose disk hangs still sends heartbeats, so it stays leader, and its partitions cannot " +
    "be written.",
  "failed directory": ({ topic }) =>
    `Broker ${topic.state.leader} goes on without the log directory, and reports it at once: the ` +
    "controller elects another in-sync replica (KIP-858).",
  "frozen isr": () =>
    "An in-sync replica no longer fetches, and without a controller no smaller ISR can be committed, so " +
    "the leader waits for it.",
  shrinks: (situation) =>
    losesAFollower(situation)
      ? "A follower without its log directory leaves the ISR at once, but the high watermark waits for " +
        "it for replica.lag.time.max.ms, because its broker is alive."
      : "acks=all waits for an in-sync replica that does not fetch, until it leaves the ISR.",
  untouched: () => "The leader and its in-sync replicas are not affected.",
  preferred: ({ topic }) =>
    `Broker ${topic.state.preferred ?? "none"}, the first of the replicas, is in sync and leads at once; ` +
    "the old leader follows it.",
  "unclean by request": () =>
    "A replica that is alive leads at once, in sync or not: records that it does not have are lost.",
  "unclean by timer": ({ timer }) =>
    "Switched on while there is no leader, unclean.leader.election.enable elects nobody before the " +
    `controller's periodic task, every ${readable(timer("unclean.leader.election.interval.ms").ms)}.`,
  "not needed": () => "Kafka answers ELECTION_NOT_NEEDED, and the leader stays.",
  refused: ({ fault }) =>
    `Kafka answers ${
      fault.election?.kind === "unclean" ? "ELIGIBLE_LEADERS_NOT_AVAILABLE" : "PREFERRED_LEADER_NOT_AVAILABLE"
    }, and nothing changes.`,
  "enough replicas": (situation) =>
    `The ISR has ${situation.topic.state.isr.length}, and acks=all now needs ${neededIsr(situation)} ` +
    "(min.insync.replicas).",
};

/** What the loss of controllers means to brokers that are not hit. */
const QUORUM: Readonly<Record<Exclude<Quorum["outcome"], "the same">, (situation: Situation) => Reason>> = {
  another: () => ({
    code: "another controller",
    text: "Another voter becomes the active controller; brokers serve without one until then.",
  }),
  lost: ({ voters }) => ({
    code: "no controller",
    text:
      `A majority of ${voters.length} voters is ${Math.floor(voters.length / 2) + 1}, and fewer are left: ` +
      "brokers serve what they lead, but no leader is elected, no ISR changes and no topic is created.",
  }),
};

const CLIENT: Readonly<Record<Exclude<UnavailableReason, "cluster">, (situation: Situation) => string>> = {
  "acks 0": () => "With acks=0 no send is acknowledged: the client does not learn the outcome.",
  "leader unreachable": () =>
    "The client cannot reach the leader, and the cluster has no reason to elect another.",
  hung: ({ client }) =>
    client.dropHungConnections
      ? "The client is connected only to the old leader, which does not know the new one."
      : "kafkajs keeps the connection to a silent broker and asks no other broker " +
        "(dropHungConnections is false).",
  "stuck on bootstrap": () =>
    "After a reset kafkajs dials only its bootstrap servers, and sends under way wait for that; a later " +
    "send asks the other known brokers.",
  "too late": ({ client }) =>
    "The answers come after the client's timeouts" +
    `${client.isWarm ? "" : ", and it needs several before it has the topic's metadata"}, and the ` +
    "cluster has no reason to elect another leader.",
  "held up": () => "Sends to another partition of that broker wait for its disk, on the same connection.",
  "no bootstrap": () => "A client that starts now cannot bootstrap from any of its servers.",
};

/** A reason, with its words. */
export interface Reason {
  readonly code: ReasonCode;
  readonly text: string;
}

/** The reasons, two at most. */
export function reasonsOf(
  situation: Situation,
  quorum: Quorum,
  leaderChange: LeaderChange,
  service: Service,
): readonly Reason[] {
  const { client, topic } = situation;
  const { because } = leaderChange;
  const underived = notDerived(situation);
  if (underived.length > 0)
    return [
      { code: because, text: SAID[because](situation) },
      { code: "not derived", text: `What ${underived.join(", ")} does to a client is not derived.` },
    ];
  const isByItself =
    client.acks === 1 &&
    leaderChange.moves === 0 &&
    service.served > 0 &&
    ["frozen isr", "shrinks", "not enough replicas"].includes(because);
  const unseen = unseenReason(situation, leaderChange, service);
  if (isByItself)
    return [{ code: "acks 1", text: "With acks=1 the leader answers without its followers." }, ...unseen];
  const said = (code: LeaderReason): Reason => ({ code, text: SAID[code](situation) });
  const slow = slowReason(situation, leaderChange);
  if (slow.length > 0) return [...slow, ...clientReason(situation, service)].slice(0, 2);
  const race = raceReason(service);
  if (race.length > 0) return [said(because), ...race];
  const isTooFew =
    service.unavailable !== "acks 0" &&
    leaderChange.moves > 0 &&
    leaderChange.readyAll === null &&
    client.acks === -1;
  const isAlone = because === "no quorum" && topic.state.isr.length === 1;
  const isController = (situation.fault.controllers ?? []).length > 0;
  const isTold = quorum.outcome === "lost" || (quorum.outcome === "another" && isController);
  if (because === "untouched" && isTold)
    return [said(because), QUORUM[quorum.outcome](situation), ...clientReason(situation, service)];
  const more = isTooFew
    ? [said("not enough replicas")]
    : isPowerCut(situation)
      ? [NOT_FORCED]
      : behindReason(situation, leaderChange, isAlone ? [said("no replica")] : unseen);
  const ofClient = clientReason(situation, service);
  const others = service.unavailable === "acks 0" ? ofClient : [...more, ...ofClient];
  return [said(because), ...others].slice(0, 2);
}

/** An answer that may come after its timeout. */
function raceReason({ served, trips }: Service): Reason[] {
  const race = served > 0 && served < 1 ? trips?.trips.find(({ holds }) => holds < 1) : undefined;
  if (!race?.limit) return [];
  const { api, atMs, limit } = race;
  const text =
    `It is a race: ${api} is answered after ${readable(atMs)}, ` +
    `and ${limit.name} ends at ${readable(limit.ms)}.`;
  return [{ code: "race", text }];
}

/** Why a send takes longer where the partition's brokers are as they were. */
function slowReason(situation: Situation, { because }: LeaderChange): Reason[] {
  const { topic, nodeOf, client } = situation;
  const { isr, leader: of } = topic.state;
  const leader = of === null ? undefined : nodeOf(of);
  if (because !== "untouched" || leader === undefined || appendedMs(situation, leader) === 0) return [];
  const waited = client.acks === -1 ? isr.flatMap((broker) => nodeOf(broker) ?? []) : [leader];
  const slow = brokers(waited.filter((one) => appendMs(situation, one) > 0)).sort((a, b) => a - b);
  const whose = slow.length === 1 ? `broker ${slow[0]}` : `brokers ${slow.join(", ")}`;
  const calls = topic.isForced === true ? "a write and an fsync" : "one write";
  return [
    {
      code: "slow disk",
      text:
        `Each append to the log of ${whose} is ${calls}, each ${readable(slowMs(situation))} later, and an ` +
        "append waits for the one before it.",
    },
  ];
}

const NOT_FORCED: Reason = {
  code: "not forced",
  text:
    "Every in-sync replica loses its power, and Kafka acknowledges records before they are forced to the " +
    "disk (flush.messages).",
};

/** Why consumers see nothing of what is acknowledged. */
function unseenReason(situation: Situation, leaderChange: LeaderChange, service: Service): Reason[] {
  if (visibleOf(situation, leaderChange, service).visible === undefined) return [];
  const wait =
    leaderChange.because === "frozen isr"
      ? "waits for every replica of the ISR"
      : "does not advance while the ISR is smaller than min.insync.replicas";
  return [{ code: "high watermark", text: `Consumers read up to the high watermark, which ${wait}.` }];
}

/** Why one may lead that lacks what only the leader had; `others` where none may. */
function behindReason(
  situation: Situation,
  leaderChange: LeaderChange,
  others: readonly Reason[],
): readonly Reason[] {
  if (isBehindEligible(situation, leaderChange)) return [ELIGIBLE];
  return situation.client.acks !== -1 && isWholeIsrGone(situation, leaderChange) ? [WHOLE_ISR] : others;
}

const WHOLE_ISR: Reason = {
  code: "whole isr",
  text:
    "All in-sync replicas are gone and stay in the ISR: the first that is back leads, without what only " +
    "the former leader had.",
};

const ELIGIBLE: Reason = {
  code: "eligible replica",
  text:
    "A replica that left the ISR below min.insync.replicas stays eligible (KIP-966): if it is back before " +
    "the leader, it is elected without the records that only the leader has.",
};

function clientReason(situation: Situation, { unavailable }: Service): Reason[] {
  if (unavailable === null || unavailable === "cluster") return [];
  return [{ code: unavailable, text: CLIENT[unavailable](situation) }];
}

function noNewLeader({ topic: { state }, nodeOf }: Situation): string {
  if (state.replicas.length === 1) return "The topic has one replica, which is on the lost broker.";
  const isFound = state.leader === null || nodeOf(state.leader)?.isReachable !== false;
  return isFound
    ? "No other in-sync replica can become leader."
    : "The other replica is not in sync: it never reached the leader, which advertises localhost.";
}
