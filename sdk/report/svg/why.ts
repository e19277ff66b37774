// Why there were outages: a row for each client with a bar for each part, the legend, and a sentence for each
// of the longest outages.
//
//   why
//   warm    ▓▓▓ detection 8.6 s ▓▓▓▓▓▓▓▓▓│e│meta│
//           ■ detection  ■ election  ■ metadata
//           9.3 s = 8.6 s until broker 1 was fenced + 0.1 s election + 0.6 s until the metadata refresh

import type { Markish } from "@observablehq/plot";
import { readable } from "../../model/duration.ts";
import type { Evidence, Part as Reason, ShownExplanation } from "../../analysis/explain/explanation.ts";
import { printable } from "../../model/printable.ts";
import {
  letters,
  longestOf,
  termsIn,
  type WhyKind,
  whyKinds,
  type WhyRow,
  whyRows,
  type WhyWindow,
  wrapped,
} from "../text/mod.ts";
import { type Bar, barsHeight, barsPlot } from "./bars.ts";
import { escaped } from "./escape.ts";
import { cut, widthPx } from "./fit.ts";
import type { Part } from "./frame.ts";
import { colour } from "./palette.ts";
import type { Plotter } from "./plot.ts";
import type { Sheet } from "./sheet.ts";

/** As many bars as a person can tell apart, of all rows together. */
const BARS = 80;
/** More sentences than a person reads beneath a picture. */
const SENTENCES = 3;
const ROW_PX = 16;

/** Returns the explained outages as parts of a picture; none where there is no outage. */
export function whyParts(
  { Plot, draw }: Plotter,
  sheet: Sheet,
  explanation: ShownExplanation,
  behind: readonly Markish[],
): Part[] {
  const rows = whyRows(explanation);
  if (rows.length === 0) return [];
  const options = {
    rows: rows.map(({ client }, i) => ({ row: String(i), label: client })),
    hasAxis: false,
    behind,
  };
  const shown = longestOf(
    rows.flatMap(({ windows }) => windows),
    SENTENCES,
  ).sort((a, b) => a.toMs - b.toMs);
  const [keys, keyRows] = legend(whyKinds(rows), sheet);
  const lines = [
    ...shown.flatMap((window) => sentenceLines(window, sheet, rows.length > 1)),
    ...termsIn(shown).map((term) => cut(term, sheet.widthPx - sheet.leftPx - 8)),
  ];
  const heightPx = (keyRows + lines.length) * ROW_PX + 4;
  const texts = lines.map(
    (line, i) =>
      `<text x="${sheet.leftPx}" y="${(keyRows + i) * ROW_PX + 12}" fill="${colour("quiet")}">` +
      `${escaped(line)}</text>`,
  );
  return [
    {
      svg: draw(barsPlot(Plot, sheet, barsOf(rows, sheet), options)),
      heightPx: barsHeight(options),
      heading: "why",
      subheading: rows.some(({ isGroup }) => isGroup)
        ? "the times without an acknowledged send, or without progress of a group, in parts"
        : "the times without an acknowledged send, in parts",
    },
    { svg: `<svg width="${sheet.widthPx}" height="${heightPx}">${keys}${texts.join("")}</svg>`, heightPx },
  ];
}

/** Says the longest outage in a sentence, for who cannot see the picture; nothing where there is none. */
export function whyInWords(explanation: ShownExplanation): string {
  const [longest] = longestOf(
    whyRows(explanation).flatMap(({ windows }) => windows),
    1,
  );
  return longest === undefined ? "" : `; ${longest.client}: ${longest.sentence}`;
}

/** Where there are more parts than can be told apart, the longest ones. */
function barsOf(rows: readonly WhyRow[], sheet: Sheet): Bar[] {
  const parts = rows.flatMap(({ windows }, i) =>
    windows.flatMap(({ parts }) => parts.map((part) => ({ part, row: String(i) }))),
  );
  const shown = parts
    .filter(({ part }) => part.toMs > part.fromMs)
    .sort((a, b) => b.part.tookMs - a.part.tookMs)
    .slice(0, BARS);
  return shown
    .sort((a, b) => a.part.fromMs - b.part.fromMs)
    .map(({ part, row }) => bar(part, row, sheet.endMs));
}

function bar({ kind, fromMs, toMs, tookMs, what, evidence }: Reason, row: string, endMs: number): Bar {
  const proof = evidence.slice(0, EVIDENCE).map(said);
  return {
    row,
    fromMs: Math.max(0, fromMs),
    toMs: Math.min(endMs, toMs),
    ways: [`${kind} ${readable(tookMs)}`, kind],
    title: [
      `${kind}, ${readable(tookMs)}: ${what}`,
      ...proof,
      ...(evidence.length > EVIDENCE ? [`and ${evidence.length - EVIDENCE} more`] : []),
    ]
      .map((text) => printable(text))
      .join("; "),
    fill: colour(`part ${kind}`),
  };
}

/** More proof than fits beside a pointer, and letters of each. */
const EVIDENCE = 3;
const LETTERS = 160;

function said(evidence: Evidence): string {
  const text =
    evidence.kind === "timer"
      ? evidence.text
      : `${readable(evidence.atMs)} ${whose(evidence)}${evidence.text}`;
  return text.length <= LETTERS ? text : `${letters(text.slice(0, LETTERS)).slice(0, -1).join("")}…`;
}

function whose(evidence: Evidence): string {
  if (evidence.kind === "log") return `${evidence.service}: `;
  return evidence.kind === "event" ? `${evidence.source}: ` : "";
}

/** What the colours mean, in as many rows as they need. */
function legend(kinds: readonly WhyKind[], { leftPx, widthPx: endPx }: Sheet): [svg: string, rows: number] {
  let [x, row] = [leftPx, 0];
  const entries = kinds.map((kind) => {
    const roomPx = 28 + Math.ceil(widthPx(kind));
    if (x > leftPx && x + roomPx > endPx) [x, row] = [leftPx, row + 1];
    const entry =
      `<rect x="${x}" y="${row * ROW_PX + 3}" width="10" height="10" rx="2" fill="` +
      `${colour(`part ${kind}`)}"/><text x="${x + 14}" y="${row * ROW_PX + 12}">${kind}</text>`;
    x += roomPx;
    return entry;
  });
  return [entries.join(""), row + 1];
}

/** Its last line is cut where there is no room for more. */
function sentenceLines(
  { client, sentence }: WhyWindow,
  { widthPx: endPx, leftPx }: Sheet,
  isNamed: boolean,
): string[] {
  const roomPx = endPx - leftPx - 8;
  const [first = "", ...rest] = wrapped(
    printable(isNamed ? `${client}: ${sentence}` : sentence).split(" "),
    (line) => widthPx(line) <= roomPx,
  );
  return [first, ...(rest.length === 0 ? [] : [rest.join(" ")])].map((line) => cut(line, roomPx));
}
