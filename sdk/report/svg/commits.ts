// Commits as ticks; refused ones and those that nobody answered as the marks that sends have, too.

import type { CommitMark } from "../groups/mod.ts";
import { pathOf } from "./amounts.ts";
import { colour } from "./palette.ts";
import { type Sheet, xOf } from "./sheet.ts";

const CELL_PX = { accepted: 2, refused: 5, unknown: 5 } as const;
const SHAPES = {
  accepted: "v-6",
  refused: "m-3,-6l6,6m0,-6l-6,6",
  unknown: "m-3.5,-3l3.5,-3.5 3.5,3.5 -3.5,3.5z",
} as const;
const LOOK = {
  accepted: `stroke="${colour("ink")}" stroke-width="1" stroke-opacity="0.65"`,
  refused: `stroke="${colour("fail")}" stroke-width="1.7" stroke-linecap="round"`,
  unknown: `stroke="${colour("info")}" stroke-width="1.5"`,
} as const;

/** Draws commits on a base line: one path an outcome, a cell of time at most one mark. */
export function commitsRow(sheet: Sheet, commits: readonly CommitMark[], basePx: number): string {
  return (["accepted", "unknown", "refused"] as const)
    .map((outcome) => {
      const cells = new Set<number>();
      for (const commit of commits)
        if (commit.outcome === outcome) cells.add(Math.floor(xOf(sheet, commit.atMs) / CELL_PX[outcome]));
      const marks = [...cells].map(
        (cell) => `M${(cell + 0.5) * CELL_PX[outcome]},${basePx}${SHAPES[outcome]}`,
      );
      return pathOf(marks.join(""), `aria-label="commit ${outcome}" ${LOOK[outcome]}`);
    })
    .join("");
}

/** A mark for the legend. */
export function commitMark(outcome: CommitMark["outcome"], x: number, basePx: number): string {
  return pathOf(`M${x},${basePx}${SHAPES[outcome]}`, LOOK[outcome]);
}
