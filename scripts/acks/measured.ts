// What became of a cell's records: acknowledged, and seen by a consumer, between two moments.

import { type History, type Lab, type Picture, tableOf } from "@kafka-failure-lab/sdk";
import type { Figure } from "@kafka-failure-lab/sdk/scenario";
import { passOver } from "../served.ts";
import { cellWords, type Expected } from "./expected.ts";

/** A cell, as it was expected and measured. */
export interface Outcome {
  readonly expected: Expected;
  /** Records that were sent and acknowledged. */
  readonly acknowledged: number;
  /** Records that were sent and seen by a consumer. */
  readonly visible: number;
  readonly isAsExpected: boolean;
}

/** So many records settle what becomes of a cell's. */
const ENOUGH = 10;

/** Measures a cell: what was sent from a moment of the run on, and what has come of it by now. */
export function measuredOf(history: History, expected: Expected, fromMs: number): Outcome {
  const { name } = expected.cell;
  const acknowledged = history.filter(
    (event) =>
      event.kind === "send" && event.client === name && event.atMs >= fromMs && event.outcome === "ok",
  ).length;
  // a send that is tried on and on is no event yet: its record has the time at which it was made
  const visible = history
    .flatMap((event) => (event.kind === "arrivals" ? event.records : []))
    .filter(({ value, stampMs = -1 }) => value.startsWith(`${name}-`) && stampMs >= fromMs).length;
  const isAsExpected = acknowledged > 0 === expected.acknowledged && visible > 0 === expected.visible;
  return { expected, acknowledged, visible, isAsExpected };
}

/**
 * Waits until every cell has shown what is expected of it: enough records acknowledged, enough seen. Returns
 * what it has shown by then, after a minute also what is not as expected.
 *
 * @param fromMs from when on records count, in milliseconds of the run
 */
export async function untilAsExpected(
  { cluster, run }: Lab,
  expected: readonly Expected[],
  fromMs: number,
): Promise<Outcome[]> {
  const look = (): Outcome[] => expected.map((one) => measuredOf(run.history, one, fromMs));
  const hasShown = ({ expected: wanted, acknowledged, visible }: Outcome): boolean =>
    (!wanted.acknowledged || acknowledged >= ENOUGH) && (!wanted.visible || visible >= ENOUGH);
  await cluster.waitFor(() => look().every(hasShown)).catch(passOver);
  return look();
}

/** A row a cell: predicted and measured. */
export function outcomeTable(outcomes: readonly Outcome[]): Picture {
  return tableOf(
    [
      ["producer", "min ISR", "predicted", "measured", "acknowledged", "seen", ""],
      ...outcomes.map(({ expected, acknowledged, visible, isAsExpected }) => [
        expected.cell.producer,
        String(expected.cell.minIsr),
        cellWords(expected.cell, expected),
        cellWords(expected.cell, { acknowledged: acknowledged > 0, visible: visible > 0 }),
        String(acknowledged),
        String(visible),
        isAsExpected ? "" : "not as predicted",
      ]),
    ],
    { align: ["left", "right", "left", "left", "right", "right", "left"] },
  );
}

/** As JSON. */
export function outcomeJson({ expected, acknowledged, visible, isAsExpected }: Outcome): object {
  const { cell, prediction } = expected;
  return {
    ...{ client: cell.name, acks: cell.acks, minIsr: cell.minIsr },
    expected: { acknowledged: expected.acknowledged, visible: expected.visible },
    ...{ acknowledged, visible, isAsExpected },
    sentence: prediction.sentence,
  };
}

/** What comes again in another run. */
export function outcomeFigures(outcomes: readonly Outcome[], step: string): Record<string, Figure> {
  return Object.fromEntries(
    outcomes.map(({ expected: { cell }, acknowledged, visible }) => [
      `${step}: ${cell.name}`,
      { value: cellWords(cell, { acknowledged: acknowledged > 0, visible: visible > 0 }) },
    ]),
  );
}
