// Configurations in which nothing is wrong; a test changes one setting of them.

/** Three combined nodes on apache/kafka, everything set. */
export const COMPOSE = `services:
  kafka-1: &kafka
    image: apache/kafka:3.9.2
    ports: ["29091:9092"]
    volumes: ["data-1:/data"]
    environment: &environment
      CLUSTER_ID: a2Fma2EtZmFpbHVyZWxhYg
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_NODE_ID: 1
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka-1:9093,2@kafka-2:9093,3@kafka-3:9093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_LISTENERS: INTERNAL://:19092,EXTERNAL://:9092,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: INTERNAL://kafka-1:19092,EXTERNAL://localhost:29091
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
      KAFKA_INTER_BROKER_LISTENER_NAME: INTERNAL
      KAFKA_LOG_DIRS: /data
      KAFKA_DEFAULT_REPLICATION_FACTOR: 3
      KAFKA_MIN_INSYNC_REPLICAS: 2
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 3
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 3
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 2
  kafka-2:
    <<: *kafka
    ports: ["29092:9092"]
    volumes: ["data-2:/data"]
    environment:
      <<: *environment
      KAFKA_NODE_ID: 2
      KAFKA_ADVERTISED_LISTENERS: INTERNAL://kafka-2:19092,EXTERNAL://localhost:29092
  kafka-3:
    <<: *kafka
    ports: ["29093:9092"]
    volumes: ["data-3:/data"]
    environment:
      <<: *environment
      KAFKA_NODE_ID: 3
      KAFKA_ADVERTISED_LISTENERS: INTERNAL://kafka-3:19092,EXTERNAL://localhost:29093
`;

/** The same on a bitnami image, its environment as a list. */
export const BITNAMI: string = `services:
${[1, 2, 3]
  .map(
    (id) => `  kafka-${id}:
    image: bitnamilegacy/kafka:3.8
    ports: ["2909${id}:9092"]
    volumes: ["data-${id}:/bitnami"]
    environment:
      - KAFKA_CFG_NODE_ID=${id}
      - KAFKA_CFG_PROCESS_ROLES=controller,broker
      - KAFKA_CFG_CONTROLLER_QUORUM_VOTERS=1@kafka-1:9093,2@kafka-2:9093,3@kafka-3:9093
      - KAFKA_KRAFT_CLUSTER_ID=a2Fma2EtZmFpbHVyZWxhYg
      - KAFKA_CFG_LISTENERS=INTERNAL://:19092,EXTERNAL://:9092,CONTROLLER://:9093
      - KAFKA_CFG_ADVERTISED_LISTENERS=INTERNAL://kafka-${id}:19092,EXTERNAL://localhost:2909${id}
      - KAFKA_CFG_LISTENER_SECURITY_PROTOCOL_MAP=INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
      - KAFKA_CFG_CONTROLLER_LISTENER_NAMES=CONTROLLER
      - KAFKA_CFG_INTER_BROKER_LISTENER_NAME=INTERNAL
      - KAFKA_CFG_DEFAULT_REPLICATION_FACTOR=3
      - KAFKA_CFG_MIN_INSYNC_REPLICAS=2
      - KAFKA_CFG_OFFSETS_TOPIC_REPLICATION_FACTOR=3
      - KAFKA_CFG_TRANSACTION_STATE_LOG_REPLICATION_FACTOR=3
      - KAFKA_CFG_TRANSACTION_STATE_LOG_MIN_ISR=2
`,
  )
  .join("")}`;

/** One of three combined nodes. */
export const SERVER = `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@a:9093,2@b:9093,3@c:9093
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://:9092,CONTROLLER://:9093
advertised.listeners=PLAINTEXT://a:9092
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=/data
default.replication.factor=3
min.insync.replicas=2
`;

export const PRODUCER = `bootstrap.servers=localhost:29091,localhost:29092
acks=all
transaction.timeout.ms=60000
max.block.ms=60000
`;

export const CONSUMER = `bootstrap.servers=localhost:29091,localhost:29092
group.id=g
session.timeout.ms=45000
heartbeat.interval.ms=3000
auto.offset.reset=earliest
`;

export const KAFKAJS = `{
  "brokers": ["localhost:29091", "localhost:29092"],
  "requestTimeout": 60000,
  "producer": { "maxInFlightRequests": 1, "retry": { "retries": 2147483647 } },
  "consumer": { "groupId": "k", "sessionTimeout": 30000 }
}
`;

export const RD_PRODUCER = `{
  "bootstrap.servers": "localhost:29091,localhost:29092",
  "enable.idempotence": true,
  "linger.ms": 5,
  "message.timeout.ms": 60000
}
`;

export const RD_CONSUMER = `{
  "metadata.broker.list": "localhost:29091,localhost:29092",
  "group.id": "g",
  "session.timeout.ms": 45000,
  "enable.auto.offset.store": false
}
`;

export const SPRING = `spring:
  kafka:
    bootstrap-servers: localhost:29091,localhost:29092
    listener:
      ack-mode: batch
    consumer:
      group-id: g
      heartbeat-interval: 3s
      properties:
        session.timeout.ms: 45000
    producer:
      acks: all
      properties:
        request.timeout.ms: 31000
`;
