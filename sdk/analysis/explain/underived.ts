// Predictions of changed settings of which no effect is derived: what disagrees may be their effect.

import type { Prediction } from "../../model/prediction.ts";
import type { Weighed } from "./machine-doubt.ts";

/** Whether the fault changes a setting of which nothing is derived. */
export function isUnderived({ notDerived = [] }: Pick<Prediction, "notDerived">): boolean {
  return notDerived.length > 0;
}

/** A disagreement that the setting may have made says nothing. */
export function withoutVerdict(one: Weighed): Weighed {
  return one.verdict === false ? { ...one, verdict: "unknown" } : one;
}
