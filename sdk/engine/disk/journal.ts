// What the agent has noted of a disk that forgets (java/Journal.java), and what its files have lost.

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

/** How many bytes of each file were forced; files outside of the folders are left out. */
export function forcedIn(text: string, folders: readonly string[]): readonly (readonly [string, number])[] {
  return [...readJournal(text)].filter(([file]) =>
    folders.some((folder) => !path.relative(folder, file).startsWith("..")),
  );
}

/** `3 files lost 4096 bytes that were not forced`. */
export function forgottenWords({ files, bytes }: Forgotten): string {
  return `${files} ${files === 1 ? "file" : "files"} lost ${bytes} bytes that were not forced`;
}
