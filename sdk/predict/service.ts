// When one client is acknowledged again: the cluster's part is given, the client's own is added.
//
//   how it loses the leader      what it waits for
//   refused: gone, or reset      the cluster, then the pause between two tries
//   silent: frozen, black hole   the end of its request timeout, as often as the cluster needs (hung.ts)
//   late: a delay                answer by answer, if each comes within its timeout (delays.ts); else it is as good as silent
//   not at all, but the ISR      the cluster: what waits at the leader is answered as soon as the ISR is smaller
//   not at all, but it is stale  acks=1: nothing. acks=all: its requests end, and it must ask somebody else
//
// A cold client needs one bootstrap server that answers; without one it never begins.

import type { KnownNode } from "./circumstances.ts";
import { type Trips, tripsOf } from "./delays.ts";
import { whenFree } from "./hung.ts";
import { even, pauseAt } from "./pauses.ts";
import type { Odds, PredictedPart, Span, Timer } from "./prediction.ts";
import type { Situation } from "./situation.ts";
import { stale } from "./stale.ts";
import { latest, NOW, plus, span } from "./span.ts";
import type { Succession } from "./succession.ts";
import { clientTimer } from "./timers.ts";

/** Why a client is not served, where the cluster could serve it or is whole. */
export type Unserved = "acks 0" | "cluster" | "leader unreachable" | "hung" | "stranded" | "too late" | "no bootstrap";

export interface Service {
  readonly served: Odds;
  readonly gap: Span | null;
  /** From when a try succeeds; the gap ends with the first try after it. */
  readonly ready: Span | null;
  /** What the client itself adds to the cluster's time. */
  readonly own: readonly PredictedPart[];
  readonly unserved: Unserved | null;
  /** For a delay. */
  readonly trips: Trips | null;
}

/** What passes between two acknowledgements where nothing is wrong: a Java program stops for its garbage, this one for others' turns. */
export const UNDISTURBED: Span = span(0, 400);

/** Says when a client is served, given what becomes of its partition. */
export function serviceOf(situation: Situation, succession: Succession): Service {
  const { client, topic, reach, nodeOf } = situation;
  if (client.acks === 0) return never("acks 0");
  if (!client.isWarm && !canBegin(situation)) return never("no bootstrap");
  const was = topic.state.leader === null ? undefined : nodeOf(topic.state.leader);
  const ready = client.acks === -1 ? succession.readyAll : succession.readyOne;
  const now = succession.leader === null ? undefined : nodeOf(succession.leader);
  const lost = was === undefined ? "refusing" : howLost(situation, was);
  if (succession.moves === 1 && was !== undefined && lost === "open" && reach.runs(was) && situation.fault.kind !== "stop") return stale(situation, succession, { was, ready: succession.readyAll === null ? null : plus(succession.readyAll, settling(situation, succession).tookMs) });
  if (ready === null || now === undefined) return never("cluster");
  if (reach.fromClient(now, !client.isWarm).is !== "open") return never("leader unreachable");
  const begun = client.isWarm ? NOW : beginning(situation);
  if (succession.moves === 0) return kept(situation, { ready, begun, leader: now });
  if (isStranded(situation)) return { ...refused(situation, succession, ready, begun), served: 0.5, unserved: "stranded" };
  return lost === "silent" ? silent(situation, succession, ready, begun) : refused(situation, succession, ready, begun);
}

export function never(unserved: Unserved, trips: Trips | null = null): Service {
  return { served: 0, gap: null, ready: null, own: [], unserved, trips };
}

/** An answer that is later than the client waits is none. */
function howLost({ reach, client }: Situation, was: KnownNode): "open" | "silent" | "refusing" {
  const { is, addsMs } = reach.fromClient(was, !client.isWarm);
  return is === "open" && addsMs >= client.requestTimeout ? "silent" : is;
}

/** kafkajs, reset on its last connection, dials its bootstrap list only; what begins afterwards asks the brokers that it knows, what is under way does not. */
function isStranded({ client, fault, reach, nodeOf }: Situation): boolean {
  if (client.client !== "kafkajs" || fault.kind !== "isolate") return false;
  return client.bootstrap.flatMap((broker) => nodeOf(broker) ?? []).every((node) => reach.fromClient(node).is === "refusing");
}

/** How long the cluster needs after a leader was chosen: who has to hear of it hears, and followers ask again. */
export function settling(situation: Situation, succession: Succession): { tookMs: Span; timers: readonly Timer[] } {
  if (succession.moves === 0) return { tookMs: NOW, timers: [] };
  const [idle, backoff] = [situation.timer("metadata.max.idle.interval.ms"), situation.timer("replica.fetch.backoff.ms")];
  const follows = situation.client.acks === -1 && succession.isr.length > 1;
  return { tookMs: span(30, idle.ms + (follows ? backoff.ms : 0) + 400), timers: follows ? [idle, backoff] : [idle] };
}

function refused(situation: Situation, succession: Succession, at: Span, begun: Span): Service {
  const { client } = situation;
  const ready = plus(at, settling(situation, succession).tookMs);
  // Java: retry.backoff and the pause before it dials again, each up to 1 s and a fifth
  const pause = client.client === "java" ? Math.max(1000, client.maxRetryTime) : pauseAt(client, ready.toMs);
  const own = span(20, 50 + 1.2 * pause);
  const timers = [clientTimer(client, "maxRetryTime", Math.min(pause, client.maxRetryTime))];
  return { served: 1, gap: latest(plus(ready, own), begun), ready: latest(ready, begun), unserved: null, trips: null, own: [{ kind: "back-off", tookMs: own, timers, what: "until the client tries again and hears of the new leader" }] };
}

