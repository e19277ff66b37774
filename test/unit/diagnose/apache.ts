// Configurations with the settings of Apache Kafka 3.9's own examples (config/kraft/*.properties,
// config/*.properties, docker/examples), not their text.

const SERVER = `num.network.threads=3
num.io.threads=8
socket.send.buffer.bytes=102400
socket.receive.buffer.bytes=102400
socket.request.max.bytes=104857600
num.partitions=1
num.recovery.threads.per.data.dir=1
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
log.retention.hours=168
log.segment.bytes=1073741824
log.retention.check.interval.ms=300000
`;
const MAP =
  "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL," +
  "SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL";

/** Properties files by name. */
export const APACHE_PROPERTIES: Readonly<Record<string, string>> = {
  "kraft/server.properties": `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:9093
listeners=PLAINTEXT://:9092,CONTROLLER://:9093
inter.broker.listener.name=PLAINTEXT
advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
controller.listener.names=CONTROLLER
${MAP}
log.dirs=/tmp/kraft-combined-logs
${SERVER}`,
  "kraft/broker.properties": `process.roles=broker
node.id=2
controller.quorum.bootstrap.servers=localhost:9093
listeners=PLAINTEXT://localhost:9092
inter.broker.listener.name=PLAINTEXT
advertised.listeners=PLAINTEXT://localhost:9092
controller.listener.names=CONTROLLER
${MAP}
log.dirs=/tmp/kraft-broker-logs
${SERVER}`,
  "kraft/controller.properties": `process.roles=controller
node.id=1
controller.quorum.bootstrap.servers=localhost:9093
listeners=CONTROLLER://:9093
advertised.listeners=CONTROLLER://localhost:9093
controller.listener.names=CONTROLLER
log.dirs=/tmp/kraft-controller-logs
${SERVER}`,
  "producer.properties": "bootstrap.servers=localhost:9092\ncompression.type=none\n",
  "consumer.properties": "bootstrap.servers=localhost:9092\ngroup.id=test-consumer-group\n",
};

const LOGS = `CLUSTER_ID: 4L6g3nShT-eMCtK--X86sw
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: 0
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1
      KAFKA_LOG_DIRS: /tmp/kraft-combined-logs`;
const COMMON = `KAFKA_INTER_BROKER_LISTENER_NAME: PLAINTEXT
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      ${LOGS}`;
const BROKER = `KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: \
CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT
      ${COMMON}`;

function combined(id: number): string {
  return `  kafka-${id}:
    image: \${IMAGE}
    hostname: kafka-${id}
    container_name: kafka-${id}
    ports:
      - ${id + 1}9092:9092
    environment:
      KAFKA_NODE_ID: ${id}
      KAFKA_PROCESS_ROLES: 'broker,controller'
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@kafka-1:9093,2@kafka-2:9093,3@kafka-3:9093'
      KAFKA_LISTENERS: 'PLAINTEXT://:19092,CONTROLLER://:9093,PLAINTEXT_HOST://:9092'
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka-${id}:19092,PLAINTEXT_HOST://localhost:${id + 1}9092
      ${BROKER}
`;
}

function controller(id: number): string {
  return `  controller-${id}:
    image: \${IMAGE}
    environment:
      KAFKA_NODE_ID: ${id}
      KAFKA_PROCESS_ROLES: 'controller'
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@controller-1:9093,2@controller-2:9093,3@controller-3:9093'
      KAFKA_LISTENERS: 'CONTROLLER://:9093'
      ${COMMON}
`;
}

function broker(id: number): string {
  return `  kafka-${id}:
    image: \${IMAGE}
    hostname: kafka-${id}
    ports: ["${id + 1}9092:9092"]
    environment:
      KAFKA_NODE_ID: ${id + 3}
      KAFKA_PROCESS_ROLES: 'broker'
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@controller-1:9093,2@controller-2:9093,3@controller-3:9093'
      KAFKA_LISTENERS: 'PLAINTEXT://:19092,PLAINTEXT_HOST://:9092'
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka-${id}:19092,PLAINTEXT_HOST://localhost:${id + 1}9092'
      ${BROKER}
`;
}

/** Compose files by name. */
export const APACHE_COMPOSE: Readonly<Record<string, string>> = {
  "single-node": `services:
  broker:
    image: \${IMAGE}
    hostname: broker
    container_name: broker
    ports:
      - '9092:9092'
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT_HOST://localhost:9092,PLAINTEXT://broker:19092'
      KAFKA_PROCESS_ROLES: 'broker,controller'
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@broker:29093'
      KAFKA_LISTENERS: 'CONTROLLER://:29093,PLAINTEXT_HOST://:9092,PLAINTEXT://:19092'
      ${BROKER}
`,
  "cluster/combined": `services:\n${[1, 2, 3].map(combined).join("")}`,
  "cluster/isolated": `services:\n${[1, 2, 3].map(controller).join("")}${[1, 2, 3].map(broker).join("")}`,
};

/** A node that takes its settings from a mounted file, and overrides two of them. */
export const APACHE_MOUNTED: Readonly<Record<"compose" | "server", string>> = {
  compose: `services:
  broker:
    image: \${IMAGE}
    ports: ["9092:9092"]
    volumes: ["./file-input:/mnt/shared/config"]
    environment:
      CLUSTER_ID: 4L6g3nShT-eMCtK--X86sw
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: 'broker,controller'
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@broker:29093'
      KAFKA_LISTENERS: 'PLAINTEXT_HOST://:9092,CONTROLLER://:29093,PLAINTEXT://:19092'
`,
  server: `advertised.listeners=PLAINTEXT_HOST://localhost:9092,PLAINTEXT://broker:19092
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT
log.dirs=/tmp/kraft-combined-logs
offsets.topic.replication.factor=1
process.roles=broker
transaction.state.log.min.isr=1
transaction.state.log.replication.factor=1
`,
};
