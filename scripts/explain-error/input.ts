// Reads a log from the standard input, up to the limit that a text has.

import { Buffer } from "node:buffer";
import { UsageError } from "@kafka-failure-lab/sdk/testing";

/** The largest log that is read, in bytes. */
export const MAX_INPUT_BYTES: number = 16 << 20;

/**
 * Reads a stream to its end, as UTF-8.
 *
 * @throws UsageError as soon as it has more than the limit
 */
export async function readInput(input: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of input) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    total += bytes.length;
    if (total > MAX_INPUT_BYTES)
      throw new UsageError(
        "Cannot explain errors: the input is larger than 16 MiB. Take a part of it, as tail -n 50000 does.",
      );
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, total).toString("utf8");
}

/** What other files begin with, read as UTF-8: each byte that is none has become U+FFFD. */
const OTHERS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^\x1f\ufffd\x08/, "compressed: gunzip -c FILE | npm run explain-error"],
  [/^(PK\x03\x04|\(\ufffd\/\ufffd|\ufffd7zXZ\0)/, "compressed: unpack it first"],
  [/^(\ufffd\ufffd)?(?:[^\0]\0){4}/, "UTF-16, as PowerShell writes it: iconv -f UTF-16 -t UTF-8 FILE"],
];

/**
 * Makes sure that a text is not of a file in which no error could be found.
 *
 * @throws UsageError for a compressed file, and for UTF-16
 */
export function assertLog(text: string): void {
  const what = OTHERS.find(([pattern]) => pattern.test(text))?.[1];
  if (what !== undefined) throw new UsageError(`Cannot explain errors: the log is ${what}`);
}
