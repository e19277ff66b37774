// Public configurations, reduced to the settings that a finding rests on and written anew; no text is
// copied. What
// is true of each is in docs/public-configurations.md.

/** One configuration that people publish. */
export interface PublicConfiguration {
  /** The number of its row in the page. */
  readonly row: number;
  readonly source: string;
  readonly compose: string;
  /** Its errors and warnings, each with the key that it rests on first; sorted. */
  readonly serious: readonly string[];
  /** Rules of notes that have to be there. */
  readonly notes?: readonly string[];
  /** The code of the error where nothing can be diagnosed. @default findings */
  readonly refused?: string;
}

const FACTORS = `KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1`;
const MAP =
  "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT";

interface Parts {
  readonly image: string;
  readonly ports?: string;
  readonly advertised: string;
  readonly listeners?: string;
  readonly more?: string;
  readonly keys?: string;
}

const SERVICE = ({ image, ports, keys = "" }: Parts): string =>
  `    image: ` +
  `${image}\n${ports === undefined ? "" : `    ports: [${ports}]\n`}${keys === "" ? "" : `    ${keys}\n`}`;

function zookeeper(name: string, id: number, parts: Parts, connect = "zookeeper:2181"): string {
  return `  ${name}:
${SERVICE(parts)}    environment:
      KAFKA_BROKER_ID: ${id}
      KAFKA_ZOOKEEPER_CONNECT: ${connect}
      KAFKA_ADVERTISED_LISTENERS: ${parts.advertised}
      ${parts.more ?? FACTORS}
`;
}

function kraft(name: string, id: number, parts: Parts, voters = `${id}@${name}:29093`): string {
  const listeners = parts.listeners ?? "PLAINTEXT://:29092,PLAINTEXT_HOST://:9092,CONTROLLER://:29093";
  return `  ${name}:
${SERVICE(parts)}    environment:
      CLUSTER_ID: a2Fma2EtZmFpbHVyZWxhYg
      KAFKA_NODE_ID: ${id}
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_CONTROLLER_QUORUM_VOTERS: ${voters}
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_INTER_BROKER_LISTENER_NAME: PLAINTEXT
      KAFKA_LISTENERS: ${listeners}
      KAFKA_ADVERTISED_LISTENERS: ${parts.advertised}
      ${MAP}
      ${parts.more ?? FACTORS}
`;
}

const ZK = "  zookeeper: {image: zookeeper}\n";
const app = (name: string, environment: string): string =>
  `  ${name}: {image: app, environment: {${environment}}}\n`;
const HOST = "PLAINTEXT_HOST://localhost";
const OPEN = `KAFKA_AUTHORIZER_CLASS_NAME: kafka.security.authorizer.AclAuthorizer
      KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND: "true"`;

