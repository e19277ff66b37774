// The client's part of an outage, read off its tries: from when the cluster could serve it to the
// acknowledgement.
//
//   cluster  ──── no leader ────┤ broker 1 leads
//   client   ×  ×  ×  ×  ×  ×   ·  ×        ├ Connect ┤├── Produce ──┤ acknowledged
//                               └ metadata ─┘└reconnect┘└── request ─┘

import type { Broker } from "../../model/history.ts";
import type { Timer } from "../../model/prediction.ts";
import { timed, attempted, whom } from "./evidence.ts";
import type { Evidence } from "./explanation.ts";
import { hitting, addedLatency, unreportedLatency } from "./added-latency.ts";
import type { Outage } from "./outage.ts";
import { UNKNOWN, type Piece } from "./pieces.ts";
import { clientTimer, pauseTimers } from "./timers.ts";
import type { TimedAttempt } from "./attempts.ts";

/** What the client had to find out. */
export interface Moved {
  /** The broker that the client must hear of; null where the leader stayed. */
  readonly to: Broker | null;
}

/** Cuts a stretch of an outage by what its client tried. */
export function clientPieces(outage: Outage, fromMs: number, toMs: number, moved: Moved): Piece[] {
  const answer =
    outage.ender === undefined
      ? undefined
      : outage.attempts.findLast((one) => one.isOwn && one.api === "Produce" && one.error === undefined);
  // the client's program hears of it a little later
  const ack =
    answer !== undefined && toMs - answer.endMs < HANDED_MS
      ? { ...answer, endMs: Math.max(toMs, answer.endMs) }
      : answer;
  const attempts = outage.attempts
    .map((one) => (one === answer && ack !== undefined ? ack : one))
    .filter((one) => one.endMs > fromMs && one.atMs < toMs);
  const scene: Scene = { outage, ack, heard: heardOf(outage, moved), earlier: outage.attempts };
  const pieces: Piece[] = [];
  let active: TimedAttempt[] = [];
  let next = 0;
  for (let t = fromMs; t < toMs; ) {
    while (next < attempts.length && attempts[next]!.atMs <= t) active.push(attempts[next++]!);
    active = active.filter((one) => one.endMs > t);
    const ends = Math.min(
      toMs,
      attempts[next]?.atMs ?? Infinity,
      ...active.map((one) => one.endMs),
      ...(scene.heard.atMs > t ? [scene.heard.atMs] : []),
    );
    const what = chosen(active, ack);
    pieces.push(what === undefined ? pause(scene, t, ends, attempts[next]) : during(scene, what, t, ends));
    t = ends;
  }
  return pieces;
}

interface Scene {
  outage: Outage;
  ack: TimedAttempt | undefined;
  heard: Heard;
  earlier: readonly TimedAttempt[];
}

/** When the client had heard of the new leader, and how that is known. */
interface Heard {
  atMs: number;
  /**
   * Clients tell of requests for metadata only where they failed: then the first try at the new leader says
   * that it had heard.
   */
  isSeen: boolean;
  attempt: TimedAttempt | undefined;
}

function heardOf({ attempts }: Outage, { to }: Moved): Heard {
  const first =
    to === null
      ? undefined
      : attempts.find((one) => one.broker === to && one.api !== "Metadata" && !FOREIGN.has(one.error ?? ""));
  if (first === undefined)
    return { atMs: -Infinity, isSeen: attempts.some(({ api }) => api === "Metadata"), attempt: undefined };
  const answer = attempts.findLast(
    (one) => one.api === "Metadata" && one.error === undefined && one.endMs <= first.atMs + 1,
  );
  return answer === undefined
    ? { atMs: first.atMs, isSeen: false, attempt: first }
    : { atMs: answer.endMs, isSeen: true, attempt: answer };
}

/** Not asked as leader. */
const FOREIGN = new Set(["NOT_LEADER_OR_FOLLOWER"]);

/** Of several tries at once: the acknowledged one, then the send's own, then what carries most. */
function chosen(active: readonly TimedAttempt[], ack: TimedAttempt | undefined): TimedAttempt | undefined {
  const rank = (one: TimedAttempt): number =>
    one === ack ? 0 : (one.isOwn ? 1 : 5) + (one.api === "Metadata" ? 0 : one.api === "Produce" ? 1 : 2);
  return active.reduce<TimedAttempt | undefined>(
    (best, one) => (best === undefined || rank(one) < rank(best) ? one : best),
    undefined,
  );
}

