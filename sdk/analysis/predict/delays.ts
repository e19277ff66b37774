// A delay, or a slow disk: the answers that a client waits for until its first acknowledgement, and the
// timeout of each.
//
//   open connection   an answer is delayed on both ways
//   new connection    docker's proxy or the local engine's link accepts at once and dials through the delay:
//                     the first request waits for that too, so with D on the broker's output it is answered
//                     after 2 D
//
//   kafkajs, warm     Produce 1
//            cold     4 D (idempotent 6 D): ApiVersions 2 │ Metadata 1 │ Produce 1, or 2 if the leader is not
//                     the bootstrap server
//   Java, warm        Produce 1
//            cold     6 D, measured: ApiVersions 2 │ Metadata 1 │ the leader's connection: ApiVersions 2 │
//                     Produce 1
//   secured           on each new connection TLS 1, and SASL 2 (PLAIN) or 3 (SCRAM); Java: ApiVersions 1 more
//
// Sources: kafkajs cluster/brokerPool.js, producer/sendMessages.js; NetworkClient.java (the bootstrap node
// has a node id of its own), KafkaProducer.java.

import { keeps, limitOf } from "./answer-limits.ts";
import type { KnownNode } from "./circumstances.ts";
import { addedLatencyMs } from "./detection.ts";
import type { Odds, RoundTrip, Span, Timer } from "../../model/prediction.ts";
import type { Situation } from "./situation.ts";
import { appendedMs, queueOdds, slowMs } from "./slow-disk.ts";
import { span } from "./span.ts";

/** The answers in order, and what becomes of them altogether. */
export interface Trips {
  readonly trips: readonly RoundTrip[];
  /** How probable it is that all of them keep their timeouts. */
  readonly ok: Odds;
  /** From the send's begin to the acknowledgement, where they do. */
  readonly tookMs: Span;
  /** When and by what it is ended where they do not. */
  readonly endedAtMs: number;
  readonly endedBy: Timer | null;
}

interface Answer {
  readonly api: string;
  readonly broker: RoundTrip["broker"];
  readonly ms: number;
  /** How long it takes a client that sends all the time. */
  readonly steadyMs?: number;
  /** How probable it is that it keeps its timeout behind others. @default 1 */
  readonly inTurn?: Odds;
}

/** Counts a client's answers from the leader as it is; null where no answer to it is late. */
export function tripsOf(situation: Situation, leader: KnownNode): Trips | null {
  const { client, nodeOf } = situation;
  const delays = (situation.fault.network ?? []).filter((one) => one.kind === "delay");
  const ofDiskMs = slowMs(situation);
  if (delays.length === 0 && ofDiskMs === 0) return null;
  const seeds = client.bootstrap.flatMap((broker) => nodeOf(broker) ?? []);
  const seed = client.isWarm ? leader : (seeds[0] ?? leader);
  const answers = client.isWarm
    ? [produce(situation, leader)]
    : client.client === "kafkajs"
      ? kafkajs(situation, seed, leader)
      : java(situation, seed, leader);
  if (answers.every(({ ms }) => ms === 0)) return null;
  const unit = Math.max(1, ofDiskMs, ...delays.map((one) => (one.kind === "delay" ? one.delayMs : 0)));
  const jitter = Math.max(0, ...delays.map((one) => (one.kind === "delay" ? one.jitterMs : 0)));
  const mixed =
    client.client === "java" && !client.isWarm
      ? new Set(seeds.map((one) => answer(situation, one))).size > 1
      : false;
  return timed(situation, answers, { unit, jitter, mixed });
}

function answer(situation: Situation, node: KnownNode): number {
  const { out, in: inward } = addedLatencyMs(situation.fault.network ?? [], node, "clients");
  return out + inward;
}

/** The first answer on a new connection. */
function fresh(situation: Situation, node: KnownNode): number {
  const { out, in: inward } = addedLatencyMs(situation.fault.network ?? [], node, "clients");
  return situation.engine === "docker" ? 2 * (out + inward) : 2 * out + inward;
}

/**
 * acks=all waits also for the followers' next fetch, which tells that they have the record; a record that
 * came after the last fetch had been answered waits for two.
 */
function produce(situation: Situation, leader: KnownNode): Answer {
  const own = answer(situation, leader) + appendedMs(situation, leader);
  const others = replication(situation, leader);
  const inTurn = queueOdds(situation, leader);
  return { api: "Produce", broker: "leader", ms: own + others, steadyMs: own + 2 * others, inTurn };
}

/**
 * The shortest time without an acknowledgement for a client that sends all the time: a record that the
 * followers have when the delay begins waits for its own answer only.
 */
export function soonest(situation: Situation, leader: KnownNode): number {
  return Math.max(answer(situation, leader) + appendedMs(situation, leader), replication(situation, leader));
}

