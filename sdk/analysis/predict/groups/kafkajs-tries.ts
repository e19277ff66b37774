// How long the tries of a kafkajs member last, and when it is in its group again after they are used up.

import type { Span } from "../../../model/prediction.ts";
import { even, outlasts, pauseAt, pausesOf, quantile } from "../pauses.ts";
import { plus, span } from "../span.ts";
import type { GroupCircumstances, KnownGroup } from "./circumstances.ts";
import { waitsForCommits } from "./course.ts";
import type { ClusterBranch } from "./effects.ts";

/** When members have used up their tries, start anew, and are in a group again. */
export interface Restart {
  readonly crashAt: Span;
  readonly joinedAt: Span;
  /** How long joining takes behind the pause. */
  readonly joining: Span;
}

/**
 * @param silentMs how long a request waits for an answer
 * @param requests how many of them, one after the other, a try makes at most
 */
export function restartOf(group: KnownGroup, branch: ClusterBranch, silentMs: number, requests = 1): Restart {
  const { situation } = branch;
  const sum = (retries: number): Span => {
    const pauses = pausesOf({ ...group, retries });
    return span(Math.round(quantile(pauses, 0.02)), Math.round(quantile(pauses, 0.98)));
  };
  const begun = span(
    0,
    waitsForCommits(group) ? situation.work(700) : group.heartbeatInterval + group.maxWait,
  );
  const tries = group.retries + 1;
  const longest = requests * (silentMs + 150);
  const crashAt = plus(begun, sum(group.retries), span(tries * silentMs, tries * longest));
  // to leave the group it asks the same broker once more
  const restartAt = plus(begun, sum(tries), span(tries * silentMs, tries * longest + 2 * (silentMs + 150)));
  // the brokers that it asks for metadata and coordinator are drawn: a silent one costs a timeout each
  const joining = span(
    0,
    group.initialRebalanceDelay +
      group.heartbeatInterval +
      group.maxWait +
      2 * silentMs +
      situation.work(2500),
  );
  return { crashAt, joinedAt: plus(restartAt, joining), joining };
}

/**
 * Requests that a try makes to a coordinator that does not answer: before the next try each fetcher ends,
 * with the commit of its batch and a heartbeat, one after the other (consumer/fetchManager.js: stop;
 * worker.js). Measured with three leaders: five.
 */
export function requestsOf({ partitions }: ClusterBranch): number {
  return 2 * new Set(partitions.map(({ effect }) => effect.leader)).size;
}

/** How probable it is that something in a window comes while a fault lasts. */
export function comesWithin(
  { lastsMs = Infinity }: { readonly lastsMs?: number },
  { fromMs, toMs }: Span,
): number {
  if (lastsMs < fromMs) return 0;
  return lastsMs > toMs ? 1 : 0.5;
}

/** A broker that shuts down answers for so long after its partitions have moved, about. */
const LEAVES_MS = 500;

/** How probable it is that a member asks the coordinator between its move and its end. */
export function hearsOdds(
  { group, recordsPerSecond }: GroupCircumstances,
  { coordinator }: ClusterBranch,
): number {
  if (coordinator.contact === "open") return 1;
  const everyMs =
    waitsForCommits(group) && (recordsPerSecond ?? 0) > 0
      ? 1000 / recordsPerSecond!
      : group.heartbeatInterval;
  return Math.min(0.9, LEAVES_MS / everyMs);
}

/**
 * Whether a member that starts anew asks a broker that does not answer, and no other: kafkajs takes the first
 * of its bootstrap list that takes the connection, and keeps it (kafkajs issue 1783).
 */
export function isStuckAtStart({ requestTimeout }: KnownGroup, { situation }: ClusterBranch): boolean {
  const first = situation.nodes.find(({ broker }) => broker !== null);
  if (first === undefined) return false;
  const { state, addsMs } = situation.reach.fromClient(first, true);
  return state === "silent" || (state === "open" && addsMs >= requestTimeout);
}

/**
 * The pauses between tries, all together and at the longest, in each of which a session can end: a member
 * sends no heartbeat meanwhile. In milliseconds.
 */
export function pausesPastSession(group: KnownGroup): number {
  const { initialRetryTime, maxRetryTime, retries, sessionTimeout, heartbeatInterval, maxWait } = group;
  return Array.from({ length: retries }, (_, i) =>
    Math.min(maxRetryTime, Math.round(1.8 * initialRetryTime * 2 ** i)),
  )
    .filter((ms) => ms + heartbeatInterval + maxWait >= sessionTimeout)
    .reduce((sum, ms) => sum + ms, 0);
}

/** Whether a batch is processed before the coordinator is asked for anything. */
export function readsBetween({ commit }: KnownGroup): boolean {
  return commit !== "before";
}

/** The pause after the last try: about initialRetryTime doubled as often as there are retries. */
export function lastPause({ initialRetryTime, maxRetryTime, retries }: KnownGroup): Span {
  const ms = initialRetryTime * 2 ** retries;
  return span(Math.min(maxRetryTime, Math.round(0.5 * ms)), Math.min(maxRetryTime, Math.round(1.8 * ms)));
}

/** How probable it is that a client's tries last until a time in a window. */
export function lastsUntil(group: KnownGroup, readyAt: Span): number {
  return outlasts(pausesOf(group), even(readyAt));
}

/** The pause that may be under way when a leader is ready. */
export function pauseWhen(group: KnownGroup, atMs: number): number {
  return Math.round(1.5 * pauseAt(group, atMs));
}
