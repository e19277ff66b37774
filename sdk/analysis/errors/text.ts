// Explained errors as text, by first appearance.

import { printable } from "../../model/printable.ts";
import type { KafkaErrorCause } from "./entry.ts";
import type { ExplainedError, ExplainedErrors, UnknownErrorLine } from "./explain-error.ts";

/** Lays explained errors out as lines. */
export function errorLines({ errors, unknown, omitted }: ExplainedErrors): string[] {
  if (errors.length === 0 && unknown.length === 0) return ["no error was found"];
  return [
    ...errors.flatMap(linesOf),
    ...(unknown.length === 0 ? [] : ["not known:", ...unknown.map(unknownLine), ""]),
    ...(omitted === 0 ? [] : [`${omitted} more are not listed`, ""]),
    printable(counted(errors.length, unknown.length)),
  ];
}

function counted(known: number, unknown: number): string {
  return `${known} known error${known === 1 ? "" : "s"}, ${unknown} not known`;
}

const WIDTH = 110;

function linesOf(error: ExplainedError): string[] {
  const { title, family, means, causes, shownBy, source, text, beside } = error;
  return [
    printable(`${placeOf(error)}: ${title} (${family})`),
    `  ${printable(text)}`,
    ...wrapped(means, "  "),
    ...causes.flatMap((cause, at) => causeLines(cause, at + 1)),
    ...(beside.length === 0 ? [] : wrapped(`with it: ${beside.join(", ")}`, "  ", "  ")),
    ...(shownBy === undefined ? [] : [printable(`  shown by: ${commandOf(shownBy)}`)]),
    ...wrapped(`source: ${source}`, "  ", "  "),
    "",
  ];
}

/** `01-broker-stops --how kill` as the repository starts it. */
function commandOf(shownBy: string): string {
  return `npx tsx scripts/${shownBy.replace(/^[\w-]+/, "$&.ts")}`;
}

function placeOf({ line, lastLine, count }: ExplainedError): string {
  return count === 1 ? `line ${line}` : `line ${line} to ${lastLine}, ${count} times`;
}

function causeLines(cause: KafkaErrorCause, number: number): string[] {
  const { because, settings = [], faults = [], rules = [], check } = cause;
  const facts = [
    settings.length === 0 ? "" : `settings: ${settings.join(", ")}`,
    faults.length === 0 ? "" : `faults: ${faults.join(", ")}`,
    rules.length === 0 ? "" : `rules of diagnose: ${rules.join(", ")}`,
  ].filter((one) => one !== "");
  return [
    ...wrapped(`${number}. ${because}`, "  ", "   "),
    ...facts.flatMap((one) => wrapped(one, "     ", "  ")),
    // a command is copied: it stays one line
    ...(check === undefined ? [] : [printable(`     check: ${check}`)]),
  ];
}

function unknownLine({ line, count, text, code }: UnknownErrorLine): string {
  const times = count === 1 ? "" : `, ${count} times`;
  const name = code === undefined ? "" : ` [Kafka's error code ${code.name}, ${code.code}]`;
  return printable(`  line ${line}${times}: ${text}${name}`);
}

function wrapped(text: string, indent: string, hanging = ""): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of printable(text).split(" ")) {
    if (line.length + word.length + 1 > WIDTH && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = `${indent}${hanging}`;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
