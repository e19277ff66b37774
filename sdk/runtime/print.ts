// Where text leaves the program: nothing else in the SDK and in the scripts writes to a terminal.
//
// What is written is printable, whatever was put into it; model/printable.ts says why that is done here, too.
// A JSON text stays the same value.

import { printable } from "../model/printable.ts";

/** Options of `print` and `printError`. */
export interface PrintOptions {
  /** Keeps the colours of a text that the caller has painted. @default false */
  colours?: boolean;
}

/** Writes a text to standard output, or in a notebook to the cell's output. */
export function print(text: string, { colours = false }: PrintOptions = {}): void {
  console.log(printable(text, { lines: true, colours }));
}

/** Writes a text to standard error. */
export function printError(text: string, { colours = false }: PrintOptions = {}): void {
  console.error(printable(text, { lines: true, colours }));
}
