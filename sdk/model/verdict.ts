// false beats unknown beats true.

/** Says whether a claim held, did not hold, or cannot be told from the history. */
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

/** What a program exits with: 0 held, 2 did not hold, 3 cannot tell; 1 stays for a crash. */
export function exitCodeOf(verdict: Verdict): 0 | 2 | 3 {
  return EXIT_CODES[String(verdict) as "true"];
}
