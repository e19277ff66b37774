// Java's .properties format: `key=value`, `key: value`, `key value`, comments, continued lines, escapes (java.util.Properties).

import type { Leaf, Text } from "./flat.ts";

/** Reads a .properties file; every text is one. */
export function leavesOfProperties({ file, text }: Text): Leaf[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  const leaves: Leaf[] = [];
  for (let i = 0; i < lines.length; i++) {
    const first = i;
    let line = lines[i]!;
    if (/^[ \t\f]*([#!]|$)/.test(line)) continue;
    while (/(^|[^\\])(\\\\)*\\$/.test(line) && i + 1 < lines.length)
      line = line.slice(0, -1) + lines[++i]!.replace(/^[ \t\f]+/, "");
    const [, blank = "", key = "", value = ""] = LINE.exec(line) ?? [];
    leaves.push({
      path: unescaped(key),
      value: unescaped(value).trimEnd(),
      at: { file, line: first + 1, column: blank.length + 1 },
    });
  }
  return leaves;
}

const LINE = /^([ \t\f]*)((?:\\.|[^\\:= \t\f])*)[ \t\f]*[:=]?[ \t\f]*(.*)$/s;

function unescaped(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, escape: string) => {
    if (escape.length === 5) return String.fromCharCode(parseInt(escape.slice(1), 16));
    return { n: "\n", t: "\t", r: "\r", f: "\f" }[escape] ?? escape;
  });
}
