// What happened in a run, a line each: changes, steps, notes, faults, heals, consumer groups and explained
// outages in order of time.
import { electedText } from "../../model/election-text.ts";
import { namedMembers } from "../../model/member.ts";
import { sayDisk } from "../../model/disk.ts";
import { readable } from "../../model/duration.ts";
import type { FaultEvent, History, TopicEvent } from "../../model/history.ts";
import { printable } from "../../model/printable.ts";
import { slowed } from "../../model/fault.ts";
import { sayFault } from "../../model/traffic.ts";
import type { GroupLane } from "../groups/mod.ts";
import type { Changes } from "./changes.ts";
import { groupMoments } from "./group-moments.ts";
import { notesOf } from "./notes.ts";
import type { Paint, Tone } from "./paint.ts";
import { longestOf, type WhyRow, wrapped } from "./why.ts";
import { cut, widthOf } from "./width.ts";

/** More sentences than a person reads. */
const SENTENCES = 10;
/** More notes than a person reads; the row of marks has all. */
const NOTES = 20;
/** More letters of a note, such as an error's stack, than a person reads. */
const LETTERS = 300;

/** What happened at a moment, as a line beneath the chart. */
interface Moment {
  atMs: number;
  text: string;
  tone: Tone;
  /** Goes on beneath itself where it is too long for a line. */
  folds?: boolean;
}

export interface MomentOptions {
  changes: readonly Changes[];
  whys: readonly WhyRow[];
  groups: readonly GroupLane[];
  /** In columns. */
  width: number;
  paint: Paint;
}

/** Returns the lines beneath a timeline, an empty one before them; none where nothing happened. */
export function moments(history: History, { changes, whys, groups, width, paint }: MomentOptions): string[] {
  const entries: Moment[] = changes.flatMap(({ label, changes: row }) =>
    row.slice(1).map(({ atMs, state }, i) => ({
      atMs,
      text: `change  ${label}: ${row[i]?.state ?? "-"} to ${state}`,
      tone: "dim" as const,
    })),
  );
  entries.push(...noteMoments(history), ...eventMoments(history), ...groupMoments(history, groups));
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

function topicChange({ topic, id, before }: TopicEvent): string {
  if (id === null) return `${topic}: deleted`;
  return id === before ? `${topic}: known to the brokers again` : `${topic}: deleted, and made again`;
}

function noteMoments(history: History): Moment[] {
  return notesOf(history)
    .slice(0, NOTES)
    .map(({ atMs, text }) => ({
      atMs,
      text: `note    ${printable(text, { limit: LETTERS })}`,
      tone: "unsure",
      folds: true,
    }));
}

function eventMoments(history: History): Moment[] {
  const entries: Moment[] = [];
  for (const event of history) {
    if (event.kind === "step")
      entries.push({ atMs: event.atMs, text: `step    ${event.name}`, tone: "strong" });
    if (event.kind === "topic")
      entries.push({
        atMs: event.atMs,
        text: `topic   ${topicChange(event)}`,
        tone: "bad",
      });
    if (event.kind === "fault")
      entries.push({
        atMs: event.effectAtMs,
        text: `fault   ${faultText(event)}, ${event.via}`,
        tone: "bad",
      });
    if (event.kind === "election")
      entries.push({
        atMs: event.atMs + event.tookMs,
        text: `elect   ${event.election} leaders of ${event.asked}: ${electedText(event)}`,
        tone: event.election === "unclean" ? "bad" : "good",
      });
    if (event.kind === "heal")
      entries.push({
        atMs: event.effectAtMs,
        text: `heal    ${event.fault} ${namedMembers(event)}, took ${readable(event.tookMs)}`,
        tone: "good",
      });
  }
  return entries;
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

/** A fault of the network or of a disk says what is wrong with whose. */
function faultText(event: FaultEvent): string {
  const { fault, asked, network, disk } = event;
  if (disk !== undefined) return `${sayDisk(disk)} of ${namedMembers(event)} (${asked})`;
  if (network === undefined || fault === "split")
    return `${fault} ${namedMembers(event)}${slowed(event)} (${asked})`;
  return `${network.map(sayFault).join("; ")} (${asked})`;
}
