// The clients that a lab did not know, for the end of a run.

import type { History } from "../../model/history.ts";
import { printable } from "../../model/printable.ts";

/** At most so many addresses are named. */
const SHOWN = 3;

/**
 * Returns a line where other programs have connected to the lab's brokers:
 * `3 connections of clients that this lab does not know: java (pid 4242), from 127.0.0.1:53122, …`. They may
 * be there on purpose, so it decides nothing.
 */
export function strangerLines(history: History): string[] {
  const found = history.filter((event) => event.kind === "stranger");
  if (found.length === 0) return [];
  const programs = [
    ...new Set(found.map(({ program, pid }) => (pid === null ? program : `${program} (pid ${pid})`))),
  ];
  const addresses = found.slice(0, SHOWN).map(({ from }) => from);
  const more = found.length > SHOWN ? ", …" : "";
  const count = `${found.length} connection${found.length === 1 ? "" : "s"}`;
  return [
    printable(
      `note: ${count} of clients that this lab does not know: ${programs.join(", ")}, ` +
        `from ${addresses.join(", ")}${more}`,
    ),
  ];
}
