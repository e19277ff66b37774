// What a disk that forgets has lost when its broker was killed: each file is cut to what was forced.
//
//   agent ─▶ <node>/disk/journal: length and path of what was forced ─▶ kill ─▶ truncate ─▶ start

import { readFile, rm, stat, truncate } from "node:fs/promises";
import path from "node:path";

/** What was lost. */
export interface Forgotten {
  readonly files: number;
  readonly bytes: number;
}

/** The last line of each file; a line that was not written to its end is none. */
export function readJournal(text: string): ReadonlyMap<string, number> {
  const lines = text.split("\n").slice(0, -1);
  return new Map(
    lines.flatMap((line): [string, number][] => {
      const [, length, file] = /^(\d+) (.+)$/.exec(line) ?? [];
      return file === undefined ? [] : [[file, Number(length)]];
    }),
  );
}

/**
 * Cuts what a killed process has written and not forced, and begins the journal anew: what is left is on the
 * disk. Files outside of the folders are left alone.
 */
export async function forget(journal: string, folders: readonly string[]): Promise<Forgotten> {
  const text = await readFile(journal, "utf8").catch(() => "");
  let [files, bytes] = [0, 0];
  for (const [file, length] of readJournal(text)) {
    if (!folders.some((folder) => !path.relative(folder, file).startsWith(".."))) continue;
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

/** `3 files lost 4096 bytes that were not forced`. */
export function forgottenWords({ files, bytes }: Forgotten): string {
  return `${files} ${files === 1 ? "file" : "files"} lost ${bytes} bytes that were not forced`;
}
