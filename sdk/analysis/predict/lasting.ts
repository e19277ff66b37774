// A fault that is healed after a time that is known: what would have come later does not come while it lasts.

import { even } from "./pauses.ts";
import type { Odds, Prediction, Span } from "../../model/prediction.ts";
import { span } from "./span.ts";

/** How probable it is that something that ends within a window has ended by then. */
function isOver({ fromMs, toMs }: Span, byMs: number): Odds {
  if (toMs <= byMs) return 1;
  if (fromMs > byMs) return 0;
  const all = even(span(fromMs, toMs));
  return all.filter((ms) => ms <= byMs).length / all.length;
}

/** Leaves of a prediction what happens before the fault is healed. */
export function whileItLasts<Told extends Omit<Prediction, "sentence">>(
  told: Told,
  movedAt: Span | null,
  lastsMs: number | undefined,
): Told {
  if (lastsMs === undefined) return told;
  const failsOver = told.failsOver * (movedAt === null ? 1 : isOver(movedAt, lastsMs));
  const over = told.gap === null ? 1 : isOver(told.gap, lastsMs);
  const gap =
    told.gap === null || over === 0 ? null : span(told.gap.fromMs, Math.min(told.gap.toMs, lastsMs));
  const healed =
    over === 1 && told.served > 0 ? "" : ` It is healed after ${Math.round(lastsMs / 100) / 10} s.`;
  return {
    ...told,
    failsOver,
    served: told.served * over,
    gap,
    parts: gap === null ? [] : told.parts,
    why: `${told.why}${healed}`,
  };
}
