// A cell that failed, told so that a reader finds the place: its number, its text with the line marked, and
// the error.

import type { CellRun } from "./execute.ts";
import type { Output } from "./outputs.ts";

/** Lines for a terminal. */
export function failureLines(
  cell: { number: number; name: string | undefined; code: string },
  { outputs }: Pick<CellRun, "outputs">,
): string[] {
  const error = outputs
    .map((output) =>
      output.output_type === "error"
        ? output.traceback.join("\n") || `${output.ename}: ${output.evalue}`
        : output.output_type === "stream" && output.name === "stderr"
          ? output.text
          : "",
    )
    .join("\n")
    .trim();
  const marked = wrongLines(cell.code, error);
  const code = cell.code
    .split("\n")
    .map(
      (line, index) => `${marked.has(index + 1) ? "  > " : "    "}${String(index + 1).padStart(3)}  ${line}`,
    );
  return [
    `code cell ${cell.number}${cell.name === undefined ? "" : `, ${cell.name}`}:`,
    ...code,
    "",
    ...(error === "" ? ["the kernel gave no reason"] : error.split("\n")),
  ];
}

/** What a cell put out, as text: where its result is not the one that was expected, it says why. */
export function saidLines(outputs: readonly Output[]): string[] {
  const said = outputs.map((output) =>
    output.output_type === "stream"
      ? output.text
      : output.output_type === "error"
        ? output.evalue
        : output.data["text/plain"],
  );
  return said
    .flatMap((text) => (typeof text === "string" ? text.trim().split("\n") : []))
    .filter((line) => line !== "");
}

/**
 * The lines that an error names. tslab names the cell's own for what does not compile (`2:7 - Type …`), and
 * prints the line that threw; other positions are those of what the cell was compiled to.
 */
function wrongLines(code: string, error: string): Set<number> {
  const named = [...error.matchAll(/^(\d+):\d+ - /gm)].map(([, line]) => Number(line));
  const thrown = /^evalmachine\.<anonymous>:\d+\n(.*)\n/m.exec(error)?.[1]?.trim();
  const same = code
    .split("\n")
    .flatMap((line, index) =>
      thrown !== undefined && thrown !== "" && line.trim() === thrown ? [index + 1] : [],
    );
  return new Set([...named, ...(same.length === 1 ? same : [])]);
}
