// What a group's prediction states, clause by clause: each claim has a code, its figures and its words, and
// all are derived from the prediction's own fields. The sentence is the claims' words.

import { readable } from "../../../model/duration.ts";
import type {
  GroupClaim,
  GroupClaimCode,
  GroupPrediction,
  RecordBound,
} from "../../../model/group-prediction.ts";
import type { Timer } from "../../../model/prediction.ts";
import { percent, window } from "../claims.ts";

/** What the claims are derived from. */
export type ClaimedOfGroup = Omit<GroupPrediction, "sentence" | "claims" | "why" | "reasons">;

/**
 * A standstill that is no longer than this is none: the pause between two polls, or a rebalance in passing.
 */
export const UNDISTURBED_MS = 2_000;

/** Returns the claims in the order of the sentence. */
export function groupClaimsOf(prediction: ClaimedOfGroup): readonly GroupClaim[] {
  return [
    readingClaim(prediction),
    commitClaim(prediction),
    rebalanceClaim(prediction),
    recordsClaim("skipped", prediction.skipped),
    recordsClaim("repeated", prediction.repeated),
    ...settingClaims(prediction),
    ...(prediction.slower === undefined
      ? []
      : [
          {
            code: "slowMachine",
            text: `on a machine ${prediction.slower} times slower than the reference`,
          } satisfies GroupClaim,
        ]),
  ];
}

/** The claims' words in one line. */
export function groupSentenceOf(claims: readonly GroupClaim[]): string {
  const isRecords = ({ code }: GroupClaim): boolean => RECORDS.has(code);
  const isLast = ({ code }: GroupClaim): boolean => code === "slowMachine" || code === "settingsNotDerived";
  return [
    ...claims.filter((claim) => !isRecords(claim) && !isLast(claim)).map(({ text }) => text),
    claims
      .filter(isRecords)
      .map(({ text }) => text)
      .join(", "),
    ...claims.filter(isLast).map(({ text }) => text),
  ]
    .filter((text) => text !== "")
    .join("; ");
}

const RECORDS: ReadonlySet<GroupClaimCode> = new Set([
  "noneSkipped",
  "skippedAtMost",
  "noneRepeated",
  "repeatedAtMost",
]);

function readingClaim({ reads, standstill, timers, lastsMs }: ClaimedOfGroup): GroupClaim {
  const common = { ...named(timers), ...(lastsMs !== undefined && { lastsMs }) };
  const by = byTimers(timers);
  if (reads === 0 || standstill === null) {
    const until = lastsMs === undefined ? "" : ` while the fault lasts, ${readable(lastsMs)}`;
    return { code: "readsNoMore", ...common, text: `a partition is read no more${until}${by}` };
  }
  const odds = percent(reads);
  if (reads < 1)
    return {
      code: "mayRead",
      ...common,
      odds: reads,
      tookMs: standstill,
      text: `a partition stands still for ${window(standstill)}${by}, read again with odds of ${odds}`,
    };
  if (standstill.toMs <= UNDISTURBED_MS || standstill.fromMs === 0)
    return {
      code: "readsOn",
      ...common,
      tookMs: standstill,
      text: `reading goes on, standing still for ${window(standstill)} at most${by}`.replace(
        "for up to",
        "for",
      ),
    };
  return {
    code: "standsStill",
    ...common,
    tookMs: standstill,
    text: `a partition stands still for ${window(standstill)}${by}`,
  };
}

function commitClaim({ commits, commitGap, lastsMs }: ClaimedOfGroup): GroupClaim {
  const common = lastsMs === undefined ? {} : { lastsMs };
  if (commits === null) return { code: "noCommits", ...common, text: "nobody commits by policy" };
  if (commits === 0 || commitGap === null)
    return { code: "commitsNoMore", ...common, text: "no commit is accepted" };
  if (commits < 1)
    return {
      code: "mayCommit",
      ...common,
      odds: commits,
      tookMs: commitGap,
      text: `commits go on with odds of ${percent(commits)}`,
    };
  if (commitGap.fromMs === 0)
    return { code: "commitsOn", ...common, tookMs: commitGap, text: "commits go on" };
  return {
    code: "commitsAgain",
    ...common,
    tookMs: commitGap,
    text: `commits go on after ${window(commitGap)}`,
  };
}

function rebalanceClaim({ rebalance }: ClaimedOfGroup): GroupClaim {
  if (rebalance === 0) return { code: "noRebalance", text: "no rebalance" };
  if (rebalance === 1) return { code: "rebalance", text: "a rebalance" };
  return { code: "mayRebalance", odds: rebalance, text: `a rebalance with odds of ${percent(rebalance)}` };
}

const WORDS = {
  skipped: ["noneSkipped", "skippedAtMost", "skipped"],
  repeated: ["noneRepeated", "repeatedAtMost", "processed again"],
} as const;

function recordsClaim(which: keyof typeof WORDS, records: RecordBound): GroupClaim {
  const [none, most, word] = WORDS[which];
  if (records === 0) return { code: none, records, text: `0 ${word}` };
  if (records === null) return { code: most, records, text: `any number ${word}` };
  return { code: most, records, text: `at most ${records} ${word}` };
}

function settingClaims({ notDerived = [] }: ClaimedOfGroup): GroupClaim[] {
  if (notDerived.length === 0) return [];
  return [{ code: "settingsNotDerived", text: `no effect of ${notDerived.join(", ")} is derived` }];
}

function named(timers: readonly Timer[]): Pick<GroupClaim, "timers"> {
  return { timers: [...new Set(timers.map(({ name }) => name))] };
}

function byTimers(timers: readonly Timer[]): string {
  const names = [...new Set(timers.map(({ name }) => name))];
  return names.length === 0 ? "" : ` (${names.slice(0, 4).join(", ")})`;
}
