// What is wrong with a command line.

/** Is thrown for an option or an argument that a command cannot take; its message is for who typed it. */
export class UsageError extends TypeError {
  override readonly name: string = "UsageError";
}

/** Writes a value that was typed into a message: as it is, or in quotes where it would not be seen. */
export function quoted(value: string): string {
  return /^[\w.,:;/@+=%*^$|()[\]{}!?~-]+$/.test(value) ? value : JSON.stringify(value);
}
