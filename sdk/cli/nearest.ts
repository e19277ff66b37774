// The name that was meant.

import { editDistance } from "../model/edit-distance.ts";

/** Returns the name that is nearest to a mistyped one, where one is near enough. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, far: edits(typed, name) }))
    .filter(({ name, far }) => far <= Math.max(1, Math.floor(Math.min(name.length, typed.length) / 3)))
    .sort((a, b) => a.far - b.far);
  return best?.name;
}

/** Names are short; a longer word is none of them. */
const LETTERS = 40;

function edits(a: string, b: string): number {
  return a.length > LETTERS ? a.length : editDistance(a, b);
}
