// The error for the use of a closed lab.

import { LabError } from "../model/errors.ts";
import { isNotebook } from "../notebook/notebook.ts";

/** Makes the error; in a notebook it names the cell that starts a new run. */
export function rejectAfterClose(message: string): LabError {
  return new LabError(
    "LAB_CLOSED",
    message,
    isNotebook()
      ? {
          hint:
            "The run has ended. The cell with `startLab` begins another: run it again, and the cells " +
            "after it.",
        }
      : {},
  );
}
