// A table as a file that is committed: one run a line, so that a difference is read at a glance.

import { LabError } from "@kafka-failure-lab/sdk";
import { MAX_JSON_BYTES, readText, shape } from "@kafka-failure-lab/sdk/testing";

/** Writes a table: its day, and its lists in the order given. */
export function tableText(date: string, lists: Readonly<Record<string, readonly unknown[]>>): string {
  const texts = Object.entries(lists).map(([name, of]) => {
    const lines = of.map((one) => `    ${JSON.stringify(one)}`).join(",\n");
    return `  ${JSON.stringify(name)}: [${of.length === 0 ? "" : `\n${lines}\n  `}]`;
  });
  return `{\n  "date": ${JSON.stringify(date)},\n${texts.join(",\n")}\n}\n`;
}

/**
 * Reads what `tableText` wrote.
 *
 * @param what the table, and the options that write such a file
 * @throws LabError BAD_RUN where the file holds something else
 */
export function readTable<Table>(
  file: string,
  expected: shape.Shape,
  { what, writtenBy }: { what: string; writtenBy: string },
): Table {
  const written = readText(file, { code: "BAD_RUN", what: `read ${what}`, limit: MAX_JSON_BYTES });
  const refused = (why: string, cause?: unknown): LabError =>
    new LabError("BAD_RUN", `Cannot read ${what}: ${why}`, {
      file,
      ...(cause !== undefined && { cause }),
      hint: `Is it a file that ${writtenBy} wrote?`,
    });
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch (cause) {
    throw refused("it is no JSON", cause);
  }
  const wrong = shape.wrongIn(expected, value);
  if (wrong !== undefined) throw refused(wrong);
  return value as Table;
}
