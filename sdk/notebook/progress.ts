// Tells what is going on: nothing while all is quick, a line for whatever takes over two seconds.

import { performance } from "node:perf_hooks";
import { readable } from "../model/duration.ts";
import { isNotebook, newDisplay } from "./notebook.ts";
import { progressLine, progressLineReporter, type ProgressReporter } from "./progress-line.ts";
import { printError } from "../runtime/print.ts";

export type { ProgressReporter } from "./progress-line.ts";

const SLOW_MS = 2_000;
const AGAIN_MS = 5_000;

/**
 * Makes a progress reporter. By default it writes to standard error, so that standard output holds results
 * only; in a notebook it writes over one line of its own.
 */
export function progressReporter(
  listener: ((line: string) => void) | false | undefined,
  { prefix = "lab" }: { prefix?: string } = {},
): ProgressReporter {
  if (listener === undefined && isNotebook()) return progressLineReporter(newDisplay);
  return lineReporter(
    listener === false ? () => {} : (listener ?? ((line) => printError(`${prefix}: ${line}`))),
  );
}

/** A line for whatever there is to tell. */
function lineReporter(listener: (line: string) => void): ProgressReporter {
  const report = (line: string): void => listener(progressLine(line));
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => clearTimeout(timer);
  return {
    begin(stage) {
      end();
      const began = performance.now();
      const again = (): void => {
        report(`${stage} … ${readable(performance.now() - began)}`);
        timer = setTimeout(again, AGAIN_MS);
        timer.unref();
      };
      timer = setTimeout(again, SLOW_MS);
      timer.unref();
    },
    say: report,
    end(line) {
      end();
      if (line !== undefined) report(line);
    },
  };
}
