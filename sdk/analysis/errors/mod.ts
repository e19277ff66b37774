// Errors that people find in logs, and what is known of each.

export type { ErrorEntry, ErrorFamily, KafkaErrorCause } from "./entry.ts";
export {
  explainError,
  type ExplainedError,
  type ExplainedErrors,
  type ExplainErrorOptions,
  MAX_ERROR_LINES,
  MAX_ERROR_TEXT,
  type UnknownErrorLine,
} from "./explain-error.ts";
export { ENTRIES } from "./known/mod.ts";
export { errorLines } from "./text.ts";
