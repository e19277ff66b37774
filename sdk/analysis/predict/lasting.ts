// A fault that is healed after a time that is known: what would have come later does not come while it lasts.

import { readable } from "../../model/duration.ts";
import type { Odds, PredictedController, Prediction, ReasonCode, Span } from "../../model/prediction.ts";
import { even } from "./pauses.ts";
import { span } from "./span.ts";
import type { Reason } from "./words.ts";

/** How probable it is that something that ends within a window has ended by then. */
export function isOver({ fromMs, toMs }: Span, byMs: number): Odds {
  if (toMs <= byMs) return 1;
  if (fromMs > byMs) return 0;
  const all = even(span(fromMs, toMs));
  return all.filter((ms) => ms <= byMs).length / all.length;
}

/** What is changed by the end of the fault. */
type Lasting = Pick<
  Prediction,
  "controller" | "failsOver" | "served" | "gap" | "parts" | "timers" | "visible"
> & {
  readonly reasons: readonly Reason[];
};

/** Leaves of a prediction what happens before the fault is healed. */
export function whileItLasts<Told extends Lasting>(
  prediction: Told,
  movedAt: Span | null,
  lastsMs: number | undefined,
): Told {
  if (lastsMs === undefined) return prediction;
  const { parts, timers } = prediction;
  const failsOver = prediction.failsOver * (movedAt === null ? 1 : isOver(movedAt, lastsMs));
  const over = prediction.gap === null ? 1 : isOver(prediction.gap, lastsMs);
  const gap =
    prediction.gap === null || over === 0
      ? null
      : span(prediction.gap.fromMs, Math.min(prediction.gap.toMs, lastsMs));
  const isMoveLate = prediction.failsOver > 0 && failsOver === 0;
  // nothing is appended before the fault is healed
  const isUnserved = prediction.served > 0 && over === 0;
  const { visible: _, ...others } = prediction;
  const controller = prediction.controller && activeWhile(prediction.controller, lastsMs);
  const late: readonly ReasonCode[] = [
    ...(isMoveLate ? MOVES : []),
    ...(controller?.moves === 0 ? (["another controller"] as const) : []),
    ...(isUnserved ? (["high watermark"] as const) : []),
  ];
  const reasons = prediction.reasons.filter(({ code }) => !late.includes(code));
  return {
    ...((isUnserved ? others : prediction) as Told),
    ...(controller && { controller }),
    failsOver,
    served: prediction.served * over,
    gap,
    parts: gap === null ? [] : parts,
    // what the cluster does later does not decide what the client gets from the leader that it has
    timers: isMoveLate && gap !== null ? timers.filter(({ owner }) => owner === "client") : timers,
    reasons: untilHealed({ ...prediction, reasons }, { isMoveLate, gap, isOver: over === 1 }, lastsMs),
  };
}

function activeWhile(controller: PredictedController, lastsMs: number): PredictedController {
  const { activeAt } = controller;
  if (activeAt === null) return controller;
  const over = isOver(activeAt, lastsMs);
  return {
    ...controller,
    moves: controller.moves * over,
    activeAt: over === 0 ? null : span(activeAt.fromMs, Math.min(activeAt.toMs, lastsMs)),
  };
}

const MOVES: readonly ReasonCode[] = ["fenced", "unclean", "unclean by timer", "controlledShutdown"];

/** The reasons of what comes while the fault lasts: not of what would come after it. */
function untilHealed(
  { served, reasons }: Lasting,
  { isMoveLate, gap, isOver }: Pick<Lasting, "gap"> & { isMoveLate: boolean; isOver: boolean },
  lastsMs: number,
): readonly Reason[] {
  if (isOver && served > 0 && !isMoveLate) return reasons;
  const before = isMoveLate
    ? ", before another broker can become leader"
    : served > 0 && gap === null
      ? ", before a send is acknowledged"
      : "";
  return [...reasons, { code: "healed", text: `The fault is healed after ${readable(lastsMs)}${before}.` }];
}
