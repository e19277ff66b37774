// What a line of progress means. Whoever does something long reports it as lines of text; what is done with
// them (a terminal's line that is written over, a line now and then, a callback) is decided in
// notebook/progress.ts.

/**
 * - `event`: something happened; it is a line of its own.
 * - `begin`: a wait begins inside of the present one, with a clock of its own.
 * - `count`: how far that wait is, such as `Kafka 3.9.2: 34 of 58 jars, 31 MB`; it takes the place of the
 * last one.
 * - `end`: that wait is over.
 */
export type ProgressKind = "event" | "begin" | "count" | "end";

/** Hears a line of progress. @default kind "event" */
export type OnProgress = (line: string, kind?: ProgressKind) => void;
