// Consumer groups: who coordinates them, their members, and how far they are behind.
//
//   billing      2 members; 1,530 delivered, 1,530 processed, 45 commits
//   coordinator  ▓ broker 2 ▓▓▓▓▓▓▓▓▓│▓ broker 1 ▓▓▓▓▓▓▓▓▓▓
//   group state  ▓ Stable ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
//   member 1     ▬▬ orders-0 ▬▬▬▬▬▬▬▬│▬▬ orders-0 ▬▬▬▬▬▬▬▬▬
//   …
//   lag          ▁▁▁▁▁▁▁▁▁▁▁▁▂▄▆█▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁

import type { Markish } from "@observablehq/plot";
import { counted } from "../../analysis/check/mod.ts";
import { readable } from "../../model/duration.ts";
import { printable } from "../../model/printable.ts";
import { type GroupLane, memberLabel } from "../groups/mod.ts";
import { cellsOf, fullColumn, isDense } from "./amounts.ts";
import { barPx, NAMED_PX, placed } from "./assignments.ts";
import { type Bar, barsHeight, barsPlot } from "./bars.ts";
import { cut, widthPx } from "./fit.ts";
import type { Part } from "./frame.ts";
import { type Behind, behindSvg, changesSvg, partitionKey } from "./group-behind.ts";
import { groupLegend } from "./group-legend.ts";
import { GROUPS, groupNumbers } from "./group-numbers.ts";
import { LAG_PX, lagLine, largestLag } from "./lag.ts";
import { type DrawnMember, memberHeight, memberRows } from "./member-rows.ts";
import { brokerColour, colour } from "./palette.ts";
import type { Plotter } from "./plot.ts";
import type { Sheet } from "./sheet.ts";

/** More members of all groups than a person compares. */
const MEMBERS = 12;
/** As many bars as a person can tell apart: in a row, and of all members together. */
const BARS = 80;
const ALL_BARS = 360;

/** Returns the groups as parts of a picture; none where there is no group. */
export function groupParts(
  plotter: Plotter,
  sheet: Sheet,
  groups: readonly GroupLane[],
  behind: Behind,
): Part[] {
  if (groups.length === 0) return [];
  const shown = groups.slice(0, GROUPS);
  const atMost = Math.max(2, Math.floor(MEMBERS / shown.length));
  const drawn = shown.map((group) => membersOf(sheet, group, atMost));
  const cells = drawn.flatMap((members) => members.flatMap((one) => [one.delivered, one.processed]));
  const full = cells.some(isDense) ? fullColumn(cells) : 0;
  const [legend, heightPx] = groupLegend(sheet, shown, scaleText(full));
  const left = groups.length - shown.length;
  return [
    ...shown.flatMap((group, i) => [
      coordinatorPart(plotter, sheet, group, behind.rules),
      membersPart(sheet, group, drawn[i]!, { full, behind }),
      ...lagPart(sheet, group, behind),
    ]),
    { svg: legend, heightPx, ...(left > 0 && { heading: `and ${left} more groups` }) },
  ];
}

/** The width of labels before the rows. */
export function groupLabelsPx(groups: readonly GroupLane[]): number {
  const labels = groups
    .slice(0, GROUPS)
    .flatMap(({ group, members }) => [
      "group state",
      ...members.slice(0, MEMBERS).map(({ member }) => memberLabel(member, group)),
    ]);
  return Math.max(0, ...labels.map((label) => widthPx(label)));
}

function scaleText(full: number): string {
  return full === 0 ? "" : `a column's height is the root of its records; full: ${counted(full)} or more`;
}

function membersOf(sheet: Sheet, { members }: GroupLane, atMost: number): DrawnMember[] {
  return members.slice(0, atMost).map((lane) => ({
    lane,
    bars: placed(lane, Math.floor(ALL_BARS / MEMBERS)),
    delivered: cellsOf(sheet, lane.delivered),
    processed: cellsOf(sheet, lane.processed),
  }));
}

function coordinatorPart(
  { Plot, draw }: Plotter,
  sheet: Sheet,
  group: GroupLane,
  behind: readonly Markish[],
): Part {
  const rows = [
    ...(group.coordinators.length > 0 ? [{ row: "coordinator", label: "coordinator" }] : []),
    ...(group.states.length > 0 ? [{ row: "state", label: "group state" }] : []),
  ];
  const options = { rows, hasAxis: false, behind };
  return {
    svg:
      rows.length === 0
        ? `<svg width="${sheet.widthPx}" height="1"/>`
        : draw(
            barsPlot(Plot, sheet, [...coordinatorBars(group, sheet), ...stateBars(group, sheet)], options),
          ),
    heightPx: rows.length === 0 ? 1 : barsHeight(options),
    ...headings(sheet, `group ${group.group}`, groupNumbers(group)),
  };
}

