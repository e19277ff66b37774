// A run as one picture.
//
//   01-broker-stops   Kafka 3.9.2, local engine
//               normal │  leader kill                     │ back again   steps: names above thin rules
//   notes              ▲ restarted by hand                               what a program noted
//   elections                        ◆ preferred     who leads by request, or without being in sync
//   faults             │  ▓▓▓▓ kill 3, healed after 10 s ▓│              also a band through all rows below
//   1 s                │       ─────●                                    each client's sends by end, latency
//   10 ms       ●●●●●●●│             ●●●●●●●●●●●●●●●●●●●●●
//   why                ▓ detection 8.6 s ▓▓│▓                            parts of outages, if explained
//   billing                                                          each consumer group, if there is one
//   member 1    ▬ orders-0 ▬│▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬
//   controller  ▓ broker 1 ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
//   t-0 leader  ▓ broker 3 ▓▓▓▓▓▓▓▓│▓ broker 1 ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
//   t-0 ISR     ▓ 3 of 3: 1, 2, 3 ▓│▓ 2 of 3: 1, 2 ▓▓▓▓▓▓▓▓▓▓▓▓
import type { Markish } from "@observablehq/plot";
import { readable } from "../../model/duration.ts";
import type { ShownExplanation } from "../../analysis/explain/explanation.ts";
import type { History, RunEvent } from "../../model/history.ts";
import { counted, windows } from "../../analysis/check/mod.ts";
import { notesOf, timeline } from "../text/mod.ts";
import { type Bar, barsHeight, barsPlot } from "./bars.ts";
import {
  clientHeight,
  clientPlot,
  type ClientPlotOptions,
  type ClientSends,
  clientsOf,
  inNumbers,
} from "./clients.ts";
import { electionLabel, electionMarks } from "./elections.ts";
import { type FaultRows, faultRows } from "./faults.ts";
import { widthPx as textPx } from "./fit.ts";
import { framed, type Part } from "./frame.ts";
import { type GroupLane, groupLanes } from "../groups/mod.ts";
import { groupsInWords } from "./group-numbers.ts";
import { groupLabelsPx, groupParts } from "./groups.ts";
import { type Lanes, lanesOf } from "./lanes.ts";
import { colour } from "./palette.ts";
import type { Picture } from "./picture.ts";
import { loadPlot, type PlotLibrary, type Plotter } from "./plot.ts";
import { markPart, marksInWords } from "./marks.ts";
import { noteMarks } from "./notes.ts";
import { mark } from "./points.ts";
import { latencyScale, tickText, timeTicks } from "./scale.ts";
import type { Sheet } from "./sheet.ts";
import { stepNames, stepPart, stepRules } from "./steps.ts";
import { whyInWords, whyParts } from "./why.ts";

/** Options of `timelineOf`. */
export interface TimelinePictureOptions {
  /** The picture's width in pixels; fewer than 400 count as 400. @default 900 */
  width?: number;
  /** The text form's columns. @default 100 */
  columns?: number;
  /** The title. @default the run's scenario */
  title?: string;
  /** The explanation that is drawn below the clients. @default none */
  explanation?: ShownExplanation;
}

/**
 * Draws a run: steps, notes, elections, faults, every client's sends by outcome and latency, consumer groups,
 * the controller, the leaders and the ISR on one axis of time; the text is that of `timeline()`.
 */
export async function timelineOf(
  history: History,
  { width = 900, columns = 100, title, explanation = { windows: [] } }: TimelinePictureOptions = {},
): Promise<Picture> {
  const plotter = await loadPlot();
  const { Plot, draw } = plotter;
  const lanes = lanesOf(history);
  const groups = groupLanes(history);
  const sheet = sheetOf(history, lanes, groups, Math.max(400, Math.round(width)));
  const faults = faultRows(history, sheet);
  const [notes, elections] = [noteMarks(notesOf(history)), electionMarks(history)];
  const behind = behindOf(Plot, history, sheet, faults.bars);
  const clients = clientsOf(history);
  const latency = latencyScale(latencies(history));
  const [above, below] = [
    { rows: faults.rows, hasAxis: false, behind: behind.rules },
    { rows: lanes.rows, hasAxis: true, behind: [...behind.rules, ...axis(Plot, sheet)] },
  ];
  const parts: Part[] = [
    ...stepPart(stepNames(history, sheet), sheet),
    ...markPart("notes", notes, sheet),
    ...markPart(electionLabel(elections), elections, sheet),
    ...(faults.rows.length === 0
      ? []
      : [{ svg: draw(barsPlot(Plot, sheet, faults.bars, above)), heightPx: barsHeight(above) }]),
    ...clientParts(plotter, sheet, clients, { latency, behind: [...behind.bands, ...behind.rules] }),
    ...whyParts(plotter, sheet, explanation, behind.rules),
    ...groupParts(plotter, sheet, groups, {
      faults: faults.bars,
      steps: stepRules(history, sheet),
      rules: behind.rules,
    }),
    { svg: draw(barsPlot(Plot, sheet, lanes.barsOn(sheet), below)), heightPx: barsHeight(below) },
  ];
  const run = history.find((event): event is RunEvent => event.kind === "run");
  return {
    text: timeline(history, { width: columns, explanation }),
    svg: framed(parts, {
      widthPx: sheet.widthPx,
      leftPx: sheet.leftPx,
      title: title ?? run?.scenario ?? "timeline",
      description:
        inWords(history, faults) +
        marksInWords("notes", notes) +
        marksInWords(electionLabel(elections), elections) +
        groupsInWords(groups) +
        whyInWords(explanation),
      ...(run && { subtitle: `Kafka ${run.kafka}, ${run.engine} engine` }),
      ...(clients.length > 0 && { legend: legend() }),
    }),
  };
}

