// What librdkafka says by itself, as its clients in C, Go, Python, .NET and others print it. Errors of the
// broker, "Broker: …", are those of the codes.

import type { Entry } from "../entry.ts";
import { CONTAINERS, DIAL, PREDICT_KILL, PREDICT_PAUSE, RESOLVE } from "./checks.ts";

const DIAGNOSE_LIBRDKAFKA = "npm run diagnose -- compose.yml librdkafka.json";
const UNREACHED = {
  because: "The broker advertises an address that this program does not reach.",
  settings: ["advertised.listeners"],
  rules: ["advertised-unreachable"],
  check: DIAGNOSE_LIBRDKAFKA,
};
const DOWN = { because: "The broker is down.", faults: ["stop", "kill"], check: CONTAINERS } as const;

export const LIBRDKAFKA_ERRORS: readonly Entry[] = [
  {
    id: "librdkafka-transport",
    title: "Local: Broker transport failure (_TRANSPORT)",
    patterns: ["Local: Broker transport failure", "_TRANSPORT"],
    means: "The connection to a broker failed or ended. librdkafka connects again by itself.",
    causes: [DOWN, UNREACHED],
    source: "confluentinc/librdkafka src/rdkafka_transport.c",
  },
  {
    id: "librdkafka-connect-failed",
    title: "Connect to … failed",
    patterns: ["Connect to … failed:"],
    means: "Nothing accepts the connection at that address, which the line names with the broker's id.",
    causes: [
      DOWN,
      UNREACHED,
      {
        because: "bootstrap.servers has a wrong port.",
        settings: ["bootstrap.servers"],
        rules: ["bootstrap-not-a-broker"],
        check: DIAL,
      },
    ],
    source: "confluentinc/librdkafka src/rdkafka_transport.c",
  },
  {
    id: "librdkafka-resolve",
    title: "Local: Host resolution failure (_RESOLVE)",
    patterns: ["Local: Host resolution failure", "_RESOLVE", "Failed to resolve '…':"],
    means: "A broker's name has no address here.",
    causes: [
      { ...UNREACHED, check: RESOLVE },
      { because: "The name is misspelt.", settings: ["bootstrap.servers"], check: RESOLVE },
    ],
    source: "confluentinc/librdkafka src/rdkafka_broker.c, rd_kafka_broker_resolve",
  },
  {
    id: "librdkafka-all-brokers-down",
    title: "Local: All broker connections are down (_ALL_BROKERS_DOWN)",
    patterns: ["Local: All broker connections are down", "_ALL_BROKERS_DOWN", "brokers are down"],
    means:
      "No connection to any broker is left at that moment. The client goes on trying; it is no end " +
      "by itself.",
    causes: [DOWN, UNREACHED],
    source: "confluentinc/librdkafka src/rdkafka_broker.c",
  },
  {
    id: "librdkafka-message-timed-out",
    title: "Local: Message timed out (_MSG_TIMED_OUT)",
    patterns: ["Local: Message timed out", "_MSG_TIMED_OUT"],
    means: "A record was not acknowledged within message.timeout.ms. If it was sent, it may be in the log.",
    causes: [
      {
        because: "No leader is reached for that long.",
        settings: ["message.timeout.ms", "delivery.timeout.ms"],
        faults: ["kill", "pause", "isolate"],
        rules: ["librdkafka-message-timeout", "delivery-timeout-below-failover"],
        check: PREDICT_KILL,
      },
      UNREACHED,
    ],
    source: "confluentinc/librdkafka src/rdkafka_broker.c, rd_kafka_broker_toppar_msgq_scan",
  },
  {
    id: "librdkafka-timed-out-in-queue",
    title: "Local: Timed out in queue (_TIMED_OUT_QUEUE)",
    patterns: ["Local: Timed out in queue", "_TIMED_OUT_QUEUE"],
    means: "A request waited for a connection for as long as it might, and was never sent.",
    causes: [DOWN, UNREACHED],
    source: "confluentinc/librdkafka src/rdkafka_broker.c",
  },
  {
    id: "librdkafka-timed-out",
    title: "Local: Timed out (_TIMED_OUT)",
    patterns: ["Local: Timed out", "_TIMED_OUT"],
    means: "A request or a call got no answer in time.",
    causes: [
      {
        because: "The broker hangs or is cut off.",
        settings: ["socket.timeout.ms"],
        faults: ["pause", "isolate", "delay"],
        check: PREDICT_PAUSE,
      },
      UNREACHED,
    ],
    source: "confluentinc/librdkafka src/rdkafka.c",
  },
  {
    id: "librdkafka-requests-timed-out",
    title: "… request(s) timed out: disconnect",
    patterns: ["request(s) timed out: disconnect", "Timed out … in-flight, … retry-queued"],
    means: "Requests got no answer within socket.timeout.ms (60 s by default), so the connection is ended.",
    causes: [
      {
        because: "The broker hangs, or its answers are late.",
        settings: ["socket.timeout.ms"],
        faults: ["pause", "isolate", "delay"],
        rules: ["request-timeout-against-delay"],
        check: PREDICT_PAUSE,
      },
    ],
    source: "confluentinc/librdkafka src/rdkafka_broker.c, rd_kafka_broker_timeout_scan",
  },
  {
    id: "librdkafka-setup-timed-out",
    title: "Connection setup timed out in state …",
    patterns: ["Connection setup timed out in state"],
    means: "TCP, TLS or SASL was not finished within socket.connection.setup.timeout.ms (30 s by default).",
    causes: [
      {
        because: "Packets vanish or are late.",
        settings: ["socket.connection.setup.timeout.ms"],
        faults: ["isolate", "delay"],
        check: DIAL,
      },
      UNREACHED,
    ],
    source: "confluentinc/librdkafka src/rdkafka_broker.c",
  },
];
