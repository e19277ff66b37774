// When one client is acknowledged again: the cluster's part is given, the client's own is added.
//
//   how it loses the leader      what it waits for
//   refused: gone, or reset      the cluster, then the pause between two tries
//   silent: frozen, black hole   the end of its request timeout, as often as the cluster needs (hung.ts)
//   not at all, but the ISR      the cluster: what waits at the leader is answered as soon as the ISR is smaller
//   not at all, but it is stale  acks=1: nothing. acks=all: its requests end, and it must ask somebody else
//
// A cold client needs one bootstrap server that answers; without one it never begins.

import type { Broker } from "../history.ts";
import type { KnownNode } from "./circumstances.ts";
import { whenFree } from "./hung.ts";
import { pauseAt } from "./pauses.ts";
import type { Odds, PartKind, Span, Timer } from "./prediction.ts";
import type { Situation } from "./situation.ts";
import { latest, NOW, plus, span } from "./span.ts";
import type { Succession } from "./succession.ts";
import { clientTimer } from "./timers.ts";

/** Why a client is not served, where the cluster could serve it or is whole. */
export type Unserved = "acks 0" | "cluster" | "leader unreachable" | "hung" | "no bootstrap";

export interface Service {
  readonly served: Odds;
  readonly gap: Span | null;
  /** What the client itself adds to the cluster's time. */
  readonly own: readonly { readonly kind: PartKind; readonly tookMs: Span; readonly timers: readonly Timer[]; readonly what: string }[];
  readonly unserved: Unserved | null;
}

/** What passes between two acknowledgements where nothing is wrong; a Java program stops for its garbage, this one for others' turns. */
const UNDISTURBED: Span = span(0, 400);

/** Says when a client is served, given what becomes of its partition. */
export function serviceOf(situation: Situation, succession: Succession): Service {
  const { client, topic, reach } = situation;
  if (client.acks === 0) return never("acks 0");
  if (!client.isWarm && !canBegin(situation)) return never("no bootstrap");
  const was = topic.state.leader === null ? undefined : situation.nodeOf(topic.state.leader);
  const lost = was === undefined ? "refusing" : reach.fromClient(was, !client.isWarm).is;
  if (succession.moves > 0 && lost === "open" && was !== undefined && reach.runs(was) && situation.fault.kind !== "stop") return stale(situation, succession, was);
  const ready = client.acks === -1 ? succession.readyAll : succession.readyOne;
  const now = succession.leader === null ? undefined : situation.nodeOf(succession.leader);
  if (ready === null || now === undefined) return never("cluster");
  if (reach.fromClient(now, !client.isWarm).is !== "open") return never("leader unreachable");
  const begun = client.isWarm ? NOW : beginning(situation);
  if (succession.moves === 0) return kept(situation, ready, begun);
  return lost === "silent" ? silent(situation, succession, ready, begun) : refused(situation, succession, ready, begun);
}

function never(unserved: Unserved): Service {
  return { served: 0, gap: null, own: [], unserved };
}

/** How long the cluster needs after a leader was chosen: who has to hear of it hears, and followers ask again. */
export function settling(situation: Situation, succession: Succession): { tookMs: Span; timers: readonly Timer[] } {
  if (succession.moves === 0) return { tookMs: NOW, timers: [] };
  const [idle, backoff] = [situation.timer("metadata.max.idle.interval.ms"), situation.timer("replica.fetch.backoff.ms")];
  const follows = situation.client.acks === -1 && succession.isr.length > 1;
  return { tookMs: span(30, idle.ms + (follows ? backoff.ms : 0) + 400), timers: follows ? [idle, backoff] : [idle] };
}

function refused(situation: Situation, succession: Succession, ready: Span, begun: Span): Service {
  const { client } = situation;
  const settled = settling(situation, succession);
  // Java: retry.backoff and the pause before it dials again, each up to 1 s and a fifth
  const pause = client.client === "java" ? 1.2 * Math.max(1000, client.maxRetryTime) : 1.2 * pauseAt(client, plus(ready, settled.tookMs).toMs);
  const own = span(20, pause);
  const gap = latest(plus(ready, settled.tookMs, own), begun);
  return { served: 1, gap, unserved: null, own: [{ kind: "back-off", tookMs: own, timers: [clientTimer(client, "maxRetryTime", Math.min(pause / 1.2, client.maxRetryTime))], what: "until the client tries again and hears of the new leader" }] };
}

