// Offsets are 64-bit numbers as decimal text; their order needs no BigInt.

/**
 * Compares two offsets: negative where `a` comes first, 0 where they are equal. The longer of two decimal
 * texts is the larger number.
 */
export function compareOffsets(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