/** More letters of a group's name than a heading has room for. */
const LETTERS = 60;

/** A heading, and what fits behind it. */
function headings(
  { widthPx: endPx, leftPx }: Sheet,
  name: string,
  behind: string,
): Pick<Part, "heading" | "subheading"> {
  const heading = printable(name, { limit: LETTERS });
  return { heading, subheading: cut(behind, endPx - leftPx - widthPx(heading, 13) - 16) };
}

function coordinatorBars({ coordinators, group }: GroupLane, sheet: Sheet): Bar[] {
  return barsOf(coordinators, sheet).map(({ broker, fromMs, toMs }) => ({
    row: "coordinator",
    fromMs,
    toMs,
    ways: broker === null ? ["none"] : [`broker ${broker}`, String(broker)],
    title: `coordinator of ${group}: ${broker === null ? "none" : `broker ${broker}`}`,
    fill: broker === null ? colour("faultBar") : brokerColour(broker),
  }));
}

function stateBars({ states, group }: GroupLane, sheet: Sheet): Bar[] {
  return barsOf(states, sheet).map(({ state, fromMs, toMs }) => ({
    row: "state",
    fromMs,
    toMs,
    ways: [state ?? "no answer"],
    title: `${group}: ${state ?? "no answer"}`,
    fill: colour(state === "Stable" ? "none" : state === null ? "faultBar" : "rebalancing"),
  }));
}

/** Each lasts until the next; the longest ones where there are very many. */
function barsOf<State extends { atMs: number }>(
  all: readonly State[],
  { endMs }: Sheet,
): (State & { fromMs: number; toMs: number })[] {
  return all
    .map((one, i) => ({ ...one, fromMs: one.atMs, toMs: all[i + 1]?.atMs ?? endMs }))
    .filter(({ fromMs, toMs }) => toMs > fromMs)
    .sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))
    .slice(0, BARS)
    .sort((a, b) => a.fromMs - b.fromMs);
}

function membersPart(
  sheet: Sheet,
  group: GroupLane,
  members: readonly DrawnMember[],
  { full, behind }: { full: number; behind: Behind },
): Part {
  const slots = Math.max(0, ...members.flatMap(({ bars }) => bars.map(({ slot }) => slot + 1)));
  const partitions = new Map(group.partitions.map((name, i) => [name, i]));
  const key = slots > 0 && barPx(slots) < NAMED_PX ? partitionKey(sheet, group.partitions) : "";
  const topPx = 4 + (key === "" ? 0 : 16);
  const missing = missingText(group, members);
  const heightPx = topPx + members.length * memberHeight(slots) + (missing === "" ? 0 : 14);
  const rows = members.map((member, i) =>
    memberRows(sheet, member, topPx + i * memberHeight(slots), { group, partitions, slots, full }),
  );
  const more =
    missing === ""
      ? ""
      : `<text x="${sheet.leftPx}" y="${heightPx - 4}" fill="${colour("quiet")}">${missing}</text>`;
  return {
    svg:
      `<svg width="${sheet.widthPx}" height="${heightPx}">${behindSvg(sheet, behind, heightPx)}` +
      `${changesSvg(sheet, group, heightPx)}${key}${rows.join("")}${more}</svg>`,
    heightPx,
  };
}

/** What is not drawn of a group; nothing where all is. */
function missingText({ members }: GroupLane, drawn: readonly DrawnMember[]): string {
  const bars = drawn.reduce((sum, one) => sum + one.lane.assignments.length - one.bars.length, 0);
  return [
    ...(members.length > drawn.length ? [`${counted(members.length - drawn.length, "more member")}`] : []),
    ...(bars > 0 ? [`${counted(bars, "more assignment")} of these members`] : []),
  ].join(", ");
}

function lagPart(sheet: Sheet, group: GroupLane, behind: Behind): Part[] {
  const largest = largestLag(group);
  if (largest === null) return [];
  return [
    {
      svg:
        `<svg width="${sheet.widthPx}" height="${LAG_PX}">${behindSvg(sheet, behind, LAG_PX)}` +
        `${changesSvg(sheet, group, LAG_PX)}${lagLine(sheet, group, largest.lag)}</svg>`,
      heightPx: LAG_PX,
      ...headings(
        sheet,
        `lag of ${group.group}`,
        `records that are not committed; the most: ${counted(largest.lag)}` +
          (largest.lag > 0 ? ` after ${readable(largest.atMs)}` : ""),
      ),
    },
  ];
}
