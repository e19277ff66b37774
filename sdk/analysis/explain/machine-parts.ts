// Cuts out of an outage's parts what the machine made: the lab's process stood still, or the brokers waited
// for a processor.
//
//   part      ├───────── 9.0 s of the session timeout ────────┤── 0.6 s ──┤
//   may be    │                                               ├───────────┤   what no timer takes by itself
//   stalls                  ├──┤                                  ├──┤        the second is cut out
//
// While a timer ran, a busy machine made nothing longer: of such a part only what is beyond the timer counts.
// A stall has a begin and an end; of the brokers' waits only how long they were is known, so they are put at
// the end of the part that they made longer.

import { readable } from "../../model/duration.ts";
import type { MachineEvent } from "../../model/history.ts";
import { brokersOf, type MachineLog, overlap } from "../check/mod.ts";
import type { Evidence, Part } from "./explanation.ts";

/** What is said of the machine's parts. */
export const STALLED = "while the client stalled";
export const STARVED = "while the brokers waited for a processor";

/** Cuts the machine's time out of parts; they still follow each other, and add up to the same. */
export function withMachineParts(parts: readonly Part[], log: MachineLog): Part[] {
  if (log.stalls.length === 0 && log.samples.length === 0) return [...parts];
  return parts.flatMap((part) => {
    if (part.kind === "healing") return [part]; // it is the lab's own decision when that ends
    const freeMs = part.toMs - Math.max(part.fromMs, part.fromMs + timerOf(part));
    if (freeMs < LEAST_MS) return [part];
    return stalledParts(part, part.toMs - freeMs, log).flatMap((one) =>
      one.kind === "stalled" ? [one] : starvedParts(one, Math.max(one.fromMs, part.toMs - freeMs), log),
    );
  });
}

/** How long the timers take that a part rests on. */
function timerOf({ evidence }: Part): number {
  return Math.max(0, ...evidence.map((one) => (one.kind === "timer" ? one.timer.ms : 0)));
}

/** Cuts out the stalls, where they were, from `fromMs` on. */
function stalledParts(part: Part, fromMs: number, { stalls }: MachineLog): Part[] {
  const parts: Part[] = [];
  let rest: Part | undefined = part;
  for (const stall of stalls) {
    if (rest === undefined || overlap(stall, Math.max(fromMs, rest.fromMs), rest.toMs) < LEAST_MS) continue;
    const begins = Math.max(stall.atMs, fromMs, rest.fromMs);
    const ends = Math.min(stall.atMs + stall.tookMs, rest.toMs);
    const text = `the client's event loop stood still for ${readable(stall.tookMs)}`;
    parts.push(
      ...between(rest, rest.fromMs, begins),
      machinePart("stalled", { fromMs: begins, toMs: ends }, { kind: "machine", atMs: stall.atMs, text }),
    );
    rest = between(rest, ends, rest.toMs)[0];
  }
  return rest === undefined ? parts : [...parts, rest];
}

/** Cuts what the brokers waited off the end of a part. */
function starvedParts(part: Part, fromMs: number, { samples }: MachineLog): Part[] {
  const during = samples.filter((sample) => overlap(sample, fromMs, part.toMs) > 0);
  const waitedMs = during.reduce((sum, sample) => {
    const insideMs = overlap(sample, fromMs, part.toMs);
    return sum + Math.min(insideMs, (slowest(sample) * insideMs) / sample.tookMs);
  }, 0);
  if (waitedMs < Math.max(LEAST_MS, LEAST_SHARE * part.tookMs)) return [part];
  const begins = Math.max(fromMs, part.toMs - waitedMs);
  const evidence: Evidence = {
    kind: "machine",
    atMs: during[0]?.atMs ?? begins,
    text: waitsText(during, fromMs, part.toMs),
  };
  return [
    ...between(part, part.fromMs, begins),
    machinePart("starved", { fromMs: begins, toMs: part.toMs }, evidence),
  ];
}

/** What the process waited that waited most: a path needs not lead through all of them. */
function slowest(sample: MachineEvent): number {
  const { nodesMs, linksMs = 0 } = sample;
  return Math.min(brokersOf(sample), Math.max(linksMs, ...Object.values(nodesMs)) || Infinity);
}

/** `kafka-1 waited 310 ms, kafka-2 180 ms of 520 ms for a processor (run-queue wait)`. */
function waitsText(samples: readonly MachineEvent[], fromMs: number, toMs: number): string {
  const waited = new Map<string, number>();
  const add = (name: string, ms: number): void => void waited.set(name, (waited.get(name) ?? 0) + ms);
  for (const sample of samples) {
    const share = overlap(sample, fromMs, toMs) / sample.tookMs;
    const { nodesMs, linksMs, pressureMs = 0 } = sample;
    for (const [service, ms] of Object.entries(nodesMs)) add(service, ms * share);
    if (Object.keys(nodesMs).length === 0) add("a task of the machine", pressureMs * share);
    else if (linksMs !== undefined) add("the links", linksMs * share);
  }
  const said = [...waited].filter(([, ms]) => ms >= 1).sort(([, a], [, b]) => b - a);
  const list = said.map(([name, ms], n) => `${name}${n === 0 ? " waited" : ""} ${readable(ms)}`).join(", ");
  return `${list} of ${readable(toMs - fromMs)} for a processor (run-queue wait)`;
}

function machinePart(
  kind: "stalled" | "starved",
  { fromMs, toMs }: { fromMs: number; toMs: number },
  evidence: Evidence,
): Part {
  const what = kind === "stalled" ? STALLED : STARVED;
  return { kind, fromMs, toMs, tookMs: toMs - fromMs, what, evidence: [evidence] };
}

/** A piece of a part; none where it has no length. */
function between(part: Part, fromMs: number, toMs: number): Part[] {
  return toMs > fromMs ? [{ ...part, fromMs, toMs, tookMs: toMs - fromMs }] : [];
}

/** Less is the ordinary business of a machine. */
const LEAST_MS = 50;
const LEAST_SHARE = 0.1;
