// What kafkajs says of metadata, groups and clients.

import type { Entry } from "../entry.ts";
import { CONTAINERS, DESCRIBE_OFFSETS, DESCRIBE_TOPIC, DIAGNOSE, PREDICT_PAUSE, VERSIONS } from "./checks.ts";

const DIAGNOSE_KAFKAJS = "npm run diagnose -- compose.yml kafkajs.json";
const _UNREACHED = {
  because: "The broker advertises an address that this program does not reach, often its container's name.",
  settings: ["advertised.listeners"],
  rules: ["advertised-unreachable"],
  check: DIAGNOSE_KAFKAJS,
};

export const KAFKAJS_CLIENT_ERRORS: readonly Entry[] = [
  {
    id: "kafkajs-broker-not-found",
    title: "KafkaJSBrokerNotFound",
    patterns: ["KafkaJSBrokerNotFound", "KafkaJSNoBrokerAvailableError", "No brokers in the broker pool"],
    means: "kafkajs's metadata has no broker that it needs: the leader, the coordinator, or any at all.",
    causes: [
      {
        because: "The leader's broker is down, and the metadata are older than that.",
        faults: ["stop", "kill"],
        check: DESCRIBE_TOPIC,
      },
      { because: "The brokers are just starting.", check: CONTAINERS },
    ],
    source: "tulios/kafkajs src/cluster/index.js, src/cluster/brokerPool.js",
  },
  {
    id: "kafkajs-no-coordinator",
    title: "KafkaJSGroupCoordinatorNotFound",
    patterns: ["KafkaJSGroupCoordinatorNotFound", "Failed to find group coordinator"],
    means: "No broker coordinates the consumer's group, and the retries are over.",
    causes: [
      {
        because: "The topic with the groups' offsets cannot be made, or its partition has no leader.",
        settings: ["offsets.topic.replication.factor"],
        faults: ["stop", "kill"],
        rules: ["replicas-above-brokers", "offsets-topic-one-replica"],
        check: DESCRIBE_OFFSETS,
      },
    ],
    source: "tulios/kafkajs src/cluster/index.js",
  },
  {
    id: "kafkajs-no-metadata",
    title: "KafkaJSMetadataNotLoaded",
    patterns: [
      "KafkaJSMetadataNotLoaded",
      "KafkaJSTopicMetadataNotLoaded",
      "Producing to topic without metadata",
    ],
    means: "kafkajs has no metadata of the topic.",
    causes: [
      {
        because: "The client is not connected yet, or the topic does not exist.",
        settings: ["allowAutoTopicCreation"],
        check: DESCRIBE_TOPIC,
      },
    ],
    source: "tulios/kafkajs src/producer/sendMessages.js, src/cluster/index.js",
  },
  {
    id: "kafkajs-stale-assignment",
    title: "KafkaJSStaleTopicMetadataAssignment",
    patterns: [
      "KafkaJSStaleTopicMetadataAssignment",
      "Consumer is not aware of all assigned partitions, refreshing metadata",
    ],
    means: "The topic got more partitions while the consumer ran. It fetches metadata and goes on.",
    causes: [{ because: "Partitions were added.", check: DESCRIBE_TOPIC }],
    source: "tulios/kafkajs src/consumer/consumerGroup.js",
  },
  {
    id: "kafkajs-sasl",
    title: "KafkaJSSASLAuthenticationError",
    patterns: ["KafkaJSSASLAuthenticationError"],
    means: "The brokers refused the client's name, password or mechanism.",
    causes: [
      {
        because: "The name, the password or the mechanism is wrong.",
        settings: ["sasl"],
        check: DIAGNOSE_KAFKAJS,
      },
    ],
    source: "tulios/kafkajs src/broker/saslAuthenticator",
  },
  {
    id: "kafkajs-unsupported-api",
    title: "KafkaJSServerDoesNotSupportApiKey",
    patterns: ["KafkaJSServerDoesNotSupportApiKey"],
    means: "Broker and kafkajs have no version of a request in common.",
    causes: [{ because: "The broker is older or newer than kafkajs knows.", check: VERSIONS }],
    source: "tulios/kafkajs src/protocol/requests/index.js, src/broker/index.js",
  },
  {
    id: "kafkajs-disconnected",
    title: "KafkaJSError: The producer is disconnected",
    patterns: ["The producer is disconnected"],
    means: "The application sends before connect() or after disconnect().",
    causes: [{ because: "connect() was not awaited, or another part of the program disconnects." }],
    source: "tulios/kafkajs src/producer/messageProducer.js",
  },
  {
    id: "kafkajs-crash",
    title: "[Consumer] Crash",
    patterns: ["Crash: KafkaJS", "[Consumer] Crash"],
    means:
      "The consumer's loop ended by an error. It restarts if the error may be tried again, otherwise " +
      "it stays stopped.",
    causes: [
      {
        because: "See the error's name: an error that is not retriable ends the consumer for good.",
        settings: ["retry.restartOnFailure"],
      },
      { because: "The handler threw, and the retries are over.", check: DIAGNOSE },
    ],
    source: "tulios/kafkajs src/consumer/index.js",
    isWrapper: true,
  },
  {
    id: "kafkajs-lock-timeout",
    title: "KafkaJSLockTimeout",
    patterns: ["KafkaJSLockTimeout"],
    means:
      "A part of kafkajs waited for another that did not come to an end: most often a connection that hangs.",
    causes: [
      {
        because: "A broker hangs while many callers wait for one connection.",
        faults: ["pause", "delay"],
        check: PREDICT_PAUSE,
      },
    ],
    source: "tulios/kafkajs src/utils/lock.js",
  },
];
