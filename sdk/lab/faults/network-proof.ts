// Whether a fault of the network acts, where it should and nowhere else: round trips before and after,
// compared.
//
//   before ──▶ apply ──▶ after        where it should act: longer by what was asked, or silent
//                                     on another path, and at another broker: as before
//   heal ──▶ again                    as before
//
// The choice of places and the judgement are pure; measure() is what takes time.

import type { Line, Network } from "../../engine/network.ts";
import { readable } from "../../model/duration.ts";
import type { Measured, Proof } from "../../model/history.ts";
import { effectOn, type NetFault, type ProbeRoute } from "../../model/traffic.ts";

/** How long an answer is waited for where none may come: longer delays are only known to be longer. */
const PATIENCE_MS = 1_000;
/** What a busy machine adds to a round trip by itself. */
const NOISE_MS = 10;
const TRIES = 5;

/** A place, what it was like before, and what a fault should do to it. */
export interface Witness {
  place: ProbeRoute;
  line: Line;
  beforeMs: number;
  addsMs: number;
  jitterMs: number;
  isCut: boolean;
  isHit: boolean;
}

/** Chooses where to measure: each fault's own path, another path of the same broker, another broker. */
export function placesFor(faults: readonly NetFault[], brokers: readonly number[]): ProbeRoute[] {
  const hit = new Set(faults.flatMap(({ broker, between = [] }) => [broker, ...between]));
  const places = faults.flatMap((fault): ProbeRoute[] => {
    const from = fault.between?.[0] ?? brokers.find((one) => one !== fault.broker);
    const own: ProbeRoute =
      fault.between !== undefined || fault.path === "peers" || fault.path === "controllers"
        ? {
            broker: fault.broker,
            path: fault.path === "controllers" ? "controllers" : "peers",
            ...(from !== undefined && { from }),
          }
        : { broker: fault.broker, path: "clients" };
    const other: ProbeRoute[] =
      own.path !== "clients"
        ? [{ broker: fault.broker, path: "clients" }]
        : fault.path === "clients" && from !== undefined
          ? [{ broker: fault.broker, path: "peers", from }]
          : [];
    return [own, ...other];
  });
  const spared = brokers.find((one) => !hit.has(one));
  if (spared !== undefined) places.push({ broker: spared, path: "clients" });
  const seen = new Set<string>();
  return places.filter((place) => {
    const key = JSON.stringify(place);
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

/** Opens lines to the places and measures how they are before the fault. */
export async function before(
  network: Network,
  faults: readonly NetFault[],
  places: readonly ProbeRoute[],
  signal?: AbortSignal,
): Promise<{ witnesses: Witness[]; unmeasured: string[] }> {
  const unmeasured: string[] = [];
  const witnesses = await Promise.all(
    places.map(async (place): Promise<Witness | undefined> => {
      const line = await network.line(place);
      if (typeof line === "string") return void unmeasured.push(line);
      const beforeMs = (await line.roundTrip(PATIENCE_MS, signal)) === null ? null : await best(line, signal);
      if (beforeMs === null) {
        line.close();
        return void unmeasured.push(`${say(place)} did not answer before the fault`);
      }
      const effects = faults.map((fault) => effectOn(fault, place));
      const sum = (of: "addsMs" | "jitterMs"): number => effects.reduce((total, one) => total + one[of], 0);
      return {
        place,
        line,
        beforeMs,
        addsMs: sum("addsMs"),
        jitterMs: sum("jitterMs"),
        isCut: effects.some(({ isCut }) => isCut),
        isHit: effects.some(({ isHit }) => isHit),
      };
    }),
  );
  return { witnesses: witnesses.filter((one) => one !== undefined), unmeasured };
}

/** Measures the same lines again. */
export async function after(
  network: Network,
  witnesses: readonly Witness[],
  signal?: AbortSignal,
): Promise<Measured[]> {
  return await Promise.all(
    witnesses.map(async ({ place, line, beforeMs, addsMs, jitterMs, isCut, isHit }): Promise<Measured> => {
      const again = isCut ? await network.line(place) : line; // connections that are there may be spared
      const waitedMs = isCut
        ? Math.max(250, 10 * beforeMs)
        : isHit && addsMs > PATIENCE_MS
          ? PATIENCE_MS
          : beforeMs + addsMs + jitterMs + PATIENCE_MS;
      const afterMs =
        typeof again === "string"
          ? null
          : isHit
            ? await again.roundTrip(waitedMs, signal)
            : await best(again, signal, beforeMs + NOISE_MS);
      for (const one of [line, again]) if (typeof one !== "string") one.close();
      return {
        ...place,
        expected: isCut ? "silent" : addsMs > 0 ? "slower" : isHit ? "counted" : "as before",
        beforeMs: round(beforeMs),
        afterMs: afterMs === null ? null : round(afterMs),
        waitedMs: round(waitedMs),
      };
    }),
  );
}

/** Opens new lines to where the fault acted, and measures until each is as it was before, or will not be. */
export async function healed(
  network: Network,
  witnesses: readonly Witness[],
  signal?: AbortSignal,
): Promise<Measured[]> {
  return await Promise.all(
    witnesses
      .filter(({ isHit }) => isHit)
      .map(async ({ place, beforeMs, addsMs }): Promise<Measured> => {
        const limitMs = beforeMs + Math.max(NOISE_MS, addsMs / 4);
        let afterMs: number | null = null;
        for (let tries = 0; tries < TRIES && (afterMs === null || afterMs > limitMs); tries++) {
          const line = await network.line(place);
          if (typeof line === "string") break;
          const opened = await line.roundTrip(PATIENCE_MS, signal); // has the set-up in it
          if (opened !== null)
            afterMs = Math.min(afterMs ?? Infinity, (await best(line, signal, limitMs)) ?? Infinity);
          line.close();
        }
        return {
          ...place,
          expected: "as before",
          beforeMs: round(beforeMs),
          afterMs: afterMs === null || afterMs === Infinity ? null : round(afterMs),
          waitedMs: PATIENCE_MS,
        };
      }),
  );
}

/** The shortest of a few round trips; one that is short enough ends them. */
async function best(line: Line, signal: AbortSignal | undefined, enoughMs = 1): Promise<number | null> {
  let found: number | null = null;
  for (let tries = 0; tries < TRIES && (found === null || found > enoughMs); tries++) {
    const tookMs = await line.roundTrip(PATIENCE_MS, signal);
    if (tookMs === null) break;
    found = Math.min(found ?? Infinity, tookMs);
  }
  return found;
}

/**
 * By how much a round trip may be longer without being taken for hit by one of these faults: a quarter of a
 * delay; a cut leaves no answer at all.
 */
export function slackMs(faults: readonly NetFault[]): number {
  return Math.min(...faults.map((fault) => (fault.kind === "delay" ? fault.delayMs / 4 : PATIENCE_MS / 4)));
}

/**
 * Says what is not as it should be, a sentence each. `addsMs` is by how much round trips at a place should be
 * longer, `slack` by how much others may be.
 */
export function objections(
  { measured, counted }: Proof,
  addsMs: (place: ProbeRoute) => { addsMs: number; jitterMs: number },
  slack: number,
): string[] {
  return measured.flatMap((one) => {
    const tookMs = one.afterMs ?? Infinity;
    const { addsMs: adds, jitterMs } = addsMs(one);
    const took = one.afterMs === null ? `more than ${readable(one.waitedMs)}` : readable(one.afterMs);
    const was = `${say(one)} took ${took}, ${readable(one.beforeMs)} before`;
    switch (one.expected) {
      case "slower":
        return tookMs < adds - jitterMs - 1
          ? [`${was}: expected longer by ${readable(adds)}`]
          : tookMs === Infinity && one.waitedMs > one.beforeMs + adds
            ? [`${was}: no answer at all`]
            : [];
      case "silent":
        return tookMs === Infinity ? [] : [`${was}: expected no response`];
      case "counted":
        return [one.broker, one.from ?? one.broker].some(
          (broker) => counted[broker] === undefined || counted[broker].acted > 0,
        )
          ? []
          : [`${say(one)} left no trace in what the engine counts`];
      case "as before":
        return tookMs <= one.beforeMs + Math.max(NOISE_MS * 5, one.beforeMs * 4, slack)
          ? []
          : [`${was}: expected as before`];
    }
  });
}

function say({ broker, path, from }: ProbeRoute): string {
  const whose = from === undefined ? "of a client" : `from broker ${from}`;
  return `a round trip ${whose} to broker ${broker}${path === "clients" ? "" : `, ${path}`}`;
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
