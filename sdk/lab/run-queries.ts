// What a run can be asked, at any moment of it and when it is over: pure functions of its history, as verbs.

import {
  type GroupPredictionCheck,
  groupPredictionChecks,
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

/** Queries on a run: pure functions of its history, at any time during it or after it. */
export interface RunQueries {
  /**
   * Traces one record by its value: sent, each attempt, its outcome, its offsets, and who read it.
   *
   * @throws RangeError if no send has that value
   */
  recordTrace(value: string): RecordTrace;
  /**
   * Finds the records that were lost or duplicated, whose outcome is unknown, that failed but are in the log,
   * or that took long.
   */
  anomalies(options?: AnomalyOptions): Anomalies;
  /**
   * Explains every time without an acknowledged send: cuts it into parts, each with its evidence.
   *
   * @example
   * const load = lab.probe.start({ perSecond: 100 });
   * await load.acknowledged(50);
   * const killed = await lab.cluster.kill("leader");
   * await load.acknowledged(50); // by the new leader
   * await killed.heal();
   * await load.stop();
   * const { windows } = lab.run.explain();
   * const outage = windows.find(({ faults }) => faults[0]?.id === killed.id);
   * console.log(outage?.sentence); // … until broker … was fenced …
   */
  explain(options?: ExplainOptions): Explanation;
  /** Compares every prediction with the fault that followed it. The order is that of the predictions. */
  predictionChecks(): readonly PredictionCheck[];
  /** The same for the predictions for consumer groups. */
  groupPredictionChecks(): readonly GroupPredictionCheck[];
}

/** Makes the verbs; each reads the history as it is when it is asked. */
export function runQueries(history: () => History): RunQueries {
  return {
    recordTrace: (value) => recordTrace(history(), value),
    anomalies: (options) => anomalies(history(), options),
    explain: (options) => explain(history(), options),
    predictionChecks: () => predictionChecks(history()),
    groupPredictionChecks: () => groupPredictionChecks(history()),
  };
}
