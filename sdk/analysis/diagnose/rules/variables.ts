// Environment variables that an image does not read.

import type { Container } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { fixing } from "../fix.ts";
import { BROKER_NAMES } from "../known/broker-names.ts";
import { contained, renamedVariable } from "./contained.ts";

const IMAGE_OF: Readonly<Record<Container["convention"], string>> = {
  apache: "apache/kafka",
  bitnami: "bitnami/kafka",
  confluent: "Confluent's image",
};

export const variableRules: readonly Rule[] = [
  {
    id: "variable-of-another-image",
    severity: "warning",
    title: "a variable that this image does not read",
    source:
      "apache/kafka: KafkaDockerWrapper (KAFKA_X_Y is x.y); bitnami/containers: libkafka.sh " +
      "(KAFKA_CFG_X_Y is x.y)",
    check: ({ cluster }) =>
      contained(cluster?.nodes).flatMap((node): Problem[] => {
        const { name, container, settings } = node;
        const foreign = container.variables.filter((variable) => isForeign(variable.key, container));
        const [first] = foreign;
        if (first === undefined) return [];
        const many = foreign.length === 1 ? "" : ` and ${foreign.length - 1} more`;
        const separator = settings.spell("node.id", "1").includes("=") ? "=" : ": ";
        return [
          {
            node: name,
            settings: foreign,
            happens:
              `${first.key}${many} is ignored by ` +
              `${IMAGE_OF[container.convention]}: ` +
              `${name} runs without it.`,
            fix: {
              text: `${rightName(first.key, container.convention)}${separator}${first.value}`,
              edits: fixing(
                ...foreign.map(({ key }) => renamedVariable(node, key, rightName(key, container.convention))),
              ).edits,
            },
          },
        ];
      }),
  },
];

function rightName(variable: string, convention: Container["convention"]): string {
  if (convention !== "bitnami")
    return variable.replace("KAFKA_CFG_", "KAFKA_").replace(/^KAFKA_(KRAFT_)?CLUSTER_ID$/, "CLUSTER_ID");
  return variable === "CLUSTER_ID" ? "KAFKA_KRAFT_CLUSTER_ID" : variable.replace(/^KAFKA_/, "KAFKA_CFG_");
}

// What is set under its right name, too, is for another image of the same file.
function isForeign(name: string, { convention, service }: Container): boolean {
  if (rightName(name, convention) in service.environment) return false;
  if (convention !== "bitnami")
    return /^KAFKA_CFG_/.test(name) || (/^KAFKA_(KRAFT_)?CLUSTER_ID$/.test(name) && convention === "apache");
  if (name === "CLUSTER_ID") return true;
  if (!/^KAFKA_[A-Z]/.test(name) || name.startsWith("KAFKA_CFG_")) return false;
  const property = name.slice("KAFKA_".length).toLowerCase().replaceAll("_", ".");
  return BROKER_NAMES.has(property) && !OLD_NAMES.has(name);
}

// The names that bitnami's image still takes without CFG (kafka_create_alias_environment_variables), among
// those that Kafka has.
const OLD_NAMES: ReadonlySet<string> = new Set(
  (
    "ADVERTISED_LISTENERS BROKER_ID NODE_ID CONTROLLER_QUORUM_VOTERS PROCESS_ROLES " +
    "DEFAULT_REPLICATION_FACTOR DELETE_TOPIC_ENABLE INTER_BROKER_LISTENER_NAME LISTENERS " +
    "LISTENER_SECURITY_PROTOCOL_MAP LOG_DIRS LOG_FLUSH_INTERVAL_MESSAGES LOG_FLUSH_INTERVAL_MS " +
    "LOG_MESSAGE_FORMAT_VERSION LOG_RETENTION_BYTES LOG_RETENTION_CHECK_INTERVALS_MS " +
    "LOG_RETENTION_HOURS LOG_SEGMENT_BYTES MESSAGE_MAX_BYTES NUM_IO_THREADS NUM_NETWORK_THREADS " +
    "NUM_PARTITIONS NUM_RECOVERY_THREADS_PER_DATA_DIR " +
    "OFFSETS_TOPIC_REPLICATION_FACTOR SOCKET_RECEIVE_BUFFER_BYTES SOCKET_REQUEST_MAX_BYTES " +
    "SOCKET_SEND_BUFFER_BYTES SSL_ENDPOINT_IDENTIFICATION_ALGORITHM " +
    "TRANSACTION_STATE_LOG_MIN_ISR TRANSACTION_STATE_LOG_REPLICATION_FACTOR ZOOKEEPER_CONNECT " +
    "ZOOKEEPER_CONNECTION_TIMEOUT_MS AUTO_CREATE_TOPICS_ENABLE"
  )
    .split(" ")
    .map((name) => `KAFKA_${name}`),
);
