// The outcome of one send that begins when the fault takes effect: the client's patience against the time
// until it is served.
//
//   patience   retries: the sum of their pauses (a distribution, pauses.ts), an attempt at a refused port
//              takes no time; delivery.timeout.ms or the probe's deliveryTimeout; for a cold Java client
//              max.block.ms until it has the topic's metadata

import { processOf } from "../../faults/mod.ts";
import type { Odds, Prediction, Span, Timer } from "../../model/prediction.ts";
import type { Trips } from "./delays.ts";
import { type Distribution, even, outlasts, pausesOf, quantile } from "./pauses.ts";
import type { Service } from "./served.ts";
import type { Situation } from "./situation.ts";
import { anyOf, earliest, span } from "./span.ts";
import { clientTimer } from "./timers.ts";

/** After the healing: brokers that start again, and packets that TCP sends again. */
const AFTER_HEALING_MS = 15_000;

/** How such a send ends, after the healing too. */
export function sendOf(situation: Situation, service: Service): Prediction["send"] {
  const { client, fault } = situation;
  if (client.acks === 0) return { ok: 0, tookMs: span(0, 100), endedBy: null };
  if (service.trips !== null) return delayedSend(situation, service.trips, service.gap);
  const { distribution: total, timer } = patience(situation, service);
  const healed = fault.lastsMs === undefined ? null : span(fault.lastsMs, fault.lastsMs + AFTER_HEALING_MS);
  const sooner = (one: Span): Span => (healed === null ? one : unlessHealed(one, healed));
  const ways: Way[] = [
    {
      odds: service.served,
      needs: service.ready && sooner(service.ready),
      tookMs: service.gap && sooner(service.gap),
    },
    { odds: 1 - service.served, needs: healed, tookMs: healed },
  ];
  return settled(ways, total, timer);
}

/** A course in which a send can be acknowledged from `needs` on; null for never. */
interface Way {
  odds: Odds;
  needs: Span | null;
  tookMs: Span | null;
}

function settled(ways: readonly Way[], total: Distribution, timer: Timer): Prediction["send"] {
  const weighed = ways
    .filter(({ odds }) => odds > 0)
    .map((way) => ({ ...way, ok: way.needs === null ? 0 : way.odds * outlasts(total, even(way.needs)) }));
  const ok = rounded(weighed.reduce((sum, one) => sum + one.ok, 0));
  const tooks = weighed.flatMap((one) => (one.ok > 0 ? (one.tookMs ?? one.needs ?? []) : []));
  return {
    ok,
    tookMs: ok === 0 ? span(quantile(total, 0.01), quantile(total, 0.99) + 1000) : anyOf(...tooks),
    endedBy: ok === 1 ? null : timer,
  };
}

/** What comes within a window, or with the healing where that is first. */
function unlessHealed(one: Span, healed: Span): Span {
  return one.toMs <= healed.fromMs ? one : earliest(one, healed);
}

/**
 * Where an answer is too late, a send is tried again until its own limit: a delay does not become shorter
 * before it is healed, and an answer that is under way then is waited for until the request's timeout.
 */
function delayedSend(situation: Situation, trips: Trips, gap: Service["gap"]): Prediction["send"] {
  const { client, fault } = situation;
  const { lastsMs } = fault;
  const tookMs = gap && (lastsMs === undefined ? gap : span(Math.min(gap.fromMs, lastsMs), gap.toMs));
  if (trips.ok === 1) return { ok: 1, tookMs, endedBy: null };
  // the topic, to a client that has no metadata yet
  const isUnknown = trips.trips.find(({ holds }) => holds < 1)?.broker === "bootstrap";
  const { distribution, timer } = patience(situation, { unavailable: "hung" });
  const block = clientTimer(client, "maxBlock");
  const [total, endedBy]: [Distribution, Timer] =
    client.client === "java" && isUnknown ? [[block.ms], block] : [distribution, timer];
  const healed =
    lastsMs === undefined ? null : span(lastsMs, Math.max(lastsMs, client.requestTimeout) + AFTER_HEALING_MS);
  const late = healed === null ? 0 : (1 - trips.ok) * outlasts(total, even(healed));
  const ok = rounded(trips.ok + late);
  const ms = quantile(total, 0.5);
  const ends = [
    ...(trips.ok > 0 && tookMs !== null ? [tookMs] : []),
    ...(late > 0 && healed !== null ? [healed] : []),
    ...(ok < 1 ? [span(ms, ms + 1000)] : []),
  ];
  return { ok, tookMs: anyOf(...ends), endedBy: ok === 1 ? null : endedBy };
}

function rounded(odds: number): number {
  return Math.round(odds * 1000) / 1000;
}

/** The limit that ends first, and when. */
function patience(
  { client, fault, frozen }: Situation,
  service: Pick<Service, "unavailable">,
): { distribution: Distribution; timer: Timer } {
  const bounds = [
    clientTimer(client, "deliveryTimeout"),
    ...(client.isWarm || client.maxBlock === null ? [] : [clientTimer(client, "maxBlock")]),
  ].sort((a, b) => a.ms - b.ms);
  const bound = bounds[0]!;
  const isHung = service.unavailable === "hung" || processOf(fault) === "freeze" || frozen !== undefined;
  // above this many retries the time bounds end a send first, whatever chance does; of Java what waits for a
  // leader that is not there costs no retry, only requests that time out do (Sender.sendProducerData)
  const isBound = client.client === "java" && !isHung;
  if (isBound || client.retries > 1000) return { distribution: [bound.ms], timer: bound };
  const waits = isHung ? (client.retries + 1) * client.requestTimeout : 0;
  const pauses = pausesOf(client).map((ms) => ms + waits);
  if (quantile(pauses, 0.5) >= bound.ms) return { distribution: [bound.ms], timer: bound };
  return {
    distribution: pauses.map((ms) => Math.min(ms, bound.ms)),
    timer: clientTimer(client, "retries", Math.round(quantile(pauses, 0.5))),
  };
}
