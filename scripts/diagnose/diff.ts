// Unified diffs of texts, as `diff -u` prints them.

import { createTwoFilesPatch } from "diff";

/** The differences of two texts of one file, three lines of context around each; none for equal texts. */
export function unifiedDiff(file: string, before: string, after: string): string[] {
  if (before === after) return [];
  // a line break of Windows is not shown
  const patch = createTwoFilesPatch(file, file, before, after, undefined, undefined, {
    context: 3,
    stripTrailingCr: true,
  });
  return patch.trimEnd().split("\n").slice(2); // not the line "Index:" and its rule
}
