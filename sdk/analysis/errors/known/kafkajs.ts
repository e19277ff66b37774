// What kafkajs says by itself. Kafka's own error codes have the same names there, some of them older ones.

import type { Entry } from "../entry.ts";
import { CONTAINERS, DIAL, PREDICT_KILL, PREDICT_PAUSE } from "./checks.ts";

const DIAGNOSE_KAFKAJS = "npm run diagnose -- compose.yml kafkajs.json";
const UNREACHED = {
  because: "The broker advertises an address that this program does not reach, often its container's name.",
  settings: ["advertised.listeners"],
  rules: ["advertised-unreachable"],
  check: DIAGNOSE_KAFKAJS,
};

export const KAFKAJS_ERRORS: readonly Entry[] = [
  {
    id: "kafkajs-retries-exceeded",
    title: "KafkaJSNumberOfRetriesExceeded",
    patterns: ["KafkaJSNumberOfRetriesExceeded"],
    means: "kafkajs has tried as often as it may, and gives up. Its cause is the last failure.",
    causes: [
      {
        because: "An election or a restart takes longer than all retries: 5 by default, about 10 s.",
        settings: ["retry.retries", "retry.maxRetryTime"],
        faults: ["kill", "pause"],
        rules: ["kafkajs-retries-below-failover"],
        check: PREDICT_KILL,
      },
      { because: "The fault lasts: see its cause." },
    ],
    source: "tulios/kafkajs src/retry/index.js",
    isWrapper: true,
  },
  {
    id: "kafkajs-connection-error",
    title: "KafkaJSConnectionError: Connection error",
    patterns: [
      "KafkaJSConnectionError: Connection error",
      "[Connection] Connection error:",
      "KafkaJSConnectionError: Failed to connect",
    ],
    means:
      "The connection to a broker was refused or broken, or its name has no address. The line names " +
      "the broker.",
    causes: [{ because: "The broker is down.", faults: ["stop", "kill"], check: CONTAINERS }, UNREACHED],
    shownBy: "01-broker-stops --how kill",
    source: "tulios/kafkajs src/network/connection.js",
  },
  {
    id: "kafkajs-connection-timeout",
    title: "KafkaJSConnectionError: Connection timeout",
    patterns: ["KafkaJSConnectionError: Connection timeout", "[Connection] Connection timeout"],
    means: "No connection was established within connectionTimeout (1 s by default).",
    causes: [
      {
        because: "Answers are later than that.",
        settings: ["connectionTimeout"],
        faults: ["delay"],
        rules: ["connection-timeout-against-delay"],
        check: "npm run diagnose -- compose.yml kafkajs.json --delay 2s",
      },
      {
        because: "Packets to that address vanish: a firewall, or a network that is cut.",
        faults: ["isolate"],
        check: DIAL,
      },
      UNREACHED,
    ],
    source: "tulios/kafkajs src/network/connection.js",
  },
  {
    id: "kafkajs-closed-connection",
    title: "KafkaJSConnectionClosedError: Closed connection",
    patterns: ["KafkaJSConnectionClosedError"],
    means: "The broker closed a connection with requests under way. Whether it handled them is not known.",
    causes: [
      { because: "The broker was stopped or killed.", faults: ["stop", "kill"], check: CONTAINERS },
      {
        because: "At once: the listener speaks TLS or SASL, and the client does not.",
        settings: ["ssl", "sasl"],
        check: DIAGNOSE_KAFKAJS,
      },
    ],
    source: "tulios/kafkajs src/network/connection.js",
  },
  {
    id: "kafkajs-request-timeout",
    title: "KafkaJSRequestTimeoutError",
    patterns: ["KafkaJSRequestTimeoutError", "Request …(key: …, version: …) timed out"],
    means:
      "A request got no answer within requestTimeout (30 s by default). Whether the broker handled " +
      "it is not known.",
    causes: [
      {
        because: "The broker hangs or is cut off.",
        settings: ["requestTimeout"],
        faults: ["pause", "isolate"],
        check: PREDICT_PAUSE,
      },
      {
        because: "Answers are later than the timeout.",
        settings: ["requestTimeout"],
        faults: ["delay"],
        rules: ["request-timeout-against-delay"],
        check: "npm run diagnose -- compose.yml kafkajs.json --delay 30s",
      },
    ],
    shownBy: "03-long-delay",
    source: "tulios/kafkajs src/network/requestQueue/socketRequest.js",
  },
  {
    id: "kafkajs-seed-broker",
    title: "Failed to connect to seed broker, trying another broker from the list",
    patterns: ["Failed to connect to seed broker, trying another broker from the list"],
    means: "One of the bootstrap servers was not reached; kafkajs goes on with the next.",
    causes: [
      {
        because: "That broker is down.",
        faults: ["stop", "kill", "pause"],
        rules: ["one-bootstrap-server"],
        check: CONTAINERS,
      },
      {
        because: "The list has a wrong host or port.",
        settings: ["brokers"],
        rules: ["bootstrap-not-a-broker"],
        check: DIAL,
      },
    ],
    source: "tulios/kafkajs src/cluster/brokerPool.js",
  },
  {
    id: "kafkajs-reconnecting",
    title: "Failed to connect to broker, reconnecting",
    patterns: ["Failed to connect to broker, reconnecting"],
    means:
      "kafkajs knows a broker from the metadata and does not reach it at the address that it advertises.",
    causes: [
      { because: "The broker is down.", faults: ["stop", "kill", "pause"], check: CONTAINERS },
      UNREACHED,
    ],
    source: "tulios/kafkajs src/cluster/brokerPool.js",
  },
];
