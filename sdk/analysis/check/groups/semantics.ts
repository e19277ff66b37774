// How often a group processed what it read, in Kafka's words for delivery guarantees, as measured.

/** A guarantee that a group may be claimed to give. */
export type Semantics = "at-most-once" | "at-least-once" | "exactly-once";

/** Every guarantee. */
export const SEMANTICS: readonly Semantics[] = Object.freeze([
  "at-most-once",
  "at-least-once",
  "exactly-once",
] satisfies Semantics[]);

/**
 * What a group did, as measured: `exactly-once` where each record was processed once, `at-least-once` where
 * some were processed again, `at-most-once` where some were skipped, `none` where both happened; `unknown`
 * where nothing was processed, or not all was read and nothing was skipped.
 */
export type MeasuredSemantics = Semantics | "none" | "unknown";

/** Returns what was measured. */
export function semanticsOf({
  processed,
  repeated,
  skipped,
  undecided,
}: {
  processed: number;
  repeated: number;
  skipped: number;
  undecided: number;
}): MeasuredSemantics {
  if (skipped > 0) return repeated > 0 ? "none" : "at-most-once";
  if (processed === 0 || undecided > 0) return "unknown";
  return repeated > 0 ? "at-least-once" : "exactly-once";
}
