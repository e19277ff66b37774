// What must not be shown, thrown or done, whatever the input was.

import { SaxesParser } from "saxes";
import { LabError } from "@kafka-failure-lab/sdk";
import type { Problem } from "../job.ts";

/** A line of a stack trace. */
const FRAME = /^\s+at (?:.+ \()?(?:file:|node:|\/|<anonymous>).*$/m;
/** What a program shows where it shows a value that it does not have. */
// a rule of diagnose has the word in its id
const WORDS = [/\bundefined\b(?!-reference)/, /\bNaN\b/, /\[object \w+\]/] as const;
/** What a terminal obeys or reorders: control characters but line feed and tab, and marks of direction. */
// deno-lint-ignore no-control-regex
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** The engine's own words for a mistake of ours: nobody has checked the value before. */
const RAW = new RegExp(
  [
    "Cannot (read|set) propert",
    "Cannot (destructure|convert|mix|access|redefine|assign|(create|delete) property|use '\\w+' operator)",
    "is not (a function|iterable|a constructor|extensible)",
    "object is not iterable",
    "Invalid (array|string|typed array) length",
    "Invalid (time value|count value)",
    "Maximum call stack size",
    "Reduce of empty array",
    "Converting circular structure",
    "argument must be (of type|an? )",
    "argument is ambiguous",
    "Do not know how to serialize",
    "toFixed\\(\\)|toString\\(\\) radix|toPrecision\\(\\)",
    "out of range\\. It must be",
    "called on (null|undefined|incompatible|non-object)",
    "unable to get local|Cannot create a string longer",
    "must be called with new|invoked without 'new'",
    "^(E[A-Z]{3,}): ",
  ].join("|"),
);

/** Judges what a person reads. `given` is the input: words that are in it may come back. */
export function judgeText(shown: string, given: string): Problem[] {
  const problems: Problem[] = [];
  const frame = FRAME.exec(shown);
  if (frame !== null) problems.push(problem("stack trace", placeIn(shown), around(shown, frame.index)));
  for (const word of WORDS) {
    const found = word.exec(shown);
    if (found !== null && !word.test(given))
      problems.push(
        problem(
          `shows ${found[0]}`,
          masked(lineAt(shown, found.index)).trim().slice(0, 40),
          around(shown, found.index),
        ),
      );
  }
  const obeyed = OBEYED.exec(shown);
  if (obeyed !== null)
    problems.push(problem("control character", "", JSON.stringify(around(shown, obeyed.index))));
  return problems;
}

/** Judges what was thrown. */
export function judgeError(thrown: unknown, given: string): Problem[] {
  const isKnown = thrown instanceof LabError || thrown instanceof TypeError || thrown instanceof RangeError;
  if (!isKnown) {
    const name = thrown instanceof Error ? thrown.name : typeof thrown;
    const said = thrown instanceof Error ? thrown.message : String(thrown);
    return [problem(`throws ${name}`, `${masked(first(said))} at ${placeOf(thrown)}`, said)];
  }
  const line = first(thrown.message);
  if (line.trim() === "") return [problem("error without a first line", placeOf(thrown), thrown.message)];
  if (!(thrown instanceof LabError) && RAW.test(line))
    return [problem("raw error", `${masked(line)} at ${placeOf(thrown)}`, thrown.message)];
  return judgeText(thrown.message, given);
}

/** Judges a message that a command has made of an error. */
export function judgeMessage(shown: string, given: string): Problem[] {
  const found = shown.split("\n").find((line) => RAW.test(line));
  return [
    ...judgeText(shown, given),
    ...(found === undefined ? [] : [problem("raw error", masked(found), found)]),
  ];
}

/** Judges a picture: XML that a parser takes. */
export function judgeSvg(svg: string): Problem[] {
  const problems: Problem[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on("error", (error) => {
    if (problems.length === 0)
      problems.push(problem("not well-formed", masked(error.message), error.message));
  });
  parser.write(svg).close();
  return problems;
}

export function problem(rule: string, where: string, detail: string): Problem {
  return { kind: where === "" ? rule : `${rule}: ${where}`, detail: detail.slice(0, 600) };
}

/** What varies with the input, left out. */
export function masked(text: string): string {
  return text
    .replace(/"(?:[^"\\]|\\.)*"|'[^']*'|`[^`]*`/g, "…")
    .replace(/\S*[/\\]\S+/g, "…")
    .replace(/-?\d+(?:\.\d+)?(?:e\+?\d+)?/g, "N")
    .replace(/[^\x20-\x7e…]+/g, "?")
    .slice(0, 90);
}

function first(message: string): string {
  return message.split("\n", 1)[0]!;
}

function lineAt(text: string, index: number): string {
  const end = text.indexOf("\n", index);
  return text.slice(text.lastIndexOf("\n", index) + 1, end < 0 ? undefined : end).slice(0, 200);
}

function around(text: string, index: number): string {
  return text.slice(Math.max(0, index - 200), index + 200);
}

/** The first frame of ours: `sdk/analysis/check/order.ts`. */
function placeOf(thrown: unknown): string {
  return placeIn(thrown instanceof Error ? (thrown.stack ?? "") : "");
}

function placeIn(stack: string): string {
  const frames = [
    ...stack.matchAll(/^\s+at (?:async )?(?:(\S+).*?)?\(?[^()]*?((?:sdk|scripts)\/[\w/.-]+\.m?ts)/gm),
  ];
  const [, symbol = "", file = ""] = frames.find(([, , one]) => one !== undefined) ?? [];
  return `${file} ${symbol.startsWith("file:") ? "" : symbol}`.trim();
}
