// Round trips that a fault of the network, or a slow disk, makes longer.

import { readable } from "../../model/duration.ts";
import type { Broker, FaultEvent } from "../../model/history.ts";
import { effectOn, type NetFault } from "../../model/traffic.ts";
import { healed, struck, attempted } from "./evidence.ts";
import type { Evidence } from "./explanation.ts";
import type { Outage } from "./outage.ts";
import type { TimedAttempt } from "./attempts.ts";

/** What is said of a late answer, and what proves it. */
export interface AddedLatency {
  readonly what: string;
  readonly evidence: readonly Evidence[];
}

/**
 * Says that an answer came as much later as a fault makes it: on the client's own round trip, or on the
 * followers' that an acknowledgement waits for.
 */
export function addedLatency(outage: Outage, one: TimedAttempt): AddedLatency | undefined {
  const { broker, api, tookMs } = one;
  if (broker === null || one.error !== undefined) return undefined;
  for (const { event, heal, fromMs, toMs } of outage.faults) {
    if (one.endMs < fromMs || one.atMs > toMs) continue;
    const effects = effectsOn(outage, event.network ?? [], broker, api);
    const ofDiskMs = slowDiskMs(outage, event, one);
    const addsMs = Math.max(ofDiskMs, ...effects.map((effect) => effect.addsMs - effect.jitterMs));
    const times = Math.round(tookMs / addsMs);
    const evidence = [attempted(one), struck(event)];
    const to = `${api} to broker ${broker}`;
    if (addsMs > 0 && tookMs >= addsMs * NEARLY && times <= MOST)
      return { what: `${to}, ${times > 1 ? `${times} x ` : ""}${readable(addsMs)} late`, evidence };
    if (ofDiskMs > 0 && times > MOST)
      return { what: `${to}, waited for other appends to a slow disk`, evidence };
    if (addsMs > 0 && tookMs < addsMs && heal !== undefined && one.endMs > toMs)
      return {
        what: `${to}, late until the ${ofDiskMs > 0 ? "slow disk" : "delay"} was healed`,
        evidence: [...evidence, healed(heal)],
      };
    if (effects.length > 0 && tookMs >= SLOW_MS && (addsMs === 0 || times > MOST))
      return { what: `${to}, slowed down`, evidence };
  }
  return undefined;
}

/**
 * Clients tell of connections and requests for metadata only where they failed: a silence that is as long as
 * late answers are was one.
 */
export function unreportedLatency(
  { faults }: Outage,
  fromMs: number,
  toMs: number,
  next: TimedAttempt,
): AddedLatency | undefined {
  const fault = faults.find(
    (one) => one.event.network !== undefined && one.fromMs <= fromMs && one.toMs >= toMs,
  );
  if (fault === undefined || next.broker === null) return undefined;
  const broker = next.broker;
  const addsMs = Math.max(
    0,
    ...(fault.event.network ?? []).map((net) => effectOn(net, { broker, path: "clients" }).addsMs),
  );
  const times = Math.round((toMs - fromMs) / addsMs);
  const isAsLong = Math.abs(toMs - fromMs - times * addsMs) <= Math.max(SLOW_MS, addsMs / 20);
  if (addsMs < SLOW_MS || times < 1 || times > MOST || !isAsLong) return undefined;
  return {
    what:
      `connecting, not reported by the client: as long as ${times > 1 ? `${times} answers` : "one answer"} ` +
      `${readable(addsMs)} late`,
    evidence: [struck(fault.event), attempted(next)],
  };
}

/** The faults of the network that a failed try ran into. */
export function hitting({ faults }: Outage, { broker, error, atMs, endMs }: TimedAttempt): Evidence[] {
  if (broker === null || error === undefined) return [];
  const hit = faults.filter(
    ({ event, fromMs, toMs }) =>
      fromMs <= endMs &&
      toMs >= atMs &&
      event.network?.some((net) => effectOn(net, { broker, path: "clients" }).isHit),
  );
  return hit.map(({ event }) => struck(event));
}

/** What a fault that lets answers through does to a request. */
function effectsOn(
  { before, settings }: Outage,
  network: readonly NetFault[],
  broker: Broker,
  api: string,
): ReturnType<typeof effectOn>[] {
  const followers = awaited({ before, settings }, broker, api);
  const places = [
    { broker, path: "clients" as const },
    ...followers.map((from) => ({ broker, path: "peers" as const, from })),
  ];
  return network
    .flatMap((net) => places.map((route) => effectOn(net, route)))
    .filter(({ isHit, isCut }) => isHit && !isCut);
}

/** The followers that an answer waits for. */
function awaited(
  { before, settings }: Pick<Outage, "before" | "settings">,
  broker: Broker,
  api: string,
): Broker[] {
  if (settings["acks"] !== -1 || api !== "Produce") return [];
  return (before?.isr ?? []).filter((other) => other !== broker);
}

/** A slow disk: the leader's append, and those of the followers at the same time. */
function slowDiskMs(
  outage: Outage,
  { disk, targets }: FaultEvent,
  { broker, api }: Pick<TimedAttempt, "broker" | "api">,
): number {
  // of one directory the history does not say which replicas lie in it
  if (disk?.effect !== "slow" || disk.logDir !== undefined || api !== "Produce" || broker === null) return 0;
  const addsMs = disk.addsMs ?? 0;
  const isSlow = (one: Broker): boolean => targets.includes(one);
  return (isSlow(broker) ? addsMs : 0) + (awaited(outage, broker, api).some(isSlow) ? addsMs : 0);
}

/** A proxy may have held what was under way when the fault took effect a little shorter. */
const NEARLY = 0.9;
/** Connect, ApiVersions (late twice behind a proxy), Metadata. */
const MOST = 4;
/** A round trip is slow from here on, where a fault has no figure of its own. */
const SLOW_MS = 50;
