// A member's partitions as thin bars, each in a row that is free; what another member has taken is faded.

import { readable } from "../../model/duration.ts";
import { readPartitionName } from "../../model/partition.ts";
import type { Assignment, MemberLane } from "../groups/mod.ts";
import { escaped } from "./escape.ts";
import { widthPx } from "./fit.ts";
import { colour, partitionColour } from "./palette.ts";
import { roomOf, type Sheet, xOf } from "./sheet.ts";

/** An assignment in a row, from 0. */
export interface Placed extends Assignment {
  slot: number;
}

/** More rows than a person counts: what finds none is left out. */
const SLOTS = 24;

/** Places a member's assignments, each in the first row that is free; of too many the longest. */
export function placed({ assignments }: MemberLane, atMost: number): Placed[] {
  const shown =
    assignments.length <= atMost
      ? assignments
      : [...assignments].sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs)).slice(0, atMost);
  const freeAt: number[] = [];
  return [...shown]
    .sort((a, b) => a.fromMs - b.fromMs)
    .flatMap((one) => {
      const free = freeAt.findIndex((atMs) => atMs <= one.fromMs);
      const slot = free >= 0 ? free : freeAt.length;
      if (slot >= SLOTS) return [];
      freeAt[slot] = one.toMs;
      return [{ ...one, slot }];
    });
}

/** How high a bar is where so many lie above each other. */
export function barPx(slots: number): number {
  return slots <= 4 ? 12 : slots <= 8 ? 10 : slots <= 14 ? 5 : 3;
}

/** A lower bar has no room for its name. */
export const NAMED_PX = 10;

export interface BarOptions {
  yPx: number;
  /** The height of a row. */
  rowPx: number;
  /** Of the group's partitions, in order. */
  partitions: ReadonlyMap<string, number>;
  member: string;
}

/** Draws the bars with what they say when they are pointed at. */
export function assignmentBars(sheet: Sheet, bars: readonly Placed[], options: BarOptions): string {
  return bars.map((bar) => barOf(sheet, bar, options)).join("");
}

function barOf(sheet: Sheet, bar: Placed, { yPx, rowPx, partitions, member }: BarOptions): string {
  const { partition, fromMs, toMs, staleFromMs = toMs, slot } = bar;
  const y = yPx + slot * rowPx;
  const height = rowPx - 1;
  const fill = partitionColour(partitions.get(partition) ?? 0);
  const rect = (from: number, to: number, more = ""): string => {
    const px = Math.max(1, roomOf(sheet, from, to));
    const place = `x="${tenth(xOf(sheet, from))}" y="${y}" width="${tenth(px)}" height="${height}"`;
    return `<rect ${place} ${more}fill="${fill}"/>`;
  };
  const own = Math.max(fromMs, Math.min(toMs, staleFromMs));
  const said = rowPx < NAMED_PX ? "" : nameIn(partition, roomOf(sheet, fromMs, toMs) - 8);
  const text =
    said === ""
      ? ""
      : `<text x="${tenth(xOf(sheet, fromMs) + 4)}" y="${y + height - 2}" font-size="${height - 2}" fill="` +
        `${colour("ink")}">${escaped(said)}</text>`;
  return (
    `<g><title>${escaped(titleOf(bar, member))}</title>${rect(fromMs, own)}` +
    `${own < toMs ? rect(own, toMs, 'fill-opacity="0.4" ') : ""}${endOf(sheet, bar, y, height)}${text}</g>`
  );
}

/** A line where it was given back, a cross where it was taken away; nothing where the member ended. */
function endOf(sheet: Sheet, { toMs, end }: Placed, y: number, height: number): string {
  const x = tenth(xOf(sheet, toMs));
  if (end === "revoked")
    return `<path d="M${x},${y - 0.5}v${height + 1}" stroke="${colour("ink")}" stroke-width="1.4"/>`;
  if (end !== "lost") return "";
  const r = Math.min(3, height / 2);
  const [d, top] = [2 * r, y + height / 2 - r];
  return (
    `<path d="M${tenth(x - r)},${top}l${d},${d}m0,-${d}l-${d},${d}" fill="none" stroke="${colour("fail")}" ` +
    `stroke-width="1.6" stroke-linecap="round"/>`
  );
}

/** The name where it has room, else the number alone. */
function nameIn(partition: string, roomPx: number): string {
  const number = String(readPartitionName(partition)?.partition ?? "");
  return [partition, number].find((name) => name !== "" && widthPx(name, 10) <= roomPx) ?? "";
}

const ENDS: Readonly<Record<Assignment["end"], string>> = {
  revoked: "given back",
  lost: "lost",
  gone: "until the member ended",
  open: "to the end of the run",
};

function titleOf({ partition, fromMs, toMs, end, staleFromMs }: Placed, member: string): string {
  const stale =
    staleFromMs === undefined ? "" : `; another member had it, too, from ${readable(staleFromMs)} on`;
  return `${partition} of ${member}: ${readable(fromMs)} to ${readable(toMs)}, ${ENDS[end]}${stale}`;
}

/** A tenth of a pixel is as much as can be seen. */
export function tenth(px: number): number {
  return Math.round(px * 10) / 10;
}
