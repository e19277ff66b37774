// One prediction of all the courses that events may take: windows cover all of them, odds are weighted.

import type { PredictedPart, Prediction, Span } from "../../model/prediction.ts";
import type { BranchPrediction, PredictionBranch } from "./branch.ts";
import { either } from "./possibilities.ts";
import { anyOf } from "./span.ts";
import { distinct } from "./timers.ts";

/** A prediction without its words. */
export type Merged = Omit<Prediction, "sentence" | "claims">;

/** Puts branches together; those that cannot come are left out. @throws RangeError where there is none */
export function merge(all: readonly PredictionBranch[]): Merged {
  const branches = all.filter(({ odds }) => odds > 0).sort((a, b) => b.odds - a.odds);
  const [likely, ...others] = branches;
  if (likely === undefined) throw new RangeError("Cannot predict: no possible outcome");
  const { reasons: _, ...prediction } = likely.prediction;
  return {
    ...(others.length === 0 ? prediction : { ...prediction, ...weighed(branches) }),
    ...explained(branches),
  };
}

/** Why, of the two likeliest that differ; the codes are those of all. */
function explained(branches: readonly PredictionBranch[]): Pick<Prediction, "why" | "reasons"> {
  const whys = new Set(branches.map((one) => one.prediction.reasons.map(({ text }) => text).join(" ")));
  return {
    why: [...whys].slice(0, 2).join(" Or: "),
    reasons: [...new Set(branches.flatMap((one) => one.prediction.reasons.map(({ code }) => code)))],
  };
}

function weighed(branches: readonly PredictionBranch[]): Partial<BranchPrediction> {
  const mean = (value: (one: BranchPrediction) => number): number =>
    rounded(branches.reduce((sum, one) => sum + one.odds * value(one.prediction), 0));
  const gaps = branches.flatMap(({ prediction: { gap } }) => gap ?? []);
  const actives = branches.flatMap(({ prediction: { controller } }) => controller?.activeAt ?? []);
  const sends = branches.flatMap(({ prediction: { send } }) => send.tookMs ?? []);
  return {
    controller: {
      moves: mean(({ controller }) => controller?.moves ?? 0),
      lost: mean(({ controller }) => controller?.lost ?? 0),
      activeAt: actives.length === 0 ? null : anyOf(...actives),
    },
    failsOver: mean(({ failsOver }) => failsOver),
    served: mean(({ served }) => served),
    gap: gaps.length === 0 ? null : anyOf(...gaps),
    parts: mergedParts(branches.map((one) => one.prediction.parts)),
    timers: distinct(branches.flatMap((one) => one.prediction.timers)),
    send: {
      ok: mean(({ send }) => send.ok),
      tookMs: sends.length === 0 ? null : anyOf(...sends),
      endedBy: branches.map((one) => one.prediction.send.endedBy).find((timer) => timer !== null) ?? null,
    },
    lost: branches.map((one) => one.prediction.lost).reduce(either),
    duplicates: branches.map((one) => one.prediction.duplicates).reduce(either),
    unknown: branches.map((one) => one.prediction.unknown).reduce(either),
    ...(branches.some(({ prediction }) => prediction.visible !== undefined) && {
      visible: mean(({ visible }) => visible ?? 1),
    }),
  };
}

/** Odds with six digits. */
export function rounded(odds: number): number {
  return Math.round(odds * 1e6) / 1e6;
}

/**
 * The parts of each course by what they are spent on; a part that one course does not have may take no time.
 */
function mergedParts(branches: readonly (readonly PredictedPart[])[]): PredictedPart[] {
  const served = branches.filter((parts) => parts.length > 0);
  const whats = [...new Set(served.flatMap((parts) => parts.map(({ what }) => what)))];
  return whats.map((what) => {
    const found = served.map((parts) => parts.find((part) => part.what === what));
    const first = found.find((part) => part !== undefined)!;
    const spans = found.map((part): Span => part?.tookMs ?? { fromMs: 0, toMs: 0 });
    return {
      ...first,
      tookMs: anyOf(...spans),
      timers: distinct(found.flatMap((part) => part?.timers ?? [])),
    };
  });
}
