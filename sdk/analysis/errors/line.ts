// One line of a log: without what a terminal, Docker or Compose put around it.
//
//   kafka-1  | [2026-11-25 14:51:57,360] ERROR [ReplicaManager broker=1] Error processing append …
//   └ cut ───┘ └ header: what follows without one may belong to it ─────────────────────────────┘
//
// Each expression has bounded repetitions only: its time is linear whatever the line contains.

/** More characters of a line are not looked at. */
export const MAX_LINE_CHARACTERS = 4096;

/** A line, ready to be compared. */
export interface LogLine {
  /** From 1. */
  readonly number: number;
  /** Without colours, prefixes and what is beyond the limit. */
  readonly text: string;
  /** How many characters it is indented. */
  readonly indent: number;
  /** Whether a time, a level or a JSON object begins it. */
  readonly hasHeader: boolean;
}

const COLOUR = /\x1b\[[0-9;]{0,20}m/g;
/** Compose, `docker logs --timestamps`, and Docker's JSON files. */
const PREFIXES = [
  /^[\w.-]{1,80} {1,40}\| ?/,
  /^\{"log":"/,
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z /,
] as const;
const HEADER = new RegExp(
  [
    String.raw`^\s{0,8}(?:\[?\d{4}[-/]\d\d[-/]\d\d[ T]`, // a date
    String.raw`\[?\d\d:\d\d:\d\d`, // a time
    String.raw`%[0-7]\|`, // librdkafka
    String.raw`\{"`, // JSON
    String.raw`\[?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL)\b)`,
  ].join("|"),
);

/** Reads a line of a log. */
export function readLine(raw: string, number: number): LogLine {
  let text = raw.slice(0, MAX_LINE_CHARACTERS).replace(COLOUR, "");
  for (const prefix of PREFIXES) text = text.replace(prefix, "");
  // a stack in a JSON text: its breaks are escaped
  text = text.replace(/\\[nrt]/g, "  ").trimEnd();
  return { number, text, indent: text.search(/\S|$/), hasHeader: HEADER.test(text) };
}

/** An exception with its package, as Java begins a stack with it. */
const EXCEPTION = /^\s{0,8}(?:[a-z][\w$]{0,60}\.){1,12}[A-Z][\w$]{0,120}(?:Exception|Error|Fault)(?::|$|\s)/;
const CONTINUES = /^\s{0,200}(?:Caused by: |Suppressed: |\.\.\. \d{1,6} (?:more|common frames))/;

/** Whether a line begins a stack without saying who logged it. */
export function isException({ text, hasHeader }: LogLine): boolean {
  return !hasHeader && EXCEPTION.test(text);
}

/** Whether a line goes on with a stack, however it is indented. */
export function goesOn({ text }: LogLine): boolean {
  return CONTINUES.test(text);
}

const LEVEL = /(?:^|[\s["'|:,{(])(?:ERROR|FATAL|SEVERE|CRITICAL)(?:$|[\s\]"'|:,})])/;
const CLASS = /(?:^|[^\w$])(?:[A-Za-z_$][\w$]{0,80}(?:Exception|Error)|KafkaJS[A-Z]\w{1,60})(?=$|[^\w$])/;

/** Whether a line reports an error: by its level, or by the name of an exception. */
export function looksLikeError({ text }: LogLine): boolean {
  const head = text.slice(0, 1000);
  return LEVEL.test(head.slice(0, 160)) || /^%[0-3]\|/.test(head) || CLASS.test(head);
}
