// Delta debugging: the shortest part of a list that still fails.
// Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28(2), 2002.

/**
 * Reduces a list that fails: without any one of the items that are left it no longer does.
 *
 * @param fails whether a part of the list still fails; asked for one part after the other, never for
 *   the whole list
 */
export async function ddmin<T>(
  items: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = items;
  for (let parts = 2; left.length >= 2; ) {
    const smaller = await smallerThan(left, parts, fails);
    if (smaller !== undefined) {
      left = smaller.items;
      parts = Math.max(2, smaller.parts);
    } else if (parts < left.length) parts = Math.min(left.length, 2 * parts);
    else break;
  }
  return left.length === 1 && (await fails([])) ? [] : left;
}

/** A part, or what is left without it, that still fails. */
async function smallerThan<T>(
  items: readonly T[],
  parts: number,
  fails: (part: readonly T[]) => Promise<boolean>,
): Promise<{ items: readonly T[]; parts: number } | undefined> {
  const cut = (at: number): number => Math.floor((at * items.length) / parts);
  const chunks = Array.from({ length: parts }, (_, i) => [cut(i), cut(i + 1)] as const);
  for (const [from, to] of chunks) {
    const chunk = items.slice(from, to);
    if (await fails(chunk)) return { items: chunk, parts: 2 };
  }
  if (parts === 2) return undefined; // each is the rest of the other
  for (const [from, to] of chunks) {
    const rest = [...items.slice(0, from), ...items.slice(to)];
    if (await fails(rest)) return { items: rest, parts: parts - 1 };
  }
  return undefined;
}
