// Kafka's error codes by name, and what each says of a Produce request (Errors.java; ReplicaManager.scala,
// DelayedProduce.scala).

const NAMES: Readonly<Record<number, string>> = {
  [-1]: "UNKNOWN_SERVER_ERROR",
  0: "NONE",
  1: "OFFSET_OUT_OF_RANGE",
  2: "CORRUPT_MESSAGE",
  3: "UNKNOWN_TOPIC_OR_PARTITION",
  5: "LEADER_NOT_AVAILABLE",
  6: "NOT_LEADER_OR_FOLLOWER",
  7: "REQUEST_TIMED_OUT",
  9: "REPLICA_NOT_AVAILABLE",
  10: "MESSAGE_TOO_LARGE",
  14: "COORDINATOR_LOAD_IN_PROGRESS",
  15: "COORDINATOR_NOT_AVAILABLE",
  16: "NOT_COORDINATOR",
  17: "INVALID_TOPIC_EXCEPTION",
  18: "RECORD_LIST_TOO_LARGE",
  19: "NOT_ENOUGH_REPLICAS",
  20: "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
  21: "INVALID_REQUIRED_ACKS",
  29: "TOPIC_AUTHORIZATION_FAILED",
  31: "CLUSTER_AUTHORIZATION_FAILED",
  35: "UNSUPPORTED_VERSION",
  41: "NOT_CONTROLLER",
  44: "POLICY_VIOLATION",
  45: "OUT_OF_ORDER_SEQUENCE_NUMBER",
  46: "DUPLICATE_SEQUENCE_NUMBER",
  47: "INVALID_PRODUCER_EPOCH",
  56: "KAFKA_STORAGE_ERROR",
  59: "UNKNOWN_PRODUCER_ID",
  87: "INVALID_RECORD",
};

/** Names a code as Errors.java does. */
export function errorName(code: number): string {
  return NAMES[code] ?? `ERROR_${code}`;
}

/**
 * The answers that come before anything is appended. Not among them: NOT_LEADER_OR_FOLLOWER and
 * UNKNOWN_TOPIC_OR_PARTITION, which a leader that steps down also gives to a record that it has appended and
 * whose followers may keep it (with acks=all, DelayedProduce.tryComplete).
 */
const REFUSED: ReadonlySet<string> = new Set([
  "CORRUPT_MESSAGE",
  "MESSAGE_TOO_LARGE",
  "INVALID_TOPIC_EXCEPTION",
  "RECORD_LIST_TOO_LARGE",
  "NOT_ENOUGH_REPLICAS",
  "INVALID_REQUIRED_ACKS",
  "TOPIC_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "POLICY_VIOLATION",
  "OUT_OF_ORDER_SEQUENCE_NUMBER",
  "INVALID_PRODUCER_EPOCH",
  "UNKNOWN_PRODUCER_ID",
  "INVALID_RECORD",
]);

/**
 * Says whether a Produce attempt that ended with this error certainly appended nothing; `acks` as the client
 * asked for.
 */
export function wasRefused(error: string, acks: -1 | 0 | 1): boolean {
  return (
    REFUSED.has(error) ||
    (acks !== -1 && (error === "NOT_LEADER_OR_FOLLOWER" || error === "UNKNOWN_TOPIC_OR_PARTITION"))
  );
}
