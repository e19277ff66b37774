// The groups' part of the page that is committed beside the data.

import { WINDOWS_RIGHT } from "../compare.ts";
import { list, row, written } from "../markdown.ts";
import { comparedGroups, GROUP_HEAD, groupCells, groupCountLine, groupMissLines } from "./report.ts";
import type { GroupTableData } from "./data.ts";

/** Writes the part of the page as Markdown. */
export function groupPageText(data: GroupTableData, why: Readonly<Record<string, string>>): string {
  const all = comparedGroups(data);
  const misses = groupMissLines(all, why);
  const versions = [
    ...new Set(data.rows.map(({ engine, kafka }) => `${engine} engine, Kafka ${kafka}`)),
  ].sort();
  return [
    "## Consumer groups",
    "",
    "Each row is a group under load and a fault: groups with different settings share a cluster and its fault. A group whose coordinator is hit has a name",
    "whose hash chooses that broker. *Predicted* and *measured* are the longest time in which none of a partition's records was processed while the fault",
    "lasted, and whether the group was formed anew; then what was predicted; what was measured of commits, of records that were skipped, and of records that were",
    `processed again. A row is right where no outcome is wrong; ${WINDOWS_RIGHT * 100} % of the windows have to hold. A row that the machine could have made wrong was measured again. \`npm run table -- --groups\``,
    "measures it anew.",
    "",
    `Measured on ${data.date}: ${versions.join("; ")}.`,
    "",
    `**${groupCountLine(all)}**`,
    "",
    "### Misses of groups",
    "",
    ...(misses.length === 0 ? ["None."] : misses.map((line) => `- ${written(line)}`)),
    ...list("### Groups not measured", data.failed),
    "",
    "### All rows of groups",
    "",
    row(GROUP_HEAD),
    row(GROUP_HEAD.map(() => "---")),
    ...all.map((one) => row(groupCells(one))),
    "",
  ].join("\n");
}
