// Sends as points: shape and colour tell the outcome, a thin line the waiting before it.
//
//   ●  ok      ◇  info: nobody can know      ×  fail      ───●  under way, then acknowledged

import type { RenderFunction } from "@observablehq/plot";
import type { Outcome } from "../../model/history.ts";
import { type Colour, colour } from "./palette.ts";

/** One subpath a mark, so that thousands fit into one short element. */
const SHAPES: Readonly<Record<Outcome, string>> = {
  ok: "h0",
  info: "m-4,0l4,-4 4,4 -4,4z",
  fail: "m-3.5,-3.5l7,7m0,-7l-7,7",
};

const LOOK: Readonly<Record<Outcome, string>> = {
  ok: `stroke="${colour("ok")}" stroke-width="3.4" stroke-linecap="round" fill="none"`,
  info: `stroke="${colour("info")}" stroke-width="1.7" fill="${colour("page")}"`,
  fail: `stroke="${colour("fail")}" stroke-width="1.9" stroke-linecap="round" fill="none"`,
};

/** A mark of an outcome at a place, as an element of its own: for a legend. */
export function mark(outcome: Outcome, x: number, y: number): string {
  return `<path d="M${x},${y}${SHAPES[outcome]}" ${LOOK[outcome]}/>`;
}

/** Draws all points of one outcome as one path: for Plot's `render`. */
export function asPoints(outcome: Outcome): RenderFunction {
  // Plot's index is a typed array, whose own map() makes numbers
  return (index, _scales, { x = [], y = [] }, _dimensions, { document }) =>
    path(
      document,
      Array.from(index, (i) => `M${px(x[i])},${px(y[i])}${SHAPES[outcome]}`),
      LOOK[outcome],
      outcome,
    );
}

/** Draws the waiting of sends from x1 to x2 as one path: for Plot's `render`. */
export function asWaiting(): RenderFunction {
  return (index, _scales, { x1 = [], x2 = [], y1 = [] }, _dimensions, { document }) =>
    path(
      document,
      Array.from(index, (i) => `M${px(x1[i])},${px(y1[i])}H${px(x2[i])}`),
      `stroke="${colour("quiet" satisfies Colour)}" stroke-width="1.2" stroke-opacity="0.55" fill="none"`,
      "waiting",
    );
}

type Page = Parameters<RenderFunction>[4]["document"];

function path(
  document: Page,
  subpaths: readonly string[],
  look: string,
  label: string,
): ReturnType<RenderFunction> {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "path");
  made.setAttribute("d", subpaths.join(""));
  made.setAttribute("aria-label", label);
  for (const [, name, value] of look.matchAll(/([\w-]+)="([^"]*)"/g)) made.setAttribute(name!, value!);
  return made;
}

function px(value: unknown): number {
  return Math.round(Number(value) * 10) / 10;
}
