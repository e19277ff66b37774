// Many sends, few marks: sends that would overlap are drawn once.
//
//   ┌──┬──┬──┬──┐   the picture is divided into cells; each non-empty cell is one mark, at its first send;
//   │· │  │··│ ·│   cells grow until there are few enough marks. An isolated send has a cell of its own, so
//   └──┴──┴──┴──┘   outliers are always drawn.

/** What a mark stands for: its place in pixels, and how many sends. */
export interface Thinned<T> {
  first: T;
  count: number;
}

/** Places in pixels. */
export type PlaceOf<T> = (one: T) => readonly [x: number, y: number];

/**
 * Returns at most `atMost` marks for any number of things, in order of first appearance; `key` keeps apart
 * what must not share a mark.
 */
export function thinned<T>(
  all: readonly T[],
  placeOf: PlaceOf<T>,
  atMost: number,
  key: (one: T) => number = () => 0,
): Thinned<T>[] {
  const places = all.map(placeOf);
  for (let cellPx = 1; ; cellPx *= 1.5) {
    const cells = new Map<number, Thinned<T>>();
    for (let i = 0; i < all.length && cells.size <= atMost; i++) {
      const [x, y] = places[i]!;
      const cell = (key(all[i]!) * 4096 + Math.floor(y / cellPx)) * 65_536 + Math.floor(x / cellPx);
      const known = cells.get(cell);
      if (known === undefined) cells.set(cell, { first: all[i]!, count: 1 });
      else known.count++;
    }
    if (cells.size <= atMost || cellPx > 4096) return [...cells.values()];
  }
}
