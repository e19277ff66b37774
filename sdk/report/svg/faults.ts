// Faults as rows of bars, one above the other where they overlap.

import { shortNames } from "../../model/member.ts";
import { readable } from "../../model/duration.ts";
import type { FaultEvent, History } from "../../model/history.ts";
import { windows } from "../../analysis/check/mod.ts";
import { slowed } from "../../model/fault.ts";
import { sayDisk } from "../../model/disk.ts";
import { sayFault } from "../../model/traffic.ts";
import type { Bar } from "./bars.ts";
import { colour } from "./palette.ts";
import { roomOf, type Sheet } from "./sheet.ts";

/** The rows of faults, and the bands that they are. */
export interface FaultRows {
  rows: readonly { row: string; label: string }[];
  bars: readonly Bar[];
  /** What was left out: there are more faults than a picture can name. */
  unnamed: number;
}

const ROWS = 6;
/** As many as a picture can hold; beyond that, faults that touch are drawn as one. */
const FAULTS = 100;

/** The faults of a history, from their effect to that of their heal, or on beyond the end. */
export function faultRows(history: History, sheet: Sheet): FaultRows {
  const events = new Map(
    history.flatMap((event) => (event.kind === "fault" ? [[event.id, event] as const] : [])),
  );
  const all = windows(history).faults.map(({ id, name, fromMs, toMs, healed }): Bar => {
    const event = events.get(id);
    const end = healed ? `healed after ${readable(toMs - fromMs)}` : "not healed";
    const said = event === undefined ? name : inWords(event);
    return {
      row: "",
      fromMs,
      toMs,
      ways: [...new Set([`${said}, ${end}`, said, `${name}, ${end}`, name, name.split(" ")[0]!])],
      title: `${said}${event === undefined ? "" : `, ${event.via}`}; ${end}`,
      fill: colour("faultBar"),
      isOpen: !healed,
    };
  });
  const bars = stacked(all.length > FAULTS ? joined(all, sheet) : all);
  const rows = [...new Set(bars.map(({ row }) => row))]
    .sort()
    .map((row) => ({ row, label: row === "0" ? "faults" : "" }));
  return { rows, bars, unnamed: all.length > FAULTS ? all.length : 0 };
}

/** A fault of the network or of a disk says what is wrong with whose. */
function inWords(event: FaultEvent): string {
  const { fault, network, disk } = event;
  if (disk !== undefined) return `${sayDisk(disk)} of ${shortNames(event)}`;
  if (network === undefined || fault === "split") return `${fault} ${shortNames(event)}${slowed(event)}`;
  return network.map(sayFault).join("; ");
}

/** Each in the first row that is free by then. */
function stacked(bars: readonly Bar[]): Bar[] {
  const freeAt: number[] = [];
  return bars.map((bar) => {
    const free = freeAt.findIndex((atMs) => atMs <= bar.fromMs);
    const row = free >= 0 ? free : Math.min(freeAt.length, ROWS - 1);
    freeAt[row] = Math.max(freeAt[row] ?? 0, bar.toMs);
    return { ...bar, row: String(row) };
  });
}

function joined(bars: readonly Bar[], sheet: Sheet): Bar[] {
  const groups: { bar: Bar; count: number }[] = [];
  const gapPx = (sheet.widthPx - sheet.leftPx - sheet.rightPx) / FAULTS;
  for (const bar of [...bars].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = groups.at(-1);
    if (
      last === undefined ||
      (bar.fromMs > last.bar.toMs && roomOf(sheet, last.bar.toMs, bar.fromMs) > gapPx)
    )
      groups.push({ bar, count: 1 });
    else
      groups[groups.length - 1] = {
        bar: {
          ...last.bar,
          toMs: Math.max(last.bar.toMs, bar.toMs),
          isOpen: Boolean(last.bar.isOpen || bar.isOpen),
        },
        count: last.count + 1,
      };
  }
  return groups.map(({ bar, count }) =>
    count === 1 ? bar : { ...bar, ways: [`${count} faults`], title: `${count} faults` },
  );
}
