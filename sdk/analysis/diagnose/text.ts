// Findings as text: grouped by file, most severe first, as linters print them.

import { printable } from "../../model/printable.ts";
import { type Evidence, type Finding, SEVERITIES } from "./finding.ts";

/** Lays findings out as lines; none for no findings. */
export function diagnosisLines(findings: readonly Finding[]): string[] {
  const files = [...new Set(findings.map(({ evidence }) => evidence[0]!.file))];
  const groups = files.flatMap((file) =>
    findings.filter(({ evidence }) => evidence[0]!.file === file).flatMap(linesOf),
  );
  return groups.length === 0 ? [] : [...groups, counted(findings)];
}

// `2 errors, 1 warning`
function counted(findings: readonly Finding[]): string {
  const counts = SEVERITIES.map(
    (severity) => [findings.filter((finding) => finding.severity === severity).length, severity] as const,
  );
  return counts
    .filter(([count]) => count > 0)
    .map(([count, severity]) => `${count} ${severity}${count === 1 ? "" : "s"}`)
    .join(", ");
}

const WIDTH = 120;

function linesOf(finding: Finding): string[] {
  const { severity, rule, title, evidence, happens, fix, edits, source } = finding;
  const [first, ...others] = evidence;
  const { file, line, column } = first!;
  return [
    printable(`${file}:${line}:${column} ${severity} ${rule}: ${title}`),
    `  ${evidenceLine(first!)}${documentOf(first!)}`,
    ...others.map(
      (other) => `  ${evidenceLine(other)}${documentOf(other)} ${printable(`(${other.file}:${other.line})`)}`,
    ),
    ...wrapped(happens, "  "),
    ...wrapped(`${edits.length === 0 ? "fix by hand" : "fix"}: ${fix}`, "  "),
    ...wrapped(`source: ${source}`, "  "),
    "",
  ];
}

/** Longer values are cut. */
const LETTERS = 200;

function evidenceLine(evidence: Evidence): string {
  const { origin } = evidence;
  const [key, value] = [evidence.key, evidence.value].map((text) => printable(text, { limit: LETTERS }));
  if (origin === "default") return value === "" ? `${key} is not set` : `${key} is not set: default ${value}`;
  if (origin === "operator") return `${key} is ${value}, by the operator`;
  return origin === "image" ? `${key} is not set: the image's own ${value}` : `${key} is ${value}`;
}

function documentOf({ document, key, value }: Evidence): string {
  return document === undefined || value === document || `${key} ${value}` === document
    ? ""
    : ` in ${printable(document, { limit: LETTERS })}`;
}

function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of printable(text).split(" ")) {
    if (line.length + word.length + 1 > WIDTH && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = `${indent}  `;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
