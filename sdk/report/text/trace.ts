// The trace of one record as a table in order of time, and anomalous records as rows.
//
//   probe-154 to my_topic by probe, sent at 18.1 s: acknowledged after 175 ms; kept, duplicate
//        at  what                  took  answer                  leader       ISR      controller  faults
//         0  sent                                                1 (epoch 1)  1, 2, 3  2           stop 1
//   +0.5 ms  Produce to broker 1  69 ms  NOT_LEADER_OR_FOLLOWER  1 (epoch 1)  1, 2, 3  2           stop 1
//   +160 ms  Produce to broker 3  14 ms  ok                      3 (epoch 2)  2, 3     2           stop 1
import { readable } from "../../model/duration.ts";
import {
  counted,
  type RecordTrace,
  type Anomalies,
  type AnomalousRecord,
  type TracedAttempt,
  type LogPosition,
  type Scene,
  ANOMALY_KINDS,
} from "../../analysis/check/mod.ts";
import { printable } from "../../model/printable.ts";
import { groupHappenings, groupWords, type Happening, inTime } from "./group-trace.ts";
import { plain, type PaintOptions, type Tone } from "./paint.ts";
import { table } from "./table.ts";

/**
 * Tells a record's life: a sentence, then a row for each thing that happened to it, with who led and who was
 * in sync at that moment.
 */
export function recordTraceLines(life: RecordTrace, { paint = plain }: PaintOptions = {}): string[] {
  const { value, client, topic, sent, timesSent, doubt, words, groups } = life;
  const headline = printable(
    `${said(value)} to ${topic} by ${client}, sent at ${readable(sent.atMs)}: ${ending(life)}; ` +
      [words.join(", "), ...groups.map(groupWords)].join("; "),
  );
  const doubts = [
    ...(doubt === null ? [] : [`its absence from the log is inconclusive: ${doubt}`]),
    ...(timesSent === 1 ? [] : [`the value was sent ${timesSent} times; this is the first`]),
  ];
  const [head = "", ...rows] = table([HEAD, ...happenings(life)], {
    align: ["right", "left", "right"],
    colours: false,
  });
  return [
    paint(headline, toneOf(words)),
    ...doubts.map((text) => paint(printable(text), "unsure")),
    paint(head, "dim"),
    ...rows,
  ];
}

/** A value, an error or a name longer than that says nothing more to a person. */
const LETTERS = 200;

function said(text: string): string {
  return printable(text, { limit: LETTERS });
}

const HEAD = ["at", "what", "took", "answer", "leader", "ISR", "controller", "faults"];

function ending({ outcome, words, ended: { tookMs, error } }: RecordTrace): string {
  const why = error === null ? "" : ` (${said(error)})`;
  if (words.includes("under way at the end")) return `under way for ${readable(tookMs)}${why}`;
  switch (outcome) {
    case "ok":
      return `acknowledged after ${readable(tookMs)}`;
    case "fail":
      return `failed after ${readable(tookMs)}${why}`;
    case "info":
      return `given up after ${readable(tookMs)}, the outcome was unknown${why}`;
    default:
      return outcome satisfies never;
  }
}

function happenings({
  value,
  sent,
  attempts,
  outcome,
  ended,
  acknowledged,
  places,
  readBack,
  groups,
  topic,
  words,
}: RecordTrace): string[][] {
  const after = (atMs: number): string => `+${readable(Math.max(0, atMs - sent.atMs))}`;
  const answer =
    acknowledged?.offset == null
      ? said(ended.error ?? "")
      : `${topic}-${acknowledged.partition ?? "?"} offset ${acknowledged.offset}`;
  const end =
    outcome === "ok"
      ? `acknowledged${acknowledged?.broker == null ? "" : ` by broker ${acknowledged.broker}`}`
      : words.includes("under way at the end")
        ? "ended by the lab"
        : outcome === "fail"
          ? "failed"
          : "given up";
  return [
    ["0", "sent", "", "", ...scenery(sent.then)],
    ...foldedAttempts(attempts).map(({ first, count, lastAtMs }) => [
      after(first.atMs),
      attemptText(first),
      count === 1 ? readable(first.tookMs) : "",
      `${said(first.error ?? "ok")}` +
        `${count === 1 ? "" : ` ${counted(count)} times, the last at ${after(lastAtMs)}`}`,
      ...scenery(first.then),
    ]),
    [after(ended.atMs), end, readable(ended.tookMs), answer, ...scenery(ended.then)],
    ...inTime([...groupHappenings(groups, topic), ...places.flatMap((one) => readings(one, topic))]).map(
      ({ atMs, cells }) => [after(atMs), ...cells],
    ),
    ...(readBack === null || places.some(({ isThereAtTheEnd }) => isThereAtTheEnd)
      ? []
      : [
          [
            after(readBack.atMs + readBack.tookMs),
            "read back, not found",
            "",
            readBack.standsThere === null || readBack.standsThere === value
              ? ""
              : `${answer} holds ${said(readBack.standsThere)}`,
          ],
        ]),
  ];
}