function clientParts(
  { Plot, draw }: Plotter,
  sheet: Sheet,
  clients: readonly ClientSends[],
  options: Omit<ClientPlotOptions, "clients">,
): Part[] {
  return clients.map((client) => ({
    svg: draw(clientPlot(Plot, sheet, client, { ...options, clients: clients.length })),
    heightPx: clientHeight(client, clients.length),
    heading: client.name,
    subheading: inNumbers(client),
  }));
}

const RIGHT_PX = 18;

function sheetOf(history: History, { rows }: Lanes, groups: readonly GroupLane[], widthPx: number): Sheet {
  const endMs = Math.max(1, windows(history).endMs);
  const labelsPx = [...rows.map(({ label }) => textPx(label)), groupLabelsPx(groups)];
  const leftPx = Math.min(170, Math.max(64, ...labelsPx.map((px) => Math.ceil(px) + 16)));
  return {
    widthPx,
    leftPx,
    rightPx: RIGHT_PX,
    endMs,
    ticks: timeTicks(endMs, Math.floor((widthPx - leftPx) / 75)),
  };
}

function* latencies(history: History): Iterable<number> {
  for (const event of history) if (event.kind === "send") yield event.tookMs;
}

/** What stands behind sends and bars: the grid of time, faults as bands, steps as rules. */
function behindOf(
  Plot: PlotLibrary,
  history: History,
  sheet: Sheet,
  faults: readonly Bar[],
): { bands: Markish[]; rules: Markish[] } {
  return {
    bands: [Plot.rectX(faults, { x1: "fromMs", x2: "toMs", fill: colour("faultBand") })],
    rules: [
      Plot.ruleX(sheet.ticks, { stroke: colour("grid") }),
      Plot.ruleX(stepRules(history, sheet), {
        stroke: colour("quiet"),
        strokeDasharray: "3,3",
        strokeOpacity: 0.8,
      }),
    ],
  };
}

function axis(Plot: PlotLibrary, sheet: Sheet): Markish[] {
  return [
    Plot.axisX(sheet.ticks, {
      tickFormat: tickText,
      tickSize: 5,
      stroke: colour("quiet"),
      fill: colour("quiet"),
      label: "since the run's start",
      labelAnchor: "center",
      labelArrow: "none",
    }),
  ];
}

function legend(): string {
  const entries = [
    ["ok", "ok", 0],
    ["info", "info: cannot know", 40],
    ["fail", "fail", 165],
  ] as const;
  const marks = entries.map(
    ([outcome, said, x]) => `${mark(outcome, x + 5, 4)}<text x="${x + 14}" y="8">${said}</text>`,
  );
  return (
    `${marks.join("")}<path d="M215,4H240" stroke="${colour("quiet")}" stroke-width="1.2" ` +
    `stroke-opacity="0.7"/>${mark("ok", 240, 4)}<text x="250" y="8">waiting, then its end</text><text ` +
    `x="375" y="8" fill="${colour("quiet")}">log scale; overlapping marks are drawn once</text>`
  );
}

/** What the picture shows, for who cannot see it. */
function inWords(history: History, { bars, unnamed }: FaultRows): string {
  const sends = history.reduce((sum, { kind }) => sum + Number(kind === "send"), 0);
  const faults = unnamed > 0 ? `${unnamed} faults` : bars.map(({ title }) => title).join("; ") || "no fault";
  return `${counted(sends, "send")} in ${readable(windows(history).endMs)}; ${faults}`;
}
