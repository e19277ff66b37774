// The groups' part of the page that is committed beside the data.

import { WINDOWS_RIGHT } from "../compare.ts";
import { list, row, written } from "../markdown.ts";
import type { FailedRow } from "../measured.ts";
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
    "Each row is a group under load and a fault. Groups with different settings share a cluster and its " +
      "fault; where the coordinator is hit,",
    "the hash of the group's name chooses that broker. The times are the longest time in which none of a " +
      "partition's records was processed",
    "while the fault lasted; then it is said whether the group was formed anew. The other columns have " +
      "what was predicted, then what was measured:",
    "whether commits went on, records that nobody processed, records that were processed again. " +
      "What the machine could have made was measured again.",
    `No outcome may be wrong, and ${WINDOWS_RIGHT * 100} % of the windows have to hold. ` +
      "`npm run table -- --groups` measures it anew.",
    "",
    `Measured on ${data.date}: ${versions.join("; ")}.`,
    "",
    `**${groupCountLine(all)}**`,
    "",
    "### Misses of groups",
    "",
    ...(misses.length === 0 ? ["None."] : misses.map((line) => `- ${written(line)}`)),
    ...list("### Groups not measured", byReason(data.failed)),
    "",
    "### All rows of groups",
    "",
    row(GROUP_HEAD),
    row(GROUP_HEAD.map(() => "---")),
    ...all.map((one) => row(groupCells(one))),
    "",
  ].join("\n");
}

/** The rows of each reason as one. */
function byReason(failed: GroupTableData["failed"]): FailedRow[] {
  const reasons = [...new Set(failed.map(({ why }) => why))];
  return reasons.map((why) => ({
    id: failed
      .filter((one) => one.why === why)
      .map(({ id }) => id)
      .join(", "),
    why,
  }));
}
