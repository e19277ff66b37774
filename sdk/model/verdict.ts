// false beats unknown beats true.

/** Whether a claim is confirmed, failed, or inconclusive. */
export type Verdict = true | false | "unknown";

/** Merges verdicts: false beats unknown beats true; of none it is true. */
export function mergeVerdicts(verdicts: Iterable<Verdict>): Verdict {
  let merged: Verdict = true;
  for (const verdict of verdicts) {
    if (verdict === false) return false;
    if (verdict === "unknown") merged = "unknown";
  }
  return merged;
}

const EXIT_CODES = { true: 0, false: 2, unknown: 3 } as const;

/** The exit code: 0 confirmed, 2 failed, 3 inconclusive; 1 is for a crash. */
export function exitCodeOf(verdict: Verdict): 0 | 2 | 3 {
  return EXIT_CODES[String(verdict) as "true"];
}
