// A judgement in words: the headline, and a line a checker.
import { readable } from "../../model/duration.ts";
import {
  counted,
  type Check,
  type Judgement,
  type SentRecord,
  type Verdict,
} from "../../analysis/check/mod.ts";
import { printable } from "../../model/printable.ts";
import { gapWords } from "./gaps.ts";
import { groupExamples, groupFigures } from "./groups.ts";
import { plain, type PaintOptions, type Tone } from "./paint.ts";
import { table } from "./table.ts";

/**
 * Returns the run in one line, each fault and each client apart: `measured: during kill 3: p2 1.9 s, p3
 * 1.8 s; before any fault: p1 1.4 s; 1,025 acknowledged, 0 lost, 1 duplicate`.
 */
export function headline({ gap, gaps, clients, counts, checks }: Judgement): string {
  const watched = checks.find(({ checker }) => checker === "arrivals");
  if (gap === null && watched !== undefined) return `measured: ${printable(watched.summary)}`;
  const doubts: [number, string][] = [
    [counts.undecided, "not known whether lost"],
    [counts.unknown, "with unknown outcome"],
    [counts.underWay, "under way at the end"],
    [counts.failedButPresent, "failed but present"],
    [counts.outOfOrder, "out of order"],
    [counts.foreign, "of other producers"],
  ];
  const figures = [
    `${counted(counts.acknowledged)} acknowledged`,
    `${counted(counts.lost)} lost`,
    counted(counts.duplicates, "duplicate"),
    ...doubts.filter(([n]) => n > 0).map(([n, what]) => `${counted(n)} ${what}`),
  ];
  const waits = gap === null ? "nothing was sent" : gapWords(gaps, clients);
  const groups = groupFigures(checks).map((text) => `; ${printable(text)}`);
  return `measured: ${waits}; ${figures.join(", ")}${groups.join("")}`;
}

/**
 * Returns the headline, then a line for each checker that was asked for, with examples beneath those that did
 * not hold.
 */
export function verdictLines(judgement: Judgement, { paint = plain }: PaintOptions = {}): string[] {
  const rows = judgement.checks.map(({ checker, verdict, summary }) => [
    paint(NAME[String(verdict) as "true"], TONE[String(verdict) as "true"]),
    printable(wordsOf(checker)),
    printable(summary),
  ]);
  const lines = table(rows).flatMap((line, i) => {
    const check = judgement.checks[i];
    return check === undefined || check.verdict === true
      ? [line]
      : [line, ...examples(check).map((text) => paint(printable(`    ${text}`), "dim"))];
  });
  return [paint(headline(judgement), "strong"), ...lines];
}

/** A checker's name in words: `noLostWrites` is "no lost writes". */
function wordsOf(checker: string): string {
  return checker.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The verdict on the claim: `it held`, `it did not hold`, `inconclusive`. */
export function verdictWords(verdict: Verdict): string {
  return WORDS[String(verdict) as "true"];
}

const WORDS: Readonly<Record<`${Verdict}`, string>> = {
  true: "it held",
  false: "it did not hold",
  unknown: "inconclusive",
};
const NAME: Readonly<Record<`${Verdict}`, string>> = {
  true: "held",
  false: "did not hold",
  unknown: "inconclusive",
};
const TONE: Readonly<Record<`${Verdict}`, Tone>> = { true: "good", false: "bad", unknown: "unsure" };

function examples(check: Check): string[] {
  switch (check.checker) {
    case "noLostWrites":
    case "noPhantomWrites":
      return check.facts.examples.map(described);
    case "duplicates":
      return check.facts.examples.map(
        (record) =>
          `${described(record)}, at ` +
          `${record.places.map(({ partition, offset }) => `${partition}:${offset}`).join(" and ")}`,
      );
    case "order":
      return check.facts.examples.map(
        (record) =>
          `${described(record)}, found at offset ${record.foundOffset} behind line ${record.behind.line}`,
      );
    case "availability":
    case "progress":
    case "recovery":
      return [];
    case "arrivals":
      return check.facts.watches.flatMap(({ duplicates }) =>
        (duplicates?.examples ?? []).map(
          ({ content, places }) =>
            `${printable(content, { limit: LETTERS })} at ` +
            places.map(({ partition, offset }) => `${partition}:${offset}`).join(" and "),
        ),
      );
    default:
      return groupExamples(check).map((text) => printable(text, { limit: LETTERS }));
  }
}

/** A longer value says nothing more to a person. */
const LETTERS = 200;

function described({ line, client, value, topic, partition, offset, atMs, endedAtMs }: SentRecord): string {
  const position = partition === null ? topic : `${topic}-${partition} offset ${offset ?? "?"}`;
  return (
    `line ${line}: ${printable(value, { limit: LETTERS })} by ${client} to ${position}, ` +
    `${readable(atMs)} to ${readable(endedAtMs)}`
  );
}