function silent(situation: Situation, succession: Succession, at: Span, begun: Span): Service {
  const { client } = situation;
  const settled = settling(situation, succession).tookMs;
  const ready = plus(at, settled);
  const free = whenFree(client, even(at).flatMap((ms) => even(settled).map((more) => ms + more)));
  if (free === null) return never("hung");
  const gap = latest(plus(free, span(20, client.client === "java" ? 1200 : 350)), begun);
  const own = span(Math.max(0, gap.fromMs - ready.toMs), Math.max(0, gap.toMs - ready.fromMs));
  return { served: 1, gap, ready: gap, unserved: null, trips: null, own: [{ kind: "request", tookMs: own, timers: [clientTimer(client, "requestTimeout")], what: "until the client's requests to the silent broker end" }] };
}

interface Kept {
  ready: Span;
  begun: Span;
  leader: KnownNode;
}

/** The leader is who it was, and reachable. */
function kept(situation: Situation, { ready, begun, leader }: Kept): Service {
  const { client } = situation;
  const trips = tripsOf(situation, leader);
  const isSooner = trips !== null && trips.ok > 0 && (ready.toMs === 0 || trips.tookMs.toMs < ready.fromMs);
  if (trips !== null && (ready.toMs === 0 || isSooner)) return delayed(trips, begun);
  if (ready.toMs === 0) return { served: 1, gap: latest(plus(UNDISTURBED, disorder(situation)), begun), ready: begun, own: [], unserved: null, trips };
  // requests that ended at their timeout are sent again; a seed that is silent may be asked for metadata first
  const isTimedOut = ready.toMs > client.requestTimeout;
  const own = span(0, isTimedOut ? 1500 : 300);
  const tried = plus(ready, own);
  const rounds = Math.ceil(ready.fromMs / client.requestTimeout) + 1;
  const gap = latest(isTimedOut && mayAskSilent(situation) ? span(tried.fromMs, Math.max(tried.toMs, rounds * client.requestTimeout + 1500)) : tried, begun);
  const timers = [clientTimer(client, "requestTimeout")];
  return { served: 1, gap, ready: gap, unserved: null, trips: null, own: isTimedOut ? [{ kind: "request", tookMs: own, timers, what: "until what had timed out is sent again" }] : [] };
}

function delayed(trips: Trips, begun: Span): Service {
  if (trips.ok === 0) return never("too late", trips);
  const gap = latest(plus(trips.tookMs, span(0, 300)), begun);
  const timers = trips.trips.flatMap(({ limit, holds }) => (limit !== null && holds < 1 ? [limit] : []));
  return { served: trips.ok, gap, ready: trips.tookMs, unserved: trips.ok < 1 ? "too late" : null, trips, own: [{ kind: "delay", tookMs: gap, timers, what: `${trips.trips.length === 1 ? "one late answer" : `${trips.trips.length} late answers`}` }] };
}

/** What TCP needs to send again what was lost or damaged, or a queue to become empty. */
function disorder({ fault }: Situation): Span {
  const worst = Math.max(0, ...(fault.network ?? []).map((one) => (one.kind === "lose" || one.kind === "corrupt" ? one.percent : one.kind === "throttle" ? (one.bytesPerSecond < 20_000 ? 40 : 1) : one.kind === "duplicate" || one.kind === "reorder" ? 1 : 0)));
  return span(0, worst === 0 ? 0 : worst <= 10 ? 2000 : 15_000);
}

function mayAskSilent({ client, nodeOf, reach }: Situation): boolean {
  const first = client.bootstrap[0] === undefined ? undefined : nodeOf(client.bootstrap[0]);
  return first !== undefined && reach.fromClient(first).is === "silent";
}

function seeds({ client, reach, nodeOf }: Situation): ("open" | "silent" | "refusing")[] {
  return client.bootstrap.flatMap((broker) => nodeOf(broker) ?? []).map((node) => {
    const { is, addsMs } = reach.fromClient(node, true);
    return is === "open" && addsMs >= client.requestTimeout ? "silent" : is;
  });
}

function canBegin(situation: Situation): boolean {
  const { client } = situation;
  const ways = seeds(situation);
  if (!ways.includes("open")) return (situation.fault.network ?? []).some(({ kind }) => kind === "delay") && ways.includes("silent"); // delays.ts tells by what it is ended
  // kafkajs takes a connection whose ApiVersions timed out for a good one, and stays with it (kafkajs issue 1783)
  return client.client === "java" || client.dropHungConnections || ways[0] !== "silent";
}

/** How long a cold client may need until a bootstrap server answers. */
function beginning(situation: Situation): Span {
  const { client } = situation;
  const ways = seeds(situation);
  const silent = client.client === "java" ? ways.filter((is) => is === "silent").length : Math.max(0, ways.slice(0, ways.indexOf("open")).filter((is) => is === "silent").length);
  return span(client.client === "kafkajs" ? silent * client.requestTimeout : 0, silent * client.requestTimeout + 800);
}
