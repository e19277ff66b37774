// What keeps librdkafka's consumer from starting, and what it says of missing offsets.

import type { Entry } from "../entry.ts";
import { DESCRIBE_GROUP } from "./checks.ts";

const DIAGNOSE_LIBRDKAFKA = "npm run diagnose -- compose.yml librdkafka.json";
const CONF = "confluentinc/librdkafka src/rdkafka_conf.c, rd_kafka_conf_finalize";

export const LIBRDKAFKA_CONSUMER_ERRORS: readonly Entry[] = [
  {
    id: "librdkafka-poll-interval",
    title: "`max.poll.interval.ms`must be >= `session.timeout.ms`",
    patterns: ["`max.poll.interval.ms`must be >= `session.timeout.ms`"],
    means: "The consumer does not start. Kafka's own client has no such rule.",
    causes: [
      {
        because:
          "The poll interval was made shorter than the session (45 s by default), or the session longer.",
        settings: ["max.poll.interval.ms", "session.timeout.ms"],
        rules: ["poll-interval-below-session"],
        check: DIAGNOSE_LIBRDKAFKA,
      },
    ],
    source: CONF,
  },
  {
    id: "librdkafka-fetch-limit",
    title: "`fetch.max.bytes` must be >= `message.max.bytes`",
    patterns: [
      "`fetch.max.bytes` must be >= `message.max.bytes`",
      "`receive.message.max.bytes` must be >= `fetch.max.bytes`",
      "`fetch.wait.max.ms` (…) should be set lower than `socket.timeout.ms`",
    ],
    means: "Limits of a fetch contradict each other. By the first two the consumer does not start.",
    causes: [
      {
        because: "One of them was changed and the other was not.",
        settings: ["fetch.max.bytes", "message.max.bytes", "receive.message.max.bytes", "fetch.wait.max.ms"],
        rules: ["librdkafka-fetch-limits"],
        check: DIAGNOSE_LIBRDKAFKA,
      },
    ],
    source: CONF,
  },
  {
    id: "librdkafka-assignors",
    title: "All partition.assignment.strategy assignors must have the same protocol type",
    patterns: ["assignors must have the same protocol type", "Unsupported partition.assignment.strategy:"],
    means: "The consumer does not start: its list of assignors is not usable.",
    causes: [
      {
        because: "cooperative-sticky is in the list beside range or roundrobin.",
        settings: ["partition.assignment.strategy"],
        rules: ["assignors-eager-and-cooperative"],
        check: DIAGNOSE_LIBRDKAFKA,
      },
      {
        because: "The list has a class of the Java client, or sticky, which librdkafka does not have.",
        settings: ["partition.assignment.strategy"],
        rules: ["assignor-unknown"],
        check: DIAGNOSE_LIBRDKAFKA,
      },
    ],
    source: "confluentinc/librdkafka src/rdkafka_assignor.c",
  },
  {
    id: "librdkafka-group-protocol-setting",
    title: "… is not supported for `group.protocol=consumer`",
    patterns: ["is not supported for `group.protocol=consumer`"],
    means: "The consumer does not start: the setting is the brokers' in the protocol of KIP-848.",
    causes: [
      {
        because: "A configuration of the classic protocol was taken over.",
        settings: ["session.timeout.ms", "heartbeat.interval.ms", "partition.assignment.strategy"],
        rules: ["group-protocol-settings"],
        check: DIAGNOSE_LIBRDKAFKA,
      },
    ],
    source: CONF,
  },
  {
    id: "librdkafka-no-reset",
    title: "Local: No offset to automatically reset to (_AUTO_OFFSET_RESET)",
    patterns: ["Local: No offset to automatically reset to", "_AUTO_OFFSET_RESET"],
    means:
      "The group has no offset for a partition, and auto.offset.reset is error: the program has to set one.",
    causes: [
      {
        because: "The group is new, its offsets expired, or the topic got more partitions.",
        settings: ["auto.offset.reset", "offsets.retention.minutes"],
        rules: ["offset-reset-none", "offsets-expire-before-records"],
        check: DESCRIBE_GROUP,
      },
    ],
    source: "confluentinc/librdkafka src/rdkafka_offset.c, rd_kafka_offset_reset",
  },
];
