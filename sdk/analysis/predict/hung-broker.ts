// A client whose leader is silent: it accepts connections, or seems to, and does not answer.
//
//   kafkajs   ├─ requestTimeout ─┤closed├ 1 s not dialled ┤ ≤ a pause ├─ requestTimeout ─┤closed├ 1 s ┤ …
//                                      └ free: metadata from another broker, and its new leader, if any
//
// kafkajs by default keeps the connection and asks no other broker (its issue 1783; `dropHungConnections:
// false` shows it). The Java client closes the connection like the probe, and dials again after
// reconnect.backoff.ms, 50 ms.

import type { KnownClient } from "./circumstances.ts";
import { type Distribution, quantile } from "./pauses.ts";
import type { Span } from "../../model/prediction.ts";
import { span } from "./span.ts";

/** client/watch.ts: a broker that did not answer is not dialled again for so long. */
export const NOT_DIALLED_MS = 1000;
/** client/watch.ts looks so often whether a request hangs. */
const LOOKS_MS = 150;
/**
 * What a client does between two pauses while it waits for a leader: it asks another broker for metadata,
 * which may be busy with the election.
 */
const ASKS_MS = 100;

/**
 * When a client is served whose leader was silent, if another broker can serve it from one of the `ready`
 * times on; null where it never looks for another.
 */
export function recoveryFromHungBroker(client: KnownClient, ready: Distribution): Span | null {
  if (client.client === "kafkajs" && !client.dropHungConnections) return null;
  const isKafkajs = client.client === "kafkajs";
  const round: Round = {
    requestTimeout: client.requestTimeout,
    free: isKafkajs ? NOT_DIALLED_MS : 50,
    redials: isKafkajs ? 1.2 * client.maxRetryTime + ASKS_MS : 0,
  };
  const ends = ready.map((atMs) => firstFree(round, atMs));
  const [froms, tos] = [ends.map(({ fromMs }) => fromMs), ends.map(({ toMs }) => toMs)].map((all) =>
    all.sort((a, b) => a - b),
  ) as [number[], number[]];
  // one round more is seconds more: the rarest fortieth at either end is left out
  return span(Math.round(quantile(froms, 0.025)), Math.round(quantile(tos, 0.975)));
}

/**
 * Milliseconds: how long it waits for an answer, for how long it does not dial again, and how much later than
 * that it may do so.
 */
interface Round {
  requestTimeout: number;
  free: number;
  redials: number;
}

function firstFree({ requestTimeout, free, redials }: Round, readyMs: number): Span {
  for (let round = 1; ; round++) {
    const fromMs = round * requestTimeout + (round - 1) * free;
    const slack = round * LOOKS_MS + (round - 1) * redials;
    if (readyMs <= fromMs) return span(fromMs, fromMs + slack);
    if (readyMs <= fromMs + free) return span(readyMs, readyMs + slack);
  }
}
