// Where text leaves the program: nothing else in the SDK and in the scripts writes to a terminal.
//
// What is written is printable, whatever was put into it; model/printable.ts says why that is done here, too.
// A JSON text stays the same value.

import process from "node:process";
import { printable } from "../model/printable.ts";

/** Options of `print` and `printError`. */
export interface PrintOptions {
  /** Keeps the colours of a text that the caller has painted. @default false */
  colours?: boolean;
}

/** Writes a text to standard output, or in a notebook to the cell's output. */
export function print(text: string, { colours = false }: PrintOptions = {}): void {
  eraseLive();
  console.log(printable(text, { lines: true, colours }));
}

/** Writes a text to standard error. */
export function printError(text: string, { colours = false }: PrintOptions = {}): void {
  eraseLive();
  console.error(printable(text, { lines: true, colours }));
}

/** The carriage return and the command that erases a line (ECMA-48, EL). */
const ERASE = "\r\x1b[2K";
let isLive = false;

/**
 * Writes a line to the terminal of standard error that the next text, or the next such line, takes the place
 * of. It is cut to the terminal's width: a line that wraps could not be written over.
 */
export function printLive(text: string): void {
  if (!isLive) process.once("exit", eraseLive);
  isLive = true;
  const line = printable(text);
  const width = (process.stderr.columns || 80) - 1;
  process.stderr.write(`${ERASE}${line.length > width ? `${line.slice(0, width - 1)}…` : line}`);
}

/** Takes the line away that is written over, where there is one. */
export function eraseLive(): void {
  if (!isLive) return;
  isLive = false;
  process.off("exit", eraseLive);
  process.stderr.write(ERASE);
}
