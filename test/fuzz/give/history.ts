// Histories of recorded runs with fields deleted, retyped, moved and enlarged, and files that were cut or
// written by others.

import { readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { renamedEvent } from "../../../sdk/recording/renamed.ts";
import fc from "fast-check";
import type { Job, Text } from "../job.ts";
import { json, number, text } from "./texts.ts";
import { type Edit, edited, pathsOf } from "./tree.ts";

/** What becomes of the file. */
export type Spoiled =
  | "bom"
  | "crlf"
  | "empty line"
  | "cut"
  | "compressed"
  | "cut when compressed"
  | "no end"
  | "nul";

export interface HistoryInput {
  /** Of the events, by their kind and number: `send 2/tookMs`. */
  readonly edits?: readonly Edit[];
  /** Events that come once more, or are left out, or come last, by their kind and number. */
  readonly twice?: readonly string[];
  readonly without?: readonly string[];
  readonly last?: readonly string[];
  readonly spoiled?: readonly Spoiled[];
  /** Of the file with the verdict. */
  readonly verdict?: readonly Edit[];
  /** Whether it is drawn as pictures, too, which takes most of the time. */
  readonly pictures?: boolean;
  /** In place of the events. */
  readonly text?: Text;
}

type Event = Record<string, unknown> & { kind: string };

const RECORDINGS = ["01-broker-stops/1", "03-long-delay/2"];
/** How many of each kind are taken; of the others, all. */
const FEW: Readonly<Record<string, number>> = {
  send: 12,
  "broker log": 12,
  cluster: 5,
  note: 2,
  client: 3,
  prediction: 2,
};
/** Records of a reading that are kept. */
const RECORDS = 8;

/** Events by kind and number, in the order of the recordings. */
const EVENTS: Readonly<Record<string, Event>> = Object.fromEntries(
  RECORDINGS.flatMap((name, nth) => eventsOf(name).filter(({ kind }) => nth === 0 || kind !== "run"))
    .map(shortened)
    .reduce<[string, Event][]>((named, event) => {
      const before = named.filter(([, { kind }]) => kind === event.kind).length;
      if (before < (FEW[event.kind] ?? 9)) named.push([`${event.kind} ${before + 1}`, event]);
      return named;
    }, []),
);
const NAMES = Object.keys(EVENTS);
const VERDICT = JSON.parse(
  readFileSync(
    new URL(`../../../notebooks/recordings/${RECORDINGS[0]}/verdict.json`, import.meta.url),
    "utf8",
  ),
) as Record<string, unknown>;

/** The events of one recording. */
function eventsOf(name: string): Event[] {
  const file = new URL(`../../../notebooks/recordings/${name}/history.jsonl.gz`, import.meta.url);
  const lines = gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n");
  return lines.map((line) => renamedEvent(JSON.parse(line)) as Event);
}

function shortened(event: Event): Event {
  const { records } = event as { records?: unknown[] };
  return records === undefined ? event : { ...event, records: records.slice(0, RECORDS) };
}

/** One path of each form: a field of the first event of a kind, and of the first item of a list. */
const PATHS = pathsOf(
  Object.fromEntries(Object.entries(EVENTS).filter(([name]) => / [12]$/.test(name))),
).filter((path) => !/\/[1-9]\d*(\/|$)/.test(path));
const VERDICT_PATHS = pathsOf(VERDICT).filter((path) => !/\/[1-9]\d*(\/|$)/.test(path));

function editOf(paths: readonly string[]): fc.Arbitrary<Edit> {
  const path = fc.constantFrom(...paths);
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ put: path, value: number }) },
    { weight: 3, arbitrary: fc.record({ put: path, value: text }) },
    { weight: 3, arbitrary: fc.record({ put: path, value: json }) },
    { weight: 1, arbitrary: fc.record({ drop: path }) },
  );
}

const SPOILED: readonly Spoiled[] = [
  "bom",
  "crlf",
  "empty line",
  "cut",
  "compressed",
  "cut when compressed",
  "no end",
  "nul",
];
const some = fc.subarray(NAMES, { maxLength: 3 });
const none = fc.constant<string[]>([]);

export const historyInput: fc.Arbitrary<HistoryInput> = fc.record({
  pictures: fc.constantFrom(false, false, true),
  edits: fc.array(editOf(PATHS), { maxLength: 3 }),
  without: fc.oneof({ weight: 3, arbitrary: none }, { weight: 1, arbitrary: some }),
  twice: fc.oneof({ weight: 5, arbitrary: none }, { weight: 1, arbitrary: some }),
  last: fc.oneof({ weight: 5, arbitrary: none }, { weight: 1, arbitrary: some }),
  spoiled: fc.oneof(
    { weight: 6, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.subarray([...SPOILED], { maxLength: 2 }) },
  ),
  verdict: fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(editOf(VERDICT_PATHS), { maxLength: 2 }) },
  ),
});

export function historyJob({ verdict = [], pictures = true, ...input }: HistoryInput): Job {
  return {
    target: "run",
    argv: pictures ? ["pictures"] : [],
    files: { ...historyFile(input), "run/verdict.json": JSON.stringify(edited(VERDICT, verdict)) },
  };
}

function historyFile(input: HistoryInput): Record<string, Text> {
  const { spoiled = [] } = input;
  const made = input.text ?? `${lines(input).join("\n")}\n`;
  if (typeof made !== "string") return { "run/history.jsonl": made };
  const isCompressed = spoiled.some((one) => one.includes("compressed"));
  const file = spoiled.reduce(spoil, made);
  return isCompressed ? { "run/history.jsonl.gz": file } : { "run/history.jsonl": file };
}

function lines({ edits = [], twice = [], without = [], last = [] }: HistoryInput): string[] {
  const events = edited(EVENTS, edits);
  const names = Object.keys(events).filter((name) => !without.includes(name) && !last.includes(name));
  return [...names.flatMap((name) => (twice.includes(name) ? [name, name] : [name])), ...last].map((name) =>
    JSON.stringify(events[name]),
  );
}

function spoil(now: string, how: Spoiled): string {
  switch (how) {
    case "bom":
      return `\ufeff${now}`;
    case "crlf":
      return now.replaceAll("\n", "\r\n");
    case "empty line":
      return now.replace("\n", "\n\n");
    case "cut":
      return now.slice(0, now.length - 30);
    case "no end":
      return now.trimEnd();
    case "nul":
      return `${now}\u0000\u0000`;
    case "compressed":
      return `base64:${gzipSync(now).toString("base64")}`;
    case "cut when compressed":
      return `base64:${gzipSync(now).subarray(0, -50).toString("base64")}`;
  }
}
