// The round trips for a notebook: tables, and a picture of how many D each step took.

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
 * A bar a step: how many D it took until it was acknowledged (filled) or given up (hollow), and a tick at the
 * prediction.
 */
export async function stepPicture(measured: readonly MeasuredStep[]): Promise<Picture> {
  const bars = measured.map(barOf);
  return await drawn({
    title: "How many delayed answers?",
    subtitle: "bar: measured, filled if acknowledged, hollow if given up; tick: predicted",
    description: bars.map(({ label, text }) => `${label}: ${text}`).join("; "),
    text: stepTable(measured).text,
    width: 860,
    height: HEAD_PX + bars.length * ROW_PX + AXIS_PX,
    plot: (Plot) => plotOf(Plot, bars),
  });
}

type Draw = Parameters<typeof drawn>[0]["plot"];
type Plot = Parameters<Draw>[0];

function plotOf(Plot: Plot, bars: readonly Bar[]): ReturnType<Draw> {
  const most = Math.max(1, ...bars.flatMap(({ count, predicted }) => [count, predicted]));
  return {
    marginLeft: 230,
    marginRight: 190,
    marginTop: HEAD_PX,
    marginBottom: AXIS_PX,
    x: { domain: [0, most * 1.05], axis: null },
    y: { domain: bars.map(({ row }) => row), axis: null, padding: 0.25 },
    marks: [...axisMarks(Plot, most), ...barMarks(Plot, bars), ...labelMarks(Plot, bars)],
  };
}

type Marks = NonNullable<ReturnType<Draw>["marks"]>;

/** The axis in D, with at most 12 ticks. */
function axisMarks(Plot: Plot, most: number): Marks {
  const ticks = Array.from({ length: Math.floor(most * 1.05) + 1 }, (_, i) => i).filter(
    (_, i, all) => i % Math.ceil(all.length / 12) === 0,
  );
  return [
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
  ];
}

/** Measured bars, and the ticks of the predictions. */
function barMarks(Plot: Plot, bars: readonly Bar[]): Marks {
  const place = { x1: 0, x2: "count", y: "row" };
  return [
    Plot.barX(
      bars.filter(({ isServed }) => isServed),
      { ...place, fill: colour("broker1"), stroke: colour("ok") },
    ),
    Plot.barX(
      bars.filter(({ isServed }) => !isServed),
      { ...place, fill: colour("page"), stroke: colour("fail"), strokeDasharray: "4,3" },
    ),
    Plot.tickX(bars, {
      x: "predicted",
      y: "row",
      stroke: colour("ink"),
      strokeWidth: 3,
      insetTop: -4,
      insetBottom: -4,
    }),
  ];
}

/** The step's name left of its bar, the count right of it. */
function labelMarks(Plot: Plot, bars: readonly Bar[]): Marks {
  const style = { y: "row", fontSize: 12, fill: colour("ink") };
  return [
    Plot.text(bars, { ...style, text: "label", frameAnchor: "left", textAnchor: "end", dx: -10 }),
    Plot.text(bars, {
      ...style,
      x: ({ count, predicted }: Bar) => Math.max(count, predicted),
      text: "text",
      textAnchor: "start",
      dx: 9,
    }),
  ];
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
    text:
      `${isServed ? "" : "never, "}${count} D${isAsPredicted(one) ? "" : " !"}` +
      `${predicted.ends === "race" ? " (a race)" : ""}`,
  };
}
