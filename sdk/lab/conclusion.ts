// What `conclude` is asked for, and what it returns.

import type { CheckOptions, Judgement, Verdict } from "../analysis/check/mod.ts";
import type { Explanation, GroupPredictionCheck, PredictionCheck } from "../analysis/explain/mod.ts";
import type { Duration } from "../model/duration.ts";
import type { History } from "../model/history.ts";

/** Options of `lab.conclude`. */
export interface ConcludeOptions extends CheckOptions {
  /**
   * The claim that the run tests.
   *
   * @default "no acknowledged record is lost"; where a topic was watched and no probe sent, that records of
   * others
   *   arrive again after each fault, and stay
   */
  claim?: string;
  /** A verdict of the scenario's own, merged with the checkers'. @default true */
  holds?: Verdict | ((judgement: Judgement, history: History) => Verdict);
  /** The longest time for healing, and for reading back. @default "60s" */
  timeout?: Duration;
  /** Prints the verdict and the timeline. @default true */
  print?: boolean;
  /**
   * Whether to draw the timeline as `timeline.svg` as well (half a second); a notebook shows it.
   *
   * @default in a notebook
   */
  picture?: boolean;
  /** Sets `process.exitCode`. @default true, except in a notebook */
  exitCode?: boolean;
}

/** The result of a run. */
export interface Conclusion {
  /** The claim that was tested. */
  claim: string;
  /** The merged verdict: checkers, predictions and `holds`. */
  verdict: Verdict;
  /** The checkers' results and counts. */
  judgement: Judgement;
  /** Each prediction beside the measured outcome; a wrong one makes the verdict false. */
  predictionChecks: readonly PredictionCheck[];
  /** The same of the predictions for consumer groups. */
  groupPredictionChecks: readonly GroupPredictionCheck[];
  /** Every time without an acknowledged send, cut into parts with their evidence. */
  explanation: Explanation;
  /** The run's folder. */
  dir: string;
  /** 0 claim and predictions confirmed, 2 not confirmed, 3 inconclusive. */
  exitCode: 0 | 2 | 3;
}
