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

const ONE_REPLICA = `KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1`;

const MODULE = "org.apache.kafka.common.security";
const PLAIN = `${MODULE}.plain.PlainLoginModule required username="a" password="b" user_a="b" ;`;

/** One combined node that takes tokens of an identity provider, and PLAIN from other brokers. */
const LISTENERS = ["CONTROLLER://broker:29093", "HOST://:9092", "INTERNAL://broker:9093", "EXTERNAL://:9095"];
const PROTOCOLS = [
  ...["CONTROLLER:PLAINTEXT", "HOST:PLAINTEXT"],
  ...["INTERNAL:SASL_PLAINTEXT", "EXTERNAL:SASL_PLAINTEXT"],
];
const BEARER = `${MODULE}.oauthbearer.OAuthBearerLoginModule required ;`;
const withTokens = (image: string, host: string, more: string): string => `services:
  broker:
    image: ${image}
    ports: ["9092:9092", "9095:9095"]
    volumes: ["./keys:/tmp/conf"]
    command: "bash -c '/etc/confluent/docker/run'"
    environment:
      CLUSTER_ID: a2Fma2EtZmFpbHVyZWxhYg
      KAFKA_BROKER_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@broker:29093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_INTER_BROKER_LISTENER_NAME: INTERNAL
      KAFKA_LISTENERS: ${LISTENERS.join(",")}
      KAFKA_ADVERTISED_LISTENERS: HOST://${host}:9092,INTERNAL://broker:9093,EXTERNAL://${host}:9095
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: ${PROTOCOLS.join(",")}
      KAFKA_SASL_ENABLED_MECHANISMS: PLAIN, OAUTHBEARER
      KAFKA_SASL_MECHANISM_INTER_BROKER_PROTOCOL: PLAIN
      KAFKA_LISTENER_NAME_INTERNAL_SASL_ENABLED_MECHANISMS: PLAIN
      KAFKA_LISTENER_NAME_INTERNAL_PLAIN_SASL_JAAS_CONFIG: ${PLAIN}
      KAFKA_LISTENER_NAME_EXTERNAL_SASL_ENABLED_MECHANISMS: OAUTHBEARER
      KAFKA_LISTENER_NAME_EXTERNAL_OAUTHBEARER_SASL_JAAS_CONFIG: ${BEARER}
      KAFKA_AUTHORIZER_CLASS_NAME: io.confluent.kafka.security.authorizer.ConfluentServerAuthorizer
      KAFKA_SUPER_USERS: User:a;User:client
      ${ONE_REPLICA}
      ${more}
`;

/** Stores of a TLS listener, by the names that Confluent's and Apache's images know. */
const STORES = `KAFKA_SSL_KEYSTORE_FILENAME: own.jks
      KAFKA_SSL_KEYSTORE_CREDENTIALS: word
      KAFKA_SSL_KEY_CREDENTIALS: word
      KAFKA_SSL_TRUSTSTORE_FILENAME: trust.jks
      KAFKA_SSL_TRUSTSTORE_CREDENTIALS: word`;

const kafkajsBroker = (id: number): string => {
  const [inside, outside] = [29092 + 3 * id, 9092 + 3 * id];
  const names = ["PLAINTEXT", "SSL", "SASL_SSL"];
  const listeners = names.flatMap((name, i) => [
    `${name}://kafka${id}:${inside + i}`,
    `${name}_HOST://localhost:${outside + i}`,
  ]);
  const ports = names.flatMap((_, i) => [inside + i, outside + i].map((port) => `"${port}:${port}"`));
  const map = names.flatMap((name) => [`${name}:${name}`, `${name}_HOST:${name}`]);
  return `  kafka${id}:
    image: confluentinc/cp-kafka:5.4.2
    ports: [${ports.join(", ")}]
    volumes: ["./certs:/etc/kafka/secrets", "./users.conf:/opt/kafka/users.conf:ro"]
    environment:
      KAFKA_BROKER_ID: ${id}
      KAFKA_ZOOKEEPER_CONNECT: zookeeper:2181
      KAFKA_ADVERTISED_LISTENERS: ${listeners.join(",")}
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: ${map.join(",")}
      ${STORES}
      KAFKA_SASL_MECHANISM_INTER_BROKER_PROTOCOL: PLAIN
      KAFKA_SASL_ENABLED_MECHANISMS: PLAIN,SCRAM-SHA-256
      KAFKA_OPTS: -Djava.security.auth.login.config=/opt/kafka/users.conf
      KAFKA_AUTHORIZER_CLASS_NAME: kafka.security.auth.SimpleAclAuthorizer
      KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND: "true"
      KAFKA_DEFAULT_REPLICATION_FACTOR: 2
`;
};

