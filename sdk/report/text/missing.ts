// What an explanation could not rest on.

import type { History } from "../../model/history.ts";

/** Returns a line where the brokers' logs were out of reach. */
export function missingLines(history: History): string[] {
  const run = history.find((event) => event.kind === "run");
  if (run?.engine !== "remote") return [];
  return [
    "missing: the brokers' logs; elections and changes of the ISR are as exact as the polling of metadata " +
      "(40 to 500 ms)",
  ];
}
