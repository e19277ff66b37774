// Files of one JSON value that a lab wrote beside its history.

import { LabError } from "../model/errors.ts";
import { MAX_JSON_BYTES } from "../runtime/limits.ts";
import { readText } from "../runtime/read-file.ts";

/**
 * Reads a file's value.
 *
 * @throws LabError BAD_RUN: `Cannot read the run: its verdict is no JSON`
 */
export function readJson(file: string, { what, name }: { what: string; name: string }): unknown {
  const text = readText(file, { code: "BAD_RUN", what, limit: MAX_JSON_BYTES });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LabError("BAD_RUN", `Cannot ${what}: ${name} is no JSON`, {
      file,
      cause,
      hint: "Was it only partly written, or changed by hand?",
    });
  }
}
