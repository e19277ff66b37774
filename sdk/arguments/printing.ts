// What is printed and drawn: each function with what it takes.
// The doc comments here are the public ones: editors and declaration files show them.

import * as v from "valibot";
import type { ProgressReporter } from "../notebook/progress.ts";
import * as progress from "../notebook/progress.ts";
import * as making from "../model/printable.ts";
import type { PrintableOptions } from "../model/printable.ts";
import * as printing from "../runtime/print.ts";
import type { PrintOptions } from "../runtime/print.ts";
import * as displaying from "../notebook/show.ts";
import * as showing from "../report/svg/mod.ts";
import type { Drawing, Picture, TablePictureOptions, TimelinePictureOptions } from "../report/svg/mod.ts";
import { fields, maybe, needed, reference, type Schema } from "./checked.ts";
import { guarded } from "./guard.ts";
import { align, rows } from "./reports.ts";
import { columns, explanation, history } from "./results.ts";
import { withJson } from "./scripts.ts";
import * as is from "./values.ts";

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
      say: guarded<ProgressReporter["say"]>("progressReporter().say", real.say, [
        needed("line", line),
        maybe("kind", is.word("event", "begin", "count", "end")),
      ]),
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
