// When one client is acknowledged again: the cluster's part is given, the client's own is added.
//
//   the leader is              the client waits for
//   refused: gone, or reset    the cluster, then the pause between two attempts
//   silent: frozen, isolated   the end of its request timeout, as often as the cluster needs (hung-broker.ts)
//   late: a delay              each answer, if within its timeout (delays.ts); else as for silent
//   serving, ISR too large     the cluster: the leader answers waiting sends when the ISR shrinks
//   serving, but stale         acks=1: nothing. acks=all: its requests time out, and it must ask another
//                              broker

import { processOf } from "../../faults/mod.ts";
import type { KnownNode } from "./circumstances.ts";
import { isByRequest } from "./by-request.ts";
import { bootstrapSpan, canBootstrap, isStuckOnBootstrap } from "./bootstrap.ts";
import { replication, soonest, type Trips, tripsOf } from "./delays.ts";
import { hangsReplica, isHeldUp, losesReplica } from "./disk-scope.ts";
import { disorder } from "./disorder.ts";
import { NOT_DIALLED_MS, recoveryFromHungBroker } from "./hung-broker.ts";
import { even, pauseAt } from "./pauses.ts";
import type { PredictedPart, Span, Timer } from "../../model/prediction.ts";
import { never, type Service, undisturbed } from "./served.ts";
import type { Situation } from "./situation.ts";
import { whileStaleLeader } from "./stale-leader.ts";
import { latest, NOW, plus, span } from "./span.ts";
import { resentAfter } from "./lost-replica.ts";
import { queuedMs, slowMs } from "./slow-disk.ts";
import type { LeaderChange } from "./leader-change.ts";
import { clientTimer } from "./timers.ts";

/** Says when a client is served, given what becomes of its partition. */
export function serviceOf(situation: Situation, leaderChange: LeaderChange): Service {
  const { client, topic, reach, nodeOf } = situation;
  if (client.acks === 0) return never("acks 0");
  if (!client.isWarm && !canBootstrap(situation)) return never("no bootstrap");
  const was = topic.state.leader === null ? undefined : nodeOf(topic.state.leader);
  const at = client.acks === -1 ? leaderChange.readyAll : leaderChange.readyOne;
  const now = leaderChange.leader === null ? undefined : nodeOf(leaderChange.leader);
  const settled = settling(situation, leaderChange).tookMs;
  const ready = at === null ? null : plus(at, settled);
  // a leader whose log directory has failed answers KAFKA_STORAGE_ERROR
  const isOffline = was === undefined || losesReplica(situation, was);
  const isSilent = was !== undefined && hangsReplica(situation, was);
  const lost = isOffline ? "refusing" : isSilent ? "silent" : howLost(situation, was, ready);
  const isStale = leaderChange.moves === 1 && was !== undefined && lost === "open" && reach.runs(was);
  // a leader that is replaced on request knows it with the metadata, and refuses sends
  if (isStale && !isByRequest(situation)) return whileStaleLeader(situation, { was, ready });
  if (at === null || now === undefined) return never("cluster");
  if (reach.fromClient(now, !client.isWarm).state !== "open") return never("leader unreachable");
  const begun = client.isWarm ? NOW : bootstrapSpan(situation);
  if (leaderChange.because === "enough replicas") return refused(situation, released(situation), begun);
  if (leaderChange.moves === 0) return kept(situation, { ready: at, begun, leader: now });
  const found =
    lost === "silent" ? silent(situation, at, settled, begun) : refused(situation, plus(at, settled), begun);
  return found.served > 0 && isStuckOnBootstrap(situation)
    ? { ...found, served: 0.5, unavailable: "stuck on bootstrap" }
    : found;
}

/**
 * Whether the old leader still answers a client. An answer that is later than the client waits is none; and
 * of a leader that nobody follows any more only REQUEST_TIMED_OUT comes, after the client's own timeout:
 * where it is late as well, the client has closed the connection by then.
 */
