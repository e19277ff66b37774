// Who was the controller, who led each partition, and who was in sync: rows of bars.

import type { History } from "../../model/history.ts";
import { type Changes, inSync, leadership } from "../text/mod.ts";
import type { Bar } from "./bars.ts";
import { brokerColour, colour } from "./palette.ts";
import { roomOf, type Sheet } from "./sheet.ts";

export interface Lanes {
  rows: readonly { row: string; label: string }[];
  /** Their bars on an axis, which may need to know the rows' labels first. */
  barsOn(sheet: Sheet): Bar[];
}

/** More rows than a person compares. */
const ROWS = 12;
/** As many bars as a person can tell apart, of all rows together. */
const BARS = 300;

/** The lanes of a history: of the topics that were sent to, or of all where nothing was. */
export function lanesOf(history: History): Lanes {
  const sentTo = new Set(history.flatMap((event) => (event.kind === "send" ? [event.topic] : [])));
  const isJudged = ({ label }: Changes): boolean =>
    sentTo.size === 0 || sentTo.has(label.slice(0, label.lastIndexOf("-")));
  const led = leadership(history);
  const [controller, leaders] = [
    led.filter(({ label }) => label === "controller"),
    led.filter(({ label }) => label !== "controller"),
  ];
  const lanes = [
    ...controller.map((row) => ({
      label: "controller",
      bars: (sheet: Sheet, atMost: number) => leaderBars(row, "controller", sheet, atMost),
    })),
    ...leaders.filter(isJudged).map((row) => ({
      label: `${row.label} leader`,
      bars: (sheet: Sheet, atMost: number) => leaderBars(row, `leader of ${row.label}`, sheet, atMost),
    })),
    ...inSync(history)
      .filter(isJudged)
      .map((row) => ({
        label: `${row.label} ISR`,
        bars: (sheet: Sheet, atMost: number) => isrBars(row, sheet, atMost),
      })),
  ].sort(
    (a, b) =>
      Number(b.label === "controller") - Number(a.label === "controller") || byPartition(a.label, b.label),
  );
  const left = lanes.length - ROWS;
  const shown = left > 0 ? lanes.slice(0, ROWS) : lanes;
  return {
    rows: [
      ...shown.map(({ label }, i) => ({ row: String(i), label })),
      ...(left > 0 ? [{ row: "more", label: `and ${left} more` }] : []),
    ],
    barsOn: (sheet) =>
      shown.flatMap(({ bars }, i) =>
        bars(sheet, Math.floor(BARS / shown.length)).map((bar) => ({ ...bar, row: String(i) })),
      ),
  };
}

/** `orders-2 ISR` stands behind `orders-2 leader`, and both before `orders-10`. */
function byPartition(a: string, b: string): number {
  const order = (label: string): string => label.replace(/ leader$/, " 0").replace(/ ISR$/, " 1");
  return order(a).localeCompare(order(b), "en", { numeric: true });
}

function leaderBars(row: Changes, what: string, sheet: Sheet, atMost: number): Bar[] {
  return segments(row, sheet, atMost).map(({ state, ...span }) => {
    const broker = /^\d+$/.test(state) ? Number(state) : null;
    const said = state === "-" ? "none" : state.replace(/^n/, "node ");
    return {
      row: "",
      ...span,
      ways: [broker === null ? said : `broker ${said}`, said],
      title: `${what}: ${said}`,
      fill: brokerColour(broker),
    };
  });
}

function isrBars(row: Changes, sheet: Sheet, atMost: number): Bar[] {
  return segments(row, sheet, atMost).map(({ state, ...span }) => {
    const [size = "", brokers = ""] = state.split(": ");
    const isFull = /^(\d+) of \1$/.test(size);
    return {
      row: "",
      ...span,
      ways: [`${size}: ${brokers}`, size],
      title: `ISR of ${row.label}: ${state}`,
      fill: colour(isFull ? "none" : "faultBar"),
    };
  });
}

interface Segment {
  fromMs: number;
  toMs: number;
  state: string;
}

/** What is too short to be seen is left out where there are very many. */
function segments({ changes }: Changes, sheet: Sheet, atMost: number): Segment[] {
  const all = changes
    .map(({ atMs, state }, i) => ({ fromMs: atMs, toMs: changes[i + 1]?.atMs ?? sheet.endMs, state }))
    .filter(({ fromMs, toMs }) => toMs > fromMs);
  if (all.length <= atMost) return all;
  return all
    .map((one) => ({ one, px: roomOf(sheet, one.fromMs, one.toMs) }))
    .sort((a, b) => b.px - a.px)
    .slice(0, atMost)
    .map(({ one }) => one)
    .sort((a, b) => a.fromMs - b.fromMs);
}
