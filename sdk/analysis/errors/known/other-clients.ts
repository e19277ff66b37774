// What kafka-python and sarama say where they reach no broker. Other errors of theirs are Kafka's codes, or
// are not known.

import type { Entry } from "../entry.ts";
import { CONTAINERS, DESCRIBE_TOPIC, DIAGNOSE, DIAL, PREDICT_KILL, VERSIONS } from "./checks.ts";

const WRONG_ADDRESS = {
  because: "The bootstrap server's host or port is wrong, or the brokers are down.",
  faults: ["stop", "kill", "isolate"],
  rules: ["bootstrap-not-a-broker"],
  check: DIAL,
} as const;
const REFERRED = {
  because: "The bootstrap server answers with an address that the program does not reach.",
  settings: ["advertised.listeners"],
  rules: ["advertised-unreachable", "advertised-port-not-published"],
  check: DIAGNOSE,
} as const;
const STARTING = { because: "The brokers are just starting.", check: CONTAINERS };

export const KAFKA_PYTHON_ERRORS: readonly Entry[] = [
  {
    id: "kafka-python-no-brokers",
    title: "NoBrokersAvailable",
    patterns: ["NoBrokersAvailable"],
    means: "kafka-python connected to no bootstrap server, or none told it which requests it answers.",
    causes: [
      { ...WRONG_ADDRESS, settings: ["bootstrap_servers"] },
      STARTING,
      {
        because: "The listener wants TLS or SASL, and the program does not say so.",
        settings: ["security_protocol"],
        rules: ["client-protocol-differs"],
        check: DIAGNOSE,
      },
    ],
    source: "dpkp/kafka-python kafka/client_async.py, check_version",
  },
  {
    id: "kafka-python-unknown-version",
    title: "UnrecognizedBrokerVersion",
    patterns: ["UnrecognizedBrokerVersion"],
    means: "kafka-python asked a broker what it is in ways that the broker does not answer.",
    causes: [
      {
        because: "Kafka 4 no longer answers old versions of requests, and kafka-python 2.0 has no others.",
        settings: ["api_version"],
        check: VERSIONS,
      },
      {
        because: "What listens there is no broker, or wants TLS or SASL.",
        settings: ["bootstrap_servers", "security_protocol"],
        check: DIAL,
      },
    ],
    source: "dpkp/kafka-python kafka/conn.py, check_version; KIP-896",
  },
  {
    id: "kafka-python-no-metadata",
    title: "KafkaTimeoutError: Failed to update metadata",
    patterns: ["KafkaTimeoutError: Failed to update metadata after"],
    means: "send() waited for max_block_ms and learned no leader of the topic. The record was not sent.",
    causes: [
      REFERRED,
      { because: "The topic does not exist and is not made by use.", check: DESCRIBE_TOPIC },
      {
        because: "The brokers are down, or have not elected a leader yet.",
        settings: ["max_block_ms"],
        faults: ["kill", "pause", "isolate"],
        check: PREDICT_KILL,
      },
    ],
    source: "dpkp/kafka-python kafka/producer/kafka.py, _wait_on_metadata",
  },
];

export const SARAMA_ERRORS: readonly Entry[] = [
  {
    id: "sarama-no-brokers",
    title: "client has run out of available brokers to talk to",
    patterns: ["client has run out of available brokers to talk to"],
    means: "sarama asked every broker that it knows, the seeds included, and none answered.",
    causes: [
      WRONG_ADDRESS,
      REFERRED,
      STARTING,
      { because: "The listener wants TLS or SASL, and the program does not say so.", check: DIAGNOSE },
    ],
    source: "IBM/sarama errors.go, ErrOutOfBrokers; client.go, tryRefreshMetadata",
  },
];
