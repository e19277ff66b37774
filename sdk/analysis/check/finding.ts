// What every checker returns: the same four fields, whatever it looked at.
import type { Broker } from "../../model/history.ts";
import type { Verdict } from "../../model/verdict.ts";

/** One checker's result. */
export interface Finding<Name extends string, Facts> {
  /** Which checker it is. */
  checker: Name;
  /** What the checker found. */
  verdict: Verdict;
  /** One sentence that a person reads. */
  summary: string;
  /** The counts that the verdict rests on, and examples with where to look. */
  facts: Facts;
}

/** Which topics and clients of a history are judged. */
export interface Scope {
  /** Only this topic. @default every topic */
  topic?: string;
  /** Only this client. @default every client */
  client?: string;
}

/** Bounds what a finding carries. */
export interface ExampleOptions {
  /**
   * How many offending records a finding shows; the counts are always of all.
   *
   * @default 5
   */
  examples?: number;
}

/** One send as a finding shows it, with where to look. */
export interface SentRecord {
  /** The event's position in the history counted from 1: its line in `history.jsonl`. */
  line: number;
  client: string;
  value: string;
  topic: string;
  /** Where it was acknowledged; null where it was not. */
  partition: number | null;
  offset: string | null;
  broker: Broker | null;
  /** When the send began and when it ended, in milliseconds since the run's start. */
  atMs: number;
  endedAtMs: number;
}
