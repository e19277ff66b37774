// What Kafka's Java consumer and admin client say by themselves.

import type { Entry } from "../entry.ts";
import {
  CONTAINERS,
  DESCRIBE_GROUP,
  DESCRIBE_OFFSETS,
  DIAGNOSE_CLIENT,
  GROUP_MEMBERS,
  PREDICT_KILL,
} from "./checks.ts";
import { NO_HEARTBEAT, SLOW_POLL } from "./group-causes.ts";

export const JAVA_CONSUMER_ERRORS: readonly Entry[] = [
  {
    id: "consumer-commit-failed",
    title: "CommitFailedException",
    patterns: [
      "CommitFailedException",
      "Commit cannot be completed since the group has already rebalanced",
      "Offset commit cannot be completed since the consumer is not part of an active group",
    ],
    means:
      "The consumer was removed from its group before it committed. Its partitions belong to another " +
      "member, " +
      "which reads the records since the last commit again.",
    causes: [SLOW_POLL, NO_HEARTBEAT],
    source: "apache/kafka ConsumerCoordinator.java, KIP-62",
  },
  {
    id: "consumer-poll-timeout",
    title: "consumer poll timeout has expired",
    patterns: ["consumer poll timeout has expired"],
    means:
      "The time between two calls of poll() was above max.poll.interval.ms: the consumer leaves its group.",
    causes: [SLOW_POLL],
    source: "apache/kafka AbstractCoordinator.java, handlePollTimeoutExpiry",
  },
  {
    id: "consumer-coordinator-lost",
    title: "Group coordinator … is unavailable or invalid",
    patterns: ["Group coordinator … is unavailable or invalid due to cause"],
    means: "The consumer lost the broker that coordinates its group, and looks for the new one.",
    causes: [
      {
        because: "That broker was stopped or killed, or its connection ended.",
        faults: ["stop", "kill", "isolate", "pause"],
        rules: ["offsets-topic-one-replica"],
        check: DESCRIBE_OFFSETS,
      },
    ],
    source: "apache/kafka AbstractCoordinator.java",
  },
  {
    id: "consumer-heartbeat-refused",
    title: "Attempt to heartbeat failed since group is rebalancing",
    patterns: [
      "Attempt to heartbeat failed since group is rebalancing",
      "Request joining group due to: group is already rebalancing",
    ],
    means: "Another member came or went: this one joins again at its next poll().",
    causes: [{ because: "A member started, stopped, or was removed.", check: GROUP_MEMBERS }],
    source: "apache/kafka AbstractCoordinator.java, HeartbeatResponseHandler",
  },
  {
    id: "consumer-no-offset",
    title: "NoOffsetForPartitionException",
    patterns: [
      "NoOffsetForPartitionException",
      "Undefined offset with no reset policy for partition",
      "No offset and no reset policy",
    ],
    means:
      "The group has no offset for a partition, and auto.offset.reset is none: the consumer does not choose.",
    causes: [
      {
        because: "The group is new, or its offsets expired.",
        settings: ["auto.offset.reset", "offsets.retention.minutes"],
        rules: ["offset-reset-none", "offsets-expire-before-records"],
        check: DESCRIBE_GROUP,
      },
    ],
    source: "apache/kafka SubscriptionState.java",
  },
  {
    id: "consumer-cannot-deserialize",
    title: "RecordDeserializationException",
    patterns: [
      "RecordDeserializationException",
      "If needed, please seek past the record to continue consumption",
    ],
    means:
      "A record cannot be read by the configured deserializer. Each poll() stops at it again until " +
      "it is skipped.",
    causes: [
      {
        because: "Another producer writes another format, or the deserializer is the wrong one.",
        settings: ["key.deserializer", "value.deserializer"],
        check:
          "kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic TOPIC --partition N " +
          "--offset OFFSET --max-messages 1",
      },
    ],
    source: "apache/kafka CompletedFetch.java, KIP-334",
  },
  {
    id: "consumer-position-timeout",
    title: "TimeoutException: Timeout of … ms expired before …",
    patterns: [
      "Timeout of …ms expired before the position for partition",
      "Timeout of …ms expired before the last committed offset for partitions",
      "Timeout of …ms expired before successfully committing offsets",
      "Timeout expired while fetching topic metadata",
      "Failed to get offsets by times in",
    ],
    means: "A call of the consumer waited for default.api.timeout.ms, and no broker answered what it needs.",
    causes: [
      {
        because: "The leader or the coordinator is not reached.",
        settings: ["default.api.timeout.ms"],
        rules: ["api-timeout-below-request-timeout"],
        faults: ["stop", "kill", "pause", "isolate"],
        check: CONTAINERS,
      },
      {
        because: "The bootstrap server answers with an address that the client does not reach.",
        settings: ["advertised.listeners"],
        rules: ["advertised-unreachable"],
        check: DIAGNOSE_CLIENT,
      },
      {
        because: "The internal topic with the groups' offsets has no leader.",
        rules: ["offsets-topic-one-replica"],
        check: DESCRIBE_OFFSETS,
      },
    ],
    source: "apache/kafka ClassicKafkaConsumer.java, KIP-266",
  },
  {
    id: "consumer-threads",
    title: "ConcurrentModificationException: KafkaConsumer is not safe for multi-threaded access",
    patterns: ["KafkaConsumer is not safe for multi-threaded access"],
    means: "Two threads use one consumer. Only wakeup() may be called from another thread.",
    causes: [{ because: "A callback, a pool or a shutdown hook uses the consumer of the poll loop." }],
    source: "apache/kafka ClassicKafkaConsumer.java, acquire",
  },
  {
    id: "consumer-log-truncated",
    title: "LogTruncationException",
    patterns: ["LogTruncationException", "Truncation detected for partition"],
    means: "The new leader's log is shorter than what the consumer has read: records that it saw are gone.",
    causes: [
      {
        because: "A replica that was not in sync became leader.",
        settings: ["unclean.leader.election.enable"],
        faults: ["kill"],
        rules: ["unclean-leader-election"],
        check: PREDICT_KILL,
      },
    ],
    source: "apache/kafka FetchUtils.java, KIP-320",
  },
  {
    id: "admin-no-node",
    title: "TimeoutException: Timed out waiting for a node assignment",
    patterns: ["Timed out waiting for a node assignment", "Timed out waiting to send the call"],
    means: "The admin client found no broker, or no controller, to send its call to.",
    causes: [
      {
        because: "No bootstrap server is reached, or the brokers speak another security protocol.",
        settings: ["bootstrap.servers", "security.protocol"],
        faults: ["stop", "kill", "isolate"],
        rules: ["bootstrap-not-a-broker"],
        check: DIAGNOSE_CLIENT,
      },
      {
        because: "The brokers advertise addresses that the client does not reach.",
        settings: ["advertised.listeners"],
        rules: ["advertised-unreachable", "advertised-wildcard"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "apache/kafka KafkaAdminClient.java",
  },
  {
    id: "client-timeout",
    title: "TimeoutException",
    patterns: ["org.apache.kafka.common.errors.TimeoutException"],
    means: "Something of Kafka's client did not happen in time. The text behind the name says what.",
    causes: [
      {
        because: "A broker is down, hangs, or is not reached.",
        faults: ["stop", "kill", "pause", "delay", "isolate"],
        check: CONTAINERS,
      },
      {
        because: "The broker advertises an address that the client does not reach.",
        settings: ["advertised.listeners"],
        rules: ["advertised-unreachable"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "apache/kafka TimeoutException.java",
    isWrapper: true,
  },
];
