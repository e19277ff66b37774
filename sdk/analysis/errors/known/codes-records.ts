// Kafka's error codes about records.

import type { Entry } from "../entry.ts";
import { BROKER_LOG, DIAGNOSE_CLIENT, TOPIC_CONFIG } from "./checks.ts";
import { code } from "./code.ts";

export const RECORD_CODES: readonly Entry[] = [
  code("CORRUPT_MESSAGE", {
    says: ["CorruptRecordException", "This message has failed its CRC checksum", "Broker: Invalid message"],
    means: "A batch of records does not have the checksum that it claims, or is otherwise not well formed.",
    causes: [
      { because: "The bytes changed in memory or on the broker's disk.", check: BROKER_LOG },
      {
        because: "A record without a key was sent to a compacted topic; newer brokers answer INVALID_RECORD.",
        settings: ["cleanup.policy"],
        check: TOPIC_CONFIG,
      },
    ],
    source: "LogValidator.java",
  }),
  code("MESSAGE_TOO_LARGE", {
    says: [
      "RecordTooLargeException",
      "The request included a message larger than the max message size the server will accept",
      "Broker: Message size too large",
    ],
    means: "A batch of records is larger than the topic takes. Its size counts after compression.",
    causes: [
      {
        because: "One record, or the batch that the client made, is above the topic's limit.",
        settings: ["max.message.bytes", "message.max.bytes", "max.request.size", "batch.size"],
        rules: ["request-above-message-limit"],
        check: TOPIC_CONFIG,
      },
    ],
    source: "UnifiedLog.scala, analyzeAndValidateRecords",
  }),
  code("RECORD_LIST_TOO_LARGE", {
    says: [
      "RecordBatchTooLargeException",
      "The request included message batch larger than the configured segment size on the server",
      "Broker: Message batch larger than configured server segment size",
    ],
    means: "A batch of records is larger than a whole segment of the topic's log.",
    causes: [
      {
        because: "The topic's segments are smaller than the batches.",
        settings: ["segment.bytes", "log.segment.bytes", "batch.size"],
        check: TOPIC_CONFIG,
      },
    ],
  }),
  code("INVALID_RECORD", {
    says: [
      "InvalidRecordException",
      "This record has failed the validation on broker and hence",
      "Broker: Broker failed to validate record",
      "Compacted topic cannot accept message without key",
    ],
    means: "The broker examined a record and refused it. Sending it again does not help.",
    causes: [
      {
        because: "The topic is compacted, and the record has no key.",
        settings: ["cleanup.policy"],
        check: TOPIC_CONFIG,
      },
      { because: "The broker or a proxy validates records against a schema.", check: TOPIC_CONFIG },
    ],
    source: "LogValidator.java, KIP-467",
  }),
  code("INVALID_TIMESTAMP", {
    says: [
      "InvalidTimestampException",
      "The timestamp of the message is out of acceptable range",
      "Broker: Invalid timestamp",
    ],
    means: "The record's timestamp is further from the broker's clock than the topic allows.",
    causes: [
      {
        because: "The producer's clock is wrong, or its timestamps are in seconds or microseconds.",
        settings: [
          "message.timestamp.before.max.ms",
          "message.timestamp.after.max.ms",
          "message.timestamp.type",
        ],
        check: TOPIC_CONFIG,
      },
    ],
    source: "LogValidator.java, KIP-937",
  }),
  code("INVALID_REQUIRED_ACKS", {
    says: [
      "InvalidRequiredAcksException",
      "Produce request specified an invalid value for required acks",
      "Broker: Invalid required acks value",
    ],
    means: "The producer asked for a number of acknowledgements other than 0, 1 or -1 (all).",
    causes: [{ because: "acks has another number.", settings: ["acks"], check: DIAGNOSE_CLIENT }],
  }),
  code("UNSUPPORTED_COMPRESSION_TYPE", {
    says: [
      "UnsupportedCompressionTypeException",
      "The requesting client does not support the compression type of given partition",
      "Broker: Unsupported compression type",
    ],
    means:
      "The records are compressed by a codec that this side or this version of the protocol does not have.",
    causes: [
      {
        because: "A producer uses zstd, and the client or the topic is older than zstd (Kafka 2.1).",
        settings: ["compression.type"],
        check: TOPIC_CONFIG,
      },
    ],
    source: "KIP-110",
  }),
];
