// The page that is committed beside the data: generated whole.

import { WINDOWS_RIGHT } from "./compare.ts";
import type { TableData } from "./data.ts";
import type { GroupTableData } from "./groups/data.ts";
import { groupPageText } from "./groups/page.ts";
import { list, row, written } from "./markdown.ts";
import { cells, countLine, HEAD, missLines, told } from "./report.ts";

/** Why rows missed, by their ids. */
export type Reasons = Readonly<Record<string, string>>;

/** The days on which rows were measured: `2026-11-25 and 2026-11-30`. */
function daysOf({ date, rows }: TableData): string {
  const days = [...new Set(rows.map(({ startedAt }) => startedAt.slice(0, 10)))].sort();
  return days.length === 0 ? date : days.join(" and ");
}

/** Writes the page as Markdown. @param groups what was measured of groups; absent: nothing yet */
export function pageText(
  data: TableData,
  why: Reasons,
  groups?: { data: GroupTableData; why: Reasons },
): string {
  const all = told(data);
  const misses = missLines(all, why);
  const versions = [
    ...new Set(data.rows.map(({ engine, kafka }) => `${engine} engine, Kafka ${kafka}`)),
  ].sort();
  return [
    "# Predicted against measured",
    "",
    "<!-- Generated whole by `npm run table -- --write`; why a row missed stands in misses.ts. -->",
    "",
    "Each row is a cluster of its own: a client under load, a prediction, the fault, and what came. " +
      "The times are the longest time without an acknowledged send while the",
    "fault lasted. The table holds where no outcome is predicted wrongly and " +
      `${WINDOWS_RIGHT * 100} % of the windows hold what was measured. \`npm run table\` measures it anew.`,
    "",
    `Measured on ${daysOf(data)}: ${versions.join("; ")}.`,
    "",
    `**${countLine(all)}**`,
    "",
    "## Misses",
    "",
    ...(misses.length === 0 ? ["None."] : misses.map((line) => `- ${written(line)}`)),
    ...list("## Not measured", data.failed),
    ...list("## Left out", data.skipped),
    "",
    "## All rows",
    "",
    row(HEAD),
    row(HEAD.map(() => "---")),
    ...all.map((one) => row(cells(one))),
    "",
    ...(groups === undefined ? [] : [groupPageText(groups.data, groups.why)]),
  ].join("\n");
}
