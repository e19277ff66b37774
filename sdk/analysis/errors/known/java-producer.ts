// What Kafka's Java producer says by itself.

import type { Entry } from "../entry.ts";
import {
  BROKER_LOG,
  CONTAINERS,
  DESCRIBE_TOPIC,
  DIAGNOSE_CLIENT,
  PREDICT_DELAY,
  PREDICT_KILL,
  TRANSACTIONS,
} from "./checks.ts";

export const JAVA_PRODUCER_ERRORS: readonly Entry[] = [
  {
    id: "producer-no-metadata",
    title: "TimeoutException: Topic … not present in metadata",
    patterns: ["Topic … not present in metadata after … ms", "Failed to update metadata after … ms"],
    means:
      "send() waited for max.block.ms and learned no leader of the topic: no broker answered in " +
      "time, or the " +
      "answers did not have the topic. The record was not sent.",
    causes: [
      {
        because: "No bootstrap server is reached: wrong host or port, or the brokers are down.",
        settings: ["bootstrap.servers"],
        faults: ["stop", "kill", "isolate"],
        rules: ["one-bootstrap-server", "bootstrap-not-a-broker"],
        check: "grep -E 'could not be established|Bootstrap broker' CLIENT_LOG",
      },
      {
        because: "The bootstrap server answers with an address that the client does not reach.",
        settings: ["advertised.listeners"],
        rules: ["advertised-unreachable", "advertised-port-not-published"],
        check: DIAGNOSE_CLIENT,
      },
      {
        because: "The topic does not exist and is not made by use, or has no such partition.",
        settings: ["auto.create.topics.enable"],
        check: DESCRIBE_TOPIC,
      },
      {
        because: "Answers are late: a new producer needs several of them within max.block.ms.",
        settings: ["max.block.ms", "request.timeout.ms"],
        faults: ["delay", "pause"],
        rules: ["max-block-against-delay", "max-block-short"],
        check: PREDICT_DELAY,
      },
    ],
    shownBy: "03-long-delay --client java",
    source: "apache/kafka KafkaProducer.java, waitOnMetadata",
  },
  {
    id: "producer-no-such-partition",
    title: "TimeoutException: Partition … of topic … is not present in metadata",
    patterns: ["Partition … of topic … with partition count … is not present in metadata after … ms"],
    means: "The record names a partition that the topic does not have.",
    causes: [
      {
        because: "The topic has fewer partitions than the application assumes.",
        settings: ["num.partitions"],
        check: DESCRIBE_TOPIC,
      },
    ],
    source: "apache/kafka KafkaProducer.java, waitOnMetadata",
  },
  {
    id: "producer-expiring-records",
    title: "TimeoutException: Expiring … record(s)",
    patterns: ["Expiring … record(s) for … has passed since batch creation", "Expiring … record(s) for"],
    means:
      "Records were not acknowledged within delivery.timeout.ms. Those that were never sent are not " +
      "in the log; for those that were sent it is not known. The producer may send a record in the very " +
      "pass in which it reports it as expired.",
    causes: [
      {
        because: "The leader is gone, and a new one comes later than delivery.timeout.ms, or never.",
        settings: ["delivery.timeout.ms"],
        faults: ["kill", "pause"],
        rules: ["delivery-timeout-below-failover", "auto-created-topic-one-replica"],
        check: PREDICT_KILL,
      },
      {
        because: "The client knows the leader, and does not reach the address that it advertises.",
        settings: ["advertised.listeners"],
        rules: ["advertised-unreachable"],
        check: DIAGNOSE_CLIENT,
      },
      {
        because: "The leader answers late, or more is sent than it takes.",
        settings: ["linger.ms", "batch.size", "request.timeout.ms"],
        faults: ["delay", "throttle"],
        rules: ["delivery-timeout-against-delay"],
        check: PREDICT_DELAY,
      },
    ],
    source: "apache/kafka Sender.java, KIP-91",
  },
  {
    id: "producer-buffer-full",
    title: "BufferExhaustedException",
    patterns: [
      "BufferExhaustedException",
      "Failed to allocate … bytes within the configured max blocking time",
    ],
    means:
      "The producer's buffer stayed full for max.block.ms: records are made faster than they are " +
      "acknowledged.",
    causes: [
      {
        because: "The brokers are not reached or slow, and the buffer fills meanwhile.",
        settings: ["buffer.memory", "max.block.ms"],
        faults: ["kill", "pause", "delay", "throttle"],
        check: CONTAINERS,
      },
      {
        because: "The application sends more than the brokers take.",
        settings: ["linger.ms", "batch.size", "compression.type"],
      },
    ],
    source: "apache/kafka BufferPool.java",
  },
  {
    id: "producer-record-too-large",
    title: "RecordTooLargeException: The message is … bytes when serialized",
    patterns: ["The message is … bytes when serialized which is larger than"],
    means: "The producer itself refuses the record before it is sent. Its size counts before compression.",
    causes: [
      {
        because: "The record is above max.request.size (1 MiB by default), or above the whole buffer.",
        settings: ["max.request.size", "buffer.memory", "max.message.bytes"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "apache/kafka KafkaProducer.java, ensureValidRecordSize",
  },
  {
    id: "producer-wrong-serializer",
    title: "SerializationException: Can't convert … of class …",
    patterns: [
      "Can't convert value of class … specified in value.serializer",
      "Can't convert key of class … specified in key.serializer",
    ],
    means: "The record's key or value is not of the type that the configured serializer takes.",
    causes: [
      {
        because: "Serializer and record do not match.",
        settings: ["key.serializer", "value.serializer"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "apache/kafka KafkaProducer.java, doSend",
  },
  {
    id: "producer-in-error-state",
    title: "KafkaException: Cannot execute transactional method because we are in an error state",
    patterns: ["Cannot execute transactional method because we are in an error state"],
    means:
      "The transaction failed before. It has to be aborted, or the producer closed; the first error " +
      "is its cause.",
    causes: [{ because: "See the error before, or the last cause of the stack.", check: TRANSACTIONS }],
    source: "apache/kafka TransactionManager.java, maybeFailWithError",
    isWrapper: true,
  },
  {
    id: "producer-closed",
    title: "IllegalStateException: Cannot perform operation after producer has been closed",
    patterns: [
      "Cannot perform operation after producer has been closed",
      "Producer is closed forcefully",
      "Producer closed while send in progress",
    ],
    means:
      "The application sends with a producer that it has closed, or closed it while records were under way.",
    causes: [{ because: "The application ends, or shares a producer that another part closes." }],
    source: "apache/kafka KafkaProducer.java",
  },
  {
    id: "producer-not-idempotent",
    title: "ConfigException: … to use the idempotent producer",
    patterns: [
      "Must set acks to all in order to use the idempotent producer",
      "Must set retries to non-zero when using the idempotent producer",
      "Must set max.in.flight.requests.per.connection to at most 5",
    ],
    means: "enable.idempotence is set, and another setting contradicts it. The producer does not start.",
    causes: [
      {
        because: "acks is not all, retries is 0, or more than five requests are allowed at once.",
        settings: ["enable.idempotence", "acks", "retries", "max.in.flight.requests.per.connection"],
        rules: ["idempotence-conflict", "too-many-in-flight"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "apache/kafka ProducerConfig.java, postProcessAndValidateIdempotenceConfigs",
  },
  {
    id: "producer-delivery-timeout-short",
    title:
      "ConfigException: delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms",
    patterns: ["delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms"],
    means: "The producer does not start: its three timeouts contradict each other.",
    causes: [
      {
        because: "delivery.timeout.ms was made shorter, or request.timeout.ms longer, without the other.",
        settings: ["delivery.timeout.ms", "linger.ms", "request.timeout.ms"],
        rules: ["delivery-below-request"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "apache/kafka KafkaProducer.java, configureDeliveryTimeout",
  },
  {
    id: "producer-retrying",
    title: "Got error produce response … retrying",
    patterns: ["Got error produce response with correlation id … on topic-partition … retrying"],
    means:
      "The broker answered with an error that the producer tries again by itself. The line ends with " +
      "its name.",
    causes: [
      {
        because: "See the error's name at the end of the line.",
        settings: ["retries", "delivery.timeout.ms"],
        check: BROKER_LOG,
      },
    ],
    source: "apache/kafka Sender.java, completeBatch",
    isWrapper: true,
  },
];
