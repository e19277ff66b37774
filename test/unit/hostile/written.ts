// What a call writes to the console.

import * as assert from "uvu/assert";

/** Runs something and returns what it wrote to either stream. */
export async function written(act: () => unknown): Promise<string> {
  const { log, error } = console;
  const lines: string[] = [];
  console.log = console.error = (line: string) => void lines.push(line);
  try {
    await act();
  } finally {
    Object.assign(console, { log, error });
  }
  assert.ok(lines.length > 0, "nothing was written");
  return lines.join("\n");
}
