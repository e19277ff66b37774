// One member of a group: its partitions, the records that it was given and has processed, its commits.
//
//   member 1    ▬▬ orders-0 ▬▬▬▬▬▬▬▬▬┤
//               ▬▬ orders-1 ▬▬▬▬▬▬▬▬▬┤
//   delivered    · ·  · · ·  · frozen, 3.1 s
//   processed    · ·  · · ·  ·
//   commits      ' '  ' ' '  '

import { type GroupLane, memberLabel, type MemberLane } from "../groups/mod.ts";
import { printable } from "../../model/printable.ts";
import { amountsRow, type Cells } from "./amounts.ts";
import { assignmentBars, barPx, type Placed } from "./assignments.ts";
import { commitsRow } from "./commits.ts";
import { escaped } from "./escape.ts";
import { cut } from "./fit.ts";
import { stateBands } from "./member-states.ts";
import { colour } from "./palette.ts";
import type { Sheet } from "./sheet.ts";

const RECORDS_PX = 14;
const COMMITS_PX = 11;
const GAP_PX = 7;

/** A member and what is drawn of it. */
export interface DrawnMember {
  lane: MemberLane;
  bars: readonly Placed[];
  delivered: Cells;
  processed: Cells;
}

/** What all members of a group share. */
export interface MemberRowsOptions {
  group: GroupLane;
  partitions: ReadonlyMap<string, number>;
  /** Rows of bars. */
  slots: number;
  /** The records of a column of full height; 0: records are dots. */
  full: number;
}

/** How high a member is drawn. */
export function memberHeight(slots: number): number {
  return Math.max(1, slots) * barPx(slots) + 2 * RECORDS_PX + COMMITS_PX + GAP_PX;
}

/** Draws a member from a height on. */
export function memberRows(
  sheet: Sheet,
  { lane, bars, delivered, processed }: DrawnMember,
  yPx: number,
  { group, partitions, slots, full }: MemberRowsOptions,
): string {
  const { member } = lane;
  const rowPx = barPx(slots);
  const givenPx = yPx + Math.max(1, slots) * rowPx;
  const [donePx, commitsPx] = [givenPx + RECORDS_PX, givenPx + 2 * RECORDS_PX];
  const heightPx = memberHeight(slots) - GAP_PX;
  const states = stateBands(sheet, lane, { yPx, heightPx, textPx: givenPx + 11 });
  const label = memberLabel(member, group.group);
  const heightOf = { heightPx: RECORDS_PX - 2, full };
  return (
    states.bands +
    rule(sheet, yPx + heightPx + GAP_PX / 2) +
    said(sheet, yPx + 10, label, "ink") +
    assignmentBars(sheet, bars, { yPx, rowPx, partitions, member }) +
    said(sheet, givenPx + 11, "delivered", "quiet") +
    amountsRow(sheet, delivered, { yPx: givenPx + 1, ...heightOf, stroke: "quiet", label: "delivered" }) +
    said(sheet, donePx + 11, "processed", "quiet") +
    amountsRow(sheet, processed, { yPx: donePx + 1, ...heightOf, stroke: "ok", label: "processed" }) +
    said(sheet, commitsPx + 9, "commits", "quiet") +
    commitsRow(sheet, lane.commits, commitsPx + 9) +
    states.above
  );
}

function rule({ leftPx, widthPx, rightPx }: Sheet, yPx: number): string {
  return `<path d="M${leftPx},${yPx}H${widthPx - rightPx}" stroke="${colour("grid")}"/>`;
}

/** A text before a row; the whole of it for who points at it. */
export function said(
  { leftPx }: Sheet,
  yPx: number,
  text: string,
  ink: "ink" | "quiet",
  roomPx: number = leftPx - 10,
): string {
  const short = cut(printable(text), roomPx);
  const title = short === text ? "" : `<title>${escaped(printable(text, { limit: 200 }))}</title>`;
  const look = ink === "ink" ? `fill="${colour("ink")}"` : `font-size="10" fill="${colour("quiet")}"`;
  return `<text x="${leftPx - 8}" y="${yPx}" text-anchor="end" ${look}>${escaped(short)}${title}</text>`;
}
