// Why sends were not acknowledged: each client's outages, each cut into parts with what proves them.
//
//   history ─▶ paces (judge) ─▶ gaps ─▶ outages ─▶ cut: cluster's pieces, client's pieces ─▶ parts, sentence

import type { History, SendEvent } from "../history.ts";
import { gapsOver, paces, type Gap, type Pace } from "../judge/mod.ts";
import { cut } from "./cut.ts";
import type { ExplainedWindow, Explanation } from "./explanation.ts";
import { factsOf, type Facts } from "./facts.ts";
import { outageOf } from "./outage.ts";
import { sentenceOf } from "./sentence.ts";

export interface ExplainOptions {
  /** Narrows what is explained; without it every topic and every client. */
  topic?: string;
  client?: string;
  /**
   * Only what lasted longer is explained.
   *
   * @default five times the client's usual time between acknowledgements, and at least 100 ms where a fault lasted, 200 ms where none did
   */
  longerThanMs?: number;
}

/** Explains every time without an acknowledged send, from the history alone. The parts of a window follow each other and add up to it. */
export function explain(history: History, options: ExplainOptions = {}): Explanation {
  const facts = factsOf(history);
  const windows = topicsOf(history, options).flatMap((topic) =>
    [...paces(history, { ...options, topic }).clients].flatMap(([client, pace]) => windowsOf(facts, pace, client, topic, options.longerThanMs)));
  return { windows: windows.sort((a, b) => a.fromMs - b.fromMs) };
}

function topicsOf(history: History, { topic }: ExplainOptions): string[] {
  if (topic !== undefined) return [topic];
  return [...new Set(history.filter((event): event is SendEvent => event.kind === "send").map((event) => event.topic))];
}

function windowsOf(facts: Facts, pace: Pace, client: string, topic: string, longerThanMs: number | undefined): ExplainedWindow[] {
  const gaps = gapsOver(pace, longerThanMs ?? 0);
  const isDuringFault = (gap: Gap): boolean => facts.faults.some(({ fromMs, toMs }) => fromMs <= gap.toMs && toMs >= gap.fromMs);
  const usual = median(gaps.filter((gap) => !isDuringFault(gap)).map(({ fromMs, toMs }) => toMs - fromMs));
  const isLong = (gap: Gap): boolean => gap.toMs - gap.fromMs > Math.max(USUAL * usual, isDuringFault(gap) ? LEAST_MS : LEAST_UNPROVOKED_MS);
  const asked = longerThanMs === undefined ? gaps.filter(isLong) : gaps;
  const numberOf = new Map(pace.lines.map((line, i) => [line, i]));
  return asked.map((gap) => window(facts, pace, gap, { client, topic, after: numberOf.get(gap.after?.line ?? 0) ?? -1, before: numberOf.get(gap.before?.line ?? 0) ?? -1 }));
}

function window(facts: Facts, pace: Pace, gap: Gap, at: { client: string; topic: string; after: number; before: number }): ExplainedWindow {
  const outage = outageOf(facts, pace, gap, at);
  const parts = cut(outage);
  const [tookMs, isOver] = [gap.toMs - gap.fromMs, gap.before !== null];
  return {
    client: at.client,
    topic: at.topic,
    fromMs: gap.fromMs,
    toMs: gap.toMs,
    tookMs,
    isOver,
    faults: outage.faults.map(({ event: { id, fault, targets } }) => ({ id, fault, targets })),
    parts,
    unexplainedMs: parts.reduce((sum, part) => sum + (part.kind === "unexplained" ? part.tookMs : 0), 0),
    sentence: sentenceOf(parts, tookMs, isOver),
  };
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
}

const USUAL = 5;
const LEAST_MS = 100;
const LEAST_UNPROVOKED_MS = 200;