function howLost(situation: Situation, was: KnownNode, ready: Span | null): "open" | "silent" | "refusing" {
  const { reach, client } = situation;
  const { state, addsMs } = reach.fromClient(was, !client.isWarm);
  if (state !== "open" || addsMs === 0) return state;
  const first = addsMs + replication(situation, was);
  const isTooLate =
    client.acks === -1 && ready !== null && first >= Math.min(ready.fromMs, client.requestTimeout);
  return addsMs >= client.requestTimeout || isTooLate ? "silent" : state;
}

/**
 * How long the cluster needs after a leader was chosen: who has to hear of it hears, and followers ask again.
 */
export function settling(
  situation: Situation,
  leaderChange: LeaderChange,
): { tookMs: Span; timers: readonly Timer[] } {
  if (leaderChange.moves === 0) return { tookMs: NOW, timers: [] };
  const [idle, backoff] = [
    situation.timer("metadata.max.idle.interval.ms"),
    situation.timer("replica.fetch.backoff.ms"),
  ];
  const follows = situation.client.acks === -1 && leaderChange.isr.length > 1;
  // a broker that was let go has told everybody by then, the client included where it asks in time; after a
  // kill more has to be done at once
  const [least, workMs] = isHandedOver(situation) ? [0, 400] : [30, 600];
  return {
    tookMs: span(least, idle.ms + (follows ? backoff.ms : 0) + situation.work(workMs)),
    timers: follows ? [idle, backoff] : [idle],
  };
}

/**
 * Until the leader has the new minimum, with the metadata log's next record. What it had appended by when the
 * ISR was too small waits for its timeout even so: the high watermark moves with the next append, and a
 * client may have no send left to make it (Partition.updateFollowerFetchState).
 */
function released({ timer, work, client }: Situation): Span {
  const hungMs = client.requestTimeout + (client.client === "kafkajs" ? NOT_DIALLED_MS : 0);
  return span(0, timer("metadata.max.idle.interval.ms").ms + work(400) + hungMs);
}

/** Whether the leader has handed over by the time that another one leads. */
function isHandedOver(situation: Situation): boolean {
  return processOf(situation.fault) === "shutdown" || isByRequest(situation);
}

function refused(situation: Situation, ready: Span, begun: Span): Service {
  const { client } = situation;
  // Java: retry.backoff and the pause before it dials again, each up to 1 s and a fifth
  // who was not served before has waited for a time that nobody knows
  const waitedMs = isByRequest(situation) ? Infinity : ready.toMs;
  const pause = client.client === "java" ? Math.max(1000, client.maxRetryTime) : pauseAt(client, waitedMs);
  const own = span(isHandedOver(situation) ? 0 : 20, situation.work(50) + 1.2 * pause);
  const timers = [clientTimer(client, "maxRetryTime", Math.min(pause, client.maxRetryTime))];
  const part: PredictedPart = {
    kind: "back-off",
    tookMs: own,
    timers,
    what: "until the client retries and learns of the new leader",
  };
  const gap = latest(plus(ready, own), begun);
  return { served: 1, gap, ready: latest(ready, begun), unavailable: null, trips: null, own: [part] };
}

function silent({ client, work }: Situation, at: Span, settled: Span, begun: Span): Service {
  const ready = plus(at, settled);
  const free = recoveryFromHungBroker(
    client,
    even(at).flatMap((ms) => even(settled).map((more) => ms + more)),
  );
  if (free === null) return never("hung");
  const gap = latest(plus(free, span(20, work(client.client === "java" ? 1200 : 350))), begun);
  const own = span(Math.max(0, gap.fromMs - ready.toMs), Math.max(0, gap.toMs - ready.fromMs));
  const part: PredictedPart = {
    kind: "request",
    tookMs: own,
    timers: [clientTimer(client, "requestTimeout")],
    what: "until the client's requests to the silent broker time out",
  };
  return { served: 1, gap, ready: gap, unavailable: null, trips: null, own: [part] };
}

interface Kept {
  ready: Span;
  begun: Span;
  leader: KnownNode;
}

