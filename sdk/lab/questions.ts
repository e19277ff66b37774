// What a run can be asked, at any moment of it and when it is over: pure functions of its history, as verbs.

import {
  type Agreement,
  agreements,
  explain,
  type ExplainOptions,
  type Explanation,
} from "../analysis/explain/mod.ts";
import type { History } from "../model/history.ts";
import {
  type Biography,
  biography,
  type Interesting,
  interesting,
  type InterestingOptions,
} from "../analysis/check/mod.ts";

/** What a run can be asked. */
export interface Questions {
  /** Tells the life of a record by its value: sent, tried, answered, where it stands, read by whom. @throws RangeError where no send has that value */
  biography(value: string): Biography;
  /** Finds the records that were lost or doubled, whose outcome is unknown, that failed but are present, or that took long. */
  interesting(options?: InterestingOptions): Interesting;
  /** Cuts every time without acknowledged sends into parts, each with what proves it. */
  explain(options?: ExplainOptions): Explanation;
  /** Compares every prediction with the fault that followed it. */
  agreements(): readonly Agreement[];
}

/** Makes the verbs; each reads the history as it is when it is asked. */
export function questionsOf(history: () => History): Questions {
  return {
    biography: (value) => biography(history(), value),
    interesting: (options) => interesting(history(), options),
    explain: (options) => explain(history(), options),
    agreements: () => agreements(history()),
  };
}
