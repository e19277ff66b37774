// How much two names differ: what "did you mean" goes by, wherever a name is not known.

/**
 * Returns how many letters have to be put in, taken out or changed to make one text of another (Levenshtein).
 *
 * @param most beyond which it does not matter how many: then some number above it is returned
 */
export function editDistance(a: string, b: string, most: number = Infinity): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1])));
    row = next;
    // no row has a smaller number than the one before it
    if (most !== Infinity && Math.min(...row) > most) return most + 1;
  }
  return row[b.length]!;
}
