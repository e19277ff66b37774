// Errors found in text: each function with what it takes.
// The doc comments here are the public ones: editors and declaration files show them.

import * as v from "valibot";
import * as explaining from "../analysis/errors/mod.ts";
import type { ExplainedErrors, ExplainErrorOptions } from "../analysis/errors/mod.ts";
import { fields, maybe, needed, reference } from "./checked.ts";
import { guarded } from "./guard.ts";
import { made } from "./results.ts";
import * as is from "./values.ts";

const TOO_LONG = `text of at most ${explaining.MAX_ERROR_TEXT} characters`;
const text = v.pipe(
  v.string("text"),
  v.check((one) => one.length <= explaining.MAX_ERROR_TEXT, TOO_LONG),
);

/**
 * Explains the errors that a text contains: a line, a stack trace, or a whole log of a broker or a client.
 * Pure: it needs no cluster and reads no file.
 *
 * A stack trace is one error, explained by its innermost cause that is known. Repeated errors are one entry
 * with their count; entries are in the order of their first appearance. A line that looks like an error and
 * is not known is in `unknown`. Of each line the first 4096 characters are read.
 *
 * @param text at most 16 Mi characters; a bare number is one of Kafka's error codes
 * @param options.limit how many entries each list has at most; @default 100
 * @throws RangeError for a longer text, or a limit outside of 1 to 10,000
 * @example
 * import { explainError } from "kafka-failure-lab/diagnose";
 *
 * const { errors } = explainError("Error: NOT_ENOUGH_REPLICAS (org.apache.kafka.clients.producer)");
 * console.log(errors.map(({ id, code }) => `${id} ${code}`)); // [ 'not-enough-replicas 19' ]
 */
export const explainError: typeof explaining.explainError = guarded("explainError", explaining.explainError, [
  needed("text", text),
  maybe("options", fields<ExplainErrorOptions>({ limit: is.whole(1, 10_000) })),
]);
/** Formats explained errors as lines of text, by first appearance; a sentence where there are none. */
export const errorLines: typeof explaining.errorLines = guarded("errorLines", explaining.errorLines, [
  reference("errors", made<ExplainedErrors>("explainError()", "errors", "unknown", "omitted")),
]);
