// Kafka's error codes about idempotent and transactional producers.

import type { Entry } from "../entry.ts";
import { DESCRIBE_TRANSACTIONS, DIAGNOSE, DIAGNOSE_CLIENT, TRANSACTIONS } from "./checks.ts";
import { code } from "./code.ts";

const TWO_PRODUCERS = {
  because: "Two producers have the same transactional id: two instances, or a new one beside one that hung.",
  settings: ["transactional.id"],
  check: TRANSACTIONS,
};
const EXPIRED = {
  because: "The transaction lasted longer than its timeout, and the coordinator aborted it.",
  settings: ["transaction.timeout.ms"],
  faults: ["pause", "delay"],
  check: TRANSACTIONS,
} as const;

export const TRANSACTION_CODES: readonly Entry[] = [
  code("OUT_OF_ORDER_SEQUENCE_NUMBER", {
    says: [
      "OutOfOrderSequenceException",
      "The broker received an out of order sequence number",
      "Broker: Broker received an out of order sequence number",
    ],
    means:
      "An idempotent producer's batch does not follow the last one that the leader has: one between " +
      "is missing.",
    causes: [
      {
        because: "An acknowledged batch was lost: a replica that was not in sync became leader.",
        settings: ["unclean.leader.election.enable"],
        faults: ["kill"],
        rules: ["unclean-leader-election"],
        check: DIAGNOSE,
      },
      {
        because:
          "Of several sends of an idempotent kafkajs producer one failed, and those behind it arrived.",
        faults: ["pause", "delay"],
        rules: ["kafkajs-idempotent-loses", "kafkajs-idempotent-retries"],
        check: "npm run diagnose -- compose.yml kafkajs.json",
      },
    ],
    source: "ProducerAppendInfo.java",
  }),
  code("DUPLICATE_SEQUENCE_NUMBER", {
    says: [
      "DuplicateSequenceException",
      "The broker received a duplicate sequence number",
      "Broker: Broker received a duplicate sequence number",
    ],
    means:
      "The leader has written that batch before. The record is in the log, its offset is not known " +
      "to the producer.",
    causes: [
      { because: "A retry came after the first answer had been lost.", faults: ["kill", "pause", "isolate"] },
    ],
    source: "ProducerStateManager.java",
  }),
  code("UNKNOWN_PRODUCER_ID", {
    says: ["UnknownProducerIdException", "Broker: Unknown Producer Id"],
    means: "The leader has no state of that producer any more.",
    causes: [
      {
        because:
          "All its records were deleted by retention, or it was silent longer than producer ids are kept.",
        settings: ["retention.ms", "producer.id.expiration.ms"],
      },
    ],
    source: "KIP-360",
  }),
  code("INVALID_PRODUCER_EPOCH", {
    says: [
      "InvalidProducerEpochException",
      "Producer attempted to produce with an old epoch",
      "attempted to produce with an old epoch",
      "Broker: Producer attempted an operation with an old epoch",
    ],
    means:
      "A newer producer, or the coordinator, has taken over the producer's id: its open transaction " +
      "is aborted.",
    causes: [EXPIRED, TWO_PRODUCERS],
    source: "KIP-360, KIP-588",
  }),
  code("PRODUCER_FENCED", {
    says: [
      "ProducerFencedException",
      "There is a newer producer with the same transactionalId which fences the current one",
      "has been fenced by another producer with the same transactionalId",
    ],
    means: "Another producer started with the same transactional id. This one has to be closed.",
    causes: [TWO_PRODUCERS, EXPIRED],
    source: "TransactionCoordinator.scala",
  }),
  code("INVALID_TXN_STATE", {
    says: [
      "InvalidTxnStateException",
      "The producer attempted a transactional operation in an invalid state",
      "Broker: Producer attempted a transactional operation in an invalid state",
    ],
    means: "The coordinator's transaction is not in the state that the request needs.",
    causes: [EXPIRED, { because: "The application calls commit, abort or send in the wrong order." }],
  }),
  code("INVALID_PRODUCER_ID_MAPPING", {
    says: [
      "InvalidPidMappingException",
      "The producer attempted to use a producer id which is not currently assigned to its transactional id",
      "Broker: Producer attempted to use a producer id which is not currently assigned to its " +
        "transactional id",
    ],
    means: "The coordinator does not know the producer's id under that transactional id any more.",
    causes: [
      {
        because: "The producer was idle longer than transactional ids are kept (7 days by default).",
        settings: ["transactional.id.expiration.ms"],
        check: TRANSACTIONS,
      },
    ],
  }),
  code("INVALID_TRANSACTION_TIMEOUT", {
    says: [
      "InvalidTxnTimeoutException",
      "The transaction timeout is larger than the maximum value allowed by the broker",
    ],
    means: "The producer asks for a longer transaction timeout than the brokers allow.",
    causes: [
      {
        because: "The client's timeout is above the brokers' maximum (15 min by default).",
        settings: ["transaction.timeout.ms", "transaction.max.timeout.ms"],
        rules: ["transaction-timeout-above-maximum"],
        check: DIAGNOSE_CLIENT,
      },
    ],
  }),
  code("CONCURRENT_TRANSACTIONS", {
    says: [
      "ConcurrentTransactionsException",
      "The producer attempted to update a transaction while another concurrent operation on the same " +
        "transaction was ongoing",
      "Broker: Producer attempted to update a transaction while another concurrent operation",
    ],
    means: "The last transaction of that id is still being completed. The producer tries again.",
    causes: [
      { because: "Transactions follow each other quickly; it ends by itself." },
      {
        because: "It goes on: a partition of the transaction has no leader, or its log takes no record.",
        faults: ["kill"],
        rules: ["transaction-log-one-replica", "transaction-log-min-isr"],
        check: DESCRIBE_TRANSACTIONS,
      },
    ],
  }),
  code("TRANSACTION_COORDINATOR_FENCED", {
    says: ["TransactionCoordinatorFencedException"],
    means: "A coordinator that was replaced tried to complete a transaction. The new one does it.",
    causes: [{ because: "The coordinator's broker hung or was cut off.", faults: ["pause", "isolate"] }],
  }),
  code("TRANSACTION_ABORTABLE", {
    says: ["TransactionAbortableException", "The server encountered an error with the transaction"],
    means: "The transaction cannot be committed. The producer may abort it and begin another.",
    causes: [
      {
        because: "A partition could not be added to the transaction, or was not verified.",
        check: TRANSACTIONS,
      },
    ],
    source: "KIP-890",
  }),
];
