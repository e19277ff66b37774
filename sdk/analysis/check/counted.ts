// Numbers as a person reads them in a sentence.

/** Writes a number with its noun: `1 duplicate`, `1,025 sends`; without a noun just the number, `1,025`. */
export function counted(n: number, noun?: string): string {
  const digits = n.toLocaleString("en-US");
  return noun === undefined ? digits : `${digits} ${noun}${n === 1 ? "" : "s"}`;
}
