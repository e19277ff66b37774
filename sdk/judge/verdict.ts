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
