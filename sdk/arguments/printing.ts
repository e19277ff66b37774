// What is printed and drawn: each function with what it takes.
// The doc comments are the face's: editors and declaration files show these, not those of the functions behind.

import * as v from "valibot";
import type * as explaining from "../analysis/explain/mod.ts";
import type { PredictionCheck } from "../analysis/explain/mod.ts";
import type { RecordTrace, Anomalies } from "../analysis/check/mod.ts";
import type { ProgressReporter } from "../notebook/progress.ts";
import * as progress from "../notebook/progress.ts";
import * as reporting from "../report/text/mod.ts";
import type { PaintOptions, TableOptions } from "../report/text/mod.ts";
import * as making from "../model/printable.ts";
import type { PrintableOptions } from "../model/printable.ts";
import * as printing from "../runtime/print.ts";
import type { PrintOptions } from "../runtime/print.ts";
import * as displaying from "../notebook/show.ts";
import * as showing from "../report/svg/mod.ts";
import type { Drawing, Picture, TablePictureOptions, TimelinePictureOptions } from "../report/svg/mod.ts";
import { fields, maybe, needed, reference, type Schema } from "./checked.ts";
import { guarded } from "./guard.ts";
import {
  predictionChecks as agreementsOf,
  columns,
  explanation,
  history,
  judgement,
  made,
  paint,
  timelineOptions,
} from "./results.ts";
import { withJson } from "./scripts.ts";
import * as is from "./values.ts";

const painted = maybe("options", fields<PaintOptions>({ paint }));
const rows = reference(
  "rows",
  v.array(v.array(v.string("text"), "a list of cells"), "a list of rows, each a list of text"),
);
const align: Schema<readonly ("left" | "right")[]> = v.array(
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
    reference("predictionChecks", agreementsOf),
    maybe(
      "options",
      fields<PaintOptions & { explanation?: explaining.Explanation }>({ paint, explanation }),
      ["explanation"],
    ),
  ],
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
      fields<PaintOptions & { checks?: readonly PredictionCheck[] }>({ paint, checks: agreementsOf }),
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
type Shown = Picture | readonly string[] | string;
const lines: Schema<readonly string[]> = v.array(v.string("text"), "a list of lines");
const picture: Schema<Picture> = fields<Picture>(
  { text: lines, html: v.string("text"), svg: v.string("text") },
  ["text"],
);
const shown: Schema<Shown> = v.lazy((one): Schema<Shown> => {
  if (typeof one === "string") return v.string();
  return Array.isArray(one) ? lines : picture;
});

/**
 * Shows a picture, lines or a text: as rich output in a notebook, as text elsewhere. Text may have colours.
 *
 * @param options.print where text goes; @default standard output
 */
export const show: typeof displaying.show = guarded(
  "show",
  displaying.show,
  [
    reference("what", shown),
    maybe(
      "options",
      fields<{ print?: (text: string) => void }>({ print: is.verb<(text: string) => void>() }),
    ),
  ],
  "rejects",
);
/**
 * Returns where a scenario writes its lines and pictures: standard output, or standard error with `json:
 * true`, because the one line of JSON goes to standard output.
 */
export const output: typeof displaying.output = guarded(
  "output",
  (how) => {
    const real = displaying.output(how);
    return {
      print: guarded("output().print", real.print, [needed("text", v.string("text"))]),
      show: guarded("output().show", real.show, [reference("what", shown)], "rejects"),
    };
  },
  [needed("options", withJson)],
);
/** Formats rows as a picture: the text is that of `table()`, the HTML has the same alignment. */
export const tableOf: typeof showing.tableOf = guarded("tableOf", showing.tableOf, [
  rows,
  maybe("options", fields<TablePictureOptions>({ align, head: is.flag, colours: is.flag })),
]);
/**
 * Draws a run as a picture on one time axis: steps, faults, each client's sends by outcome and latency, the
 * controller, the leaders and the ISR. The text is that of `timeline()`. Takes about half a second.
 */
export const timelineOf: typeof showing.timelineOf = guarded(
  "timelineOf",
  showing.timelineOf,
  [
    history,
    maybe(
      "options",
      fields<TimelinePictureOptions>({ width: columns, columns, title: v.string("text"), explanation }),
      ["explanation"],
    ),
  ],
  "rejects",
);
/**
 * Draws a plot of Observable Plot as a picture that is readable on light and dark pages. The same plot gives
 * the same SVG each time.
 */
export const drawn: typeof showing.drawn = guarded(
  "drawn",
  showing.drawn,
  [
    needed(
      "drawing",
      fields<Drawing>(
        {
          title: v.string("text"),
          subtitle: v.string("text"),
          description: v.string("text"),
          text: lines,
          width: columns,
          height: columns,
          plot: is.verb<Drawing["plot"]>(),
        },
        ["title", "description", "text", "width", "height", "plot"],
      ),
    ),
  ],
  "rejects",
);

type Listener = Parameters<typeof progress.progressReporter>[0];
const listener: Schema<Exclude<Listener, undefined>> = v.lazy(
  (one): Schema<Exclude<Listener, undefined>> =>
    one === false ? v.literal(false) : is.verb<(line: string) => void>(),
);
const line = v.string("text");
/**
 * Returns a progress reporter: one line per event. By default lines go to standard error, so that standard
 * output has results only; in a notebook they replace each other.
 *
 * @param listener a function that takes each line; false disables it
 * @param options.prefix what each line begins with
 */
export const progressReporter: typeof progress.progressReporter = guarded(
  "progressReporter",
  (...args) => {
    const real = progress.progressReporter(...args);
    return {
      begin: guarded<ProgressReporter["begin"]>("progressReporter().begin", real.begin, [
        needed("stage", line),
      ]),
      say: guarded<ProgressReporter["say"]>("progressReporter().say", real.say, [needed("line", line)]),
      end: guarded<ProgressReporter["end"]>("progressReporter().end", real.end, [maybe("line", line)]),
    };
  },
  [
    maybe("listener", listener),
    maybe("options", fields<{ prefix?: string }>({ prefix: is.text("a prefix") })),
  ],
);

const text = needed("text", v.string("text"));
const printed = maybe("options", fields<PrintOptions>({ colours: is.flag }));

/**
 * Writes a text to standard output, or to the output of a notebook's cell; characters that do not print are
 * escaped.
 */
export const print: typeof printing.print = guarded("print", printing.print, [text, printed]);
/** Writes a text to standard error; characters that do not print are escaped. */
export const printError: typeof printing.printError = guarded("printError", printing.printError, [
  text,
  printed,
]);
/**
 * Escapes what does not print in a text (control characters, bidi controls, line breaks), so that it is safe
 * on a terminal, in a notebook, and in XML and HTML.
 */
export const printable: typeof making.printable = guarded("printable", making.printable, [
  text,
  maybe(
    "options",
    fields<PrintableOptions>({ lines: is.flag, colours: is.flag, limit: is.whole(1, is.MOST) }),
  ),
]);
