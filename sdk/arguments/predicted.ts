// Which options belong to which predicted fault: an option of another fault would be ignored silently.

import type { PredictedFault, PredictOptions } from "../lab/verbs/predict.ts";

interface Own {
  readonly needed: readonly (keyof PredictOptions)[];
  readonly taken: readonly (keyof PredictOptions)[];
}

const EVERY: readonly (keyof PredictOptions)[] = ["client", "lasts"];
const SCOPE: readonly (keyof PredictOptions)[] = ["path", "direction"];
const PROCESS: Own = { needed: [], taken: [] };
const OWN: Readonly<Record<PredictedFault, Own>> = {
  stop: PROCESS,
  kill: PROCESS,
  pause: PROCESS,
  isolate: { needed: [], taken: ["how", ...SCOPE] },
  delay: { needed: ["delay"], taken: ["jitter", ...SCOPE] },
  lose: { needed: ["percent"], taken: SCOPE },
  throttle: { needed: ["rate"], taken: SCOPE },
};

/** @throws TypeError for an option that the fault does not have, or that it cannot be without */
export function assertFits(fault: PredictedFault, options: PredictOptions = {}): void {
  const { needed, taken } = OWN[fault];
  const all = [...EVERY, ...needed, ...taken];
  for (const name of Object.keys(options) as (keyof PredictOptions)[])
    if (!all.includes(name))
      throw new TypeError(
        `Cannot call lab.predict(): options.${name} is no option of ${JSON.stringify(fault)}; ` +
          `there are ${all.join(", ")}`,
      );
  for (const name of needed)
    if (options[name] === undefined)
      throw new TypeError(
        `Cannot call lab.predict(): options.${name} is missing, expected for ${JSON.stringify(fault)}`,
      );
}
