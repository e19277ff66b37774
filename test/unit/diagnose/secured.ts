// Secured configurations in which nothing is wrong; a test changes one setting of them.

const MODULES = "org.apache.kafka.common.security";
const SCRAM = `${MODULES}.scram.ScramLoginModule required`;
const PLAIN = `${MODULES}.plain.PlainLoginModule required username="node" password="s3cret-word"`;

/** Three combined nodes: SSL between brokers, SASL_SSL for clients and controllers, ACLs. */
export const SECURED: string = `services:
  kafka-1: &kafka
    image: apache/kafka:3.9.2
    ports: ["29091:9092"]
    volumes: ["data-1:/data", "./secrets:/etc/kafka/secrets:ro"]
    environment: &environment
      CLUSTER_ID: a2Fma2EtZmFpbHVyZWxhYg
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_NODE_ID: 1
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka-1:9093,2@kafka-2:9093,3@kafka-3:9093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_LISTENERS: INTERNAL://:19092,EXTERNAL://:9092,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: INTERNAL://kafka-1:19092,EXTERNAL://localhost:29091
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: INTERNAL:SSL,EXTERNAL:SASL_SSL,CONTROLLER:SASL_SSL
      KAFKA_INTER_BROKER_LISTENER_NAME: INTERNAL
      KAFKA_SSL_KEYSTORE_LOCATION: /etc/kafka/secrets/keystore.jks
      KAFKA_SSL_KEYSTORE_PASSWORD: s3cret-word
      KAFKA_SSL_TRUSTSTORE_LOCATION: /etc/kafka/secrets/truststore.jks
      KAFKA_LISTENER_NAME_INTERNAL_SSL_CLIENT_AUTH: required
      KAFKA_SASL_ENABLED_MECHANISMS: PLAIN,SCRAM-SHA-512
      KAFKA_SASL_MECHANISM_CONTROLLER_PROTOCOL: PLAIN
      KAFKA_LISTENER_NAME_CONTROLLER_SASL_ENABLED_MECHANISMS: PLAIN
      KAFKA_LISTENER_NAME_CONTROLLER_PLAIN_SASL_JAAS_CONFIG: '${PLAIN} user_node="s3cret-word";'
      KAFKA_LISTENER_NAME_EXTERNAL_PLAIN_SASL_JAAS_CONFIG: '${PLAIN} user_app="s3cret-word";'
      KAFKA_LISTENER_NAME_EXTERNAL_SCRAM___SHA___512_SASL_JAAS_CONFIG: ${SCRAM};
      KAFKA_AUTHORIZER_CLASS_NAME: org.apache.kafka.metadata.authorizer.StandardAuthorizer
      KAFKA_SUPER_USERS: User:node;User:CN=kafka-1,OU=kafka;User:CN=kafka-2,OU=kafka;User:CN=kafka-3,OU=kafka
      KAFKA_LOG_DIRS: /data
      KAFKA_DEFAULT_REPLICATION_FACTOR: 3
      KAFKA_MIN_INSYNC_REPLICAS: 2
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 3
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 3
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 2
${[2, 3]
  .map(
    (id) => `  kafka-${id}:
    <<: *kafka
    ports: ["2909${id}:9092"]
    volumes: ["data-${id}:/data", "./secrets:/etc/kafka/secrets:ro"]
    environment:
      <<: *environment
      KAFKA_NODE_ID: ${id}
      KAFKA_ADVERTISED_LISTENERS: INTERNAL://kafka-${id}:19092,EXTERNAL://localhost:2909${id}
`,
  )
  .join("")}`;

/** One of three combined nodes, as a file. */
export const SECURED_SERVER: string = `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@a:9093,2@b:9093,3@c:9093
controller.listener.names=CONTROLLER
listeners=CLIENTS://:9092,CONTROLLER://:9093
advertised.listeners=CLIENTS://a:9092
listener.security.protocol.map=CONTROLLER:SSL,CLIENTS:SASL_SSL
inter.broker.listener.name=CLIENTS
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.clients.scram-sha-512.sasl.jaas.config=${SCRAM} username="node" password="s3cret-word";
ssl.keystore.type=PEM
ssl.keystore.location=/etc/kafka/a.pem
ssl.truststore.type=PEM
ssl.truststore.location=/etc/kafka/ca.pem
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:node;User:CN=a
log.dirs=/data
default.replication.factor=3
min.insync.replicas=2
`;

/** A client of `SECURED`. */
export const SECURED_PRODUCER: string = `bootstrap.servers=localhost:29091,localhost:29092
acks=all
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=${MODULES}.scram.ScramLoginModule required username="app" password="s3cret-word";
ssl.truststore.location=/etc/app/truststore.jks
`;

export const SECURED_KAFKAJS: string = `{
  "brokers": ["localhost:29091", "localhost:29092"],
  "ssl": { "rejectUnauthorized": true },
  "sasl": { "mechanism": "scram-sha-512", "username": "app", "password": "s3cret-word" },
  "requestTimeout": 60000,
  "producer": { "maxInFlightRequests": 1, "retry": { "retries": 2147483647 } }
}
`;

export const SECURED_RD: string = `{
  "bootstrap.servers": "localhost:29091,localhost:29092",
  "security.protocol": "sasl_ssl",
  "sasl.mechanisms": "SCRAM-SHA-512",
  "sasl.username": "app",
  "sasl.password": "s3cret-word",
  "ssl.ca.location": "/etc/app/ca.pem",
  "enable.idempotence": true,
  "linger.ms": 5,
  "message.timeout.ms": 60000
}
`;

export const SECURED_SPRING: string = `spring:
  kafka:
    bootstrap-servers: localhost:29091,localhost:29092
    security:
      protocol: SASL_SSL
    ssl:
      trust-store-location: file:/etc/app/truststore.jks
      trust-store-password: s3cret-word
    properties:
      sasl.mechanism: SCRAM-SHA-512
      sasl.jaas.config: ${MODULES}.scram.ScramLoginModule required username="app" password="s3cret-word";
    producer:
      acks: all
    consumer:
      group-id: g
`;
