// The value that was meant: values end in a number, so the nearest is first of the same name, then of the
// nearest number.

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

/** How many letters have to be put in, taken out or changed (Levenshtein). */
function edits(a: string, b: string): number {
  const [from, to] = [a.slice(0, LETTERS), b.slice(0, LETTERS)];
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + Number(from[i - 1] !== to[j - 1])));
    row = next;
  }
  return row[to.length]!;
}
