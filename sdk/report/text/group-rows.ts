// Consumer groups in the text timeline: the coordinator, a row for each member, and the lag.
//
//   billing     2────────────────-──1────────     who coordinates the group
//   member 1    ██████████████†      ·█▒██████
//   member 2    ~██████████████~~~·▒██x███████
//   lag         ▁▁▁▁▁▁▁▁▁▁▁▂▄▆█▇▄▂▁▁▁▁▁▁▁▁▁▁▁

import { counted } from "../../analysis/check/mod.ts";
import { type GroupLane, memberLabel, type MemberLane } from "../groups/mod.ts";
import { printable } from "../../model/printable.ts";
import { coordinators } from "./group-moments.ts";
import { columnOf, type Scale, stateStrip } from "./strip.ts";

/** Characters by what happened to a member in a bucket; where several did, the first of these wins. */
export const MEMBER_MARKS = {
  refused: "x",
  ended: "†",
  again: "▒",
  processed: "█",
  frozen: "░",
  rebalancing: "~",
  assigned: "·",
  none: " ",
} as const;

type MemberMark = keyof typeof MEMBER_MARKS;

const MARKS = Object.keys(MEMBER_MARKS) as MemberMark[];

/** What the characters mean, for the legend. */
const MEANINGS: Readonly<Record<Exclude<MemberMark, "none">, string>> = {
  processed: "processed",
  again: "processed again",
  assigned: "has partitions",
  rebalancing: "joins",
  frozen: "frozen",
  ended: "ended or failed",
  refused: "commit refused or processing failed",
};

/** A row of the timeline that a group makes. */
export interface GroupRow {
  label: string;
  draw: (scale: Scale) => string;
  tone: "dim" | "members";
}

/** More members than a person compares. */
const MEMBERS = 12;

const GROUPS = MEMBERS / 2;
/** More letters of a name than the legend has room for. */
const LETTERS = 40;

/** The rows of some groups: of each its coordinator, its members, and its lag where it is known. */
export function groupRows(groups: readonly GroupLane[]): GroupRow[] {
  const atMost = Math.max(2, Math.floor(MEMBERS / Math.max(1, groups.length)));
  return groups.slice(0, GROUPS).flatMap((group) => {
    const left = group.members.length - atMost;
    return [
      ...coordinators([group], Infinity).map(
        ({ changes }): GroupRow => ({
          label: group.group,
          draw: (scale) => stateStrip(changes, scale),
          tone: "dim",
        }),
      ),
      ...group.members.slice(0, atMost).map(
        (member): GroupRow => ({
          label: memberText(member.member, group, groups.length),
          draw: (scale) => memberStrip(member, scale),
          tone: "members",
        }),
      ),
      ...(left > 0 ? [{ label: `${left} more`, draw: () => "", tone: "dim" as const }] : []),
      ...(highest(group) > 0
        ? [
            {
              label: `lag ${group.group}`,
              draw: (scale: Scale) => lagStrip(group, scale),
              tone: "dim" as const,
            },
          ]
        : []),
    ];
  });
}

/** With one group its name says nothing that the other rows do not. */
function memberText(member: string, { group }: GroupLane, groups: number): string {
  return groups === 1 ? memberLabel(member, group) : member;
}

/** What the marks of groups mean; nothing without a group. */
export function groupLegend(groups: readonly GroupLane[]): string[] {
  if (groups.length === 0) return [];
  return [
    ...(Object.keys(MEANINGS) as (keyof typeof MEANINGS)[]).map(
      (mark) => `${MEMBER_MARKS[mark]} ${MEANINGS[mark]}`,
    ),
    ...groups
      .slice(0, GROUPS)
      .filter((group) => highest(group) > 0)
      .map((group) => `${LAGS.at(-1)} lag of ${shortName(group)}: ${counted(highest(group), "record")}`),
  ];
}

function shortName({ group }: GroupLane): string {
  return printable(group, { limit: LETTERS });
}

/** Draws what a member did. */
export function memberStrip(member: MemberLane, scale: Scale): string {
  const ranks = new Uint8Array(scale.columns).fill(MARKS.length - 1);
  const raise = (mark: MemberMark, fromMs: number, toMs: number = fromMs): void => {
    const [rank, last] = [MARKS.indexOf(mark), columnOf(scale, toMs)];
    for (let column = columnOf(scale, fromMs); column <= last; column++)
      ranks[column] = Math.min(ranks[column]!, rank);
  };
  for (const { fromMs, toMs } of member.assignments) raise("assigned", fromMs, toMs);
  for (const { state, fromMs, toMs, why } of member.states) {
    if (state === "frozen" || state === "rebalancing") raise(state, fromMs, toMs);
    if (state === "failed" || (state === "gone" && why !== "left")) raise("ended", fromMs);
  }
  for (const { atMs, count, again, failed } of member.processed) {
    if (count > 0) raise(again > 0 ? "again" : "processed", atMs);
    if (failed) raise("refused", atMs);
  }
  for (const { atMs, outcome } of member.commits) if (outcome === "refused") raise("refused", atMs);
  return [...ranks].map((rank) => MEMBER_MARKS[MARKS[rank]!]).join("");
}

const LAGS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

function highest({ lag }: GroupLane): number {
  return lag.reduce((most, one) => Math.max(most, one.lag ?? 0), 0);
}

/** Draws the highest lag of each bucket; nothing where it is not known. */
export function lagStrip(group: GroupLane, scale: Scale): string {
  const most = Math.max(1, highest(group));
  const row = new Float64Array(scale.columns).fill(-1);
  group.lag.forEach(({ atMs, lag }, i) => {
    if (lag === null) return;
    const last = columnOf(scale, group.lag[i + 1]?.atMs ?? scale.endMs);
    for (let column = columnOf(scale, atMs); column <= last; column++)
      row[column] = Math.max(row[column]!, lag);
  });
  return [...row].map((lag) => (lag < 0 ? " " : LAGS[Math.ceil((lag / most) * (LAGS.length - 1))]!)).join("");
}