/** The leader is who it was, and reachable. */
function kept(situation: Situation, { ready, begun, leader }: Kept): Service {
  const { client } = situation;
  if (isHeldUp(situation, leader)) return heldUp(situation);
  const trips = tripsOf(situation, leader);
  const isSooner = trips !== null && trips.ok > 0 && (ready.toMs === 0 || trips.tookMs.toMs < ready.fromMs);
  if (trips !== null && (ready.toMs === 0 || isSooner)) return delayed(situation, { trips, begun, leader });
  if (ready.toMs === 0)
    return {
      served: 1,
      gap: latest(plus(undisturbed(situation), disorder(situation)), begun),
      ready: begun,
      own: [],
      unavailable: null,
      trips,
    };
  const resent = resentAfter(situation, ready);
  const isTimedOut = resent !== null || ready.toMs > client.requestTimeout;
  // the leader hears of a smaller ISR with the metadata log's next record, and then answers what waits
  const own = span(
    0,
    situation.work(300) +
      situation.timer("metadata.max.idle.interval.ms").ms +
      (mayBeBetween(client.requestTimeout, ready) ? situation.work(1500) : 0),
  );
  const answered = plus(ready, own);
  const lastEnd = Math.ceil(ready.toMs / client.requestTimeout) * client.requestTimeout;
  const late = Math.max(answered.toMs, lastEnd + situation.work(600));
  const others = isTimedOut && mayAskSilent(situation) ? span(answered.fromMs, late) : answered;
  const gap = latest(resent ?? others, begun);
  const part: PredictedPart = {
    kind: "request",
    tookMs: own,
    timers: isTimedOut ? [clientTimer(client, "requestTimeout")] : [],
    what: "until waiting sends are answered, or timed-out ones are sent again",
  };
  return { served: 1, gap, ready: gap, unavailable: null, trips: null, own: [part] };
}

/**
 * Whether requests may just have ended at their timeout when the leader could answer: they are sent again
 * after the pauses, or after the second in which a broker that hung is not dialled.
 */
function mayBeBetween(timeoutMs: number, { fromMs, toMs }: Span): boolean {
  const end = Math.floor(toMs / timeoutMs) * timeoutMs;
  return end > 0 && end >= fromMs - 1300;
}

/** Its sends to another partition wait for a disk that hangs, on the same connection. */
function heldUp({ client, work }: Situation): Service {
  const gap = span(0, 2 * client.requestTimeout + work(1500));
  return { served: 0.5, gap, ready: gap, own: [], unavailable: "held up", trips: null };
}

function delayed(
  situation: Situation,
  { trips, begun, leader }: Omit<Kept, "ready"> & { trips: Trips },
): Service {
  const { work, client } = situation;
  if (trips.ok === 0) return never("too late", trips);
  const soonestMs = client.isWarm ? soonest(situation, leader) : Infinity;
  // sends go on beside a slow disk, and meet what every client meets
  const othersMs = slowMs(situation) > 0 ? undisturbed(situation).toMs : work(300);
  const late = span(Math.min(soonestMs, trips.tookMs.fromMs), trips.tookMs.toMs);
  const gap = latest(plus(late, span(0, othersMs + queuedMs(situation, leader))), begun);
  const timers = trips.trips.flatMap(({ limit, holds }) => (limit !== null && holds < 1 ? [limit] : []));
  const part: PredictedPart = {
    kind: "delay",
    tookMs: gap,
    timers,
    what: trips.trips.length === 1 ? "one late answer" : `${trips.trips.length} late answers`,
  };
  return {
    served: trips.ok,
    gap,
    ready: trips.tookMs,
    unavailable: trips.ok < 1 ? "too late" : null,
    trips,
    own: [part],
  };
}

/** Whether the server that the client began with, and may ask for metadata, is silent. */
function mayAskSilent({ client, nodeOf, reach }: Situation): boolean {
  const first = client.bootstrap[0] === undefined ? undefined : nodeOf(client.bootstrap[0]);
  return first !== undefined && reach.fromClient(first).state === "silent";
}
