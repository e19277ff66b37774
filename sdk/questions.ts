// What a run can be asked about its records, at any moment of it and when it is over: pure functions of its history, as verbs.

import type { History } from "./history.ts";
import { type Biography, biography, type Interesting, interesting, type InterestingOptions } from "./judge/mod.ts";

/** What a run can be asked. */
export interface Questions {
  /** Tells the life of a record by its value: sent, tried, answered, where it stands, read by whom. @throws RangeError where no send has that value */
  biography(value: string): Biography;
  /** Finds the records that were lost or doubled, whose outcome is unknown, that failed but are present, or that took long. */
  interesting(options?: InterestingOptions): Interesting;
}

/** Makes the verbs; each reads the history as it is when it is asked. */
export function questionsOf(history: () => History): Questions {
  return {
    biography: (value) => biography(history(), value),
    interesting: (options) => interesting(history(), options),
  };
}
