// Predictions of changed settings of which no effect is derived: what disagrees may be their effect.

import type { Prediction } from "../../model/prediction.ts";
import type { Weighed } from "./machine-doubt.ts";

/** What comparisons came to; a disagreement that such a setting may have made says nothing. */
export function ofDerived(
  { notDerived = [] }: Pick<Prediction, "notDerived">,
  weighed: readonly Weighed[],
): readonly Weighed[] {
  if (notDerived.length === 0) return weighed;
  return weighed.map((one) => (one.verdict === false ? { ...one, verdict: "unknown" } : one));
}
