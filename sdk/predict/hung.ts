// A client whose leader is silent: it accepts connections, or seems to, and answers nothing.
//
//   probe (kafkajs)   ├── requestTimeout ──┤closed├ 1 s not dialled ┤├── requestTimeout ──┤closed├ 1 s ┤ …
//                                                └ free: metadata from another broker, and the new leader as soon as there is one
//
// kafkajs by itself keeps the connection and never asks anybody else (its issue 1783; `dropHungConnections: false` shows it). The Java client
// closes the connection as the probe does, and is dialling again after reconnect.backoff.ms, 50 ms.

import type { KnownClient } from "./circumstances.ts";
import { type Distribution, quantile } from "./pauses.ts";
import type { Span } from "./prediction.ts";
import { span } from "./span.ts";

/** client/watch.ts: a broker that did not answer is not dialled again for so long. */
const NOT_DIALLED_MS = 1000;
/** client/watch.ts looks so often whether a request hangs, and a client has to notice that it may dial again. */
const LOOKS_MS = 150;

/** When a client is served whose leader was silent, if another broker can serve it from one of the `ready` times on; null where it never looks for another. */
export function whenFree(client: KnownClient, ready: Distribution): Span | null {
  if (client.client === "kafkajs" && !client.dropHungConnections) return null;
  const free = client.client === "kafkajs" ? NOT_DIALLED_MS : 50;
  const ends = ready.map((atMs) => firstFree(client.requestTimeout, free, atMs));
  const [froms, tos] = [ends.map(({ fromMs }) => fromMs), ends.map(({ toMs }) => toMs)].map((all) => all.sort((a, b) => a - b)) as [number[], number[]];
  // one round more is seconds more: the rarest fortieth at either end is left out
  return span(Math.round(quantile(froms, 0.025)), Math.round(quantile(tos, 0.975)));
}

function firstFree(requestTimeout: number, free: number, readyMs: number): Span {
  for (let round = 1; ; round++) {
    const fromMs = round * requestTimeout + (round - 1) * free;
    const slack = round * LOOKS_MS;
    if (readyMs <= fromMs) return span(fromMs, fromMs + slack);
    if (readyMs <= fromMs + free) return span(readyMs, readyMs + slack);
  }
}
