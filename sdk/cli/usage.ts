// What is wrong with a command line.

import { printable } from "../model/printable.ts";

/**
 * Is thrown for an option or an argument that a command cannot take. The message is for the person who typed
 * it.
 */
export class UsageError extends TypeError {
  override readonly name: string = "UsageError";

  /** @param message is made printable: it quotes what was typed */
  constructor(message: string) {
    super(printable(message, { lines: true }));
  }
}

/** Writes a value that was typed into a message: as it is, or in quotes where it would not be seen. */
export function quoted(value: string): string {
  return /^[\w.,:;/@+=%*^$|()[\]{}!?~-]+$/.test(value) ? value : printable(JSON.stringify(value));
}
