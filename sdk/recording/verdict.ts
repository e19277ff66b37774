// The recorded verdict, and how a later judgement differs from it.

import { existsSync } from "node:fs";
import path from "node:path";
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
} from "../model/shape.ts";
import { readJson } from "./json.ts";
import { checkerName } from "./renamed.ts";

/** The content of `verdict.json`. */
export interface RecordedVerdict {
  claim: string;
  verdict: Verdict;
  /** The part of the judgement that later ones are compared with. */
  judgement: {
    verdict: Verdict;
    checks: readonly { checker: string; verdict: Verdict; summary: string }[];
    counts: Readonly<Record<string, number>>;
    gap: { ms: number | null } | null;
  };
  /** The checkers' options. */
  asked: CheckOptions;
  /** The scenario's own part of the verdict. */
  holds: Verdict;
}

const verdict = oneOf(true, false, "unknown");
const shape = fields({
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

/** Reads a folder's verdict; undefined if the run was not concluded. @throws LabError BAD_RUN */
export function readVerdict(dir: string): RecordedVerdict | undefined {
  const file = path.join(dir, "verdict.json");
  if (!existsSync(file)) return undefined;
  const value = readJson(file, { what: "read the run", name: "its verdict", shape });
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

/** Versions before 0.4 did not write it: a verdict that differs from the checkers' was the scenario's. */
function ownPart({ verdict, judgement }: Pick<RecordedVerdict, "verdict" | "judgement">): Verdict {
  return verdict === judgement.verdict ? true : verdict;
}

/** How a judgement differs from the recorded one, a line each. */
export function differencesFrom({ judgement: was }: RecordedVerdict, now: Judgement): string[] {
  const lines =
    was.verdict === now.verdict ? [] : [`the checkers say ${now.verdict}, recorded: ${was.verdict}`];
  for (const { checker, verdict, summary } of now.checks) {
    const before = was.checks.find((one) => one.checker === checker);
    if (before === undefined) lines.push(`${checker} is new: it is not in the recorded verdict`);
    else if (before.verdict !== verdict || before.summary !== summary)
      lines.push(`${checker}: ${summary} Recorded: ${before.summary}`);
  }
  for (const { checker } of was.checks)
    if (!now.checks.some((one) => one.checker === checker))
      lines.push(`${checker} is missing: it is in the recorded verdict`);
  for (const [name, count] of Object.entries(now.counts)) {
    // versions before 0.7 did not count what was under way at the end
    const before = was.counts[name] ?? (name === "underWay" ? 0 : undefined);
    if (before !== count)
      lines.push(
        `${name}: ${counted(count)}, recorded: ${before === undefined ? "nothing" : counted(before)}`,
      );
  }
  if (now.gap?.ms !== was.gap?.ms)
    lines.push(`the longest gap: ${gapOf(now.gap)}, recorded: ${gapOf(was.gap)}`);
  return lines.map((line) => printable(line));
}

function gapOf(gap: { ms: number | null } | null): string {
  return gap === null ? "nothing was sent" : gap.ms === null ? "to the end of the run" : `${gap.ms} ms`;
}
