// Public configurations of secured clusters, reduced and written anew as those in public.ts.

import type { PublicConfiguration } from "./public.ts";

const broker = (id: number): string => `  kafka-${id}:
    image: confluentinc/cp-kafka:latest
    volumes: [/tmp/test/secrets:/etc/kafka/secrets]
    environment:
      KAFKA_BROKER_ID: ${id}
      KAFKA_ZOOKEEPER_CONNECT: zookeeper:2181/secured
      KAFKA_ADVERTISED_LISTENERS: SASL_SSL://kafka-${id}:9094
      KAFKA_SSL_KEYSTORE_FILENAME: broker${id}.jks
      KAFKA_SSL_KEYSTORE_CREDENTIALS: keystore_word
      KAFKA_SSL_KEY_CREDENTIALS: key_word
      KAFKA_SSL_TRUSTSTORE_FILENAME: trust${id}.jks
      KAFKA_SSL_TRUSTSTORE_CREDENTIALS: trust_word
      KAFKA_SECURITY_INTER_BROKER_PROTOCOL: SASL_SSL
      KAFKA_SASL_MECHANISM_INTER_BROKER_PROTOCOL: GSSAPI
      KAFKA_SASL_ENABLED_MECHANISMS: GSSAPI
      KAFKA_OPTS: -Djava.security.auth.login.config=/etc/kafka/secrets/jaas${id}.conf -Da=b
`;

export const PUBLIC_SECURED: readonly PublicConfiguration[] = [
  {
    row: 32,
    source: "kafbat/kafka-ui documentation/compose/ui-sasl.yaml",
    compose: `services:
  ui:
    image: ghcr.io/kafbat/kafka-ui:latest
    environment:
      KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: kafka:29092
      KAFKA_CLUSTERS_0_PROPERTIES_SECURITY_PROTOCOL: SASL_PLAINTEXT
      KAFKA_CLUSTERS_0_PROPERTIES_SASL_MECHANISM: PLAIN
  kafka:
    image: confluentinc/cp-kafka:7.8.0
    ports: ["9092:9092"]
    volumes: ["./users:/etc/kafka/users"]
    environment:
      CLUSTER_ID: a2Fma2EtZmFpbHVyZWxhYg
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:29093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_LISTENERS: SASL_PLAINTEXT://kafka:29092,CONTROLLER://kafka:29093,HOST://0.0.0.0:9092
      KAFKA_ADVERTISED_LISTENERS: SASL_PLAINTEXT://kafka:29092,HOST://localhost:9092
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,HOST:PLAINTEXT
      KAFKA_INTER_BROKER_LISTENER_NAME: SASL_PLAINTEXT
      KAFKA_SASL_ENABLED_MECHANISMS: PLAIN
      KAFKA_SASL_MECHANISM_INTER_BROKER_PROTOCOL: PLAIN
      KAFKA_OPTS: -Djava.security.auth.login.config=/etc/kafka/users/server.conf
      KAFKA_SUPER_USERS: User:one,User:two
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1
`,
    serious: [],
    notes: ["super-users-separator", "plain-without-tls"],
  },
  {
    row: 33,
    source: "confluentinc/kafka-images kafka/test/fixtures/cluster-bridged-sasl.yml",
    compose: `services:\n  zookeeper: {image: zookeeper}\n${[1, 2, 3].map(broker).join("")}`,
    serious: [
      "error auto-created-topic-one-replica KAFKA_DEFAULT_REPLICATION_FACTOR",
      "error image-latest image",
    ],
  },
];
