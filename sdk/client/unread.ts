// Why a topic could not be read, as a code and in words, and whether another try may do.

import type { UnreadReason } from "../model/history.ts";
import { errorName } from "../kafka/error-codes.ts";
import { isRefusal } from "../kafka/security/mod.ts";
import { UnreadableRecords } from "../kafka/unreadable.ts";

/** A reading that failed. */
export class Unread extends Error {
  override readonly name = "Unread";
  readonly reason: UnreadReason;
  /** Whether no other try can do, so that it is reported at once. */
  readonly isFinal: boolean;

  constructor(reason: UnreadReason, message: string, { isFinal = false }: { isFinal?: boolean } = {}) {
    super(message);
    this.reason = reason;
    this.isFinal = isFinal;
  }
}

const REASONS: Readonly<Record<string, UnreadReason>> = {
  UNKNOWN_TOPIC_OR_PARTITION: "NO_TOPIC",
  INVALID_TOPIC_EXCEPTION: "NO_TOPIC",
  LEADER_NOT_AVAILABLE: "NO_LEADER",
  NOT_LEADER_OR_FOLLOWER: "NO_LEADER",
  TOPIC_AUTHORIZATION_FAILED: "NOT_AUTHORIZED",
  CLUSTER_AUTHORIZATION_FAILED: "NOT_AUTHORIZED",
  UNSUPPORTED_COMPRESSION_TYPE: "UNREADABLE",
  CORRUPT_MESSAGE: "UNREADABLE",
};

/** Errors of Kafka's that the next answer has, too. */
const FINAL: ReadonlySet<string> = new Set([
  "INVALID_TOPIC_EXCEPTION",
  "TOPIC_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "UNSUPPORTED_COMPRESSION_TYPE",
  "UNSUPPORTED_VERSION",
]);

/** The error of an answer with this code. */
export function refusal(errorCode: number): Unread {
  const name = errorName(errorCode);
  return new Unread(REASONS[name] ?? "FAILED", name, { isFinal: FINAL.has(name) });
}

/** What went wrong, with its code; a failure of the connection may be over at the next try. */
export function unread(error: unknown): Unread {
  if (error instanceof Unread) return error;
  if (isRefusal(error)) return new Unread("NOT_AUTHORIZED", error.message, { isFinal: true });
  if (error instanceof UnreadableRecords) return new Unread("UNREADABLE", error.message, { isFinal: true });
  return new Unread("FAILED", (error as Error).message);
}
