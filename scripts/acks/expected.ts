// What a prediction says of one cell.

import { type ClientPrediction, type Lab, type Picture, tableOf } from "@kafka-failure-lab/sdk";
import { type Cell, PRODUCERS } from "./cells.ts";

/** What becomes of a cell's records while brokers are away. */
export interface Expected {
  readonly cell: Cell;
  /** Whether sends are acknowledged. */
  readonly acknowledged: boolean;
  /** Whether consumers see what is sent. */
  readonly visible: boolean;
  readonly prediction: ClientPrediction;
}

/** Predicts a fault of one broker for each cell. */
export async function predictCells(
  lab: Lab,
  cells: readonly Cell[],
  kind: "stop" | "kill",
  broker: number,
): Promise<Expected[]> {
  const expected: Expected[] = [];
  for (const cell of cells)
    expected.push(expectedOf(cell, await lab.predict(kind, broker, { client: cell.probe })));
  return expected;
}

/** Reads a cell's prediction. */
export function expectedOf(cell: Cell, prediction: ClientPrediction): Expected {
  const { served, visible = 1 } = prediction;
  const acknowledged = served > 0.5;
  return { cell, acknowledged, visible: (acknowledged || cell.acks === 0) && visible > 0.5, prediction };
}

/** Whether a replica that is not in sync is elected if it is back before the leader. */
export function isFirstBack({ prediction }: Pick<Expected, "prediction">): boolean {
  return (prediction.reasons ?? []).includes("eligible replica");
}

/** `acknowledged, not visible`. */
export function worded({ acknowledged, visible }: Pick<Expected, "acknowledged" | "visible">): string {
  if (!acknowledged && !visible) return "refused";
  return `${acknowledged ? "acknowledged" : "no answer"}, ${visible ? "visible" : "not visible"}`;
}

/** A row a producer, a column a topic. */
export function expectedTable(expected: readonly Expected[]): Picture {
  const minima = [...new Set(expected.map(({ cell }) => cell.minIsr))];
  return tableOf([
    ["predicted", ...minima.map((minIsr) => `min.insync.replicas ${minIsr}`)],
    ...PRODUCERS.map(({ producer }) => [
      producer,
      ...minima.map((minIsr) => {
        const one = expected.find(({ cell }) => cell.producer === producer && cell.minIsr === minIsr)!;
        return cellWords(one.cell, one);
      }),
    ]),
  ]);
}

/** With acks=0 nobody answers, and nothing is refused. */
export function cellWords(
  { acks }: Pick<Cell, "acks">,
  found: Pick<Expected, "acknowledged" | "visible">,
): string {
  return acks === 0 && !found.acknowledged && !found.visible ? "no answer, not visible" : worded(found);
}