/** How late the slowest in-sync follower of a leader is. */
export function replication({ client, topic, nodeOf, reach }: Situation, leader: KnownNode): number {
  if (client.acks !== -1) return 0;
  const followers = topic.state.isr
    .flatMap((broker) => nodeOf(broker) ?? [])
    .filter((node) => node !== leader);
  return Math.max(
    0,
    ...followers
      .map((node) => reach.between(node, leader, "peers"))
      .map(({ state, addsMs }) => (state === "open" ? addsMs : 0)),
  );
}

/** The answers on a new connection: TLS comes first, and the first of all waits for the connection itself. */
function onNew(situation: Situation, node: KnownNode, answers: readonly Answer[]): Answer[] {
  const own = answer(situation, node);
  const { broker } = answers[0]!;
  const [first, ...others] =
    situation.client.handshake?.tls === 1 ? [{ api: "TLS", broker, ms: own }, ...answers] : answers;
  return [{ ...first!, ms: first!.ms + fresh(situation, node) - own }, ...others];
}

/** The answers by which a client authenticates. */
function sasl(situation: Situation, node: KnownNode, broker: Answer["broker"]): Answer[] {
  const { sasl: count = 0 } = situation.client.handshake ?? {};
  const ms = answer(situation, node);
  return Array.from({ length: count }, (_, at) => ({
    api: at === 0 ? "SaslHandshake" : "SaslAuthenticate",
    broker,
    ms,
  }));
}

function kafkajs(situation: Situation, seed: KnownNode, leader: KnownNode): Answer[] {
  const ask = (api: string): Answer => ({ api, broker: "bootstrap", ms: answer(situation, seed) });
  const last = produce(situation, leader);
  return [
    ...onNew(situation, seed, [ask("ApiVersions"), ...sasl(situation, seed, "bootstrap")]),
    ...(situation.client.idempotent ? [ask("Metadata"), ask("InitProducerId")] : []),
    ask("Metadata"),
    ...(seed === leader
      ? [last]
      : onNew(situation, leader, [...sasl(situation, leader, last.broker), { ...last, steadyMs: last.ms }])),
  ];
}

function java(situation: Situation, seed: KnownNode, leader: KnownNode): Answer[] {
  return [
    ...javaConnection(situation, seed, "bootstrap"),
    { api: "Metadata", broker: "bootstrap", ms: answer(situation, seed) },
    ...javaConnection(situation, leader, "leader"),
    produce(situation, leader),
  ];
}

/** Java asks for the versions before it authenticates (SaslClientAuthenticator), and again after it. */
function javaConnection(situation: Situation, node: KnownNode, broker: Answer["broker"]): Answer[] {
  const versions = { api: "ApiVersions", broker, ms: answer(situation, node) };
  const authenticating = sasl(situation, node, broker);
  return onNew(situation, node, [
    ...(authenticating.length === 0 ? [] : [versions, ...authenticating]),
    versions,
  ]);
}

function timed(
  situation: Situation,
  answers: readonly Answer[],
  { unit, jitter, mixed }: { unit: number; jitter: number; mixed: boolean },
): Trips {
  const { client } = situation;
  let atMs = 0;
  let knownAtMs = 0;
  let ok = 1;
  let [endedAtMs, endedBy]: [number, Timer | null] = [0, null];
  const trips: RoundTrip[] = [];
  for (const { api, broker, ms, steadyMs = ms, inTurn = 1 } of answers) {
    const begunMs = atMs;
    atMs += ms;
    if (api === "Metadata") knownAtMs = atMs;
    const limit = limitOf(client, { api, ms: steadyMs, begunMs, knownAtMs, sentMs: atMs });
    const holds = ms === 0 ? 1 : inTurn * keeps(client.client, limit.needsMs, limit.timer.ms, jitter);
    trips.push({ api, broker, delays: Math.round((ms / unit) * 100) / 100, atMs, limit: limit.timer, holds });
    ok *= holds;
    if (holds < 1 && endedBy === null) [endedAtMs, endedBy] = [limit.timer.ms + limit.sinceMs, limit.timer];
  }
  // a Java client draws the server to begin with, and the one that gives it a producer id
  const least = mixed
    ? answers.filter(({ broker }) => broker === "leader").reduce((sum, { ms }) => sum + ms, 0)
    : atMs;
  // netem on a whole interface delays ARP as well, so that a new connection may need one or two more
  const hasArp =
    situation.engine !== "local" &&
    !client.isWarm &&
    (situation.fault.network ?? []).some((one) => one.kind === "delay" && one.path === "all");
  const most = (mixed ? Math.max(atMs, least * 2) : atMs) + (hasArp ? 2 * unit : 0);
  return {
    trips,
    ok,
    tookMs: span(Math.max(0, least - trips.length * jitter), most + trips.length * jitter),
    endedAtMs,
    endedBy,
  };
}
