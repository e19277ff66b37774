// Why sends were not acknowledged, and why groups did not read: each client's and each partition's outages,
// cut into parts, each with its evidence.
//
//   history ─▶ ack timelines ─▶ gaps ─▶ outages ─▶ cut: cluster's pieces, client's pieces ─▶ parts, sentence

import type { History, SendEvent } from "../../model/history.ts";
import { gapsOver, ackTimelines, type AckTimeline, type AckGap } from "../check/mod.ts";
import { cut } from "./cut.ts";
import type { ExplainedWindow, Explanation } from "./explanation.ts";
import { factsOf, type Facts } from "./facts.ts";
import { explainGroups } from "./groups/explain-groups.ts";
import { withMachineParts } from "./machine-parts.ts";
import { outageOf } from "./outage.ts";
import { sentenceOf } from "./sentence.ts";
import { longerThanUsual } from "./usual.ts";

/** Options of `explain`. */
export interface ExplainOptions {
  /** Only this topic. @default every topic */
  topic?: string;
  /** Only this client, and no group. @default every client */
  client?: string;
  /** Only this consumer group, and no client. @default every group */
  group?: string;
  /**
   * Only longer windows, in milliseconds.
   *
   * @default five times the client's usual time between acknowledgements while no fault lasts, and at least
   *   100 ms where a fault took effect or was healed, 500 ms elsewhere; of groups twice as much, where the
   *   comings and goings of members count as faults do
   */
  longerThanMs?: number;
}

/**
 * Explains every time without an acknowledged send, and every time in which a partition stood still though a
 * consumer group had something to read in it, from the history alone. The parts of each follow each other and
 * add up to it.
 */
export function explain(history: History, options: ExplainOptions = {}): Explanation {
  const facts = factsOf(history);
  const { topic, client, group, longerThanMs } = options;
  const windows =
    group === undefined
      ? topicsOf(history, options).flatMap((each) =>
          [...ackTimelines(history, { ...options, topic: each }).clients].flatMap(([name, pace]) =>
            windowsOf(facts, pace, name, each, longerThanMs),
          ),
        )
      : [];
  return {
    windows: windows.sort((a, b) => a.fromMs - b.fromMs),
    groups: client === undefined ? explainGroups(history, facts, { group, topic, longerThanMs }) : [],
  };
}

function topicsOf(history: History, { topic }: ExplainOptions): string[] {
  if (topic !== undefined) return [topic];
  return [
    ...new Set(
      history.filter((event): event is SendEvent => event.kind === "send").map((event) => event.topic),
    ),
  ];
}

function windowsOf(
  facts: Facts,
  timeline: AckTimeline,
  client: string,
  topic: string,
  longerThanMs: number | undefined,
): ExplainedWindow[] {
  if (facts.settings.get(client)?.["acks"] === 0) return []; // nobody acknowledges anything to it
  const gaps = gapsOver(timeline, longerThanMs ?? 0);
  const isDuringFault = (gap: AckGap): boolean =>
    facts.faults.some(({ fromMs, toMs }) => fromMs <= gap.toMs && toMs >= gap.fromMs);
  const isLong = longerThanUsual(gaps.filter((gap) => !isDuringFault(gap)));
  const asked =
    longerThanMs === undefined
      ? gaps.filter((gap) => isLong(gap, isProvoked(facts, gap) ? LEAST_MS : LEAST_UNPROVOKED_MS))
      : gaps;
  return asked.map((gap) => windowOf(facts, timeline, gap, { client, topic }));
}

function windowOf(
  facts: Facts,
  timeline: AckTimeline,
  gap: AckGap,
  at: { client: string; topic: string },
): ExplainedWindow {
  const outage = outageOf(facts, timeline, gap, at);
  const parts = withMachineParts(cut(outage), facts.machine);
  const [tookMs, isOver] = [gap.toMs - gap.fromMs, gap.before !== -1];
  return {
    ...at,
    partition: outage.partition,
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

/** Whether a fault or a healing took effect just before or during it. */
function isProvoked({ faults }: Facts, { fromMs, toMs }: AckGap): boolean {
  const isIn = (atMs: number): boolean => atMs >= fromMs - JUST_MS && atMs <= toMs;
  return faults.some((fault) => isIn(fault.fromMs) || isIn(fault.toMs));
}

const LEAST_MS = 100;
const LEAST_UNPROVOKED_MS = 500;
const JUST_MS = 100;
