// Kafka's error codes about topics, settings and requests.

import type { Entry } from "../entry.ts";
import { BROKER_LOG, DIAGNOSE, LIST_TOPICS, VERSIONS } from "./checks.ts";
import { code } from "./code.ts";

export const TOPIC_CODES: readonly Entry[] = [
  code("INVALID_TOPIC_EXCEPTION", {
    says: [
      "errors.InvalidTopicException",
      "The request attempted to perform an operation on an invalid topic",
      "Broker: Invalid topic",
    ],
    means: "The topic's name is not allowed, or the operation is not allowed on that topic.",
    causes: [
      {
        because:
          "The name has other characters than letters, digits, dots, dashes and underscores, or over 249.",
        rules: ["topic-name"],
        check: DIAGNOSE,
      },
    ],
    source: "Topic.java, validate",
  }),
  code("TOPIC_ALREADY_EXISTS", {
    says: ["TopicExistsException", "Topic with this name already exists", "Broker: Topic already exists"],
    means:
      "Somebody has made that topic already. Its settings and partitions are not changed by the request.",
    causes: [
      {
        because: "It was made by an earlier run, or by use.",
        settings: ["auto.create.topics.enable"],
        check: LIST_TOPICS,
      },
    ],
  }),
  code("TOPIC_DELETION_DISABLED", {
    says: [
      "TopicDeletionDisabledException",
      "Topic deletion is disabled",
      "Broker: Topic deletion is disabled",
    ],
    means: "The brokers do not delete topics.",
    causes: [{ because: "It is switched off.", settings: ["delete.topic.enable"], check: DIAGNOSE }],
  }),
  code("INVALID_PARTITIONS", {
    says: [
      "InvalidPartitionsException",
      "Number of partitions is below 1",
      "Number of partitions is invalid",
      "Broker: Invalid number of partitions",
    ],
    means: "A topic cannot have, or cannot be changed to, that number of partitions.",
    causes: [
      { because: "The number is below 1.", settings: ["num.partitions"], check: DIAGNOSE },
      {
        because: "The topic has as many or more: partitions are only added, never removed.",
        check: LIST_TOPICS,
      },
    ],
    source: "ReplicationControlManager.java, createPartitions",
  }),
  code("INVALID_REPLICATION_FACTOR", {
    says: [
      "InvalidReplicationFactorException",
      "Replication factor is below 1 or larger than the number of available brokers",
      "Replication-factor is invalid",
      "Broker: Invalid replication factor",
      "The target replication factor of … cannot be reached because only",
      "All brokers are currently fenced",
    ],
    means: "A topic was to be made with more replicas than there are brokers.",
    causes: [
      {
        because: "The cluster has fewer brokers than the topic's or an internal topic's replication factor.",
        settings: [
          "default.replication.factor",
          "offsets.topic.replication.factor",
          "transaction.state.log.replication.factor",
        ],
        rules: ["replicas-above-brokers"],
        check: DIAGNOSE,
      },
      {
        because: "Brokers have not registered yet, or cannot reach a controller.",
        faults: ["isolate"],
        check: BROKER_LOG,
      },
    ],
    source: "StripedReplicaPlacer.java",
  }),
  code("INVALID_CONFIG", {
    says: [
      "InvalidConfigurationException",
      "KafkaJSProtocolError: Configuration is invalid",
      "Broker: Configuration is invalid",
    ],
    means: "A topic's or broker's setting in the request has a value or a name that Kafka does not take.",
    causes: [
      { because: "The value is of another type or out of range.", rules: ["refused-value"], check: DIAGNOSE },
    ],
  }),
  code("POLICY_VIOLATION", {
    says: [
      "PolicyViolationException",
      "Request parameters do not satisfy the configured policy",
      "Broker: Policy violation",
    ],
    means:
      "A policy of the cluster's operator refuses the topic or its settings. The message has the reason.",
    causes: [
      {
        because: "The brokers have a policy class, as managed services do.",
        settings: ["create.topic.policy.class.name", "alter.config.policy.class.name"],
      },
    ],
    source: "KIP-108, KIP-133",
  }),
  code("INVALID_REQUEST", {
    says: [
      "errors.InvalidRequestException",
      "This most likely occurs because of a request being malformed by the client library",
      "Broker: Invalid request",
    ],
    means: "The broker could not make sense of the request, or it contradicts itself.",
    causes: [{ because: "The broker's log has the reason.", check: BROKER_LOG }],
  }),
  code("UNSUPPORTED_VERSION", {
    says: [
      "UnsupportedVersionException",
      "The version of API is not supported",
      "Broker: API version not supported",
    ],
    means: "Client and broker have no version of that request in common.",
    causes: [
      {
        because:
          "The client is older than Kafka 2.1, and the brokers are Kafka 4, which dropped such versions.",
        check: VERSIONS,
      },
      {
        because: "The client uses a feature that the brokers do not have yet.",
        rules: ["group-protocol-not-offered"],
        check: VERSIONS,
      },
    ],
    source: "KIP-896, ApiVersions",
  }),
  code("THROTTLING_QUOTA_EXCEEDED", {
    says: [
      "ThrottlingQuotaExceededException",
      "The throttling quota has been exceeded",
      "Broker: Throttling quota has been exceeded",
    ],
    means: "Topics or partitions are made or deleted faster than the client's quota allows.",
    causes: [
      {
        because: "A quota for changes of topics is set.",
        check:
          "kafka-configs.sh --bootstrap-server localhost:9092 --describe --entity-type users " +
          "--entity-type clients",
      },
    ],
    source: "KIP-599",
  }),
];
