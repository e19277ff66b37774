// What a cut of the network did to a producer and a group, by the history.
//
//   cut acts ├──── acknowledged, given to the group, leader, ISR ────┤ healed
//
// An acknowledgement counts of sends that began while the cut acted: what was under way before may still be
// answered.

import {
  type ClusterEvent,
  type History,
  machineShare,
  type PartitionState,
  type Picture,
  type Prediction,
  readable,
  type SendEvent,
  tableOf,
  type Verdict,
} from "@kafka-failure-lab/sdk";
import type { Figure } from "@kafka-failure-lab/sdk/scenario";
import { stateIn } from "./partition.ts";
import { faultOf, viewsWithin } from "./within.ts";

/** A cut, and what is claimed of it. */
export interface CutCase {
  /** In a row of the table: `clients, leader`. */
  readonly name: string;
  /** The id of the fault. */
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly group: string;
  /** What was predicted for the producer. */
  readonly predicted: Pick<Prediction, "failsOver" | "served">;
  /** Whether another broker leads, and whether clients are served while it lasts. */
  readonly claim: { readonly moves: boolean; readonly served: boolean };
}

/** What came of a cut. */
export interface Cut {
  readonly name: string;
  readonly broker: number;
  readonly lastedMs: number;
  readonly leader: { readonly before: number | null; readonly after: number | null };
  /** The smallest ISR that was seen. */
  readonly leastIsr: number;
  /**
   * Sends that began while it lasted and were acknowledged before it was healed; and sends that ended in that
   * time without an acknowledgement.
   */
  readonly acknowledged: number;
  readonly ended: number;
  /** Records of these that the group was given before it was healed. */
  readonly given: number;
  readonly predicted: CutCase["predicted"];
  readonly verdict: Verdict;
}

/** Measures a cut. @throws RangeError where the history has no fault with that id */
export function cutOf(history: History, { name, id, topic, partition, group, ...asked }: CutCase): Cut {
  const { fault, healed } = faultOf(history, id, "cut");
  const fromMs = fault.atMs + fault.tookMs;
  const toMs = healed?.atMs ?? history.reduce((ms, { atMs }) => Math.max(ms, atMs), fromMs);
  const settled = history.filter(
    (event): event is SendEvent =>
      event.kind === "send" &&
      event.topic === topic &&
      event.atMs + event.tookMs >= fromMs &&
      event.atMs + event.tookMs <= toMs,
  );
  const ok = settled.filter(({ outcome }) => outcome === "ok");
  const begun = ok.filter(({ atMs }) => atMs >= fromMs);
  const values = new Set(begun.map(({ value }) => value));
  const given = history.flatMap((event) =>
    event.kind === "delivered" && event.group === group && event.atMs <= toMs ? event.records : [],
  );
  const stateOf = (view: ClusterEvent): PartitionState | undefined => stateIn(view, topic, partition);
  const seen = viewsWithin(history, { fromMs: fault.atMs, toMs }, (view) => stateOf(view) !== undefined);
  const states = seen.map((view) => stateOf(view)!);
  const [before, after] = [states[0]?.leader ?? null, states.at(-1)?.leader ?? null];
  const { isBusy } = machineShare(history, { fromMs: fault.atMs, toMs });
  const found = { moves: after !== before, served: begun.length > 0 };
  return {
    name,
    broker: fault.targets[0]!,
    lastedMs: toMs - fromMs,
    leader: { before, after },
    leastIsr: Math.min(...states.map(({ isr }) => isr.length)),
    acknowledged: begun.length,
    ended: settled.length - ok.length,
    given: given.filter(({ value }) => values.has(value)).length,
    predicted: { failsOver: asked.predicted.failsOver, served: asked.predicted.served },
    verdict: states.length === 0 ? "unknown" : verdictOf(asked.claim, found, isBusy),
  };
}

/**
 * A cut that was proven lets nothing through. All else a busy machine may have made: it fences a broker, and
 * keeps clients waiting.
 */
function verdictOf(claim: CutCase["claim"], found: CutCase["claim"], isBusy: boolean): Verdict {
  if (found.moves === claim.moves && found.served === claim.served) return true;
  if (found.served && !claim.served && !found.moves) return false;
  return isBusy ? "unknown" : false;
}

/** A row a cut. */
export function cutTable(cuts: readonly Cut[]): Picture {
  return tableOf(
    [
      ["cut", "predicted", "leader", "smallest ISR", "lasted", "acknowledged", "not", "given to the group"],
      ...cuts.map(({ name, predicted, leader, leastIsr, lastedMs, acknowledged, ended, given }) => [
        name,
        predictedText(predicted),
        movedText(leader),
        String(leastIsr),
        readable(lastedMs),
        String(acknowledged),
        String(ended),
        String(given),
      ]),
    ],
    { align: ["left", "left", "left", "right", "right", "right", "right", "right"] },
  );
}

function predictedText({ failsOver, served }: Cut["predicted"]): string {
  return `${failsOver >= 0.5 ? "moves" : "stays"}, ${served >= 0.5 ? "served" : "not served"}`;
}

/** `1`, or `1 → 2`. */
export function movedText({ before, after }: Cut["leader"]): string {
  return [...new Set([before ?? "none", after ?? "none"])].join(" → ");
}

/** What comes again in another run. */
export function cutFigures(cuts: readonly Cut[]): Record<string, Figure> {
  return Object.fromEntries(
    cuts.flatMap(({ name, leader, acknowledged }): [string, Figure][] => [
      [`${name}: another broker leads`, { value: leader.before !== leader.after }],
      [`${name}: sends are acknowledged`, { value: acknowledged > 0 }],
    ]),
  );
}
