// A notebook's file: nbformat 4.5, as much of it as is written here.
// https://nbformat.readthedocs.io/en/latest/format_description.html

import type { Verdict } from "@kafka-failure-lab/sdk";
import type { Figure } from "@kafka-failure-lab/sdk/scenario";
import type { MimeBundle, Output } from "./outputs.ts";
import { isContent } from "./wire.ts";

export type Language = "en" | "ko";
export const LANGUAGES: readonly Language[] = ["en", "ko"];

interface CellParts {
  id: string;
  metadata: { name?: string };
  /** In one piece; a file has it line by line. */
  source: string;
}

export type CodeCell = CellParts & {
  cell_type: "code";
  execution_count: number | null;
  outputs: readonly Output[];
};
export type Cell = CodeCell | (CellParts & { cell_type: "markdown" });

/** What a notebook's outputs came to when they were captured, and where. */
export interface Captured {
  verdict: Verdict;
  figures: Readonly<Record<string, Figure>>;
  kafka: string | null;
  engine: string | null;
  kernel: string;
  tookMs: number;
  /** ISO 8601. */
  date: string;
}

/** Where a notebook's metadata keeps it. */
const KEY = "kafka-failure-lab";
/** Where it keeps the digest of the cells as they were generated. */
export const GENERATED = "kafka-failure-lab-cells";

export interface Notebook {
  cells: readonly Cell[];
  metadata: {
    [KEY]?: Captured;
    [GENERATED]?: string;
    kernelspec: { display_name: string; language: "typescript"; name: string };
    language_info: { file_extension: ".ts"; mimetype: "text/typescript"; name: "typescript" };
  };
  nbformat: 4;
  nbformat_minor: 5;
}

export function notebookOf(
  cells: readonly Cell[],
  { name, displayName }: { name: string; displayName: string },
): Notebook {
  return {
    cells,
    metadata: {
      kernelspec: { display_name: displayName, language: "typescript", name },
      language_info: { file_extension: ".ts", mimetype: "text/typescript", name: "typescript" },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** The notebook without outputs. */
export function withoutOutputs(notebook: Notebook): Notebook {
  const cells = notebook.cells.map(
    (cell): Cell => (cell.cell_type === "code" ? { ...cell, execution_count: null, outputs: [] } : cell),
  );
  return { ...notebook, cells };
}

/** Adds outputs, code cell by code cell, and what they came to. */
export function withOutputs(
  notebook: Notebook,
  outputs: readonly (readonly Output[])[],
  captured: Captured | undefined,
): Notebook {
  let count = 0;
  const cells = notebook.cells.map((cell) => {
    if (cell.cell_type !== "code") return cell;
    const own = outputs[count++];
    return own === undefined
      ? cell
      : {
          ...cell,
          execution_count: count,
          outputs: own.map((output) =>
            output.output_type === "execute_result" ? { ...output, execution_count: count } : output,
          ),
        };
  });
  return { ...notebook, cells, metadata: { ...(captured && { [KEY]: captured }), ...notebook.metadata } };
}

/** The file's text: what is long is there line by line, so that a difference is a difference of lines. */
export function writeNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => {
    const { source, ...rest } = cell;
    return cell.cell_type === "code"
      ? { ...rest, outputs: cell.outputs.map(written), source: linesOf(source) }
      : { ...rest, source: linesOf(source) };
  });
  return `${JSON.stringify({ ...notebook, cells }, null, 1)}\n`;
}

function written(output: Output): unknown {
  switch (output.output_type) {
    case "stream":
      return { ...output, text: linesOf(output.text) };
    case "error":
      return output;
    case "display_data":
    case "execute_result":
      return { ...output, data: bundleOf(output.data, linesOf) };
  }
}

/** Reads the file's text back; lines are in one piece again. @throws SyntaxError */
export function readNotebook(text: string): Notebook {
  const whole = parsed(text);
  if (
    !isContent(whole) ||
    !Array.isArray(whole["cells"]) ||
    whole["nbformat"] !== 4 ||
    !isContent(whole["metadata"])
  )
    throw new SyntaxError("Cannot read the notebook: expected nbformat 4 with cells and metadata");
  const cells = whole["cells"].map((cell: unknown) => {
    if (!isContent(cell)) throw new SyntaxError("Cannot read the notebook: a cell is no object");
    const outputs = Array.isArray(cell["outputs"]) ? cell["outputs"].map(read) : undefined;
    return { ...cell, source: joined(cell["source"]), ...(outputs && { outputs }) } as unknown as Cell;
  });
  return { ...whole, cells } as unknown as Notebook;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError("Cannot read the notebook: it is no JSON", { cause });
  }
}

/** What was captured with a notebook; undefined for one that was never executed to its end. */
export function capturedOf(notebook: Notebook): Captured | undefined {
  return notebook.metadata[KEY];
}

function read(output: unknown): unknown {
  if (!isContent(output)) return output;
  if (output["output_type"] === "stream") return { ...output, text: joined(output["text"]) };
  return isContent(output["data"]) ? { ...output, data: bundleOf(output["data"], joined) } : output;
}

function bundleOf(data: MimeBundle, change: (value: string) => unknown): MimeBundle {
  return Object.fromEntries(
    Object.entries(data).map(([mime, value]) => [
      mime,
      typeof value === "string" || Array.isArray(value) ? change(value as string) : value,
    ]),
  );
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

function joined(lines: unknown): string {
  return Array.isArray(lines) ? lines.join("") : String(lines);
}
