// What the program of a group's member and the lab say to each other, in lines of JSON: the same for every
// client, so that a program in another language can be a member, too.
//
//   standard input    { "id": 1, "do": "commit" }    { "id": 2, "do": "close" }
//                     { "id": 3, "do": "slow", "processMs": 200 }
//   standard output   { "kind": "delivered", "atMs": 1795567310319.2, "topic": "orders", "partition": 0, … }
//                     { "kind": "answer", "id": 1, "error": "…" }
//
// A line but an answer is an event of the history without group and member, or a line of the client's log,
// and its `atMs` is the wall clock: milliseconds since the epoch, with a fraction. Where standard input ends,
// the program ends.

import type {
  CommitEvent,
  DeliveredEvent,
  MemberEvent,
  ProcessedEvent,
  ProducedEvent,
  TransactionEvent,
} from "../../model/history.ts";
import { wrongEvent } from "../../model/history-schema.ts";

type Without<Event> = Omit<Event, "group" | "member">;

/** Something that a member reports of itself; `atMs` is milliseconds since the epoch. */
export type MemberLine =
  | Without<MemberEvent>
  | Without<DeliveredEvent>
  | Without<ProcessedEvent>
  | Without<ProducedEvent>
  | Without<TransactionEvent>
  | Without<CommitEvent>;

/** A line of the client's own log; `atMs` is milliseconds since the epoch. */
export interface MemberLogLine {
  kind: "log";
  atMs: number;
  level: string;
  /** The part of the client that logged it. */
  logger: string;
  text: string;
}

/** The answer to an order. */
export interface MemberAnswer {
  kind: "answer";
  id: number;
  /** Why it was not done; absent where it was. */
  error?: string;
  /** To `slow`: how long processing a record takes from now on, in milliseconds. */
  processMs?: number;
}

/** What a member may be asked to do; `slow` sets how long processing a record takes: `processMs`. */
export type MemberOrder = "commit" | "close" | "slow";

const KINDS = ["member", "delivered", "processed", "produced", "transaction", "commit"];
/** A longer line of a log says nothing more to a person. */
const TEXT_CHARACTERS = 240;

/** Reads a line of a member's standard output; undefined where it is none of the above. */
export function readMemberLine(text: string): MemberLine | MemberLogLine | MemberAnswer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, id } = value as { kind?: unknown; id?: unknown };
  if (kind === "answer") return typeof id === "number" ? (value as MemberAnswer) : undefined;
  if (kind === "log" && wrongEvent({ ...value, source: "" }) === undefined) {
    const line = value as MemberLogLine;
    return { ...line, text: line.text.slice(0, TEXT_CHARACTERS) };
  }
  if (typeof kind !== "string" || !KINDS.includes(kind)) return undefined;
  return wrongEvent({ ...value, group: "", member: "" }) === undefined ? (value as MemberLine) : undefined;
}