export const PUBLIC: readonly PublicConfiguration[] = [
  {
    row: 1,
    source: "conduktor/kafka-stack-docker-compose zk-single-kafka-single.yml",
    compose: `services:\n${ZK}${zookeeper("kafka1", 1, {
      image: "confluentinc/cp-kafka:7.3.2",
      ports: "'9092:9092', '29092:29092'",
      advertised: "INTERNAL://kafka1:19092,EXTERNAL://127.0.0.1:9092,DOCKER://host.docker.internal:29092",
      more:
        `${FACTORS}\n      ${OPEN}\n      KAFKA_INTER_BROKER_LISTENER_NAME: INTERNAL\n` +
        "      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,DOCKER:PLAINTEXT",
    })}`,
    serious: [],
    notes: ["zookeeper-mode", "everyone-allowed"],
  },
  {
    row: 2,
    source: "conduktor/kafka-stack-docker-compose conduktor-kafka-single.yml",
    compose: `services:\n${kraft("kafka1", 1, {
      image: "confluentinc/cp-kafka:8.0.0",
      ports: "'9092:9092', '29092:29092', '29093:29093'",
      listeners:
        "PLAINTEXT://0.0.0.0:19092,PLAINTEXT_HOST://0.0.0.0:9092,DOCKER://0.0.0.0:29092,CONTROLLER://:29093",
      advertised:
        "PLAINTEXT://kafka1:19092,PLAINTEXT_HOST://${HOST_IP:-127.0.0.1}:9092,DOCKER://host.docker.internal:29092",
      more:
        `${FACTORS}\n      KAFKA_AUTHORIZER_CLASS_NAME: ` +
        "org.apache.kafka.metadata.authorizer.StandardAuthorizer\n" +
        "      KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND: 'true'",
    }).replace("PROTOCOL_MAP: ", "PROTOCOL_MAP: DOCKER:PLAINTEXT,")}${app(
      "console",
      "CDK_CLUSTERS_0_BOOTSTRAPSERVERS: 'PLAINTEXT://kafka1:19092'",
    )}`,
    serious: [],
    notes: ["everyone-allowed"],
  },
  {
    row: 3,
    source: "conduktor/kafka-stack-docker-compose zk-single-kafka-multiple.yml",
    compose: `services:\n${ZK}${[1, 2, 3]
      .map((id) =>
        zookeeper(`kafka${id}`, id, {
          image: "confluentinc/cp-kafka:7.3.2",
          ports: `'909${id}:909${id}'`,
          advertised: `PLAINTEXT://kafka${id}:1909${id},${HOST}:909${id}`,
          more: `KAFKA_INTER_BROKER_LISTENER_NAME: PLAINTEXT\n      ${MAP}\n      ${OPEN}`,
        }),
      )
      .join("")}`,
    serious: ["error auto-created-topic-one-replica KAFKA_DEFAULT_REPLICATION_FACTOR"],
    notes: ["zookeeper-mode", "everyone-allowed"],
  },
  {
    row: 4,
    source: "confluentinc/cp-all-in-one cp-all-in-one/docker-compose.yml",
    compose: `services:\n${kraft("broker", 1, {
      image: "confluentinc/cp-server:8.2.0",
      ports: "'9092:9092', '9101:9101'",
      advertised: `PLAINTEXT://broker:29092,${HOST}:9092`,
      more: `${FACTORS}\n      CONFLUENT_METRICS_REPORTER_BOOTSTRAP_SERVERS: broker:29092`,
    })}${app(
      "connect",
      "CONNECT_BOOTSTRAP_SERVERS: " + "'broker:29092'",
    )}${app("sql", "A: b").replace("image: app", "image: 'cnfldemos/flink-kafka:1.19.1'")}`,
    serious: [],
  },
  {
    row: 6,
    source: "confluentinc/cp-all-in-one cp-all-in-one-cloud/docker-compose.yml",
    compose: `services:\n${app(
      "registry",
      "SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: '${CLOUD_BOOTSTRAP}'",
    ).replace("image: app", "image: 'confluentinc/cp-schema-registry:8.2.0'")}`,
    serious: [],
    refused: "BAD_COMPOSE",
  },
  {
    row: 7,
    source: "confluentinc/demo-scene cluster-linking-disaster-recovery/docker-compose.yml",
    compose: `services:\n${ZK}  other:
    image: confluentinc/cp-zookeeper:7.0.0
    environment: {ZOOKEEPER_CLIENT_PORT: 2281}
