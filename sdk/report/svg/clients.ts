// A client's sends: when each ended, and how long it took.

import type { Markish, PlotOptions } from "@observablehq/plot";
import { readable } from "../../model/duration.ts";
import type { History, Outcome, SendEvent } from "../../model/history.ts";
import { counted, isUnderWay, sendsBy } from "../../analysis/check/mod.ts";
import { colour } from "./palette.ts";
import type { PlotLibrary } from "./plot.ts";
import { asPoints, asWaiting } from "./points.ts";
import { atLeast, type LatencyScale, tickText } from "./scale.ts";
import { roomOf, type Sheet, xOf } from "./sheet.ts";
import { thinned } from "./thin.ts";

/** The sends of one client, or of several where there are too many clients. */
export interface ClientSends {
  name: string;
  sends: readonly SendEvent[];
}

const CLIENTS = 10;

/** The clients in order of their first send; the last ones together where there are more than ten. */
export function clientsOf(history: History): ClientSends[] {
  const all = [...sendsBy(history, {}, ({ client }) => client)].map(([name, { sends }]) => ({ name, sends }));
  if (all.length <= CLIENTS) return all;
  const rest = all.slice(CLIENTS - 1);
  return [
    ...all.slice(0, CLIENTS - 1),
    {
      name: `${rest.length} more clients`,
      sends: rest.flatMap(({ sends }) => sends).sort((a, b) => a.atMs - b.atMs),
    },
  ];
}

/** A client's sends in numbers: `1,025 ok, 2 info; the slowest took 1.6 s`. */
export function inNumbers({ sends }: ClientSends): string {
  const said = (["ok", "info", "fail"] as const).flatMap((outcome) => {
    const n = sends.reduce((sum, send) => sum + Number(isOutcome(send, outcome)), 0);
    return n > 0 || outcome === "ok" ? [`${counted(n)} ${outcome}`] : [];
  });
  const underWay = sends.filter(isUnderWay).length;
  if (underWay > 0) said.push(`${counted(underWay)} under way at the end`);
  const slowest = sends.reduce((most, { tookMs }) => Math.max(most, tookMs), 0);
  return `${said.join(", ")}; the slowest took ${readable(slowest)}`;
}

/** What was under way at the end has no outcome of its own: only its waiting is drawn. */
function isOutcome(send: SendEvent, outcome: Outcome): boolean {
  return send.outcome === outcome && !isUnderWay(send);
}

/** How high a client's plot is, by how many there are; less for one that has hardly sent anything. */
export function clientHeight({ sends }: ClientSends, clients: number): number {
  if (clients === 1) return 190;
  return sends.length < 5 ? 44 : clients === 2 ? 130 : clients <= 5 ? 84 : 60;
}

/** How many marks of a kind a whole picture may have: they are most of its length. */
const MARKS = { ok: 2200, info: 800, fail: 800, waiting: 600 } as const;

/** Shorter waiting is hidden by the mark at its end. */
const WAITING_PX = 7;

export interface ClientPlotOptions {
  latency: LatencyScale;
  /** How many clients share the picture. */
  clients: number;
  /** Marks behind the sends. */
  behind: readonly Markish[];
}

/** A client's sends as a plot. */
export function clientPlot(
  Plot: PlotLibrary,
  sheet: Sheet,
  client: ClientSends,
  { latency, clients, behind }: ClientPlotOptions,
): PlotOptions {
  const { sends } = client;
  const height = clientHeight(client, clients);
  const placeOf = ({ atMs, tookMs }: SendEvent): [number, number] => [
    xOf(sheet, atMs + tookMs),
    yOf(latency, height, tookMs),
  ];
  const few = <T extends SendEvent>(of: readonly T[], kind: keyof typeof MARKS): T[] =>
    thinned(of, placeOf, Math.floor(MARKS[kind] / clients)).map(({ first }) => first);
  const by = (outcome: Outcome): SendEvent[] =>
    few(
      sends.filter((send) => isOutcome(send, outcome)),
      outcome,
    );
  const waiting = few(
    sends.filter(({ atMs, tookMs }) => roomOf(sheet, atMs, atMs + tookMs) > WAITING_PX),
    "waiting",
  );
  const endMs = ({ atMs, tookMs }: SendEvent): number => Math.min(sheet.endMs, atMs + tookMs);
  const y = ({ tookMs }: SendEvent): number => atLeast(tookMs);
  const points = (outcome: Outcome): Markish =>
    Plot.dot(by(outcome), { x: endMs, y, render: asPoints(outcome) });
  return {
    width: sheet.widthPx,
    height,
    marginLeft: sheet.leftPx,
    marginRight: sheet.rightPx,
    marginTop: MARGIN_PX,
    marginBottom: MARGIN_PX,
    x: { domain: [0, sheet.endMs], axis: null },
    y: { type: "log", domain: [latency.fromMs, latency.toMs], axis: null },
    marks: [
      ...behind,
      Plot.ruleY(latency.ticks, { stroke: colour("grid") }),
      Plot.text(readableTicks(latency, height), {
        x: () => 0,
        y: (ms: number) => ms,
        text: tickText,
        textAnchor: "end",
        dx: -8,
        fill: colour("quiet"),
        fontSize: 10,
      }),
      Plot.link(waiting, { x1: "atMs", x2: endMs, y1: y, y2: y, render: asWaiting() }),
      points("ok"),
      points("info"),
      points("fail"),
    ],
  };
}

const MARGIN_PX = 5;

function yOf({ fromMs, toMs }: LatencyScale, heightPx: number, tookMs: number): number {
  return (1 - Math.log(atLeast(tookMs) / fromMs) / Math.log(toMs / fromMs)) * (heightPx - 2 * MARGIN_PX);
}

/** As many as have room for their text. */
function readableTicks({ ticks, fromMs, toMs }: LatencyScale, heightPx: number): number[] {
  const decadePx = (heightPx - 2 * MARGIN_PX) / Math.log10(toMs / fromMs);
  const every = Math.max(1, Math.ceil(13 / decadePx));
  return ticks.filter((_, i) => (ticks.length - 1 - i) % every === 0);
}
