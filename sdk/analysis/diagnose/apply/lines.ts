// Edits of files that have a setting a line: Java's .properties, and env files.

import type { FixEdit } from "../fix.ts";

interface Line {
  /** Without its break. */
  readonly text: string;
  readonly eol: string;
}

function linesOf(text: string): Line[] {
  return [...text.matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g)]
    .map(([, line = "", eol = ""]) => ({ text: line, eol }))
    .filter(({ text: line, eol }, i, all) => line !== "" || eol !== "" || i < all.length - 1);
}

const joined = (lines: readonly Line[]): string => lines.map(({ text, eol }) => text + eol).join("");

/** Java's key and what separates it from the value. */
const PROPERTY = /^([ \t\f]*)((?:\\.|[^\\:= \t\f])*)([ \t\f]*[:=]?[ \t\f]*)/s;
const VARIABLE = /^([ \t]*(?:export[ \t]+)?)([^=\s]+)([ \t]*=[ \t]*)/;

/** The new text, or undefined where the edit has no place in it. */
export function editLines(text: string, edit: FixEdit, isEnv: boolean): string | undefined {
  const lines = linesOf(text);
  const eol = lines.find((line) => line.eol !== "")?.eol ?? "\n";
  if (edit.action !== "set" && edit.action !== "remove" && edit.action !== "rename") return undefined;
  // an env file has no escape for it
  if (isEnv && edit.action === "set" && /[\r\n]/.test(edit.value)) return undefined;
  const pattern = isEnv ? VARIABLE : PROPERTY;
  const at = (i: number): RegExpExecArray | null => {
    const line = lines[i];
    return line === undefined || /^[ \t\f]*([#!]|$)/.test(line.text) ? null : pattern.exec(line.text);
  };
  const name = isEnv ? edit.key : escapedKey(edit.key);
  const isIt = (i: number): boolean => at(i)?.[2] === name || at(i)?.[2] === edit.key;
  const first = isIt(edit.line - 1) ? edit.line - 1 : lines.findLastIndex((_, i) => isIt(i));
  const value = (one: string): string => (isEnv ? one : escapedValue(one));
  if (first === -1) {
    if (edit.action !== "set") return undefined;
    const line = { text: `${name}=${value(edit.value)}`, eol };
    const after = placeFor(lines, edit.line);
    const before = lines
      .slice(0, after)
      .map((one, i) => (i === after - 1 && one.eol === "" ? { ...one, eol } : one));
    return joined([...before, line, ...lines.slice(after)]);
  }
  const [, indent = "", , separator = "="] = at(first)!;
  let last = first;
  if (!isEnv) while (isContinued(lines[last]!.text) && last + 1 < lines.length) last++;
  const end = lines[last]!.eol;
  const rest = lines[first]!.text.slice(at(first)![0].length);
  const head = edit.action === "rename" ? (isEnv ? edit.to : escapedKey(edit.to)) : at(first)![2]!;
  const made: Line[] =
    edit.action === "remove"
      ? []
      : edit.action === "set"
        ? [{ text: `${indent}${head}${separator === "" ? "=" : separator}${value(edit.value)}`, eol: end }]
        : [
            { text: `${indent}${head}${separator}${rest}`, eol: lines[first]!.eol },
            ...lines.slice(first + 1, last + 1),
          ];
  return joined([...lines.slice(0, first), ...made, ...lines.slice(last + 1)]);
}

/** The end of the file, or of the document `#---` that a line is in. */
function placeFor(lines: readonly Line[], line: number): number {
  const next = lines.findIndex((one, i) => i >= line && /^[#!]---[ \t]*$/.test(one.text));
  return next === -1 ? lines.length : next;
}

function isContinued(line: string): boolean {
  return (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1;
}

function escapedKey(key: string): string {
  return withoutBreaks(key.replace(/[\\:= \t#!]/g, (letter) => `\\${letter}`));
}

function escapedValue(value: string): string {
  return withoutBreaks(value.replaceAll("\\", "\\\\").replace(/^[ \t]/, "\\$&"));
}

/** Java reads each of these as the end of a line, or of a key. */
const BREAKS: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\f": "\\f" };

function withoutBreaks(text: string): string {
  return text.replace(/[\n\r\f]/g, (one) => BREAKS[one]!);
}
