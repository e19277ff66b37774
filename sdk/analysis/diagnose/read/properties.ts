// Java's .properties format: `key=value`, `key: value`, `key value`, comments, continued lines, escapes
// (java.util.Properties).

import type { Setting } from "../setting.ts";
import type { Leaf, Text } from "./flat.ts";

/** Reads a .properties file, or a part of one that begins at a line; every text is one. */
export function leavesOfProperties({ file, text }: Text, firstLine: number = 1): Leaf[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  const leaves: Leaf[] = [];
  for (let i = 0; i < lines.length; i++) {
    const first = i;
    if (/^[ \t\f]*([#!]|$)/.test(lines[i]!)) continue;
    const parts = [lines[i]!];
    while (isContinued(parts.at(-1)!) && i + 1 < lines.length) {
      parts.push(parts.pop()!.slice(0, -1), lines[++i]!.replace(/^[ \t\f]+/, ""));
    }
    const [, blank = "", key = "", value = ""] = LINE.exec(parts.join("")) ?? [];
    leaves.push({
      path: unescaped(key),
      value: unescaped(value).trimEnd(),
      location: { file, line: firstLine + first, column: blank.length + 1 },
    });
  }
  return leaves;
}

/** As settings under the keys that the file has. */
export function settingsOfProperties(source: Text, firstLine?: number): Setting[] {
  return leavesOfProperties(source, firstLine).map(
    ({ path, value, location }): Setting => ({ key: path, written: path, value, origin: "file", location }),
  );
}

// an odd number of backslashes at its end
function isContinued(line: string): boolean {
  let count = 0;
  while (line[line.length - 1 - count] === "\\") count++;
  return count % 2 === 1;
}

const LINE = /^([ \t\f]*)((?:\\.|[^\\:= \t\f])*)[ \t\f]*[:=]?[ \t\f]*(.*)$/s;

function unescaped(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, escape: string) => {
    if (escape.length === 5) return String.fromCharCode(parseInt(escape.slice(1), 16));
    return { n: "\n", t: "\t", r: "\r", f: "\f" }[escape] ?? escape;
  });
}
