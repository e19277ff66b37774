// The matrix for a notebook: its tables, and one picture of who is served again.

import { type Picture, readable, tableOf } from "@kafka-failure-lab/sdk";
import { colour, drawn } from "@kafka-failure-lab/sdk/report";
import { COMBINATIONS, HOWS, nameOf } from "./cell.ts";
import type { MatrixRun, MeasuredCell } from "./measured.ts";
import { clientRows, clusterRows } from "./report.ts";
import { missesOf } from "./verdict.ts";

/** What the clients of each cell saw. */
export function clientTable(cells: readonly MeasuredCell[]): Picture {
  return tableOf(clientRows(cells), {
    align: [...Array<"left">(4).fill("left"), ...Array<"right">(6).fill("right")],
  });
}

/** What each cluster did. */
export function clusterTable(runs: readonly MatrixRun[]): Picture {
  return tableOf(clusterRows(runs), { align: [...Array<"left">(7).fill("left"), "right", "right"] });
}

interface Box {
  row: string;
  column: string;
  text: string;
  isServed: boolean;
  isMiss: boolean;
}

const ROW_PX = 24;
const HEAD_PX = 34;

/**
 * One box for each client of each cell: served again, with the time written in it, or never; a `!` and a
 * frame where that is not what was expected.
 */
export async function matrixPicture(cells: readonly MeasuredCell[]): Promise<Picture> {
  const boxes = cells.flatMap(boxesOf);
  const rows = COMBINATIONS.filter((fixes) => cells.some((cell) => nameOf(cell.fixes) === nameOf(fixes))).map(
    nameOf,
  );
  const columns = HOWS.flatMap((how) => [`${how}: warm`, `${how}: cold`]);
  const served = boxes.filter(({ isServed }) => isServed).length;
  return await drawn({
    title: "Who is served again?",
    subtitle: "after the leader's broker went; by which causes are fixed, and what the client knew",
    description: `${served} of ${boxes.length} clients were served again: ${boxes
      .filter(({ isServed }) => isServed)
      .map(({ row, column, text }) => `${column}, ${row}: ${text}`)
      .join("; ")}`,
    text: clientTable(cells).text,
    width: 760,
    height: HEAD_PX + rows.length * ROW_PX + 8,
    plot: (Plot) => ({
      marginLeft: 260,
      marginRight: 16,
      marginTop: HEAD_PX,
      marginBottom: 8,
      x: { domain: columns, axis: null, padding: 0.04 },
      y: { domain: rows, axis: null, padding: 0.12 },
      marks: [
        Plot.text(columns, {
          x: (column: string) => column,
          text: (column: string) => column,
          frameAnchor: "top",
          dy: -18,
          fontSize: 12,
          fontWeight: 600,
          fill: colour("ink"),
        }),
        Plot.text(rows, {
          y: (row: string) => row,
          text: (row: string) => row.replaceAll("+", " + "),
          frameAnchor: "left",
          textAnchor: "end",
          dx: -10,
          fontSize: 12,
          fill: colour("ink"),
        }),
        Plot.cell(boxes, {
          x: "column",
          y: "row",
          rx: 3,
          fill: ({ isServed }: Box) => colour(isServed ? "broker2" : "none"),
        }),
        Plot.cell(
          boxes.filter(({ isMiss }) => isMiss),
          { x: "column", y: "row", rx: 3, fill: "none", stroke: colour("fail"), strokeWidth: 2 },
        ),
        Plot.text(
          boxes.filter(({ isServed }) => isServed),
          { x: "column", y: "row", text: "text", fontSize: 12, fontWeight: 600, fill: colour("ink") },
        ),
        Plot.text(
          boxes.filter(({ isServed }) => !isServed),
          { x: "column", y: "row", text: "text", fontSize: 12, fill: colour("quiet") },
        ),
      ],
    }),
  });
}

function boxesOf(cell: MeasuredCell): Box[] {
  const misses = missesOf(cell);
  return (["warm", "cold"] as const).map((client) => {
    const ms = cell[client];
    // as in the table, what is no client's own (the leader, the controller) is marked beside the cold one
    const isMiss =
      client === "cold" ? misses.length > 0 : misses.some((miss) => miss.startsWith("the warm client"));
    return {
      row: nameOf(cell.fixes),
      column: `${cell.how}: ${client}`,
      text: `${ms === null ? "never" : readable(ms)}${isMiss ? " !" : ""}`,
      isServed: ms !== null,
      isMiss,
    };
  });
}
