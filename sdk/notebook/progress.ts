// Reports progress: nothing while all is quick, a line for whatever takes over two seconds.
//
//   a notebook          one place in the cell's output, written over (progress-line.ts)
//   a terminal          the last line, written over each second
//   a file, a pipe, CI  a line every ten seconds
//   a callback          the same lines

import process from "node:process";
import { eraseLive, printError, printLive } from "../runtime/print.ts";
import { isNotebook, newDisplay } from "./notebook.ts";
import { progressLine, progressLineReporter, type ProgressReporter } from "./progress-line.ts";
import { waitReporter } from "./waits.ts";

export type { ProgressReporter } from "./progress-line.ts";

const TERMINAL_MS = 1_000;
const LINES_MS = 10_000;

/**
 * Makes a progress reporter. By default it writes to standard error, so that standard output holds results
 * only; in a notebook it writes over one line of its own, and in a terminal over the last line.
 */
export function progressReporter(
  listener: ((line: string) => void) | false | undefined,
  { prefix = "lab" }: { prefix?: string } = {},
): ProgressReporter {
  if (listener === false) return { begin: () => {}, say: () => {}, end: () => {} };
  if (listener !== undefined) return lineReporter(listener);
  if (isNotebook()) return progressLineReporter(newDisplay);
  const said = (text: string): string => `${prefix}: ${text}`;
  return isTerminal() ? terminalReporter(said) : lineReporter((line) => printError(said(line)));
}

/** Whether a line of standard error can be written over. */
function isTerminal(): boolean {
  return process.stderr.isTTY === true && process.env["TERM"] !== "dumb" && !process.env["CI"];
}

function terminalReporter(said: (text: string) => string): ProgressReporter {
  const reporter = waitReporter({
    againMs: TERMINAL_MS,
    line: (text) => printError(said(progressLine(text))),
    live: (text) => printLive(said(progressLine(text))),
  });
  return {
    ...reporter,
    end(line) {
      reporter.end(line);
      eraseLive();
    },
  };
}

/** A line for whatever there is to report. */
function lineReporter(listener: (line: string) => void): ProgressReporter {
  const line = (text: string): void => listener(progressLine(text));
  return waitReporter({ againMs: LINES_MS, line, live: line });
}
