// How far the matrix is: a line each in a terminal, one line that is written over in a notebook.

import { isNotebook, progressReporter } from "@kafka-failure-lab/sdk/scenario";

export interface RunProgress {
  /** A run begins. */
  begin(line: string): void;
  /** Something is known: in a notebook it stands until the next run begins. */
  say(line: string): void;
  /** All runs are done; in a notebook this stays. */
  end(line: string): void;
  /** To be given to the labs: in a notebook theirs would be a line each. */
  onProgress: false | undefined;
}

/** Progress is for whoever waits, so it goes to standard error in a terminal. */
export function runProgress(): RunProgress {
  const one = progressReporter(undefined, { prefix: "matrix" });
  if (!isNotebook()) return { begin: one.say, say: one.say, end: () => {}, onProgress: undefined };
  return { begin: one.begin, say: one.say, end: one.end, onProgress: false };
}
