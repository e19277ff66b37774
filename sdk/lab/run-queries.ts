// What a run can be asked, at any moment of it and when it is over: pure functions of its history, as verbs.

import {
  type PredictionCheck,
  predictionChecks,
  explain,
  type ExplainOptions,
  type Explanation,
} from "../analysis/explain/mod.ts";
import type { History } from "../model/history.ts";
import {
  type RecordTrace,
  recordTrace,
  type Anomalies,
  anomalies,
  type AnomalyOptions,
} from "../analysis/check/mod.ts";

/** What a run can be asked. */
export interface RunQueries {
  /**
   * Tells the life of a record by its value: sent, tried, answered, where it stands, read by whom.
   *
   * @throws RangeError where no send has that value
   */
  recordTrace(value: string): RecordTrace;
  /**
   * Finds the records that were lost or doubled, whose outcome is unknown, that failed but are present, or
   * that took long.
   */
  anomalies(options?: AnomalyOptions): Anomalies;
  /** Cuts every time without acknowledged sends into parts, each with what proves it. */
  explain(options?: ExplainOptions): Explanation;
  /** Compares every prediction with the fault that followed it. */
  predictionChecks(): readonly PredictionCheck[];
}

/** Makes the verbs; each reads the history as it is when it is asked. */
export function runQueries(history: () => History): RunQueries {
  return {
    recordTrace: (value) => recordTrace(history(), value),
    anomalies: (options) => anomalies(history(), options),
    explain: (options) => explain(history(), options),
    predictionChecks: () => predictionChecks(history()),
  };
}
