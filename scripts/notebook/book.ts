// A notebook's file: nbformat 4.5, of the cells of a script and what they put out.

import { readFileSync } from "node:fs";
import type { Result } from "@kafka-failure-lab/sdk";
import type { MimeBundle, Output } from "./outputs.ts";
import type { Cell } from "./percent.ts";
import type { KernelName } from "./spec.ts";

/** What a notebook keeps of the run that its outputs are of; `compareResults` reads it. */
export interface Captured extends Pick<Result, "claim" | "verdict" | "figures"> {
  kernel: KernelName;
  kafka?: string;
  engine?: string;
  /** The day, ISO 8601. */
  date: string;
  tookMs: number;
}

type Lines = string[];
interface BookCell {
  cell_type: Cell["kind"];
  id: string;
  metadata: { name?: string };
  source: Lines;
  outputs?: unknown[];
  execution_count?: number | null;
}

export interface Book {
  cells: BookCell[];
  metadata: Record<string, unknown> & { "kafka-failure-lab"?: Captured };
  nbformat: 4;
  nbformat_minor: 5;
}

const KERNELSPEC = { display_name: "TypeScript (tslab)", language: "typescript", name: "tslab" };

/** Puts a notebook together; `outputs` by the code cells' ids. */
export function bookOf(cells: readonly Cell[], outputs: ReadonlyMap<string, readonly Output[]> = new Map(), captured?: Captured): Book {
  let count = 0;
  return {
    cells: cells.map(({ kind, id, name, text }) => ({
      cell_type: kind,
      id,
      metadata: name === "" ? {} : { name },
      source: linesOf(text),
      ...(kind === "code" && { outputs: (outputs.get(id) ?? []).map(stored), execution_count: outputs.has(id) ? ++count : null }),
    })),
    metadata: { kernelspec: KERNELSPEC, language_info: { name: "typescript", file_extension: ".ts" }, ...(captured && { "kafka-failure-lab": captured }) },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** The file's text: one trailing newline, one space a level, as Jupyter writes it. */
export function bookText(book: Book): string {
  return `${JSON.stringify(book, null, 1)}\n`;
}

/** @throws the file system's error where there is none */
export function readBook(file: string): Book {
  return JSON.parse(readFileSync(file, "utf8")) as Book;
}

/** Says where a notebook's cells are not those of its script, a line each. */
export function staleCells(book: Book, cells: readonly Cell[]): string[] {
  const lines = book.cells.length === cells.length ? [] : [`${book.cells.length} cells, the script has ${cells.length}`];
  cells.forEach((cell, i) => {
    const own = book.cells[i];
    if (own !== undefined && (own.cell_type !== cell.kind || own.source.join("") !== cell.text)) lines.push(`cell ${i + 1}${cell.name === "" ? "" : ` (${cell.name})`} is not the script's: ${JSON.stringify(own.source.join("").slice(0, 60))} and ${JSON.stringify(cell.text.slice(0, 60))}`);
  });
  return lines;
}

function linesOf(text: string): Lines {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/** nbformat keeps texts as lines. */
function stored(output: Output): unknown {
  if (output.output_type === "stream") return { ...output, text: linesOf(output.text) };
  if ("data" in output) return { ...output, data: dataLines(output.data), ...(output.output_type === "execute_result" && { execution_count: null }) };
  return output;
}

function dataLines(data: MimeBundle): MimeBundle {
  return Object.fromEntries(Object.entries(data).map(([mime, value]) => [mime, typeof value === "string" ? linesOf(value) : value]));
}
