// What consumer groups did, in words.
import { readable } from "../../model/duration.ts";
import {
  type Check,
  counted,
  type GroupCheck,
  type GroupRecord,
  type GroupTally,
} from "../../analysis/check/mod.ts";

/**
 * Returns a phrase for each group, for the headline: `orders-group at-least-once as measured: 12 processed
 * again, 0 skipped`.
 */
export function groupFigures(checks: readonly Check[]): string[] {
  return checks.flatMap((check) => (check.checker === "processedAll" ? check.facts.groups.map(figures) : []));
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
