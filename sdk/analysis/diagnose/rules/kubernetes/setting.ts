// A key of a manifest as the evidence of a finding.

import type { SourceLocation } from "../../../../compose/mod.ts";
import type { Setting } from "../../setting.ts";

/** What is written at a place, or `default` where it is not written. */
export function settingAt(
  key: string,
  value: string,
  { file, line }: SourceLocation,
  origin: "file" | "default" = "file",
): Setting {
  return { key, written: key, value, origin, location: { file, line: Math.max(line, 1), column: 1 } };
}
