// A cell's measurement beside its prediction.

import { readable, type Verdict } from "@kafka-failure-lab/sdk";
import { expected, type Expected } from "./expected.ts";
import type { MeasuredCell } from "./measured.ts";

/** Says in what a measurement differs from the prediction, a sentence each; nothing where in nothing. */
export function missesOf(cell: MeasuredCell): string[] {
  const wanted = expected(cell);
  const misses: string[] = [];
  for (const client of ["warm", "cold"] as const) {
    const ms = cell[client];
    if ((ms !== null) !== wanted[client])
      misses.push(
        `the ${client} client ` +
          `${ms === null ? "was never served again" : `was served after ${readable(ms)}`}, expected ` +
          `${wanted[client] ? "that it is" : "never"}`,
      );
  }
  const leader = leaderOf(cell);
  if (leader !== wanted.leader)
    misses.push(`the leader ${LEADER[leader]}, expected that it ${LEADER[wanted.leader]}`);
  if ((cell.controller.after !== null) !== wanted.controller)
    misses.push(
      `the active controller is ${cell.controller.after ?? "none"}, expected ` +
        `${wanted.controller ? "one" : "none"}`,
    );
  if (cell.lost !== null && cell.lost > 0)
    misses.push(`${cell.lost} acknowledged records are lost, expected none`);
  return [...misses, ...(cell.disagreements ?? [])];
}

/**
 * True where all is as predicted, false where anything is not, unknown where nobody can tell whether records
 * are lost, or the machine was too busy for the times.
 */
export function verdictOf(cell: MeasuredCell): Verdict {
  if (missesOf(cell).length > 0) return cell.busy !== undefined && (cell.lost ?? 0) === 0 ? "unknown" : false;
  return cell.lost === null ? "unknown" : true;
}

const LEADER: Readonly<Record<Expected["leader"], string>> = {
  moves: "is another broker",
  none: "is nobody",
  stays: "is still the broker that is gone",
};

function leaderOf({ leader: { before, after } }: MeasuredCell): Expected["leader"] {
  return after === null ? "none" : after === before ? "stays" : "moves";
}
