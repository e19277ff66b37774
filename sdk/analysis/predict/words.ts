// A prediction in words: one line with the numbers, and why in one or two sentences.

import { readable } from "../../model/duration.ts";
import type { Prediction, Span } from "../../model/prediction.ts";
import type { Service, UnavailableReason } from "./served.ts";
import type { Situation } from "./situation.ts";
import { neededIsr } from "./situation.ts";
import type { Because, LeaderChange } from "./leader-change.ts";

/** `9.0 to 11.0 s`, `up to 0.4 s`. */
export function window({ fromMs, toMs }: Span): string {
  const [from, to] = [readable(fromMs), readable(toMs)];
  if (from === to) return from;
  if (fromMs < 50) return `up to ${to}`;
  const unit = / ?(ms|s)$/;
  return from.match(unit)?.[0] === to.match(unit)?.[0] && !to.includes(" m ")
    ? `${from.replace(unit, "")} to ${to}`
    : `${from} to ${to}`;
}

/** As a person says a probability. */
export function percent(odds: number): string {
  return `${Math.round(odds * 100)} %`;
}

/** The whole in one line. */
export function sentence(prediction: Omit<Prediction, "sentence">): string {
  const { failsOver, served, gap, timers, lost, duplicates, unknown, send } = prediction;
  const by =
    timers.length === 0 ? "" : ` (${[...new Set(timers.map(({ name }) => name))].slice(0, 4).join(", ")})`;
  const when =
    gap === null
      ? ""
      : gap.fromMs < 50
        ? `, ${window(gap)} without an acknowledgement`
        : `, first acknowledgement after ${window(gap)}`;
  const head =
    failsOver > 0
      ? `leader ${failsOver < 1 ? `moves with odds of ${percent(failsOver)}` : "moves"}` +
        `${served === 0 ? ", but no send is acknowledged" : when}`
      : served === 0
        ? "leader does not move, no send is acknowledged"
        : `leader stays${when}`;
  const odds = served > 0 && served < 1 ? `; served with odds of ${percent(served)}` : "";
  const records = [
    lost === "no" ? "0 lost" : "losses possible",
    duplicates === "no" ? "no duplicates" : "duplicates possible",
    ...(unknown === "no" ? [] : ["unknown outcomes possible"]),
  ];
  return `${head}${by}${odds}${oneSend(served, send)}; ${records.join(", ")}`;
}

/** A send that begins with the fault, where that differs from one that begins later. */
function oneSend(served: number, { ok, endedBy }: Prediction["send"]): string {
  if (served === 0)
    return ok === 0 && endedBy !== null
      ? `; each is given up after ${readable(endedBy.ms)} (${endedBy.name})`
      : "";
  if (ok === 1) return "";
  return (
    `; a send that begins at the fault ${ok === 0 ? "fails" : `has odds of ${percent(ok)}`}` +
    `${endedBy === null ? "" : ` (${endedBy.name})`}`
  );
}

const SAID: Readonly<Record<Because, (situation: Situation) => string>> = {
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
  "frozen isr": () =>
    "An in-sync replica no longer fetches, and without a controller no smaller ISR can be committed, so " +
    "the leader waits for it.",
  shrinks: () => "acks=all waits for an in-sync replica that does not fetch, until it leaves the ISR.",
  untouched: () => "The leader and its in-sync replicas are not affected.",
};

const CLIENT: Readonly<Record<UnavailableReason, (situation: Situation) => string | null>> = {
  "acks 0": () => "With acks=0 no send is acknowledged: the client does not learn the outcome.",
  cluster: () => null,
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
  "no bootstrap": () => "A client that starts now cannot bootstrap from any of its servers.",
};

/** The reason, as a sentence. */
export function why(situation: Situation, leaderChange: LeaderChange, service: Service): string {
  const isByItself =
    situation.client.acks === 1 &&
    leaderChange.moves === 0 &&
    service.served > 0 &&
    ["frozen isr", "shrinks", "not enough replicas"].includes(leaderChange.because);
  if (isByItself) return "With acks=1 the leader answers without its followers.";
  const cluster =
    service.unavailable !== "acks 0" &&
    leaderChange.moves > 0 &&
    leaderChange.readyAll === null &&
    situation.client.acks === -1
      ? [SAID[leaderChange.because](situation), SAID["not enough replicas"](situation)]
      : [
          SAID[leaderChange.because](situation),
          ...(leaderChange.because === "no quorum" && situation.topic.state.isr.length === 1
            ? [noNewLeader(situation)]
            : []),
        ];
  const race =
    service.served > 0 && service.served < 1
      ? service.trips?.trips.find(({ holds }) => holds < 1)
      : undefined;
  if (race?.limit)
    return (
      `${SAID[leaderChange.because](situation)} It is a race: ${race.api} is answered after ` +
      `${readable(race.atMs)}, and ${race.limit.name} ends at ${readable(race.limit.ms)}.`
    );
  const client = service.unavailable === null ? null : CLIENT[service.unavailable](situation);
  return [...cluster, ...(client === null ? [] : [client])].slice(0, 2).join(" ");
}

function noNewLeader({ topic: { state }, nodeOf }: Situation): string {
  if (state.replicas.length === 1) return "The topic has one replica, which is on the lost broker.";
  const isFound = state.leader === null || nodeOf(state.leader)?.isReachable !== false;
  return isFound
    ? "No other in-sync replica can become leader."
    : "The other replica is not in sync: it never reached the leader, which advertises localhost.";
}
