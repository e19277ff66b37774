// What takes how long at least: a busy machine delays single ones, a fault every one.

/**
 * The least of so many measurements, in milliseconds.
 *
 * @param enoughMs it stops at the first that takes less
 */
export async function quickest(
  measure: () => Promise<number>,
  { times = 10, enoughMs = 0 }: { times?: number; enoughMs?: number } = {},
): Promise<number> {
  let least = Infinity;
  for (let n = 0; n < times && least >= enoughMs; n++) least = Math.min(least, await measure());
  return least;
}
