// Settings without a default, which a program does not start without.

import type { Problem } from "../finding.ts";
import type { Settings } from "../setting.ts";

/**
 * The problem of the keys that are not given, or null. One that is given and refused has a rule of its own.
 */
export function lacking(
  name: string,
  settings: Settings,
  keys: readonly string[],
  exampleOf: (key: string) => string,
): Problem | null {
  const missing = keys.filter(
    (key) => !settings.given.has(key) && !settings.refused.some(({ setting }) => setting.key === key),
  );
  if (missing.length === 0) return null;
  return {
    settings: missing.map((key) => settings.of(key)),
    happens:
      `${name} does not start: "Missing required configuration "${missing[0]!}" which has no ` +
      `default value".`,
    fix: missing.map((key) => settings.spell(key, exampleOf(key))).join("; "),
  };
}
