// How much of a stretch of a run the machine kept from the lab and from the brokers.
//
//   stalls     ├──┤          ├───┤                  the clients' event loop stood still: exact
//   samples    │    │    │    │    │    │           what processes waited for a processor, about 250 ms each
//   stretch      ├───────────────────┤              each sample counts by how much of it lies inside
//
// A path through the cluster leads from one process to the next, so their waits add up; together they are at
// most as long as the stretch. That is an upper limit: what the machine could have made, not what it made.

import { readable } from "../../model/duration.ts";
import { windows } from "./windows.ts";
import type { History, MachineEvent, StallEvent } from "../../model/history.ts";

/** How much of a stretch of time the machine kept from the lab and from the brokers, in milliseconds. */
export interface MachineShare {
  /** How long the stretch is. */
  ofMs: number;
  /** While the lab's event loop stood still, or its process waited for a processor: kafkajs clients, too. */
  clientMs: number;
  /** While the brokers' processes waited for a processor. */
  brokersMs: number;
  /** While a hypervisor gave the processors to others. */
  stolenMs: number;
  /** All of them, at most the whole stretch. */
  togetherMs: number;
  /** Whether that is half of the stretch and 100 ms or more: then times say little of Kafka. */
  isBusy: boolean;
  /** For a person: `brokers waited 1.3 s of 2.2 s for a processor`; empty where nothing was recorded. */
  text: string;
}

/** What a history has of its machine, sorted by time. */
export interface MachineLog {
  readonly stalls: readonly StallEvent[];
  readonly samples: readonly MachineEvent[];
}

/**
 * Returns how much of a stretch of a run the machine kept from the lab and from the brokers: for claims that
 * compare times, and are better inconclusive than failed on a busy machine. Zero in runs before 0.7, and
 * where a system has no figures.
 *
 * @param stretch.fromMs in milliseconds since the run's start; @default 0
 * @param stretch.toMs @default the end of the run
 * @throws RangeError where `toMs` is before `fromMs`
 */
export function machineShare(
  history: History,
  { fromMs = 0, toMs = windows(history).endMs }: { fromMs?: number; toMs?: number } = {},
): MachineShare {
  if (toMs < fromMs) throw new RangeError(`Cannot look at a stretch from ${fromMs} to ${toMs} ms`);
  return shareOf(machineLog(history), fromMs, toMs);
}

/** Sorts out what a history has of its machine; nothing in runs before it was recorded. */
export function machineLog(history: History): MachineLog {
  const [stalls, samples]: [StallEvent[], MachineEvent[]] = [[], []];
  for (const event of history) {
    // what keeps only the lab itself waiting makes no client later
    if (event.kind === "stall" && event.thread !== "lab") stalls.push(event);
    else if (event.kind === "machine") samples.push(event);
  }
  for (const some of [stalls, samples]) some.sort((a, b) => a.atMs - b.atMs);
  return { stalls, samples };
}

/** Adds up what the machine kept from the lab and the brokers in a stretch. */
export function shareOf({ stalls, samples }: MachineLog, fromMs: number, toMs: number): MachineShare {
  const ofMs = Math.max(0, toMs - fromMs);
  const stalled = (from: number, to: number): number =>
    stalls.reduce((sum, stall) => sum + overlap(stall, from, to), 0);
  let [clientMs, brokersMs, stolenMs] = [stalled(fromMs, toMs), 0, 0];
  for (const sample of samples) {
    const insideMs = overlap(sample, fromMs, toMs);
    if (insideMs === 0) continue;
    const share = insideMs / sample.tookMs;
    const [begins, ends] = [Math.max(fromMs, sample.atMs), Math.min(toMs, sample.atMs + sample.tookMs)];
    const labMs = Math.min(sample.labMs, sample.pressureMs ?? sample.tookMs);
    clientMs += Math.max(0, labMs * share - stalled(begins, ends));
    brokersMs += Math.min(insideMs, brokersOf(sample) * share);
    stolenMs += Math.min(insideMs, (sample.stolenMs ?? 0) * share);
  }
  const togetherMs = Math.min(ofMs, clientMs + brokersMs + stolenMs);
  const found = { ofMs, clientMs: Math.min(ofMs, clientMs), brokersMs, stolenMs, togetherMs };
  return {
    ...found,
    isBusy: togetherMs >= Math.max(LEAST_BUSY_MS, BUSY_SHARE * ofMs),
    text: togetherMs < LEAST_MS ? "" : textOf(found),
  };
}

/**
 * Whether the machine could have made something that is out of place by so much: it took as long or longer,
 * or the machine was so busy that nobody can tell, as one late answer makes a client wait for its next turn.
 *
 * @param excessMs how much longer than claimed; 0 where the claim is none of time
 */
export function couldBeMachine(
  { isBusy, togetherMs }: Pick<MachineShare, "isBusy" | "togetherMs">,
  excessMs: number,
): boolean {
  return isBusy || (excessMs > 0 && togetherMs >= LEAST_MS && excessMs <= togetherMs);
}

/**
 * What the brokers waited: their threads' waits added up, but those at the same time count once, so no more
 * than any task of the machine waited; of nodes whose processes are not seen, what any task did.
 */
export function brokersOf({ nodesMs, linksMs = 0, pressureMs, tookMs }: MachineEvent): number {
  const nodes = Object.values(nodesMs);
  if (nodes.length === 0) return pressureMs ?? 0;
  return Math.min(
    nodes.reduce((sum, ms) => sum + ms, linksMs),
    pressureMs ?? tookMs,
  );
}

/** How much of an interval lies in a stretch, in milliseconds. */
export function overlap(
  { atMs, tookMs }: { atMs: number; tookMs: number },
  fromMs: number,
  toMs: number,
): number {
  return Math.max(0, Math.min(toMs, atMs + tookMs) - Math.max(fromMs, atMs));
}

function textOf(share: Pick<MachineShare, "ofMs" | "clientMs" | "brokersMs" | "stolenMs">): string {
  const parts: readonly [what: string, ms: number, verb: string][] = [
    ["brokers waited", share.brokersMs, "for a processor"],
    ["clients stalled", share.clientMs, ""],
    ["the hypervisor took", share.stolenMs, ""],
  ];
  const largest = Math.max(...parts.map(([, ms]) => ms));
  return parts
    .filter(([, ms]) => ms >= LEAST_MS / 2 && ms >= largest / SAID)
    .map(([what, ms, verb]) => `${what} ${readable(ms)} of ${readable(share.ofMs)} ${verb}`.trimEnd())
    .join(", ");
}

/** Less is the ordinary business of a machine. */
const LEAST_MS = 50;
const LEAST_BUSY_MS = 100;
const BUSY_SHARE = 0.5;
/** What is less than this fraction of the largest is not said. */
const SAID = 10;
