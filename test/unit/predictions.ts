// Predictions that say nothing, for tests of what is made of them.

import type { Prediction } from "../../sdk/model/prediction.ts";

/**
 * A kill of broker 1 after which another broker leads and everything is kept, with what is given in its
 * place.
 */
export function prediction(given: Partial<Prediction> = {}): Prediction {
  return {
    fault: "kill",
    targets: [1],
    failsOver: 1,
    served: 1,
    gap: null,
    parts: [],
    timers: [],
    send: { ok: 1, tookMs: null, endedBy: null },
    lost: "no",
    duplicates: "no",
    unknown: "no",
    why: "",
    sentence: "",
    ...given,
  };
}
