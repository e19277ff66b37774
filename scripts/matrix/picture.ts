// The matrix for a notebook: tables, and a picture of which clients are served again.

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
 * A box for each client of each cell: served again, with the time, or never; a `!` and a frame if that was
 * not expected.
 */
export async function matrixPicture(cells: readonly MeasuredCell[]): Promise<Picture> {
  const boxes = cells.flatMap(boxesOf);
  const rows = COMBINATIONS.filter((fixes) => cells.some((cell) => nameOf(cell.fixes) === nameOf(fixes))).map(
    nameOf,
  );
  const served = boxes.filter(({ isServed }) => isServed);
  const whom = served.map(({ row, column, text }) => `${column}, ${row}: ${text}`).join("; ");
  return await drawn({
    title: "Who is served again?",
    subtitle: "after the leader's broker went; by fixed causes and by what the client knew",
    description: `${served.length} of ${boxes.length} clients were served again: ${whom}`,
    text: clientTable(cells).text,
    width: 760,
    height: HEAD_PX + rows.length * ROW_PX + 8,
    plot: (Plot) => plotOf(Plot, { boxes, rows }),
  });
}

type Draw = Parameters<typeof drawn>[0]["plot"];
type Plot = Parameters<Draw>[0];
type Marks = NonNullable<ReturnType<Draw>["marks"]>;

function plotOf(
  Plot: Plot,
  { boxes, rows }: { boxes: readonly Box[]; rows: readonly string[] },
): ReturnType<Draw> {
  const columns = HOWS.flatMap((how) => [`${how}: warm`, `${how}: cold`]);
  return {
    marginLeft: 260,
    marginRight: 16,
    marginTop: HEAD_PX,
    marginBottom: 8,
    x: { domain: columns, axis: null, padding: 0.04 },
    y: { domain: rows, axis: null, padding: 0.12 },
    marks: [...headMarks(Plot, { columns, rows }), ...boxMarks(Plot, boxes)],
  };
}

/** The names of columns and rows. */
function headMarks(
  Plot: Plot,
  { columns, rows }: { columns: readonly string[]; rows: readonly string[] },
): Marks {
  return [
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
  ];
}

function boxMarks(Plot: Plot, boxes: readonly Box[]): Marks {
  const place = { x: "column", y: "row" };
  const text = { ...place, text: "text", fontSize: 12 };
  return [
    Plot.cell(boxes, {
      ...place,
      rx: 3,
      fill: ({ isServed }: Box) => colour(isServed ? "broker2" : "none"),
    }),
    Plot.cell(
      boxes.filter(({ isMiss }) => isMiss),
      { ...place, rx: 3, fill: "none", stroke: colour("fail"), strokeWidth: 2 },
    ),
    Plot.text(
      boxes.filter(({ isServed }) => isServed),
      { ...text, fontWeight: 600, fill: colour("ink") },
    ),
    Plot.text(
      boxes.filter(({ isServed }) => !isServed),
      { ...text, fill: colour("quiet") },
    ),
  ];
}

function boxesOf(cell: MeasuredCell): Box[] {
  const misses = missesOf(cell);
  return (["warm", "cold"] as const).map((client) => {
    const ms = cell[client];
    // as in the table, misses of the cluster (leader, controller) are marked at the cold client
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
