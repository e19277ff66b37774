// The outcome of one send that begins when the fault takes effect: the client's patience against the time
// until it is served.
//
//   patience   retries: the sum of their pauses (a distribution, pauses.ts), an attempt at a refused port
//              takes no time; delivery.timeout.ms or the probe's deliveryTimeout; for a cold Java client
//              max.block.ms until it has the topic's metadata

import { processOf } from "../../faults/mod.ts";
import type { Prediction, Timer } from "../../model/prediction.ts";
import type { Trips } from "./delays.ts";
import { even, outlasts, pausesOf, quantile } from "./pauses.ts";
import type { Service } from "./served.ts";
import type { Situation } from "./situation.ts";
import { anyOf, span } from "./span.ts";
import { clientTimer } from "./timers.ts";

/** How such a send ends. */
export function sendOf(situation: Situation, service: Service): Prediction["send"] {
  const { client, fault } = situation;
  const healedAt = fault.lastsMs;
  const needs = service.ready ?? (healedAt === undefined ? null : span(healedAt, healedAt + 15_000));
  if (client.acks === 0) return { ok: 0, tookMs: span(0, 100), endedBy: null };
  if (service.trips !== null) return delayedSend(situation, service.trips, service.gap);
  const limit = patience(situation, service);
  const total = limit.distribution;
  if (needs === null)
    return { ok: 0, tookMs: span(quantile(total, 0.01), quantile(total, 0.99) + 1000), endedBy: limit.timer };
  const ok = rounded(outlasts(total, even(needs)));
  return {
    ok,
    tookMs: ok === 0 ? span(quantile(total, 0.01), quantile(total, 0.99) + 1000) : (service.gap ?? needs),
    endedBy: ok === 1 ? null : limit.timer,
  };
}

/**
 * Where an answer is too late, a send is tried again until its own limit: a delay does not become shorter.
 */
function delayedSend(situation: Situation, trips: Trips, gap: Service["gap"]): Prediction["send"] {
  const { client } = situation;
  if (trips.ok === 1) return { ok: 1, tookMs: gap, endedBy: null };
  // the topic, to a client that has no metadata yet
  const isUnknown = trips.trips.find(({ holds }) => holds < 1)?.broker === "bootstrap";
  const { distribution, timer } = patience(situation, { unavailable: "hung" });
  const block = clientTimer(client, "maxBlock");
  const [ms, endedBy] =
    client.client === "java" && isUnknown ? [block.ms, block] : [quantile(distribution, 0.5), timer];
  const ended = span(ms, ms + 1000);
  return { ok: rounded(trips.ok), tookMs: gap === null ? ended : anyOf(gap, ended), endedBy };
}

function rounded(odds: number): number {
  return Math.round(odds * 1000) / 1000;
}

/** The limit that ends first, and when. */
function patience(
  { client, fault }: Situation,
  service: Pick<Service, "unavailable">,
): { distribution: readonly number[]; timer: Timer } {
  const bounds = [
    clientTimer(client, "deliveryTimeout"),
    ...(client.isWarm || client.maxBlock === null ? [] : [clientTimer(client, "maxBlock")]),
  ].sort((a, b) => a.ms - b.ms);
  const bound = bounds[0]!;
  // above this many retries the time bounds end a send first, whatever chance does
  if (client.client === "java" || client.retries > 1000) return { distribution: [bound.ms], timer: bound };
  const isHung = service.unavailable === "hung" || processOf(fault) === "freeze";
  const waits = isHung ? (client.retries + 1) * client.requestTimeout : 0;
  const pauses = pausesOf(client).map((ms) => ms + waits);
  if (quantile(pauses, 0.5) >= bound.ms) return { distribution: [bound.ms], timer: bound };
  return {
    distribution: pauses.map((ms) => Math.min(ms, bound.ms)),
    timer: clientTimer(client, "retries", Math.round(quantile(pauses, 0.5))),
  };
}
