// What the marks of consumer groups mean, in as many rows as they need.

import type { Assignment, CommitMark, GroupLane, MemberLane, MemberState } from "../groups/mod.ts";
import { commitMark } from "./commits.ts";
import { cut, widthPx } from "./fit.ts";
import { hasLeft } from "./member-states.ts";
import { colour, partitionColour } from "./palette.ts";
import type { Sheet } from "./sheet.ts";

const ROW_PX = 16;

interface Entry {
  text: string;
  /** Draws the mark in 12 pixels from here, around the base line. */
  mark: (x: number, basePx: number) => string;
}

const rect = (x: number, basePx: number, fill: string): string =>
  `<rect x="${x}" y="${basePx - 8}" width="11" height="9" rx="1" fill="${fill}"/>`;
const dot = (x: number, basePx: number, stroke: string): string =>
  `<path d="M${x + 6},${basePx - 3.5}h0" stroke="${stroke}" stroke-width="4" stroke-linecap="round"/>`;
const line = (x: number, basePx: number, stroke: string): string =>
  `<path d="M${x},${basePx - 3.5}h11" stroke="${stroke}" stroke-width="1.6"/>`;
const end = (x: number, basePx: number): string =>
  `<path d="M${x + 11},${basePx - 9}v11" stroke="${colour("ink")}" stroke-width="1.4"/>`;
const cross = (x: number, basePx: number): string =>
  `<path d="M${x + 8},${basePx - 6.5}l6,6m0,-6l-6,6" stroke="${colour("fail")}" stroke-width="1.6"/>`;
const partition = (x: number, basePx: number): string => rect(x, basePx, partitionColour(0));
const hatch = (x: number, basePx: number): string =>
  `${rect(x, basePx, colour("gone"))}<path d="M${x},${basePx + 1}l9,-9M${x + 5},${basePx + 1}l6,-6" ` +
  `stroke="${colour("quiet")}" stroke-opacity="0.6"/>`;
const dotted = (x: number, basePx: number): string =>
  `<path d="M${x + 6},${basePx - 9}v12" stroke="${colour("ink")}" stroke-dasharray="1,3" ` +
  `stroke-opacity="0.7"/>`;

/** What a group may have that needs an entry. */
interface Found {
  ends: ReadonlySet<Assignment["end"]>;
  states: ReadonlySet<MemberState>;
  outcomes: ReadonlySet<CommitMark["outcome"]>;
  again: boolean;
  moved: boolean;
  lag: boolean;
}

const ENTRIES: readonly (Entry & { isIn: (found: Found) => boolean })[] = [
  {
    text: "partition given back",
    mark: (x, y) => partition(x, y) + end(x, y),
    isIn: ({ ends }) => ends.has("revoked"),
  },
  { text: "lost", mark: (x, y) => partition(x, y) + cross(x, y), isIn: ({ ends }) => ends.has("lost") },
  {
    text: "joining",
    mark: (x, y) => rect(x, y, colour("rebalancing")),
    isIn: ({ states }) => states.has("starting") || states.has("rebalancing"),
  },
  { text: "frozen", mark: hatch, isIn: ({ states }) => states.has("frozen") },
  {
    text: "ended or failed",
    mark: (x, y) => rect(x, y, colour("gone")),
    isIn: ({ states }) => states.has("gone") || states.has("failed"),
  },
  { text: "delivered", mark: (x, y) => dot(x, y, colour("quiet")), isIn: () => true },
  { text: "processed", mark: (x, y) => dot(x, y, colour("ok")), isIn: () => true },
  { text: "processed again", mark: (x, y) => dot(x, y, colour("info")), isIn: ({ again }) => again },
  ...(["accepted", "refused", "unknown"] as const).map((outcome) => ({
    text: { accepted: "committed", refused: "refused", unknown: "outcome unknown" }[outcome],
    mark: (x: number, y: number) => commitMark(outcome, x + 6, y),
    isIn: ({ outcomes }: Found) => outcomes.has(outcome),
  })),
  { text: "coordinator change", mark: dotted, isIn: ({ moved }) => moved },
  { text: "lag", mark: (x, y) => line(x, y, colour("lag")), isIn: ({ lag }) => lag },
];

function foundIn(groups: readonly GroupLane[]): Found {
  const members = groups.flatMap((group) => group.members);
  const all = <T>(of: (member: MemberLane) => readonly T[]): T[] => members.flatMap((one) => [...of(one)]);
  return {
    ends: new Set(all(({ assignments }) => assignments.map((one) => one.end))),
    states: new Set(all(({ states }) => states.filter((one) => !hasLeft(one)).map((one) => one.state))),
    outcomes: new Set(all(({ commits }) => commits.map((one) => one.outcome))),
    again: members.some(({ processed }) => processed.some((one) => one.again > 0)),
    moved: groups.some(({ coordinators }) => coordinators.length > 1),
    lag: groups.some(({ lag }) => lag.length > 0),
  };
}

/** Returns the legend as an element, and its height. */
export function groupLegend(
  { leftPx, widthPx: endPx }: Sheet,
  groups: readonly GroupLane[],
  scale: string,
): [svg: string, heightPx: number] {
  const found = foundIn(groups);
  let [x, row] = [leftPx, 0];
  const place = (roomPx: number): [x: number, basePx: number] => {
    if (x > leftPx && x + roomPx > endPx) [x, row] = [leftPx, row + 1];
    const at: [number, number] = [x, row * ROW_PX + 11];
    x += roomPx;
    return at;
  };
  const entries = ENTRIES.filter(({ isIn }) => isIn(found)).map(({ text, mark }) => {
    const [left, base] = place(26 + Math.ceil(widthPx(text)));
    return `${mark(left, base)}<text x="${left + 17}" y="${base}">${text}</text>`;
  });
  if (scale !== "") {
    const [left, base] = place(Math.ceil(widthPx(scale)));
    const said = cut(scale, endPx - left - 4);
    entries.push(`<text x="${left}" y="${base}" fill="${colour("quiet")}">${said}</text>`);
  }
  const heightPx = (row + 1) * ROW_PX + 4;
  return [`<svg width="${endPx}" height="${heightPx}">${entries.join("")}</svg>`, heightPx];
}