function during(scene: Scene, one: TimedAttempt, t: number, toMs: number): Piece {
  const { outage, ack, heard } = scene;
  const latency = addedLatency(outage, one);
  if (latency !== undefined) return { kind: "delay", toMs, ...latency };
  const evidence = [attempted(one), ...limits(outage, one), ...hitting(outage, one)];
  if (one === ack) return { kind: "request", toMs, what: `until ${whom(one)} acknowledged`, evidence };
  if (one.error === "BACKOFF")
    return { kind: "back-off", toMs, what: `back-off: ${whom(one)} did not answer recently`, evidence };
  if (one.api === "Metadata") return { kind: "metadata", toMs, what: REFRESHED, evidence };
  if (one.api === "Produce") {
    return {
      kind: "request",
      toMs,
      what:
        one.error === undefined
          ? `until ${whom(one)} answered`
          : `until the request to ${whom(one)} ended (${one.error})`,
      evidence,
    };
  }
  // a client that goes on dialling the old leader has not heard yet
  if (t < heard.atMs && !heard.isSeen)
    return {
      kind: "metadata",
      toMs,
      what: REFRESHED,
      evidence: [...evidence, ...(heard.attempt === undefined ? [] : [attempted(heard.attempt)])],
    };
  return { kind: "reconnect", toMs, what: connecting(one), evidence };
}

function connecting(one: TimedAttempt): string {
  const { api, error } = one;
  if (api === "Connect")
    return error === undefined
      ? `until it was connected to ${whom(one)}`
      : `tried to connect to ${whom(one)} (${error})`;
  return error === undefined
    ? `until ${whom(one)} answered ${api}`
    : `until ${api} to ${whom(one)} ended (${error})`;
}

/** A time without a try: the client's own pause, as long as its settings allow for one. */
function pause(
  { outage, heard, earlier }: Scene,
  t: number,
  toMs: number,
  next: TimedAttempt | undefined,
): Piece {
  const before = earlier.findLast((one) => one.endMs <= t);
  const unreported = next === undefined ? undefined : unreportedLatency(outage, t, toMs, next);
  if (unreported !== undefined) return { kind: "delay", toMs, ...unreported };
  const timers = pauseTimers(outage.settings);
  const longest =
    timers.length === 0
      ? UNKNOWN_PAUSE_MS
      : Math.max(...timers.map(({ ms }) => ms)) * (1 + JITTER) + SLACK_MS;
  if (toMs - t > longest || (before === undefined && next === undefined))
    return { kind: "unexplained", toMs, what: UNKNOWN, evidence: [] };
  const isShort = toMs - t < HANDED_MS && (before === undefined || before.error === undefined);
  const around = [
    ...(before === undefined ? [] : [attempted(before)]),
    ...(next === undefined ? [] : [attempted(next)]),
  ];
  const evidence = [...around, ...timers.map((timer) => timed(timer))];
  if (t < heard.atMs && !heard.isSeen) return { kind: "metadata", toMs, what: REFRESHED, evidence };
  if (isShort) return { kind: "other", toMs, what: "the client's own work", evidence: around };
  if (causeOf(earlier, t)?.error === undefined)
    return { kind: "unexplained", toMs, what: UNKNOWN, evidence: [] };
  return { kind: "back-off", toMs, what: "back-off", evidence };
}

/**
 * The try after which the client pauses: kafkajs asks for metadata first, and pauses then for the error
 * before.
 */
function causeOf(earlier: readonly TimedAttempt[], t: number): TimedAttempt | undefined {
  return earlier.findLast((one) => one.endMs <= t && !(one.api === "Metadata" && one.error === undefined));
}

const REFRESHED = "until the client refreshed its metadata";
/** Between two tries a client's own program runs, and after the last one its caller's. */
const HANDED_MS = 20;
/** Both clients make a pause up to a fifth longer or shorter by chance. */
const JITTER = 0.2;
/** What a busy machine adds to a pause; and how long one may be where the client's settings are not known. */
const SLACK_MS = 250;
const UNKNOWN_PAUSE_MS = 1000;

/** The timer that ended a try, where it is one. */
function limits({ settings }: Outage, { api, error, tookMs }: TimedAttempt): Evidence[] {
  if (error === undefined || !BY_TIMER.has(error)) return [];
  const timer: Timer | undefined = clientTimer(
    settings,
    api === "Connect" ? "connectionTimeout" : "requestTimeout",
  );
  const isNear = timer !== undefined && tookMs >= timer.ms * 0.9 && tookMs <= timer.ms * 1.1 + 1000;
  return timer !== undefined && (error === "TIMEOUT" || isNear) ? [timed(timer, isNear)] : [];
}

/**
 * How a try ends whose time is over: by the client, or by the broker, which is told the client's timeout. Any
 * other end only happened to come then.
 */
const BY_TIMER: ReadonlySet<string> = new Set(["TIMEOUT", "CLOSED", "ETIMEDOUT", "REQUEST_TIMED_OUT"]);
