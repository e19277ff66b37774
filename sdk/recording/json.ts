// The JSON files that a lab writes beside its history: run.json and verdict.json.

import { LabError } from "../model/errors.ts";
import { type Shape, wrongIn } from "../model/shape.ts";
import { MAX_JSON_BYTES } from "../runtime/limits.ts";
import { readText } from "../runtime/read-file.ts";

export interface ReadJsonOptions {
  /** What the file is read for: `read the run`. */
  what: string;
  /** What the message calls the file: `its verdict`. */
  name: string;
  shape: Shape;
}

/**
 * Reads a file's value of this shape.
 *
 * @throws LabError BAD_RUN: `Cannot read the run: its verdict is not JSON`
 */
export function readJson(file: string, { what, name, shape }: ReadJsonOptions): unknown {
  const value = parsed(file, { what, name });
  const why = wrongIn(shape, value);
  if (why === undefined) return value;
  throw new LabError("BAD_RUN", `Cannot ${what}: ${name} is wrong: ${why}`, { file });
}

function parsed(file: string, { what, name }: Omit<ReadJsonOptions, "shape">): unknown {
  const text = readText(file, { code: "BAD_RUN", what, limit: MAX_JSON_BYTES });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LabError("BAD_RUN", `Cannot ${what}: ${name} is not JSON`, {
      file,
      cause,
      hint: "Was it written only in part, or edited by hand?",
    });
  }
}
