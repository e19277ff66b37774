// What is printed and drawn: each function with what it takes.
// What a function does is documented where it is made.

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
export const recordTraceLines: typeof reporting.recordTraceLines = guarded(
  "recordTraceLines",
  reporting.recordTraceLines,
  [life, painted],
);
export const explanationLines: typeof reporting.explanationLines = guarded(
  "explanationLines",
  reporting.explanationLines,
  [explained, painted],
);
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
export const headline: typeof reporting.headline = guarded("headline", reporting.headline, [judgement]);
export const anomalyLines: typeof reporting.anomalyLines = guarded("anomalyLines", reporting.anomalyLines, [
  found,
  painted,
]);
export const anomalyTable: typeof reporting.anomalyTable = guarded("anomalyTable", reporting.anomalyTable, [
  found,
]);
export const outcomeSummary: typeof reporting.outcomeSummary = guarded(
  "outcomeSummary",
  reporting.outcomeSummary,
  [judgement, painted],
);
export const table: typeof reporting.table = guarded("table", reporting.table, [
  rows,
  maybe("options", fields<TableOptions>({ align, colours: is.flag })),
]);
export const timeline: typeof reporting.timeline = guarded("timeline", reporting.timeline, [
  history,
  maybe("options", timelineOptions, ["explanation"]),
]);
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
export const tableOf: typeof showing.tableOf = guarded("tableOf", showing.tableOf, [
  rows,
  maybe("options", fields<TablePictureOptions>({ align, head: is.flag, colours: is.flag })),
]);
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

export const print: typeof printing.print = guarded("print", printing.print, [text, printed]);
export const printError: typeof printing.printError = guarded("printError", printing.printError, [
  text,
  printed,
]);
export const printable: typeof making.printable = guarded("printable", making.printable, [
  text,
  maybe(
    "options",
    fields<PrintableOptions>({ lines: is.flag, colours: is.flag, limit: is.whole(1, is.MOST) }),
  ),
]);
