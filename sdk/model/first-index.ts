// The binary search that every ordered list here is asked by.

/**
 * Returns the first index from 0 to below `length` for which the condition holds, `length` where it holds for
 * none. Once it holds it holds for all that follow. It is asked for about log2(length) of them.
 */
export function firstIndex(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
