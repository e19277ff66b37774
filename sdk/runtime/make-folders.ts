// Makes a folder with what is missing above it, one after the other. `mkdir` with `recursive` does not end
// where the system says
// that a folder is missing which is there, as /proc does: Node then tries again for ever.

import { mkdirSync, statSync } from "node:fs";
import path from "node:path";

/**
 * Makes a folder and those above it where they are missing, each with this mode.
 *
 * @throws the system's own error
 */
export function makeFolders(folder: string, mode: number): void {
  const missing: string[] = [];
  for (let at = path.resolve(folder); !isThere(at); at = path.dirname(at)) missing.unshift(at);
  for (const one of missing) {
    try {
      mkdirSync(one, { mode });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // another process was quicker
    }
  }
}

function isThere(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}
