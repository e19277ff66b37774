// The round trips for a notebook: their tables, and one picture of how many D each step took.

import { type Picture, tableOf } from "@kafka-failure-lab/sdk";
import { colour, drawn } from "@kafka-failure-lab/sdk/report";
import { isAsPredicted, type MeasuredStep } from "./measure.ts";
import { partRows, stepRows } from "./report.ts";

/** A row a step: predicted and measured counts of D. */
export function stepTable(measured: readonly MeasuredStep[]): Picture {
  return tableOf(stepRows(measured), {
    align: ["left", "left", "left", "right", "right", "right", "left", "left"],
  });
}

/** A row for each step that was acknowledged: which request took how many D. */
export function partTable(measured: readonly MeasuredStep[]): Picture {
  return tableOf(partRows(measured), { align: ["left", "left", "right"], head: false });
}

interface Bar {
  row: string;
  label: string;
  count: number;
  predicted: number;
  isServed: boolean;
  text: string;
}

const ROW_PX = 26;
const HEAD_PX = 8;
const AXIS_PX = 40;

/**
 * A bar a step: how many D it took until it was acknowledged (full) or given up (hollow), and a tick where it
 * was predicted.
 */
export async function stepPicture(measured: readonly MeasuredStep[]): Promise<Picture> {
  const bars = measured.map(barOf);
  const most = Math.max(1, ...bars.flatMap(({ count, predicted }) => [count, predicted]));
  const ticks = Array.from({ length: Math.floor(most * 1.05) + 1 }, (_, i) => i).filter(
    (_, i, all) => i % Math.ceil(all.length / 12) === 0,
  );
  return await drawn({
    title: "How many delayed answers?",
    subtitle: "bar: measured, filled where acknowledged, hollow where given up; tick: predicted",
    description: bars.map(({ label, text }) => `${label}: ${text}`).join("; "),
    text: stepTable(measured).text,
    width: 860,
    height: HEAD_PX + bars.length * ROW_PX + AXIS_PX,
    plot: (Plot) => ({
      marginLeft: 230,
      marginRight: 190,
      marginTop: HEAD_PX,
      marginBottom: AXIS_PX,
      x: { domain: [0, most * 1.05], axis: null },
      y: { domain: bars.map(({ row }) => row), axis: null, padding: 0.25 },
      marks: [
        Plot.ruleX(ticks, { stroke: colour("grid") }),
        Plot.axisX(ticks, {
          tickFormat: (n: number) => `${n} D`,
          stroke: colour("quiet"),
          fill: colour("quiet"),
          fontSize: 11,
          label: "D: the delay",
          labelAnchor: "center",
          labelArrow: "none",
        }),
        Plot.barX(
          bars.filter(({ isServed }) => isServed),
          { x1: 0, x2: "count", y: "row", fill: colour("broker1"), stroke: colour("ok") },
        ),
        Plot.barX(
          bars.filter(({ isServed }) => !isServed),
          {
            x1: 0,
            x2: "count",
            y: "row",
            fill: colour("page"),
            stroke: colour("fail"),
            strokeDasharray: "4,3",
          },
        ),
        Plot.tickX(bars, {
          x: "predicted",
          y: "row",
          stroke: colour("ink"),
          strokeWidth: 3,
          insetTop: -4,
          insetBottom: -4,
        }),
        Plot.text(bars, {
          y: "row",
          text: "label",
          frameAnchor: "left",
          textAnchor: "end",
          dx: -10,
          fontSize: 12,
          fill: colour("ink"),
        }),
        Plot.text(bars, {
          x: ({ count, predicted }: Bar) => Math.max(count, predicted),
          y: "row",
          text: "text",
          textAnchor: "start",
          dx: 9,
          fontSize: 12,
          fill: colour("ink"),
        }),
      ],
    }),
  });
}

function barOf(one: MeasuredStep, i: number): Bar {
  const {
    step: { name, predicted },
    where,
    outcome,
    count,
  } = one;
  const isServed = outcome === "ok";
  return {
    row: String(i),
    label: `${name} (${where})`,
    count,
    predicted: predicted.count,
    isServed,
    text: `${isServed ? "" : "never, "}${count} D${isAsPredicted(one) ? "" : " !"}${predicted.ends === "race" ? " (a race)" : ""}`,
  };
}
