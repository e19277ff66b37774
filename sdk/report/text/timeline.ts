// A run on one screen.
//
//               0 ms          10.0 s         20.0 s
//   steps       normal░░░░░░░░leader stops░░░again░░░
//   stop 1                    ░░░░░░░░░░░░░░░
//   warm        ██████████████···?···████████████████
//   why warm                  DDDEMM                        where an explanation is given: a letter a part
//   controller  2────────────────────────────────────
//   orders-0    1────────────────2───────────────────
//
//   then every step, fault, heal and change in order of time, one a line
import { readable } from "../../model/duration.ts";
import type { Explanation } from "../../analysis/explain/explanation.ts";
import type { FaultEvent, History } from "../../model/history.ts";
import { sendsBy, windows, type Window } from "../../analysis/check/mod.ts";
import { printable } from "../../model/printable.ts";
import { sayFault } from "../../model/traffic.ts";
import { leadership, type Changes } from "./changes.ts";
import { plain, type Paint, type PaintOptions, type Tone } from "./paint.ts";
import { MARKS, sendStrip, stateStrip, segmentStrip, type Scale } from "./strip.ts";
import { longestOf, WHY_LETTERS, whyKinds, type WhyRow, whyRows, whyStrip, wrapped } from "./why.ts";
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
  explanation?: Explanation;
}

/**
 * Draws a run: steps, faults, each client's sends by outcome, the controller and the leaders on one scale of
 * time; then what happened, a line each.
 */
export function timeline(
  history: History,
  { width = 100, paint = plain, explanation = { windows: [] } }: TimelineOptions = {},
): string[] {
  const changes = leadership(history);
  const { endMs, steps, faults } = windows(history);
  const whys = whyRows(explanation);
  const rows = [
    ...stepRow(steps),
    ...faults.map(
      (window): Row => ({
        label: window.name,
        draw: (scale) => segmentStrip([{ ...window, name: "" }], scale),
        tone: "bad",
      }),
    ),
    ...clientRows(history, whys),
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
  const kinds = whyKinds(whys).map((kind) => `${WHY_LETTERS[kind]} ${kind}`);
  const legends = [
    `${MARKS.ok} ok  ${MARKS.info} info  ${MARKS.fail} fail  ${MARKS.waiting} waiting`,
    ...wrapped(kinds, (line) => widthOf(line) <= screen - margin, "  "),
  ];
  const below = legends.map((legend) => paint(cut(" ".repeat(margin) + legend, screen), "dim"));
  return [
    " ".repeat(margin) + axis(scale),
    ...chart,
    ...below,
    ...moments(history, changes, whys, screen, paint),
  ].map((line) => line.trimEnd());
}

interface Row {
  label: string;
  draw: (scale: Scale) => string;
  tone: Tone | "outcomes";
}

function stepRow(windows: readonly Window[]): Row[] {
  const steps = windows.map((step) => ({ ...step, name: printable(step.name) }));
  return steps.length === 0
    ? []
    : [{ label: "steps", draw: (scale) => segmentStrip(steps, scale), tone: "strong" }];
}

function clientRows(history: History, whys: readonly WhyRow[]): Row[] {
  return [...sendsBy(history, {}, ({ client }) => client)].flatMap(([label, { sends }]): Row[] => [
    { label, draw: (scale) => sendStrip(sends, scale), tone: "outcomes" },
    ...whys
      .filter(({ client }) => client === label)
      .map((row): Row => ({ label: `why ${label}`, draw: (scale) => whyStrip(row, scale), tone: "unsure" })),
  ]);
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
  if (tone !== "outcomes") return paint(strip, tone);
  const tones: Readonly<Record<string, Tone>> = {
    [MARKS.ok]: "good",
    [MARKS.info]: "unsure",
    [MARKS.fail]: "bad",
    [MARKS.waiting]: "dim",
  };
  return strip.replace(/(\S)\1*/gu, (run, mark: string) => paint(run, tones[mark] ?? "dim"));
}

/** More sentences than a person reads. */
const SENTENCES = 10;

function moments(
  history: History,
  changes: readonly Changes[],
  whys: readonly WhyRow[],
  width: number,
  paint: Paint,
): string[] {
  const entries: { atMs: number; text: string; tone: Tone; folds?: boolean }[] = changes.flatMap(
    ({ label, changes: row }) =>
      row.slice(1).map(({ atMs, state }, i) => ({
        atMs,
        text: `change  ${label}: ${row[i]?.state ?? "-"} to ${state}`,
        tone: "dim" as const,
      })),
  );
  for (const event of history) {
    if (event.kind === "step")
      entries.push({ atMs: event.atMs, text: `step    ${event.name}`, tone: "strong" });
    if (event.kind === "fault")
      entries.push({
        atMs: event.effectAtMs,
        text: `fault   ${faultText(event)}, ${event.via}`,
        tone: "bad",
      });
    if (event.kind === "heal")
      entries.push({
        atMs: event.effectAtMs,
        text: `heal    ${event.fault} broker ${event.targets.join(", ")}, took ${readable(event.tookMs)}`,
        tone: "good",
      });
  }
  const explained = longestOf(
    whys.flatMap(({ windows }) => windows),
    SENTENCES,
  );
  entries.push(
    ...explained.map(({ client, toMs, sentence }) => ({
      atMs: toMs,
      text: `why     ${client}: ${sentence}`,
      tone: "unsure" as const,
      folds: true,
    })),
  );
  const lines = entries
    .sort((a, b) => a.atMs - b.atMs)
    .flatMap(({ atMs, text, tone, folds = false }) => {
      const whole = `${readable(atMs).padStart(9)}  ${printable(text)}`;
      return (folds ? folded(whole, width) : [cut(whole, width)]).map((line) => paint(line, tone));
    });
  return lines.length === 0 ? [] : ["", ...lines];
}

/** A sentence that is longer than its line goes on beneath itself. */
function folded(line: string, width: number): string[] {
  const indent = " ".repeat(21);
  const [first = "", ...rest] = wrapped(line.split(" "), (one) => widthOf(one) <= width);
  const more = wrapped(
    rest.flatMap((one) => one.split(" ")),
    (one) => widthOf(one) <= width - indent.length,
  );
  return rest.length === 0
    ? [cut(first, width)]
    : [cut(first, width), ...more.map((one) => cut(indent + one, width))];
}

/** A fault of the network says what is wrong with whose traffic. */
function faultText({ fault, targets, asked, network }: FaultEvent): string {
  if (network === undefined || fault === "split") return `${fault} broker ${targets.join(", ")} (${asked})`;
  return `${network.map(sayFault).join("; ")} (${asked})`;
}