${zookeeper("main", 1, {
  image: "confluentinc/cp-server:7.0.0",
  advertised: "PLAINTEXT://main:19092",
})}${zookeeper(
  "disaster",
  1,
  { image: "confluentinc/cp-server:7.0.0", advertised: "PLAINTEXT://disaster:29092" },
  "other:2281",
)}${app(
  "center",
  "CENTER_BOOTSTRAP_SERVERS: 'main:19092', CENTER_KAFKA_SRC_BOOTSTRAP_SERVERS: " + "'main:19091'",
)}`,
    serious: ["error bootstrap-not-a-broker CENTER_KAFKA_SRC_BOOTSTRAP_SERVERS"],
  },
  {
    row: 8,
    source: "confluentinc/demo-scene rail-data-streaming-pipeline/docker-compose.yml",
    compose: `services:\n${ZK}${zookeeper("broker", 1, {
      image: "confluentinc/cp-kafka:6.1.0",
      ports: "'9092:9092', '39092:39092'",
      advertised: `PLAINTEXT://broker:29092,${HOST}:9092`,
      more: `${FACTORS}\n      ${MAP}\n      KAFKA_LISTENERS: PLAINTEXT://:29092,PLAINTEXT_HOST://:9092`,
    })}${app("ksql", "KSQL_BOOTSTRAP_SERVERS: 'broker:29092'")}${app(
      "graph",
      "NEO4J_kafka_bootstrap_servers: 'broker:9093'",
    )}`,
    serious: ["error bootstrap-not-a-broker NEO4J_kafka_bootstrap_servers"],
    notes: ["zookeeper-mode"],
  },
  {
    row: 9,
    source: "confluentinc/demo-scene ksql-atm-fraud-detection/docker-compose.yml",
    compose: `services:\n${ZK}${zookeeper("kafka", 1, {
      image: "confluentinc/cp-enterprise-kafka:5.1.2",
      advertised: `PLAINTEXT://kafka:29092,${HOST}:9092`,
      ports: "'9092:9092'",
      more: `${FACTORS}\n      ${MAP}`,
    })}${app("graph", "NEO4J_kafka_bootstrap_servers: 'broker:9093'")}`,
    serious: ["error bootstrap-not-a-broker NEO4J_kafka_bootstrap_servers"],
  },
  {
    row: 10,
    source: "confluentinc/demo-scene community-components-only/docker-compose.yml",
    compose: `services:\n${ZK}${zookeeper("kafka", 1, {
      image: "confluentinc/cp-enterprise-kafka:5.3.0",
      ports: "'9092:9092', '31001:31001'",
      advertised: `PLAINTEXT://kafka:29092,${HOST}:9092`,
      more:
        `${MAP}\n      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1\n` +
        "      CONFLUENT_METRICS_REPORTER_BOOTSTRAP_SERVERS: kafka:29092",
    })}`,
    serious: [],
    notes: ["replicas-above-brokers", "zookeeper-mode"],
  },
  {
    row: 11,
    source: "confluentinc/demo-scene self-balancing/kafka-3-4.yml",
    compose: `services:\n${[3, 4]
      .map((id) =>
        zookeeper(`kafka${id}`, id, {
          image: "confluentinc/cp-server:latest",
          keys: "depends_on: [zookeeper, kafka0]",
          advertised: `PLAINTEXT://kafka${id}:29092`,
          more: "CONFLUENT_METRICS_REPORTER_BOOTSTRAP_SERVERS: kafka0:29092",
        }),
      )
      .join("")}`,
    serious: [
      "error auto-created-topic-one-replica KAFKA_DEFAULT_REPLICATION_FACTOR",
      "error image-latest image",
    ],
  },
  {
    row: 12,
    source: "confluentinc/demo-scene self-balancing/kafka-0-1-2.yml",
    compose: `services:\n${ZK}${[0, 1, 2]
      .map((id) =>
        zookeeper(`kafka${id}`, id, {
          image: "confluentinc/cp-server:latest",
          advertised: `PLAINTEXT://kafka${id}:29092`,
          more: "KAFKA_NUM_PARTITIONS: 1",
        }),
      )
      .join("")}`,
    serious: [
      "error auto-created-topic-one-replica KAFKA_DEFAULT_REPLICATION_FACTOR",
      "error image-latest image",
    ],
  },
  {
    row: 13,
    source: "confluentinc/demo-scene twitter-streams/docker-compose.yml",
    compose: `services:\n${ZK}${[1, 2]
      .map((id) =>
        zookeeper(`kafka${id}`, id, {
          image: "confluentinc/cp-enterprise-kafka:5.0.1",
          advertised: `PLAINTEXT://kafka${id}:909${id}`,
          more: "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 2\n      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false'",
        }),
      )
      .join("")}`,
    serious: ["warning replicas-above-brokers KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR"],
    notes: ["default-one-replica"],
  },
  {
    row: 14,
    source: "confluentinc/kafka-images examples/confluent-kafka/docker-compose.yml",
    compose: `services:\n${[1, 2, 3, 4]
      .map((id) => {
        const [role, listener] =
          id === 1
            ? ["controller", "CONTROLLER://localhost:9093"]
            : ["broker", `PLAINTEXT://localhost:${id}9092`];
        return `  node-${id}:
    image: confluentinc/cp-kafka:latest
    network_mode: host
    environment:
      CLUSTER_ID: a2Fma2EtZmFpbHVyZWxhYg
      KAFKA_NODE_ID: ${id}
      KAFKA_PROCESS_ROLES: ${role}
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@localhost:9093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_LISTENERS: ${listener}
${id === 1 ? "" : `      KAFKA_ADVERTISED_LISTENERS: ${listener}\n`}`;
      })
      .join("")}`,
    serious: [
      "error auto-created-topic-one-replica KAFKA_DEFAULT_REPLICATION_FACTOR",
      "warning image-latest image",
      "warning one-voter KAFKA_CONTROLLER_QUORUM_VOTERS",
    ],
  },
  {
    row: 15,
    source: "confluentinc/kafka-images examples/kafka-cluster-ssl/docker-compose.yml",
    compose: `services:\n${[1, 2, 3]
      .map((id) =>
        kraft(
          `kafka-${id}`,
          id,
          {
            image: "confluentinc/cp-kafka:latest",
            keys: "network_mode: host\n    volumes: ['${SECRETS}:/etc/kafka/secrets']",
            listeners: `PLAINTEXT://localhost:${id}9092,CONTROLLER://localhost:${id}9093`,
            advertised: `PLAINTEXT://localhost:${id}9092`,
            more: `KAFKA_SSL_KEYSTORE_LOCATION: /etc/kafka/secrets/${id}.jks
      KAFKA_SSL_KEYSTORE_PASSWORD: word
      KAFKA_SSL_TRUSTSTORE_LOCATION: /etc/kafka/secrets/trust.jks
      KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM: " "`,
          },
          "1@localhost:19093,2@localhost:29093,3@localhost:39093",
        ).replace("MAP: CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT", "MAP: CONTROLLER:SSL,PLAINTEXT:SSL"),
      )
      .join("")}`,
    serious: [
      "error auto-created-topic-one-replica KAFKA_DEFAULT_REPLICATION_FACTOR",
      "warning image-latest image",
    ],
    notes: ["server-name-not-checked"],
  },
  {
    row: 17,
    source: "confluentinc/kafka-images kafka/test/fixtures/standalone-config.yml",
    compose: `services:\n${ZK}${[
      ["PLAINTEXT", "KAFKA_ADVERTISED_PORT: 9092"],
      ["SSL", "KAFKA_NUM_PARTITIONS: 1"],
      ["SASL_PLAINTEXT", "KAFKA_OPTS: anything"],
    ]
      .map(([name, more], i) =>
        zookeeper(`node${i}`, 1, {
          image: "confluentinc/cp-kafka:latest",
          advertised: `${name}://foo:9092`,
          more: more!,
        }),
      )
      .join("")}${zookeeper(
      "lost",
      4,
      {
        image: "confluentinc/cp-kafka:latest",
        advertised: "PLAINTEXT://lost:9092",
        more: "KAFKA_NUM_PARTITIONS: 1",
      },
      "something",
    )}  bare: {image: 'confluentinc/cp-kafka:latest'}\n`,
    serious: [
      "error auto-created-topic-one-replica KAFKA_DEFAULT_REPLICATION_FACTOR",
      "error duplicate-node-id KAFKA_BROKER_ID",
      "error image-latest image",
      "error image-refuses KAFKA_ADVERTISED_PORT",
      "error image-refuses KAFKA_SSL_KEYSTORE_FILENAME",
      "error inter-broker-not-advertised KAFKA_INTER_BROKER_LISTENER_NAME",
      "error inter-broker-not-advertised KAFKA_INTER_BROKER_LISTENER_NAME",
      "error no-roles KAFKA_PROCESS_ROLES",
      "error sasl-without-jaas KAFKA_SASL_ENABLED_MECHANISMS",
      "error zookeeper-address KAFKA_ZOOKEEPER_CONNECT",
    ],
  },
  {
    row: 18,
    source: "confluentinc/kafka-images kafka/test/fixtures/cluster-host-plain.yml",
    compose: `services:\n${[1, 2, 3]
      .map((id) =>
        zookeeper(
          `kafka-${id}`,
          id,
          {
            image: "confluentinc/cp-kafka:latest",
            keys: "network_mode: host",
            advertised: `PLAINTEXT://localhost:${id}9092`,
            more: "KAFKA_NUM_PARTITIONS: 1",
          },
          "localhost:22181,localhost:32181",
        ),
      )
      .join("")}`,
    serious: [
      "error auto-created-topic-one-replica KAFKA_DEFAULT_REPLICATION_FACTOR",
      "error image-latest image",
    ],
  },
  {
    row: 19,
    source: "debezium/debezium-examples tutorial/docker-compose-mysql.yaml",
    compose:
      "services:\n  kafka: {image: 'quay.io/debezium/kafka:3.0', environment: [CLUSTER_ID=a, " +
      "NODE_ROLE=combined]}\n",
    serious: [],
    notes: ["not-judged"],
  },
  {
    row: 20,
    source: "debezium/debezium-examples postgres-kafka-signal/docker-compose.yml",
    compose: `services:\n${ZK}${zookeeper("broker", 1, {
      image: "confluentinc/cp-server:7.4.0",
      ports: "'9092:9092'",
      advertised: "EXTERNAL://broker:29092,INTERNAL://localhost:9092",
      more:
        "KAFKA_INTER_BROKER_LISTENER_NAME: INTERNAL\n" +
        "      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: EXTERNAL:PLAINTEXT,INTERNAL:PLAINTEXT\n" +
        "      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1\n" +
        "      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1",
    })}${app(
      "connect",
      "BOOTSTRAP_SERVERS: 'broker:29092', GROUP_ID: c, CONFIG_STORAGE_TOPIC: c, OFFSET_STORAGE_TOPIC: o, " +
        "STATUS_STORAGE_TOPIC: s, CONFIG_STORAGE_REPLICATION_FACTOR: 1, " +
        "OFFSET_STORAGE_REPLICATION_FACTOR: 1, STATUS_STORAGE_REPLICATION_FACTOR: 1",
    ).replace("image: app", "image: 'debezium/connect:2.4.0.Final'")}`,
    serious: [],
    notes: ["transaction-log-min-isr", "zookeeper-mode"],
  },
  {
    row: 21,
    source: "getsentry/self-hosted docker-compose.yml",
    compose: `services:\n${kraft(
      "kafka",
      1001,
      {
        image: "confluentinc/cp-kafka:7.6.13",
        listeners: "PLAINTEXT://0.0.0.0:29092,PLAINTEXT_HOST://0.0.0.0:9092,CONTROLLER://0.0.0.0:29093",
        advertised: "PLAINTEXT://127.0.0.1:29092,PLAINTEXT_HOST://kafka:9092",
        more: "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1\n      KAFKA_MAX_REQUEST_SIZE: 50000000",
      },
      "1001@127.0.0.1:29093",
    )}${app("web", "DEFAULT_BROKERS: 'kafka:9092', KAFKA_BROKERS: 'kafka:9092'")}`,
    serious: [],
    notes: ["replicas-above-brokers"],
  },
  {
    row: 22,
    source: "jitsucom/jitsu docker/docker-compose.yml",
    compose:
      "services:\n  kafka:\n    image: bitnami/kafka:3.6.0\n    environment: [KAFKA_CFG_NODE_ID=0, " +
      "'KAFKA_CFG_PROCESS_ROLES=controller,broker', " +
      "'KAFKA_CFG_LISTENERS=PLAINTEXT://:9092,CONTROLLER://:9093', " +
      "'KAFKA_CFG_CONTROLLER_QUORUM_VOTERS=0@kafka:9093', KAFKA_CFG_CONTROLLER_LISTENER_NAMES=CONTROLLER, " +
      "'KAFKA_CFG_LISTENER_SECURITY_PROTOCOL_MAP=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT']\n",
    serious: ["error image-gone image"],
  },
  {
    row: 23,
    source: "jitsucom/jitsu devenv/docker-compose.yml",
    compose:
      "services:\n  kafka:\n    image: wurstmeister/kafka:latest\n    environment: " +
      "{KAFKA_ZOOKEEPER_CONNECT: " +
      "'z:2181', KAFKA_ADVERTISED_LISTENERS: 'A://kafka:19093,B://localhost:19092'}\n" +
      app("bulker", "BULKER_KAFKA_BOOTSTRAP_SERVERS: 'kafka:19093'"),
    serious: [],
    notes: ["not-judged"],
  },
  {
    row: 24,
    source: "kafbat/kafka-ui documentation/compose/kafbat-ui.yaml",
    compose: `services:\n${[1, 2]
      .map((id) =>
        kraft(`kafka${id - 1}`, id, {
          image: "confluentinc/cp-kafka:7.8.0",
          ports: `'${id === 1 ? 9092 : 9093}:9092'`,
          advertised: `PLAINTEXT://kafka${id - 1}:29092,${HOST}:9092`,
        }),
      )
      .join("")}${app(
      "ui",
      "KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: 'kafka0:29092', KAFKA_CLUSTERS_1_BOOTSTRAPSERVERS: 'kafka1:29092'",
    )}`,
    serious: ["warning advertised-port-not-published KAFKA_ADVERTISED_LISTENERS"],
  },
  {
    row: 26,
    source: "kafbat/kafka-ui documentation/compose/kafka-zookeeper.yaml",
    compose: `services:\n${ZK}${zookeeper("kafka", 1, {
      image: "confluentinc/cp-server:7.8.0",
      ports: "'9092:9092', '9997:9997'",
      advertised: `PLAINTEXT://kafka:29092,${HOST}:9092`,
      more: `${FACTORS}\n      ${MAP}`,
    })}  topics:\n    image: confluentinc/cp-kafka:7.8.0\n    command: kafka-topics --create --topic users\n`,
    serious: [],
    notes: ["zookeeper-mode"],
  },
  {
    row: 27,
    source: "obsidiandynamics/kafdrop docker-compose/kafka-kafdrop/docker-compose.yaml",
    compose:
      "services:\n  kafka:\n    image: obsidiandynamics/kafka\n    environment: {KAFKA_LISTENERS: " +
      "'I://:29092', " +
      "KAFKA_ADVERTISED_LISTENERS: 'I://kafka:29092'}\n" +
      app("kafdrop", "KAFKA_BROKERCONNECT: 'kafka:29092'"),
    serious: [],
    notes: ["not-judged"],
  },
  {
    row: 28,
    source: "open-telemetry/opentelemetry-demo compose.full.yaml",
    compose:
      "services:\n  kafka:\n    image: ghcr.io/open-telemetry/demo:2.0-kafka\n    environment: " +
      "[KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://kafka:9092, KAFKA_CONTROLLER_QUORUM_VOTERS=1@kafka:9093]\n" +
      app("accounting", "KAFKA_ADDR: 'kafka:9092'"),
    serious: [],
    notes: ["not-judged"],
  },
  {
    row: 29,
    source: "tchiotludo/akhq docker-compose-multiple-clusters.yml",
    compose: `services:\n${ZK}  zookeeper2: {image: zookeeper}\n${zookeeper("kafka", 0, {
      image: "confluentinc/cp-kafka:7.9.1",
      advertised: "INTERNAL://kafka:29092,EXTERNAL://kafka:9092",
      more:
        `${FACTORS}\n      ${OPEN}\n      KAFKA_INTER_BROKER_LISTENER_NAME: INTERNAL\n` +
        "      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT",
    })}${zookeeper(
      "kafka2",
      0,
      { image: "confluentinc/cp-kafka:7.9.1", advertised: "PLAINTEXT://kafka2:9092" },
      "zookeeper2:2181",
    )}`,
    serious: [],
    notes: ["zookeeper-mode", "everyone-allowed"],
  },
  {
    row: 31,
    source: "wurstmeister/kafka-docker docker-compose.yml",
    compose: `services:\n${ZK}  kafka:
    build: .
    ports: ["9092"]
    environment: {KAFKA_ADVERTISED_HOST_NAME: 10.0.0.1, KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181'}
`,
    serious: [],
    notes: ["not-judged"],
  },
  {
    row: 35,
    source: "camunda-community-hub/kafka-connect-zeebe docker/docker-compose-local-kafka.yml",
    compose: `services:\n${ZK}${zookeeper("kafka", 1, {
      image: "confluentinc/cp-enterprise-kafka:5.5.3",
      ports: "'9092:9092'",
      advertised: "INSIDE://kafka:19092,OUTSIDE://${HOST_IP:-127.0.0.1}:9092",
      more:
        "KAFKA_INTER_BROKER_LISTENER_NAME: INSIDE\n" +
        "      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT\n" +
        "      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1",
    })}${app(
      "connect",
      "CONNECT_BOOTSTRAP_SERVERS: 'kafka:19092', CONNECT_GROUP_ID: c, CONNECT_CONFIG_STORAGE_TOPIC: c, " +
        "CONNECT_OFFSET_STORAGE_TOPIC: o, CONNECT_STATUS_STORAGE_TOPIC: s, " +
        "CONNECT_CONFIG_STORAGE_REPLICATION_FACTOR: '1', CONNECT_OFFSET_STORAGE_REPLICATION_FACTOR: '1', " +
        "CONNECT_STATUS_STORAGE_REPLICATION_FACTOR: '1', CONNECT_KEY_CONVERTER: " +
        "org.apache.kafka.connect.storage.StringConverter, CONNECT_VALUE_CONVERTER: " +
        "org.apache.kafka.connect.storage.StringConverter",
    ).replace("image: app", "image: 'confluentinc/cp-kafka-connect:5.5.3'")}`,
    serious: [],
    notes: ["replicas-above-brokers", "zookeeper-mode"],
  },
  {
    row: 36,
    source: "ivangfr/springboot-kafka-connect-debezium-ksqldb docker-compose.yml",
    compose: `services:\n${ZK}${zookeeper("kafka", 1, {
      image: "confluentinc/cp-kafka:7.9.5",
      ports: "'9092:9092', '29092:29092'",
      advertised: `PLAINTEXT://kafka:9092,${HOST}:29092`,
      more: `${FACTORS}\n      ${MAP}`,
    })}${app("ksql", "KSQL_BOOTSTRAP_SERVERS: 'kafka:9092'")}`,
    serious: [],
    notes: ["zookeeper-mode", "published-for-containers-only"],
  },
  {
    row: 37,
    source: "neo4j/neo4j-kafka-connector docker/docker-compose.yml",
    compose: `services:\n${ZK}${zookeeper("broker", 1, {
      image: "'confluentinc/cp-server:${PLATFORM_VERSION}'",
      ports: "'9092:9092', '9101:9101'",
      advertised: `PLAINTEXT://broker:29092,${HOST}:9092`,
      more: `${FACTORS}\n      ${MAP}`,
    })}${app("registry", "SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: 'broker:29092'")}`,
    serious: [],
    notes: ["zookeeper-mode"],
  },
];
