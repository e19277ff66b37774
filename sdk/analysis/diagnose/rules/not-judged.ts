// What the rules say nothing of, and why.

import type { Rule } from "../finding.ts";

/** The rule whose findings mean that a diagnosis is not complete. */
export const NOT_JUDGED = "not-judged";

export const notJudgedRules: readonly Rule[] = [
  {
    id: NOT_JUDGED,
    severity: "note",
    title: "nothing here was judged",
    source: "sdk/analysis/diagnose/read/: what is read of which file",
    check: ({ notJudged }) =>
      notJudged.map(({ setting, why, fix }) => ({ settings: [setting], happens: why, fix })),
  },
];