function silent(situation: Situation, succession: Succession, ready: Span, begun: Span): Service {
  const { client } = situation;
  const settled = plus(ready, settling(situation, succession).tookMs);
  const free = whenFree(client, settled);
  if (free === null) return never("hung");
  const gap = latest(plus(free, span(20, client.client === "java" ? 1200 : 350)), begun);
  const own = span(Math.max(0, gap.fromMs - settled.toMs), Math.max(0, gap.toMs - settled.fromMs));
  return { served: 1, gap, unserved: null, own: [{ kind: "request", tookMs: own, timers: [clientTimer(client, "requestTimeout")], what: "until the client's requests to the silent broker end" }] };
}

/** The leader is who it was, and reachable. */
function kept(situation: Situation, ready: Span, begun: Span): Service {
  const { client, reach, fault } = situation;
  if (ready.toMs === 0) return { served: 1, gap: latest(UNDISTURBED, begun), own: [], unserved: null };
  // requests that ended at their timeout are sent again; a seed that is silent may be asked for metadata first
  const isTimedOut = ready.toMs > client.requestTimeout;
  const first = client.bootstrap[0] === undefined ? undefined : situation.nodeOf(client.bootstrap[0]);
  const mayHang = isTimedOut && fault.kind !== "stop" && first !== undefined && reach.fromClient(first).is === "silent";
  const own = span(0, isTimedOut ? 1500 : 300);
  const tried = plus(ready, own);
  const rounds = Math.ceil(ready.fromMs / client.requestTimeout) + 1;
  const gap = latest(mayHang ? span(tried.fromMs, Math.max(tried.toMs, rounds * client.requestTimeout + 1500)) : tried, begun);
  return { served: 1, gap, unserved: null, own: isTimedOut ? [{ kind: "request", tookMs: own, timers: [clientTimer(client, "requestTimeout")], what: "until what had timed out is sent again" }] : [] };
}

/** The cluster has another leader, and the client still reaches the old one, which knows of none. */
function stale(situation: Situation, succession: Succession, was: KnownNode): Service {
  const { client, reach, topic } = situation;
  if (client.acks !== -1) return { served: 1, gap: UNDISTURBED, own: [], unserved: null };
  const others = topic.state.isr.flatMap((broker: Broker) => situation.nodeOf(broker) ?? []).filter((node) => node !== was);
  const isFed = others.every((node) => reach.between(node, was, "peers").is === "open");
  if (succession.readyAll === null) return never("cluster");
  const ready = plus(succession.readyAll, settling(situation, succession).tookMs);
  // fed: acknowledged until the leader moves, so the time without begins there
  const free = whenFree(client, isFed ? NOW : ready);
  if (free === null) return never("hung");
  const timers = [clientTimer(client, "requestTimeout")];
  // whoever is asked for metadata may be the stale one
  const own = span(0, 2 * (client.requestTimeout + 1000));
  return { served: 1, gap: plus(free, span(20, 500 + own.toMs)), unserved: null, own: [{ kind: "request", tookMs: own, timers, what: "until the client asks a broker that knows of the new leader" }] };
}

function canBegin({ client, reach, nodeOf }: Situation): boolean {
  const ways = client.bootstrap.flatMap((broker) => { const node = nodeOf(broker); return node === undefined ? [] : [reach.fromClient(node, true).is]; });
  if (!ways.includes("open")) return false;
  // kafkajs takes a connection whose ApiVersions timed out for a good one, and stays with it (kafkajs issue 1783)
  return client.client === "java" || client.dropHungConnections || ways[0] !== "silent";
}

/** How long a cold client may need until a bootstrap server answers. */
function beginning({ client, reach, nodeOf }: Situation): Span {
  const ways = client.bootstrap.flatMap((broker) => { const node = nodeOf(broker); return node === undefined ? [] : [reach.fromClient(node, true).is]; });
  const silent = client.client === "java" ? ways.filter((is) => is === "silent").length : Math.max(0, ways.findIndex((is) => is === "open"));
  const isSilent = ways.includes("silent");
  return span(client.client === "kafkajs" && ways[0] === "silent" ? client.requestTimeout : 0, (isSilent ? silent * client.requestTimeout : 0) + 800);
}