function attemptText({ api, broker, address }: TracedAttempt): string {
  return `${api} to ${broker === null ? address : `broker ${broker}`}`;
}

function readings({ partition, offset, isThereAtTheEnd, readBy }: LogPosition, topic: string): Happening[] {
  const position =
    `${topic}-${partition} offset ${offset}` +
    `${isThereAtTheEnd === false ? ", where it is no more at the end" : ""}`;
  return readBy.map(({ kind, client, atMs, tookMs }) => ({
    atMs: atMs + tookMs,
    cells: [kind === "read" ? `read by ${client}` : "read back", "", position],
  }));
}

function scenery({ partition, controller, controllerNodeId, faults }: Scene): string[] {
  const control =
    controller === null ? (controllerNodeId === null ? "-" : `node ${controllerNodeId}`) : String(controller);
  const led =
    partition === null
      ? ["?", "?"]
      : [
          `${partition.leader ?? "none"} (epoch ${partition.leaderEpoch})`,
          [...partition.isr].sort((a, b) => a - b).join(", "),
        ];
  return [...led, control, faults.map(({ name }) => name).join("; ")];
}

/**
 * A client that is refused tries hundreds of times: while nothing changes around them, equal attempts are
 * one.
 */
function foldedAttempts(
  attempts: readonly TracedAttempt[],
): { first: TracedAttempt; count: number; lastAtMs: number }[] {
  const folded: { first: TracedAttempt; count: number; lastAtMs: number }[] = [];
  let scene = "";
  let alike = new Map<string, number>();
  for (const attempt of attempts) {
    const now = scenery(attempt.then).join("|");
    if (now !== scene) alike = new Map();
    scene = now;
    const key = `${attemptText(attempt)}|${attempt.error ?? ""}`;
    const known = folded[alike.get(key) ?? -1];
    if (known === undefined)
      alike.set(key, folded.push({ first: attempt, count: 1, lastAtMs: attempt.atMs }) - 1);
    else Object.assign(known, { count: known.count + 1, lastAtMs: attempt.atMs });
  }
  return folded;
}

function toneOf(words: RecordTrace["words"]): Tone {
  if (words.includes("lost") || words.includes("failed but present")) return "bad";
  return words.some(
    (word) => word === "unknown outcome" || word === "not known whether lost" || word === "duplicate",
  )
    ? "unsure"
    : "strong";
}

/** Returns anomalous records as printable rows for `table()` or `tableOf()`, the heading first. */
export function anomalyTable({ rows }: Anomalies): string[][] {
  return [
    ["what became of it", "value", "client", "sent at", "took", "attempts", "place", "error"],
    ...rows.map(rowOf),
  ];
}

function rowOf({
  words,
  value,
  client,
  topic,
  atMs,
  tookMs,
  attempts,
  partition,
  offset,
  error,
}: AnomalousRecord): string[] {
  return [
    words.join(", "),
    value,
    client,
    readable(atMs),
    readable(tookMs),
    counted(attempts),
    partition === null ? topic : `${topic}-${partition}${offset === null ? "" : ` offset ${offset}`}`,
    error ?? "",
  ].map(said);
}

/**
 * Returns anomalous records as lines: a sentence with their counts, the table, and what was left out
 * of it.
 */
export function anomalyLines(found: Anomalies, { paint = plain }: PaintOptions = {}): string[] {
  const { rows, leftOut, counts, slowerThanMs, notReadBack } = found;
  const sums = ANOMALY_KINDS.filter((word) => counts[word] > 0).map(
    (word) => `${counted(counts[word])} ${word}`,
  );
  const slow = slowerThanMs === null ? "" : ` (slow: more than ${readable(slowerThanMs)})`;
  const [head = "", ...lines] = table(anomalyTable(found), {
    align: ["left", "left", "left", "right", "right", "right"],
  });
  return [
    paint(sums.length === 0 ? `no anomalous record${slow}` : `${sums.join(", ")}${slow}`, "strong"),
    ...notReadBack.map((topic) =>
      paint(
        `${said(topic)} was never read back: whether its records were lost or duplicated is unknown`,
        "unsure",
      ),
    ),
    ...(rows.length === 0 ? [] : [paint(head, "dim"), ...lines]),
    ...(leftOut === 0 ? [] : [paint(`and ${counted(leftOut)} more`, "dim")]),
  ];
}
