// What keeps Kafka's Java consumer from starting, and what it says of its commits and partitions.

import type { Entry } from "../entry.ts";
import { DESCRIBE_OFFSETS, DIAGNOSE_CLIENT } from "./checks.ts";
import { NO_HEARTBEAT, SLOW_POLL } from "./group-causes.ts";

export const JAVA_CONSUMER_SETTINGS: readonly Entry[] = [
  {
    id: "consumer-heartbeat-too-long",
    title: "Heartbeat must be set lower than the session timeout",
    patterns: ["Heartbeat must be set lower than the session timeout"],
    means: "The consumer does not start: its session would end before the next heartbeat.",
    causes: [
      {
        because: "The session was made shorter and the heartbeat interval (3 s by default) was not.",
        settings: ["heartbeat.interval.ms", "session.timeout.ms"],
        rules: ["heartbeat-not-below-session", "connect-heartbeat"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "apache/kafka Heartbeat.java",
  },
  {
    id: "consumer-auto-commit-without-group",
    title: "enable.auto.commit cannot be set to true when default group id (null) is used",
    patterns: [
      "enable.auto.commit cannot be set to true when default group id",
      "The configured group.id should not be an empty string or whitespace",
    ],
    means: "The consumer does not start: it is to commit offsets, and no group is named.",
    causes: [
      {
        because: "group.id is missing, or empty.",
        settings: ["group.id", "enable.auto.commit"],
        rules: ["group-id-missing"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "apache/kafka ConsumerConfig.java, maybeOverrideEnableAutoCommit",
  },
  {
    id: "consumer-group-protocol-setting",
    title: "… cannot be set when group.protocol=…",
    patterns: ["cannot be set when group.protocol=CONSUMER", "cannot be set when group.protocol=CLASSIC"],
    means: "The consumer does not start: a setting belongs to the other group protocol.",
    causes: [
      {
        because: "With group.protocol=consumer the brokers hold session, heartbeat and assignor.",
        settings: ["session.timeout.ms", "heartbeat.interval.ms", "partition.assignment.strategy"],
        rules: ["group-protocol-settings"],
        check: DIAGNOSE_CLIENT,
      },
      {
        because: "group.remote.assignor is given without group.protocol=consumer.",
        settings: ["group.remote.assignor", "group.protocol"],
        rules: ["remote-assignor-in-classic"],
        check: DIAGNOSE_CLIENT,
      },
    ],
    source: "apache/kafka ConsumerConfig.java, KIP-848",
  },
  {
    id: "consumer-assignor",
    title: "Specified assignors … do not have commonly supported rebalance protocol",
    patterns: [
      "do not have commonly supported rebalance protocol",
      "Must configure at least one partition assigner class name to",
      "ClassNotFoundException exception occurred",
    ],
    means: "The consumer does not start or does not subscribe: its list of assignors is not usable.",
    causes: [
      {
        because: "The list has a short name such as range, where Kafka's client wants a class.",
        settings: ["partition.assignment.strategy"],
        rules: ["assignor-unknown"],
        check: DIAGNOSE_CLIENT,
      },
      {
        because: "The list is empty, or an assignor of one's own has no protocol in common with the others.",
        settings: ["partition.assignment.strategy"],
      },
    ],
    source: "apache/kafka ConsumerPartitionAssignor.java, ConsumerCoordinator.java",
  },
  {
    id: "consumer-partitions-lost",
    title: "Giving away all assigned partitions as lost",
    patterns: ["Giving away all assigned partitions as lost since generation/memberID has been reset"],
    means:
      "The coordinator had removed this member before it knew. What it processed since its last commit " +
      "is read again by the partitions' new owners.",
    causes: [SLOW_POLL, NO_HEARTBEAT],
    source: "apache/kafka ConsumerCoordinator.java, KIP-429",
  },
  {
    id: "consumer-auto-commit-failed",
    title: "Asynchronous auto-commit of offsets … failed",
    patterns: ["Asynchronous auto-commit of offsets", "Synchronous auto-commit of offsets"],
    means:
      "An automatic commit failed. A later one covers it, unless the consumer ends or loses the " +
      "partition first.",
    causes: [
      {
        because: "The coordinator is not reached, or is just changing.",
        faults: ["stop", "kill", "pause", "isolate"],
        rules: ["offsets-topic-one-replica", "request-timeout-below-commit-timeout"],
        check: DESCRIBE_OFFSETS,
      },
      SLOW_POLL,
    ],
    source: "apache/kafka ConsumerCoordinator.java",
  },
];
