// A group in numbers.

import { counted } from "../../analysis/check/mod.ts";
import type { Amount, GroupLane } from "../groups/mod.ts";

/** More groups than a person compares. */
export const GROUPS = 4;

/** A group in numbers: `2 members; 1,530 delivered, 1,530 processed (12 again), 45 commits, 1 refused`. */
export function groupNumbers({ members }: GroupLane): string {
  const sum = (
    of: (one: GroupLane["members"][number]) => readonly Amount[],
    what: "count" | "again",
  ): number =>
    members.reduce((all, one) => all + of(one).reduce((count, amount) => count + amount[what], 0), 0);
  const again = sum(({ processed }) => processed, "again");
  const commits = members.flatMap((one) => one.commits);
  const refused = commits.filter(({ outcome }) => outcome === "refused").length;
  return (
    `${counted(members.length, "member")}; ${counted(sum((one) => one.delivered, "count"))} delivered, ` +
    `${counted(sum((one) => one.processed, "count"))} processed` +
    `${again > 0 ? ` (${counted(again)} again)` : ""}, ` +
    `${counted(commits.length, "commit")}${refused > 0 ? ` (${counted(refused)} refused)` : ""}`
  );
}

/** Groups for who cannot see the picture; nothing where there is none. */
export function groupsInWords(groups: readonly GroupLane[]): string {
  return groups
    .slice(0, GROUPS)
    .map((group) => `; group ${group.group}: ${groupNumbers(group)}`)
    .join("");
}
