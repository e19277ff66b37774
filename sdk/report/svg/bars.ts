// Rows of labelled bars on the axis of time: faults, who leads, who is in sync.

import type { Markish, PlotOptions } from "@observablehq/plot";
import { printable } from "../../model/printable.ts";
import { cut, fitted } from "./fit.ts";
import { colour } from "./palette.ts";
import type { PlotLibrary } from "./plot.ts";
import { roomOf, type Sheet } from "./sheet.ts";

/** A stretch of time with a label. */
export interface Bar {
  row: string;
  fromMs: number;
  toMs: number;
  /** Ways to say it, the longest first: the first that fits is written; where none fits, nothing. */
  ways: readonly string[];
  /** What it says when it is pointed at. */
  title: string;
  fill: string;
  /** It goes on after the end of the picture. */
  isOpen?: boolean;
}

export const ROW_PX = 20;

export interface BarsOptions {
  /** The rows from the top down, and what is written before each. */
  rows: readonly { row: string; label: string }[];
  hasAxis: boolean;
  /** More marks, drawn behind the bars. */
  behind?: readonly Markish[];
  /** Cuts the last way to say it rather than to write nothing. */
  cuts?: boolean;
}

const AXIS_PX = 30;

/** Returns how high the plot is. */
export function barsHeight({ rows, hasAxis }: Pick<BarsOptions, "rows" | "hasAxis">): number {
  return rows.length * ROW_PX + 4 + (hasAxis ? AXIS_PX : 0);
}

/** Rows of bars as a plot. */
export function barsPlot(
  Plot: PlotLibrary,
  sheet: Sheet,
  bars: readonly Bar[],
  options: BarsOptions,
): PlotOptions {
  const { rows, hasAxis, behind = [], cuts = false } = options;
  const span = { x1: "fromMs", x2: "toMs", y: "row" } as const;
  const titled = bars.map((bar) => ({ ...bar, title: printable(bar.title) }));
  const labels = bars
    .map((bar) => ({ ...bar, text: label(bar, roomOf(sheet, bar.fromMs, bar.toMs) - 7, cuts) }))
    .filter(({ text }) => text !== "");
  return {
    width: sheet.widthPx,
    height: barsHeight(options),
    marginLeft: sheet.leftPx,
    marginRight: sheet.rightPx,
    marginTop: 2,
    marginBottom: 2 + (hasAxis ? AXIS_PX : 0),
    x: { domain: [0, sheet.endMs], axis: null },
    y: { domain: rows.map(({ row }) => row), axis: null, padding: 0.16 },
    marks: [
      ...behind,
      Plot.barX(titled, { ...span, fill: "fill", title: "title", rx: 2, insetLeft: 0.5, insetRight: 0.5 }),
      Plot.text(labels, {
        x: "fromMs",
        y: "row",
        text: "text",
        textAnchor: "start",
        dx: 5,
        fill: colour("ink"),
        fontSize: 11,
      }),
      Plot.text(rows, {
        x: () => 0,
        y: "row",
        text: ({ label }: { label: string }) => cut(printable(label), sheet.leftPx - 14),
        textAnchor: "end",
        dx: -8,
        fill: colour("quiet"),
        fontSize: 11,
      }),
    ],
  };
}

function label({ ways, isOpen }: Bar, roomPx: number, cuts: boolean): string {
  const said = isOpen ? ways.map((way) => `${way} ▸`) : ways;
  const found = fitted(said, roomPx);
  return cuts || said.includes(found) ? found : "";
}
