// What `conclude` is asked for, and what it returns.

import type { CheckOptions, Judgement, Verdict } from "../analysis/check/mod.ts";
import type { Explanation, PredictionCheck } from "../analysis/explain/mod.ts";
import type { Duration } from "../model/duration.ts";
import type { History } from "../model/history.ts";

export interface ConcludeOptions extends CheckOptions {
  /** The claim that the run tests. @default "no acknowledged record is lost" */
  claim?: string;
  /** The scenario's own part of the verdict, merged with the checkers'. @default true */
  holds?: Verdict | ((judgement: Judgement, history: History) => Verdict);
  /** How long healing and reading back may take each. @default "60s" */
  timeout?: Duration;
  /** Prints the verdict and the timeline. @default true */
  print?: boolean;
  /**
   * Also draws the timeline as `timeline.svg`, and in a notebook shows that; takes 0.5 s.
   *
   * @default true in a notebook, else false
   */
  picture?: boolean;
  /** Sets `process.exitCode`. @default true, except in a notebook */
  exitCode?: boolean;
}

/** A run's result. */
export interface Conclusion {
  claim: string;
  verdict: Verdict;
  judgement: Judgement;
  /** Each prediction beside the measured outcome; one that failed makes the verdict false. */
  predictionChecks: readonly PredictionCheck[];
  /** Why no sends were acknowledged for a time. */
  explanation: Explanation;
  /** The run's folder. */
  dir: string;
  /** 0 confirmed, 2 claim or prediction failed, 3 inconclusive. */
  exitCode: 0 | 2 | 3;
}
