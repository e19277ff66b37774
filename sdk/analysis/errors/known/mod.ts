// Every error that the lab knows. An entry belongs into the file of the program that writes its line.

import type { Entry, ErrorEntry, ErrorFamily } from "../entry.ts";
import { BROKER_DISK_ERRORS } from "./broker-disks.ts";
import { BROKER_GROUP_ERRORS } from "./broker-groups.ts";
import { BROKER_LOG_ERRORS } from "./broker-log.ts";
import { BROKER_QUORUM_ERRORS } from "./broker-quorum.ts";
import { CLUSTER_CODES } from "./codes-cluster.ts";
import { GROUP_CODES } from "./codes-groups.ts";
import { MEMBER_CODES } from "./codes-members.ts";
import { PARTITION_CODES } from "./codes-partitions.ts";
import { RECORD_CODES } from "./codes-records.ts";
import { SECURITY_CODES } from "./codes-security.ts";
import { TOPIC_CODES } from "./codes-topics.ts";
import { TRANSACTION_CODES } from "./codes-transactions.ts";
import { JAVA_CONSUMER_ERRORS } from "./java-consumer.ts";
import { JAVA_CONSUMER_SETTINGS } from "./java-consumer-settings.ts";
import { JAVA_NETWORK_ERRORS } from "./java-network.ts";
import { JAVA_PRODUCER_ERRORS } from "./java-producer.ts";
import { JAVA_SECURITY_ERRORS } from "./java-security.ts";
import { KAFKAJS_CLIENT_ERRORS } from "./kafkajs-clients.ts";
import { KAFKAJS_CONSUMER_ERRORS } from "./kafkajs-consumer.ts";
import { KAFKAJS_ERRORS } from "./kafkajs.ts";
import { LIBRDKAFKA_CLIENT_ERRORS } from "./librdkafka-clients.ts";
import { LIBRDKAFKA_CONSUMER_ERRORS } from "./librdkafka-consumer.ts";
import { LIBRDKAFKA_ERRORS } from "./librdkafka.ts";
import { KAFKA_PYTHON_ERRORS, SARAMA_ERRORS } from "./other-clients.ts";
import { SPRING_ERRORS } from "./spring.ts";
import { START_CONTAINERS } from "./start-containers.ts";
import { START_DATA } from "./start-data.ts";
import { START_IMAGES } from "./start-images.ts";
import { START_ROLES } from "./start-roles.ts";
import { START_SETTINGS } from "./start-settings.ts";

const FAMILIES: readonly (readonly [ErrorFamily, ...(readonly Entry[])[]])[] = [
  [
    "broker code",
    PARTITION_CODES,
    CLUSTER_CODES,
    RECORD_CODES,
    TOPIC_CODES,
    GROUP_CODES,
    MEMBER_CODES,
    TRANSACTION_CODES,
    SECURITY_CODES,
  ],
  [
    "java client",
    JAVA_PRODUCER_ERRORS,
    JAVA_CONSUMER_ERRORS,
    JAVA_CONSUMER_SETTINGS,
    JAVA_NETWORK_ERRORS,
    JAVA_SECURITY_ERRORS,
  ],
  ["spring", SPRING_ERRORS],
  ["kafkajs", KAFKAJS_ERRORS, KAFKAJS_CLIENT_ERRORS, KAFKAJS_CONSUMER_ERRORS],
  ["librdkafka", LIBRDKAFKA_ERRORS, LIBRDKAFKA_CLIENT_ERRORS, LIBRDKAFKA_CONSUMER_ERRORS],
  ["kafka-python", KAFKA_PYTHON_ERRORS],
  ["sarama", SARAMA_ERRORS],
  ["broker log", BROKER_LOG_ERRORS, BROKER_QUORUM_ERRORS, BROKER_DISK_ERRORS, BROKER_GROUP_ERRORS],
  ["start", START_SETTINGS, START_ROLES, START_DATA, START_CONTAINERS, START_IMAGES],
];

export const ENTRIES: readonly ErrorEntry[] = FAMILIES.flatMap(([family, ...lists]) =>
  lists.flat().map(({ id, ...entry }) => ({ id, family, ...entry })),
);
