// A run on one screen.
//
//               0 ms          10.0 s         20.0 s
//   steps       normal░░░░░░░░leader stops░░░again░░░
//   notes                        ▲
//   stop 1                    ░░░░░░░░░░░░░░░
//   warm        ██████████████···?···████████████████
//   why warm                  DDDEMM                        where an explanation is given: a letter a part
//   billing     1────────────────2───────────────────       a consumer group: its coordinator, its members
//   member 1    ███████████†
//   controller  2────────────────────────────────────
//   orders-0    1────────────────2───────────────────
//
//   then every step, note, fault, heal and change in order of time, one a line
import { readable } from "../../model/duration.ts";
import type { ShownExplanation } from "../../analysis/explain/explanation.ts";
import type { History, NoteEvent } from "../../model/history.ts";
import { sendsBy, windows, type Window } from "../../analysis/check/mod.ts";
import { printable } from "../../model/printable.ts";
import { type GroupLane, groupLanes } from "../groups/mod.ts";
import { leadership } from "./changes.ts";
import { coordinators } from "./group-moments.ts";
import { groupLegend, groupRows, MEMBER_MARKS } from "./group-rows.ts";
import { moments } from "./moments.ts";
import { notesOf } from "./notes.ts";
import { plain, type Paint, type PaintOptions, type Tone } from "./paint.ts";
import { LASTS, MARKS, momentStrip, NOTE, type Scale, segmentStrip, sendStrip, stateStrip } from "./strip.ts";
import { termsIn, WHY_LETTERS, whyKinds, type WhyRow, whyRows, whyStrip, wrapped } from "./why.ts";
import { cut, fitted, padded, widthOf } from "./width.ts";

/** Options of `timeline`. */
export interface TimelineOptions extends PaintOptions {
  /**
   * The terminal's columns; fewer than 40 count as 40.
   *
   * @default 100
   */
  width?: number;
  /** The explanation that is drawn below the clients. @default none */
  explanation?: ShownExplanation;
}

/**
 * Draws a run: steps, notes, faults, each client's sends by outcome, the controller and the leaders on one
 * scale of time; then what happened, a line each.
 */
export function timeline(
  history: History,
  { width = 100, paint = plain, explanation = { windows: [] } }: TimelineOptions = {},
): string[] {
  const changes = leadership(history);
  const { endMs, steps, faults } = windows(history);
  const whys = whyRows(explanation);
  const notes = notesOf(history);
  const groups = groupLanes(history);
  const rows = [
    ...stepRow(steps),
    ...noteRow(notes),
    ...faults.map(
      (window): Row => ({
        label: window.name,
        draw: (scale) => segmentStrip([{ ...window, name: "" }], scale),
        tone: "bad",
      }),
    ),
    ...clientRows(history, whys),
    ...whys.filter(({ isGroup }) => isGroup).map(whyRow),
    ...groupRows(groups),
    ...changes.map(
      (row): Row => ({ label: row.label, draw: (scale) => stateStrip(row.changes, scale), tone: "dim" }),
    ),
  ];
  const screen = Math.max(40, Math.floor(width));
  const margin = Math.min(18, Math.max(6, ...rows.map(({ label }) => widthOf(printable(label))))) + 2;
  const scale = { columns: screen - margin, endMs: Math.max(1, endMs) };
  const chart = rows.map(
    ({ label, draw, tone }) =>
      `${padded(fitted(printable(label), margin - 2), margin)}` +
      `${coloured(draw(scale).trimEnd(), tone, paint)}`,
  );
  const legends = legendsOf({ steps, faults, notes, groups, whys }, screen - margin);
  const below = legends.map((legend) => paint(cut(" ".repeat(margin) + legend, screen), "dim"));
  return [
    " ".repeat(margin) + axis(scale),
    ...chart,
    ...below,
    ...moments(history, {
      changes: [...changes, ...coordinators(groups)],
      whys,
      groups,
      width: screen,
      paint,
    }),
  ].map((line) => line.trimEnd());
}

