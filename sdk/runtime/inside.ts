// Names from files, clusters and callers become paths here only: none of them leads out of the folder that it
// is meant for.

import { Buffer } from "node:buffer";
import path from "node:path";
import { LabError } from "../model/errors.ts";

/** What most file systems allow a name, in bytes. */
const LONGEST = 255;

/**
 * Joins a folder and names, each of which is the name of one file or folder.
 *
 * @throws LabError UNSAFE_NAME for a name with a slash, a backslash or a NUL in it, for `.`, `..` and the
 * empty one, and for one of
 * more than 255 bytes
 */
export function inside(base: string, ...names: readonly string[]): string {
  for (const name of names) {
    const why = flawOfName(name);
    if (why === undefined) continue;
    throw new LabError("UNSAFE_NAME", `Cannot use ${quoted(name)} as the name of a file: ${why}`, {
      hint: `It would be a file or folder in ${base}. Rename what is called so.`,
    });
  }
  return path.join(base, ...names);
}

function flawOfName(name: string): string | undefined {
  if (name === "" || name === "." || name === "..") return "it is no name of its own";
  if (/[/\\\0]/.test(name)) return "it leads to another folder";
  const bytes = Buffer.byteLength(name);
  return bytes > LONGEST ? `it has ${bytes} bytes, and ${LONGEST} are allowed` : undefined;
}

const SHOWN = 60;

function quoted(name: string): string {
  return JSON.stringify(name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name);
}

const SCENARIO = /^[\p{L}\p{N}_-][\p{L}\p{N}._-]*$/u;
const SCENARIO_LENGTH = 100;

/**
 * Returns the name of a scenario, which becomes a folder's: letters, digits, `.`, `_` and `-`, no dot in
 * front.
 *
 * @throws TypeError, RangeError
 */
export function scenarioName(name: unknown): string {
  if (typeof name !== "string")
    throw new TypeError(
      `Cannot use this scenario's name: expected text, got ${JSON.stringify(name) ?? "nothing"}`,
    );
  if (name.length > SCENARIO_LENGTH)
    throw new RangeError(
      `Cannot use the scenario's name ${quoted(name)}: it has more than ${SCENARIO_LENGTH} characters`,
    );
  if (!SCENARIO.test(name))
    throw new RangeError(
      `Cannot use the scenario's name ${quoted(name)}: ` +
        'expected letters, digits, ".", "_" and "-", and no dot in front',
    );
  return name;
}
