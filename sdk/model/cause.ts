// The cause of an error as a runtime may show it: where nobody catches an error, Node and Deno write the
// whole chain of causes to the terminal, as it is.

import { printable } from "./printable.ts";

/** Causes that are deeper than that are not shown. */
const DEPTH = 5;

/** Returns the cause where all that a runtime shows of it is printable, else a copy of which that is true. */
export function printableCause(cause: unknown, depth: number = DEPTH): unknown {
  if (typeof cause === "string") return whole(cause);
  if (!(cause instanceof Error)) return cause;
  if (depth === 0) return undefined;
  const inner = printableCause(cause.cause, depth - 1);
  const texts = Object.entries({ ...cause, message: cause.message, stack: cause.stack ?? "" }).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  if (inner === cause.cause && texts.every(([, text]) => whole(text) === text)) return cause;
  const copy = new Error("", inner === undefined ? undefined : { cause: inner });
  for (const [name, value] of [...Object.entries(cause), ["name", cause.name] as const, ...texts])
    Object.defineProperty(copy, name, {
      value: typeof value === "string" ? whole(value) : value,
      configurable: true,
      enumerable: name in { ...cause },
      writable: true,
    });
  return copy;
}

/** Further lines are indented, as in an error's own message: none of them looks like another message. */
function whole(text: string): string {
  return printable(text, { lines: true }).replace(/\n(?! {2})/g, "\n  ");
}
