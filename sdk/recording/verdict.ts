// The verdict as it was recorded, and in what a judgement differs from it.

import { existsSync } from "node:fs";
import path from "node:path";
import { LabError } from "../model/errors.ts";
import { type CheckOptions, counted, type Judgement, type Verdict } from "../analysis/check/mod.ts";
import { printable } from "../model/printable.ts";
import {
  anything,
  fields,
  listOf,
  nullable,
  number,
  oneOf,
  optional,
  text,
  valuesOf,
  wrongIn,
} from "../model/shape.ts";
import { readJson } from "./json.ts";
import { checkerName } from "./renamed.ts";

/** What `verdict.json` holds. */
export interface RecordedVerdict {
  claim: string;
  verdict: Verdict;
  /** Of the judgement, what a later one is compared with. */
  judgement: {
    verdict: Verdict;
    checks: readonly { checker: string; verdict: Verdict; summary: string }[];
    counts: Readonly<Record<string, number>>;
    gap: { ms: number | null } | null;
  };
  /** What was asked of the checkers. */
  asked: CheckOptions;
  /** The scenario's own part of the verdict. */
  holds: Verdict;
}

const verdict = oneOf(true, false, "unknown");
const wrong = fields({
  claim: text,
  verdict,
  judgement: fields({
    verdict,
    checks: listOf(fields({ checker: text, verdict, summary: text })),
    counts: valuesOf(number),
    gap: nullable(fields({ ms: nullable(number) })),
  }),
  asked: optional(valuesOf(anything)),
  holds: optional(verdict),
});

/** Reads a folder's verdict; undefined where the run did not come to one. @throws LabError BAD_RUN */
export function readVerdict(dir: string): RecordedVerdict | undefined {
  const file = path.join(dir, "verdict.json");
  if (!existsSync(file)) return undefined;
  const value = readJson(file, { what: "read the run", name: "its verdict" });
  const why = wrongIn(wrong, value);
  if (why !== undefined)
    throw new LabError("BAD_RUN", `Cannot read the run: its verdict is wrong: ${why}`, { file });
  const { asked, holds, ...rest } = value as Omit<RecordedVerdict, "asked" | "holds"> &
    Partial<RecordedVerdict>;
  const checks = rest.judgement.checks.map((one) => ({ ...one, checker: checkerName(one.checker) }));
  const names = asked?.checks ?? checks.map(({ checker }) => checker);
  return {
    ...rest,
    judgement: { ...rest.judgement, checks },
    asked: { ...asked, checks: names.map(checkerName) as NonNullable<CheckOptions["checks"]> },
    holds: holds ?? ownPart(rest),
  };
}

/** Versions before 0.4 did not write it: what the checkers do not explain, the scenario must have said. */
function ownPart({ verdict, judgement }: Pick<RecordedVerdict, "verdict" | "judgement">): Verdict {
  return verdict === judgement.verdict ? true : verdict;
}

/** Says in what a judgement differs from the recorded one, a line each. */
export function differencesFrom({ judgement: was }: RecordedVerdict, now: Judgement): string[] {
  const lines =
    was.verdict === now.verdict ? [] : [`the checkers say ${now.verdict}, recorded is ${was.verdict}`];
  for (const { checker, verdict, summary } of now.checks) {
    const before = was.checks.find((one) => one.checker === checker);
    if (before === undefined) lines.push(`${checker} was not asked for`);
    else if (before.verdict !== verdict || before.summary !== summary)
      lines.push(`${checker}: ${summary} Recorded is: ${before.summary}`);
  }
  for (const { checker } of was.checks)
    if (!now.checks.some((one) => one.checker === checker)) lines.push(`${checker} was judged then, not now`);
  for (const [name, count] of Object.entries(now.counts)) {
    const before = was.counts[name];
    if (before !== count)
      lines.push(
        `${name}: ${counted(count)}, recorded is ${before === undefined ? "nothing" : counted(before)}`,
      );
  }
  if (now.gap?.ms !== was.gap?.ms)
    lines.push(`the longest gap: ${gapOf(now.gap)}, recorded is ${gapOf(was.gap)}`);
  return lines.map((line) => printable(line));
}

function gapOf(gap: { ms: number | null } | null): string {
  return gap === null ? "nothing was sent" : gap.ms === null ? "for ever" : `${gap.ms} ms`;
}
