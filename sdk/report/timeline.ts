// A run on one screen.
//
//               0 ms          10.0 s         20.0 s
//   steps       normal░░░░░░░░leader stops░░░again░░░
//   stop 1                    ░░░░░░░░░░░░░░░
//   warm        ██████████████···?···████████████████
//   controller  2────────────────────────────────────
//   orders-0    1────────────────2───────────────────
//
//   then every step, fault, heal and change in order of time, one a line
import { readable } from "../duration.ts";
import type { FaultEvent, History } from "../history.ts";
import { sendsBy, windows, type Window } from "../judge/mod.ts";
import { sayFault } from "../traffic.ts";
import { leadership, type Changes } from "./changes.ts";
import { plain, type Paint, type PaintOptions, type Tone } from "./paint.ts";
import { MARKS, sendStrip, stateStrip, stretchStrip, type Scale } from "./strip.ts";
import { cut, fitted, onOneLine, padded, widthOf } from "./width.ts";

export interface TimelineOptions extends PaintOptions {
  /**
   * The terminal's columns; fewer than 40 count as 40.
   *
   * @default 100
   */
  width?: number;
}

/** Draws a run: steps, faults, each client's sends by outcome, the controller and the leaders on one scale of time; then what happened, a line each. */
export function timeline(history: History, { width = 100, paint = plain }: TimelineOptions = {}): string[] {
  const changes = leadership(history);
  const { endMs, steps, faults } = windows(history);
  const rows = [
    ...stepRow(steps),
    ...faults.map((window): Row => ({ label: window.name, draw: (scale) => stretchStrip([{ ...window, name: "" }], scale), tone: "bad" })),
    ...clientRows(history),
    ...changes.map((row): Row => ({ label: row.label, draw: (scale) => stateStrip(row.changes, scale), tone: "dim" })),
  ];
  const screen = Math.max(40, Math.floor(width));
  const margin = Math.min(18, Math.max(6, ...rows.map(({ label }) => widthOf(onOneLine(label))))) + 2;
  const scale = { columns: screen - margin, endMs: Math.max(1, endMs) };
  const chart = rows.map(({ label, draw, tone }) => `${padded(fitted(onOneLine(label), margin - 2), margin)}${coloured(draw(scale).trimEnd(), tone, paint)}`);
  const legend = `${" ".repeat(margin)}${MARKS.ok} ok  ${MARKS.info} info  ${MARKS.fail} fail  ${MARKS.waiting} waiting`;
  return [" ".repeat(margin) + axis(scale), ...chart, paint(cut(legend, screen), "dim"), ...moments(history, changes, screen, paint)].map((line) => line.trimEnd());
}

interface Row {
  label: string;
  draw: (scale: Scale) => string;
  tone: Tone | "outcomes";
}

function stepRow(windows: readonly Window[]): Row[] {
  const steps = windows.map((step) => ({ ...step, name: onOneLine(step.name) }));
  return steps.length === 0 ? [] : [{ label: "steps", draw: (scale) => stretchStrip(steps, scale), tone: "strong" }];
}

function clientRows(history: History): Row[] {
  return [...sendsBy(history, {}, ({ client }) => client)].map(([label, { sends }]) => ({ label, draw: (scale) => sendStrip(sends, scale), tone: "outcomes" }));
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
  const tones: Readonly<Record<string, Tone>> = { [MARKS.ok]: "good", [MARKS.info]: "unsure", [MARKS.fail]: "bad", [MARKS.waiting]: "dim" };
  return strip.replace(/(\S)\1*/gu, (run, mark: string) => paint(run, tones[mark] ?? "dim"));
}

function moments(history: History, changes: readonly Changes[], width: number, paint: Paint): string[] {
  const told: { atMs: number; text: string; tone: Tone }[] = changes.flatMap(({ label, changes: row }) =>
    row.slice(1).map(({ atMs, state }, i) => ({ atMs, text: `change  ${label}: ${row[i]?.state ?? "-"} to ${state}`, tone: "dim" as const })));
  for (const event of history) {
    if (event.kind === "step") told.push({ atMs: event.atMs, text: `step    ${event.name}`, tone: "strong" });
    if (event.kind === "fault") told.push({ atMs: event.effectAtMs, text: `fault   ${faultText(event)}, ${event.via}`, tone: "bad" });
    if (event.kind === "heal") told.push({ atMs: event.effectAtMs, text: `heal    ${event.fault} broker ${event.targets.join(", ")}, took ${readable(event.tookMs)}`, tone: "good" });
  }
  const lines = told.sort((a, b) => a.atMs - b.atMs).map(({ atMs, text, tone }) => paint(cut(`${readable(atMs).padStart(9)}  ${onOneLine(text)}`, width), tone));
  return lines.length === 0 ? [] : ["", ...lines];
}

/** A fault of the network says what is wrong with whose traffic. */
function faultText({ fault, targets, asked, network }: FaultEvent): string {
  if (network === undefined || fault === "split") return `${fault} broker ${targets.join(", ")} (${asked})`;
  return `${network.map(sayFault).join("; ")} (${asked})`;
}
