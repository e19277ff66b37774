// What became of the active controller beside what was predicted.

import type { Prediction } from "../../model/prediction.ts";
import type { Found } from "./machine-doubt.ts";
import type { MeasuredController } from "./measured-controller.ts";

/** A leader that no majority fetches from resigns after one and a half fetch timeouts (LeaderState.java). */
const RESIGNS_MS = 3_000;
const TIMES = 1.5;

/** Compares, where nodes were hit that are only controllers. */
export function controllerOn(
  { controllers, controller }: Prediction,
  measured: MeasuredController | null,
  lastedMs: number,
): Found {
  if (controllers === undefined || controller === undefined || measured === null) return { verdict: true };
  const { moves, lost, activeAt } = controller;
  if (![moves, lost].every((odds) => odds === 0 || odds === 1)) return { verdict: true };
  const predicted: MeasuredController = lost === 1 ? "lost" : moves === 1 ? "another" : "same";
  if (predicted === measured) return { verdict: true };
  const needsMs = TIMES * (lost === 1 ? RESIGNS_MS : (activeAt?.toMs ?? 0));
  if (predicted !== "same" && measured !== "another" && lastedMs < needsMs) return { verdict: "unknown" };
  const words: Readonly<Record<MeasuredController, string>> = {
    same: "the active controller stayed",
    another: "another node became the active controller",
    lost: "there was no active controller",
  };
  return {
    verdict: false,
    doubt: predicted === "another" ? "more" : "moved",
    ...(predicted === "another" && { byMs: Math.max(0, lastedMs - needsMs) }),
    text: `${words[measured]}, which was not predicted`,
  };
}
