// What consumer groups did, in words.
import { readable } from "../../model/duration.ts";
import {
  type Check,
  counted,
  type GroupCheck,
  type GroupOutputs,
  type GroupRecord,
  type GroupTally,
  type OutputRecord,
  type TransformedRecord,
} from "../../analysis/check/mod.ts";

/**
 * Returns a phrase for each group, for the headline: `orders-group at-least-once as measured: 12 processed
 * again, 0 skipped`; and for what it writes: `orders-group to invoices exactly-once as measured: …`.
 */
export function groupFigures(checks: readonly Check[]): string[] {
  return checks.flatMap((check) => {
    if (check.checker === "processedAll") return check.facts.groups.map(figures);
    return check.checker === "transformedAll" ? check.facts.groups.map(outputFigures) : [];
  });
}

function outputFigures({ group, outputs, semantics, committed, never, undecided }: GroupOutputs): string {
  const parts = [
    `${counted(committed.several)} written more than once`,
    `${counted(never)} never`,
    ...(undecided > 0 ? [`${counted(undecided)} not known whether written`] : []),
  ];
  return `${group} to ${outputs.join(", ")} ${WORDS[semantics]}: ${parts.join(", ")}`;
}

function figures({ group, semantics, repeated, skippedOfAll, lostInLog, undecided }: GroupTally): string {
  const doubts: [number, string][] = [
    [lostInLog, "not in the log"],
    [undecided, "not known whether processed"],
  ];
  const parts = [
    `${counted(repeated)} processed again`,
    `${counted(skippedOfAll)} skipped`,
    ...doubts.filter(([n]) => n > 0).map(([n, what]) => `${counted(n)} ${what}`),
  ];
  return `${group} ${WORDS[semantics]}: ${parts.join(", ")}`;
}

const WORDS: Readonly<Record<GroupTally["semantics"], string>> = {
  "at-most-once": "at-most-once as measured",
  "at-least-once": "at-least-once as measured",
  "exactly-once": "exactly-once as measured",
  none: "neither at-most-once nor at-least-once",
  unknown: "of unknown semantics",
};

/** Returns a line for each example of a checker over groups. */
export function groupExamples(check: GroupCheck): string[] {
  switch (check.checker) {
    case "processedAll":
    case "processedOnlySent":
    case "committedReads":
      return check.facts.groups.flatMap(({ examples }) => examples.map(described));
    case "processingOrder":
      return check.facts.groups.flatMap(({ examples }) =>
        examples.map((record) => `${described(record)}, after offset ${record.after.offset}`),
      );
    case "transformedAll":
      return check.facts.groups.flatMap(({ examples, strangers }) => [
        ...examples.map(transformed),
        ...strangers.map(
          (output) => `${placeOf(output)} was made of ${output.source}, which never was: ${output.value}`,
        ),
      ]);
    case "skipped":
      return check.facts.groups.flatMap(({ ranges }) =>
        ranges.map(
          ({ topic, partition, fromOffset, toOffset, records, commit }) =>
            `line ${commit.line}: ${commit.member} committed offset ${commit.offset} of ` +
            `${topic}-${partition} at ${readable(commit.atMs)}, past ` +
            `${counted(records, "record")} (${fromOffset} to ${toOffset})`,
        ),
      );
    case "groupProgress":
      return check.facts.groups.flatMap(({ partitions }) =>
        partitions.flatMap(({ topic, partition, gap }) =>
          gap === null
            ? []
            : [
                `${topic}-${partition}: ${readable(gap.ms)}, ` +
                  `${readable(gap.fromMs)} to ${readable(gap.toMs)}`,
              ],
        ),
      );
    case "commitsForward":
      return check.facts.groups.flatMap(({ examples }) =>
        examples.map(
          ({ line, member, topic, partition, offset, before, reset }) =>
            `line ${line}: ${member} committed offset ${offset} of ${topic}-${partition} after ` +
            `${before.offset} by ${before.member} (line ${before.line})${reset === null ? "" : `: ${reset}`}`,
        ),
      );
    default:
      return check satisfies never;
  }
}

function described({ topic, partition, offset, value, times, sent, processed }: GroupRecord): string {
  const by = sent === null ? "sent by nobody of the run" : `line ${sent.line}, sent by ${sent.client}`;
  const how =
    processed === null
      ? "never processed"
      : `processed ${times === 1 ? "once" : `${times} times`}, first by ${processed.member} at ` +
        `${readable(processed.fromMs)} (line ${processed.line})`;
  return `${topic}-${partition} offset ${offset}: ${value ?? "unknown value"}, ${by}, ${how}`;
}

function transformed({ topic, partition, offset, value, outputs }: TransformedRecord): string {
  const where = outputs.map((one) => `${placeOf(one)}${one.state === "committed" ? "" : ` (${one.state})`}`);
  const what = where.length === 0 ? "no output" : `output at ${where.join(", ")}`;
  return `${topic}-${partition} offset ${offset}: ${value ?? "unknown value"}, ${what}`;
}

function placeOf({ topic, partition, offset }: OutputRecord): string {
  return `${topic}-${partition} offset ${offset}`;
}
