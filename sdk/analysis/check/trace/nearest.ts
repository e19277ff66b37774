// The value that was meant: values end in a number, so the nearest is first of the same name, then of the
// nearest number.

import { editDistance } from "../../../model/edit-distance.ts";

/** Returns the value that is nearest to one that does not exist, or null where there is none. */
export function nearestValue(values: Iterable<string>, wanted: string): string | null {
  const [name, number] = parts(wanted);
  const distances = new Map<string, number>();
  let best: { value: string; far: readonly [number, number] } | null = null;
  for (const value of values) {
    const [own, n] = parts(value);
    let distance = distances.get(own);
    if (distance === undefined) distances.set(own, (distance = edits(own, name)));
    const far = [distance, Math.abs(n - number)] as const;
    if (best === null || far[0] < best.far[0] || (far[0] === best.far[0] && far[1] < best.far[1]))
      best = { value, far };
  }
  return best?.value ?? null;
}

function parts(value: string): [name: string, number: number] {
  const digits = /\d{1,15}$/.exec(value)?.[0] ?? "";
  return [value.slice(0, value.length - digits.length), Number(digits)];
}

/** As far as names are compared: a value may be as long as a record. */
const LETTERS = 100;

function edits(a: string, b: string): number {
  return editDistance(a.slice(0, LETTERS), b.slice(0, LETTERS));
}
