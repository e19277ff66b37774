// What librdkafka says of security, queues and settings.

import type { Entry } from "../entry.ts";
import { CERTIFICATE, CONTAINERS, DESCRIBE_TOPIC, DIAGNOSE, LIST_TOPICS, VERSIONS } from "./checks.ts";

const DIAGNOSE_LIBRDKAFKA = "npm run diagnose -- compose.yml librdkafka.json";
const _UNREACHED = {
  because: "The broker advertises an address that this program does not reach.",
  settings: ["advertised.listeners"],
  rules: ["advertised-unreachable"],
  check: DIAGNOSE_LIBRDKAFKA,
};
const _DOWN = { because: "The broker is down.", faults: ["stop", "kill"], check: CONTAINERS } as const;

export const LIBRDKAFKA_CLIENT_ERRORS: readonly Entry[] = [
  {
    id: "librdkafka-wrong-protocol",
    title:
      "Disconnected while requesting ApiVersion: might be caused by incorrect security.protocol " +
      "configuration",
    patterns: [
      "might be caused by incorrect security.protocol configuration",
      "broker might require SASL authentication",
    ],
    means: "The broker closes the connection as soon as the client speaks: it expects TLS or SASL.",
    causes: [
      {
        because: "The port is that of a listener with another security protocol.",
        settings: ["security.protocol"],
        check: CERTIFICATE,
      },
    ],
    source: "confluentinc/librdkafka src/rdkafka_broker.c, rd_kafka_broker_set_error",
  },
  {
    id: "librdkafka-tls",
    title: "Local: SSL error (_SSL)",
    patterns: [
      "Local: SSL error",
      "broker certificate could not be verified",
      "Failed to verify broker certificate",
    ],
    means: "TLS was not established with the broker.",
    causes: [
      {
        because: "The client does not trust the broker's certificate.",
        settings: ["ssl.ca.location"],
        check: CERTIFICATE,
      },
      {
        because: "The certificate does not name the host that was dialled.",
        settings: ["ssl.endpoint.identification.algorithm"],
        check: CERTIFICATE,
      },
    ],
    source: "confluentinc/librdkafka src/rdkafka_ssl.c",
  },
  {
    id: "librdkafka-authentication",
    title: "Local: Authentication failure (_AUTHENTICATION)",
    patterns: [
      "Local: Authentication failure",
      "_AUTHENTICATION",
      "SASL authentication error:",
      "mechanism handshake failed:",
    ],
    means: "The brokers refused the client's mechanism, name or password.",
    causes: [
      {
        because: "One of them is wrong.",
        settings: ["sasl.mechanisms", "sasl.username", "sasl.password"],
        check: DIAGNOSE_LIBRDKAFKA,
      },
    ],
    source: "confluentinc/librdkafka src/rdkafka_broker.c, rd_kafka_broker_handle_SaslHandshake",
  },
  {
    id: "librdkafka-queue-full",
    title: "Local: Queue full (_QUEUE_FULL)",
    patterns: ["Local: Queue full", "_QUEUE_FULL"],
    means:
      "The producer's queue is full: the record was not taken. The application has to wait and try again.",
    causes: [
      { because: "Nobody calls poll(), so delivered records are never taken out of the queue." },
      {
        because: "The brokers do not acknowledge.",
        settings: ["queue.buffering.max.messages", "queue.buffering.max.kbytes"],
        faults: ["kill", "pause", "delay"],
        check: CONTAINERS,
      },
    ],
    source: "confluentinc/librdkafka src/rdkafka_msg.c",
  },
  {
    id: "librdkafka-unknown-topic",
    title: "Local: Unknown topic, Local: Unknown partition",
    patterns: ["Local: Unknown topic", "Local: Unknown partition", "_UNKNOWN_TOPIC", "_UNKNOWN_PARTITION"],
    means: "The cluster's metadata do not have that topic or partition.",
    causes: [
      {
        because: "The topic does not exist, or has fewer partitions.",
        settings: ["allow.auto.create.topics", "auto.create.topics.enable"],
        check: LIST_TOPICS,
      },
    ],
    source: "confluentinc/librdkafka src/rdkafka_topic.c",
  },
  {
    id: "librdkafka-max-poll-exceeded",
    title: "Application maximum poll interval exceeded (_MAX_POLL_EXCEEDED)",
    patterns: [
      "Application maximum poll interval",
      "Local: Maximum application poll interval",
      "_MAX_POLL_EXCEEDED",
    ],
    means: "The application did not poll within max.poll.interval.ms, so its consumer left the group.",
    causes: [
      {
        because: "It processes records for longer than that.",
        settings: ["max.poll.interval.ms"],
        rules: ["poll-loop-too-slow"],
        check: DIAGNOSE_LIBRDKAFKA,
      },
    ],
    source: "confluentinc/librdkafka src/rdkafka_cgrp.c",
  },
  {
    id: "librdkafka-fenced",
    title: "Local: This instance has been fenced by a newer instance (_FENCED)",
    patterns: ["Local: This instance has been fenced by a newer instance", "_FENCED"],
    means: "A newer producer has the same transactional id, and this one may not go on.",
    causes: [{ because: "Two processes run with one id.", settings: ["transactional.id"] }],
    source: "confluentinc/librdkafka src/rdkafka_txnmgr.c",
  },
  {
    id: "librdkafka-gapless",
    title: "Local: Gap-less ordering would not be guaranteed if proceeding",
    patterns: ["Local: Gap-less ordering would not be guaranteed if proceeding", "_GAPLESS_GUARANTEE"],
    means:
      "An idempotent producer lost a record in the middle, and enable.gapless.guarantee forbids to go on.",
    causes: [
      {
        because: "A record timed out before it was acknowledged.",
        settings: ["enable.gapless.guarantee", "message.timeout.ms"],
        faults: ["kill", "pause"],
        check: DESCRIBE_TOPIC,
      },
    ],
    source: "confluentinc/librdkafka src/rdkafka_idempotence.c",
  },
  {
    id: "librdkafka-unknown-property",
    title: "No such configuration property",
    patterns: ["No such configuration property:"],
    means: "The client does not start: it has no setting of that name.",
    causes: [
      {
        because: "The name is misspelt, or is one of Kafka's Java client's.",
        rules: ["librdkafka-unknown-property"],
        check: DIAGNOSE_LIBRDKAFKA,
      },
    ],
    source: "confluentinc/librdkafka src/rdkafka_conf.c",
  },
  {
    id: "librdkafka-unsupported-feature",
    title: "Local: Required feature not supported by broker",
    patterns: ["Local: Required feature not supported by broker", "_UNSUPPORTED_FEATURE"],
    means: "The brokers do not have what a setting asks for.",
    causes: [
      {
        because: "The brokers are older than that feature, or the list of their versions was not read.",
        check: VERSIONS,
      },
    ],
    source: "confluentinc/librdkafka src/rdkafka_feature.c",
  },
  {
    id: "librdkafka-no-offset",
    title: "Local: No offset stored (_NO_OFFSET)",
    patterns: ["Local: No offset stored", "_NO_OFFSET"],
    means: "A commit was asked for, and nothing was consumed since the last one. Usually harmless.",
    causes: [
      {
        because: "The application commits without a new record.",
        settings: ["enable.auto.offset.store"],
        check: DIAGNOSE,
      },
    ],
    source: "confluentinc/librdkafka src/rdkafka_offset.c",
  },
];
