// The files of a broker, judged: each property once, and none that a value has brought in.

import type { Problem } from "../job.ts";
import type { Effect } from "./effects.ts";
import { masked, problem } from "./oracle.ts";

/** What a text that goes on in a further line of a file would set there. */
export const INJECTED = "fuzz.injected";

/** Judges what was written for a broker: each property once, and none that a value has brought in. */
export function judgeFiles(effects: readonly Effect[]): Problem[] {
  return effects.flatMap(({ on, text }) => {
    if (text === undefined || !/\/(server\.properties|meta\.properties|hosts)$/.test(on)) return [];
    const name = on.split("/").at(-1)!;
    const lines = name === "hosts" ? hostLines(text) : entriesOf(text).map(([key]) => key);
    const twice = lines.find((key, i) => lines.indexOf(key) !== i);
    const odd = lines.find((key) => key.includes(INJECTED) || !/^[\w.-]+$/.test(key));
    return [
      ...(twice === undefined || name === "hosts"
        ? []
        : [problem(`${name} has a key twice`, masked(twice), text)]),
      ...(odd === undefined ? [] : [problem(`${name} has what no setting is`, masked(odd), text)]),
    ];
  });
}

function hostLines(text: string): string[] {
  return text.split("\n").flatMap((line) => (line === "" ? [] : line.split(/\s+/)));
}

/** A file as java.util.Properties reads it, as far as keys go: logical lines, continuations, escapes. */
export function entriesOf(text: string): [key: string, value: string][] {
  const logical = text
    .replace(/^[ \t\f]+/gm, "")
    .split(/\r\n|\r|\n/)
    .reduce<string[]>((lines, line) => {
      const last = lines.at(-1);
      if (last !== undefined && /(^|[^\\])(\\\\)*\\$/.test(last) && !/^[#!]/.test(last))
        lines[lines.length - 1] = last.slice(0, -1) + line;
      else lines.push(line);
      return lines;
    }, []);
  return logical
    .filter((line) => line !== "" && !/^[#!]/.test(line))
    .map((line) => {
      const [, key = "", value = ""] = /^((?:\\.|[^\\:=\s])*)\s*[:=]?\s*(.*)$/s.exec(line) ?? [];
      return [key.replace(/\\(.)/g, "$1"), value];
    });
}
