// What a disk that forgets has lost when its broker was killed: each file is cut to what was forced.
//
//   agent ─▶ <node>/disk/journal: length and path of what was forced ─▶ kill ─▶ truncate ─▶ start

import { readFile, rm, stat, truncate } from "node:fs/promises";
import { forcedIn, type Forgotten } from "../disk/journal.ts";

/**
 * Cuts what a killed process has written and not forced, and begins the journal anew: what is left is on the
 * disk. Files outside of the folders are left alone.
 */
export async function forget(journal: string, folders: readonly string[]): Promise<Forgotten> {
  const text = await readFile(journal, "utf8").catch(() => "");
  let [files, bytes] = [0, 0];
  for (const [file, length] of forcedIn(text, folders)) {
    const size = await stat(file).then(
      (found) => found.size,
      () => 0, // deleted, or renamed after it was forced
    );
    if (size <= length) continue;
    await truncate(file, length);
    files++;
    bytes += size - length;
  }
  await rm(journal, { force: true });
  return { files, bytes };
}
