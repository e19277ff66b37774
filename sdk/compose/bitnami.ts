// KAFKA_CFG_X_Y to x.y on top of the distribution's config/server.properties, as the bitnami image does it.
// Source: bitnami/containers, libkafka.sh (kafka_initialize, kafka_configure_from_environment_variables,
// kafka_create_alias_environment_variables) and kafka-env.sh.

import type { Configuration } from "./apache.ts";
import { bitnamiBase } from "./defaults.ts";
import type { ComposeService } from "./project.ts";

/** The configuration that the bitnami image makes. `__` and `___` mean nothing to it. */
export function bitnamiConfiguration(service: ComposeService, major: number): Configuration {
  const { environment } = service;
  const properties: Record<string, string> = {
    ...bitnamiBase(major),
    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
  };
  for (const [property, variable] of bitnamiAssignments(environment))
    properties[property] = environment[variable] ?? "";
  const clusterId = environment["KAFKA_KRAFT_CLUSTER_ID"] || environment["KAFKA_CLUSTER_ID"] || null;
  return { properties, clusterId, bundled: false };
}

/**
 * Which variable sets which property, in the order in which they act: the old names come last, because the
 * image exports them over the new ones.
 */
export function bitnamiAssignments(
  environment: Readonly<Record<string, string>>,
): [property: string, variable: string][] {
  const names = Object.keys(environment).filter((name) => name.startsWith("KAFKA_CFG_"));
  const old = OLD_NAMES.filter(([name]) => environment[`KAFKA_${name}`] !== undefined);
  return [
    ...names.map((name): [string, string] => [propertyOf(name.slice("KAFKA_CFG_".length)), name]),
    ...old.map(([name, suffix]): [string, string] => [propertyOf(suffix), `KAFKA_${name}`]),
  ];
}

function propertyOf(suffix: string): string {
  return suffix
    .toLowerCase()
    .replaceAll("_", ".")
    .replaceAll("sasl.ssl", "sasl_ssl")
    .replaceAll("sasl.plaintext", "sasl_plaintext");
}

const SAME_NAMES =
  "ADVERTISED_LISTENERS BROKER_ID NODE_ID CONTROLLER_QUORUM_VOTERS PROCESS_ROLES " +
  "DEFAULT_REPLICATION_FACTOR DELETE_TOPIC_ENABLE INTER_BROKER_LISTENER_NAME " +
  "LISTENERS LISTENER_SECURITY_PROTOCOL_MAP LOG_DIRS " +
  "LOG_FLUSH_INTERVAL_MESSAGES LOG_FLUSH_INTERVAL_MS LOG_MESSAGE_FORMAT_VERSION LOG_RETENTION_BYTES " +
  "LOG_RETENTION_CHECK_INTERVALS_MS LOG_RETENTION_HOURS LOG_SEGMENT_BYTES MESSAGE_MAX_BYTES " +
  "NUM_IO_THREADS NUM_NETWORK_THREADS NUM_PARTITIONS NUM_RECOVERY_THREADS_PER_DATA_DIR " +
  "OFFSETS_TOPIC_REPLICATION_FACTOR SOCKET_RECEIVE_BUFFER_BYTES SOCKET_REQUEST_MAX_BYTES " +
  "SOCKET_SEND_BUFFER_BYTES SSL_ENDPOINT_IDENTIFICATION_ALGORITHM TRANSACTION_STATE_LOG_MIN_ISR " +
  "TRANSACTION_STATE_LOG_REPLICATION_FACTOR ZOOKEEPER_CONNECT ZOOKEEPER_CONNECTION_TIMEOUT_MS";

const OLD_NAMES: readonly (readonly [old: string, suffix: string])[] = [
  ["LOGS_DIRS", "LOG_DIRS"],
  ["SEGMENT_BYTES", "LOG_SEGMENT_BYTES"],
  ["MAX_MESSAGE_BYTES", "MESSAGE_MAX_BYTES"],
  ["AUTO_CREATE_TOPICS_ENABLE", "AUTO_CREATE_TOPICS_ENABLE"],
  ...SAME_NAMES.split(" ").map((name) => [name, name] as const),
];
