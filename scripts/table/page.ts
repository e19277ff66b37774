// The page that is committed beside the data: generated whole.

import { printable } from "@kafka-failure-lab/sdk";
import { WINDOWS_RIGHT } from "./compare.ts";
import type { TableData } from "./data.ts";
import { cells, countLine, HEAD, missLines, told } from "./report.ts";

/** Writes the page as Markdown. */
export function pageText(data: TableData, why: Readonly<Record<string, string>>): string {
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
    `Measured on ${data.date}: ${versions.join("; ")}.`,
    "",
    `**${countLine(all)}**`,
    "",
    "## Misses",
    "",
    ...(misses.length === 0 ? ["None."] : misses.map((line) => `- ${written(line)}`)),
    ...listed("Not measured", data.failed),
    ...listed("Left out", data.skipped),
    "",
    "## All rows",
    "",
    line(HEAD),
    line(HEAD.map(() => "---")),
    ...all.map((one) => line(cells(one))),
    "",
  ].join("\n");
}

function listed(title: string, rows: TableData["failed"]): string[] {
  return rows.length === 0
    ? []
    : ["", `## ${title}`, "", ...rows.map(({ id, why }) => `- ${written(`${id}: ${why}`)}`)];
}

function line(row: readonly string[]): string {
  return `| ${row.map((cell) => written(cell).replaceAll("|", "\\|")).join(" | ")} |`;
}

/** What is measured and what went wrong is text in Markdown, too: no line break, no tag. */
function written(text: string): string {
  return printable(text).replaceAll("<", "&lt;");
}
