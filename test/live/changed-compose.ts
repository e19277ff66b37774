// The three brokers of compose/ with a change, as a compose file of a test's own.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const THREE = fileURLToPath(new URL("../../compose/three-brokers.yml", import.meta.url));

/** Writes the changed file into a folder of its own; `remove` removes both. */
export function changedThreeBrokers(change: (text: string) => string): { file: string; remove(): void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), "lab-compose-test-"));
  const file = path.join(folder, "changed.yml");
  writeFileSync(file, change(readFileSync(THREE, "utf8")));
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}
