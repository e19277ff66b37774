// What a run comes to, as lines of text: each function with what it takes.
// The doc comments here are the public ones: editors and declaration files show them.

import * as v from "valibot";
import type * as explaining from "../analysis/explain/mod.ts";
import type { PredictionCheck } from "../analysis/explain/mod.ts";
import type { RecordTrace, Anomalies } from "../analysis/check/mod.ts";
import * as reporting from "../report/text/mod.ts";
import type { PaintOptions, TableOptions } from "../report/text/mod.ts";
import { fields, maybe, type Parameter, reference, type Schema } from "./checked.ts";
import { guarded } from "./guard.ts";
import {
  groupPredictionChecks as groupChecksOf,
  predictionChecks as checksOf,
  explanation,
  history,
  judgement,
  made,
  paint,
  timelineOptions,
} from "./results.ts";
import * as is from "./values.ts";

const painted = maybe("options", fields<PaintOptions>({ paint }));
export const rows: Parameter<readonly (readonly string[])[], false> = reference(
  "rows",
  v.array(v.array(v.string("text"), "a list of cells"), "a list of rows, each a list of text"),
);
export const align: Schema<readonly ("left" | "right")[]> = v.array(
  is.word("left", "right"),
  "a list of alignments",
);
const explained = reference("explanation", explanation);
const life = reference("life", made<RecordTrace>("recordTrace()", "value", "sent", "attempts", "words"));
const found = reference("found", made<Anomalies>("anomalies()", "rows", "counts", "notReadBack"));

/**
 * Formats prediction checks as text, at most three lines each: what was predicted, what was measured, and
 * where they differ.
 */
export const predictionCheckLines: typeof reporting.predictionCheckLines = guarded(
  "predictionCheckLines",
  reporting.predictionCheckLines,
  [
    reference("predictionChecks", checksOf),
    maybe(
      "options",
      fields<PaintOptions & { explanation?: explaining.ShownExplanation }>({ paint, explanation }),
      ["explanation"],
    ),
  ],
);
/**
 * Formats prediction checks of consumer groups as text, at most three lines each: what was predicted, what
 * was measured, and where they differ.
 */
export const groupPredictionCheckLines: typeof reporting.groupPredictionCheckLines = guarded(
  "groupPredictionCheckLines",
  reporting.groupPredictionCheckLines,
  [reference("groupPredictionChecks", groupChecksOf), painted],
);
/** Formats a record's trace: a sentence, then one row per event with leader and ISR at that moment. */
export const recordTraceLines: typeof reporting.recordTraceLines = guarded(
  "recordTraceLines",
  reporting.recordTraceLines,
  [life, painted],
);
/**
 * Formats every window of an explanation: the sum (`measured: 9.3 s = 8.6 s until broker 1 was fenced + …`),
 * then each part with its evidence and the evidence's time in the run.
 */
export const explanationLines: typeof reporting.explanationLines = guarded(
  "explanationLines",
  reporting.explanationLines,
  [explained, painted],
);
/** Formats one line for each window during which a fault was open, the longest first, at most six. */
export const explanationSummary: typeof reporting.explanationSummary = guarded(
  "explanationSummary",
  reporting.explanationSummary,
  [
    explained,
    maybe(
      "options",
      fields<PaintOptions & { checks?: readonly PredictionCheck[] }>({ paint, checks: checksOf }),
      ["checks"],
    ),
  ],
);
/**
 * Formats a judgement as one line: `measured: 9.3 s without an acknowledged send; 1,025 acknowledged, 0
 * lost, 1 duplicate`.
 */
export const headline: typeof reporting.headline = guarded("headline", reporting.headline, [judgement]);
/** Formats records with anomalies: a sentence with their counts, the table, and how many it omits. */
export const anomalyLines: typeof reporting.anomalyLines = guarded("anomalyLines", reporting.anomalyLines, [
  found,
  painted,
]);
/**
 * Returns records with anomalies as rows for `table()` or `tableOf()`, the heading first; their text is
 * printable.
 */
export const anomalyTable: typeof reporting.anomalyTable = guarded("anomalyTable", reporting.anomalyTable, [
  found,
]);
/**
 * Formats a table with one row per client: its sends by outcome, and its longest time without an
 * acknowledged send (`never` if none was acknowledged).
 */
export const outcomeSummary: typeof reporting.outcomeSummary = guarded(
  "outcomeSummary",
  reporting.outcomeSummary,
  [judgement, painted],
);
/**
 * Formats rows as columns, two spaces apart, each as wide as its widest cell.
 *
 * Rows may be shorter than others; trailing spaces are removed; characters that do not print are escaped.
 *
 * @example
 * import { table } from "kafka-failure-lab";
 *
 * const lines = table([["broker", "state"], ["1", "running"]]);
 * console.log(lines.join(" / ")); // broker  state / 1       running
 */
export const table: typeof reporting.table = guarded("table", reporting.table, [
  rows,
  maybe("options", fields<TableOptions>({ align, colours: is.flag })),
]);
/**
 * Draws a run as text on one time axis: steps, faults, each client's sends by outcome, the controller and
 * the leaders; then one line per event.
 */
export const timeline: typeof reporting.timeline = guarded("timeline", reporting.timeline, [
  history,
  maybe("options", timelineOptions, ["explanation"]),
]);
/**
 * Formats the headline, then one line per checker that was asked for, with examples below those that did not
 * hold.
 */
export const verdictLines: typeof reporting.verdictLines = guarded("verdictLines", reporting.verdictLines, [
  judgement,
  painted,
]);