interface Drawn {
  steps: readonly Window[];
  faults: readonly Window[];
  notes: readonly NoteEvent[];
  groups: readonly GroupLane[];
  whys: readonly WhyRow[];
}

/** What the marks of a chart mean, as lines of at most so many columns. */
function legendsOf({ steps, faults, notes, groups, whys }: Drawn, columns: number): string[] {
  const fits = (line: string): boolean => widthOf(line) <= columns;
  const kinds = whyKinds(whys).map((kind) => `${WHY_LETTERS[kind]} ${kind}`);
  const lasting = [...(steps.length > 0 ? ["step"] : []), ...(faults.length > 0 ? ["fault"] : [])];
  const marks = [
    ...(["ok", "info", "fail", "waiting"] as const).map((mark) => `${MARKS[mark]} ${mark}`),
    ...(lasting.length > 0 ? [`${LASTS} ${lasting.join(" or ")} lasts`] : []),
    ...(notes.length > 0 ? [`${NOTE} note`] : []),
  ];
  const terms = termsIn(whys.flatMap(({ windows }) => windows));
  return [
    ...wrapped(marks, fits, "  "),
    ...wrapped(groupLegend(groups), fits, "  "),
    ...wrapped(kinds, fits, "  "),
    ...terms.flatMap((term) => wrapped(term.split(" "), fits)),
  ];
}

interface Row {
  label: string;
  draw: (scale: Scale) => string;
  tone: Tone | "outcomes" | "members";
}

function stepRow(windows: readonly Window[]): Row[] {
  const steps = windows.map((step) => ({ ...step, name: printable(step.name) }));
  return steps.length === 0
    ? []
    : [{ label: "steps", draw: (scale) => segmentStrip(steps, scale), tone: "strong" }];
}

function noteRow(notes: readonly NoteEvent[]): Row[] {
  const moments = notes.map(({ atMs }) => atMs);
  return notes.length === 0
    ? []
    : [{ label: "notes", draw: (scale) => momentStrip(moments, scale), tone: "unsure" }];
}

function clientRows(history: History, whys: readonly WhyRow[]): Row[] {
  return [...sendsBy(history, {}, ({ client }) => client)].flatMap(([label, { sends }]): Row[] => [
    { label, draw: (scale) => sendStrip(sends, scale), tone: "outcomes" },
    ...whys.filter(({ client, isGroup }) => !isGroup && client === label).map(whyRow),
  ]);
}

function whyRow(row: WhyRow): Row {
  return { label: `why ${row.client}`, draw: (scale) => whyStrip(row, scale), tone: "unsure" };
}

function axis(scale: Scale): string {
  let line = "";
  for (let column = 0; column < scale.columns; column += 15) {
    const tick = readable((column / scale.columns) * scale.endMs);
    if (column + tick.length <= scale.columns) line = line.padEnd(column) + tick;
  }
  return line;
}

function coloured(strip: string, tone: Row["tone"], paint: Paint): string {
  if (tone !== "outcomes" && tone !== "members") return paint(strip, tone);
  const tones = tone === "outcomes" ? OUTCOME_TONES : MEMBER_TONES;
  return strip.replace(/(\S)\1*/gu, (run, mark: string) => paint(run, tones[mark] ?? "dim"));
}

const OUTCOME_TONES: Readonly<Record<string, Tone>> = {
  [MARKS.ok]: "good",
  [MARKS.info]: "unsure",
  [MARKS.fail]: "bad",
  [MARKS.waiting]: "dim",
};

const MEMBER_TONES: Readonly<Record<string, Tone>> = {
  [MEMBER_MARKS.processed]: "good",
  [MEMBER_MARKS.again]: "unsure",
  [MEMBER_MARKS.rebalancing]: "unsure",
  [MEMBER_MARKS.frozen]: "bad",
  [MEMBER_MARKS.ended]: "bad",
  [MEMBER_MARKS.refused]: "bad",
};