const combined = (id: number): string => `  kafka-${id}:
    image: "\${IMAGE}"
    ports: ["${id + 1}9093:9093"]
    volumes: ["./secrets:/etc/kafka/secrets"]
    environment:
      CLUSTER_ID: a2Fma2EtZmFpbHVyZWxhYg
      KAFKA_NODE_ID: ${id}
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka-1:29092,2@kafka-2:29092,3@kafka-3:29092
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_INTER_BROKER_LISTENER_NAME: SSL-INTERNAL
      KAFKA_LISTENERS: SSL-INTERNAL://:19093,CONTROLLER://kafka-${id}:29092,SSL://:9093
      KAFKA_ADVERTISED_LISTENERS: SSL-INTERNAL://kafka-${id}:19093,SSL://localhost:${id + 1}9093
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: SSL:SSL,CONTROLLER:PLAINTEXT,SSL-INTERNAL:SSL
      KAFKA_SSL_CLIENT_AUTH: required
      KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM: ""
      ${STORES}
      ${ONE_REPLICA}
`;

export const PUBLIC_SECURED: readonly PublicConfiguration[] = [
  {
    row: 5,
    source: "confluentinc/cp-all-in-one cp-all-in-one-security/oauth/docker-compose.yml",
    compose: withTokens(
      "confluentinc/cp-server:latest",
      "broker",
      "KAFKA_AUTO_CREATE_TOPICS_ENABLED: 'true'",
    ),
    serious: [
      "warning image-latest image",
      "warning misspelt-broker-setting KAFKA_AUTO_CREATE_TOPICS_ENABLED",
    ],
    notes: ["published-for-containers-only", "plain-without-tls"],
  },
  {
    row: 16,
    source: "confluentinc/kafka-images examples/confluent-server-oauth/docker-compose.yml",
    compose: withTokens("confluentinc/cp-server:8.4.x-latest", "localhost", "KAFKA_JMX_PORT: 9101"),
    serious: [],
    notes: ["plain-without-tls"],
  },
  {
    row: 25,
    source: "kafbat/kafka-ui documentation/compose/kafka-ssl.yml",
    compose: `services:
  ui:
    image: ghcr.io/kafbat/kafka-ui:latest
    environment:
      KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: kafka:29092
      KAFKA_CLUSTERS_0_PROPERTIES_SECURITY_PROTOCOL: SSL
      KAFKA_CLUSTERS_0_PROPERTIES_SSL_KEYSTORE_LOCATION: /own.jks
      KAFKA_CLUSTERS_0_PROPERTIES_SSL_KEYSTORE_PASSWORD: word
      KAFKA_CLUSTERS_0_SSL_TRUSTSTORELOCATION: /trust.jks
      KAFKA_CLUSTERS_0_PROPERTIES_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM: ""
  kafka:
    image: confluentinc/cp-kafka:7.8.0
    ports: ["9092:9092"]
    volumes: ["./certs:/etc/kafka/secrets"]
    environment:
      CLUSTER_ID: a2Fma2EtZmFpbHVyZWxhYg
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:29093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_INTER_BROKER_LISTENER_NAME: SSL
      KAFKA_LISTENERS: SSL://kafka:29092,CONTROLLER://kafka:29093,HOST://0.0.0.0:9092
      KAFKA_ADVERTISED_LISTENERS: SSL://kafka:29092,HOST://localhost:9092
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: CONTROLLER:PLAINTEXT,SSL:SSL,HOST:PLAINTEXT
      KAFKA_SECURITY_PROTOCOL: SSL
      KAFKA_SSL_ENABLED_MECHANISMS: PLAIN,SSL
      KAFKA_SSL_CLIENT_AUTH: requested
      KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM: ""
      ${STORES}
      ${ONE_REPLICA}
`,
    serious: ["warning misspelt-broker-setting KAFKA_SSL_ENABLED_MECHANISMS"],
    notes: ["server-name-not-checked"],
  },
  {
    row: 30,
    source: "tulios/kafkajs docker-compose.2_4.yml",
    compose: `services:\n  zookeeper: {image: zookeeper}\n${[0, 1, 2].map(kafkajsBroker).join("")}`,
    serious: [],
    notes: ["zookeeper-mode", "published-for-containers-only", "everyone-allowed"],
  },
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
  {
    row: 34,
    source: "apache/kafka docker/examples/docker-compose-files/cluster/combined/ssl/docker-compose.yml",
    compose: `services:\n${[1, 2, 3].map(combined).join("")}`,
    serious: [
      "error auto-created-topic-one-replica KAFKA_DEFAULT_REPLICATION_FACTOR",
      "error offsets-topic-one-replica KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR",
      "warning transaction-log-one-replica KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR",
    ],
    notes: ["server-name-not-checked"],
  },
];
