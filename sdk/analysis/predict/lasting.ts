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
  prediction: Told,
  movedAt: Span | null,
  lastsMs: number | undefined,
): Told {
  if (lastsMs === undefined) return prediction;
  const failsOver = prediction.failsOver * (movedAt === null ? 1 : isOver(movedAt, lastsMs));
  const over = prediction.gap === null ? 1 : isOver(prediction.gap, lastsMs);
  const gap =
    prediction.gap === null || over === 0
      ? null
      : span(prediction.gap.fromMs, Math.min(prediction.gap.toMs, lastsMs));
  const healed =
    over === 1 && prediction.served > 0 ? "" : ` It is healed after ${Math.round(lastsMs / 100) / 10} s.`;
  return {
    ...prediction,
    failsOver,
    served: prediction.served * over,
    gap,
    parts: gap === null ? [] : prediction.parts,
    why: `${prediction.why}${healed}`,
  };
}
