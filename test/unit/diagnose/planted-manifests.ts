// Manifests of pods with one planted cause each, and the errors and warnings that name it.

import { BUDGET, client, HEADLESS, statefulSet, type SetParts, voters } from "./manifests.ts";

/** What is planted, the manifests, and what has to be found: severity, rule and key. */
export type Planted = readonly [what: string, text: string, expected: readonly string[]];

/** A StatefulSet of Kafka with its Service and its budget. */
export const kafka = (parts?: SetParts): string => HEADLESS + statefulSet(parts) + BUDGET;
/** A Service of the namespace `shop`. */
export const service = (name: string, spec: string): string =>
  `---\napiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: ${spec}\n`;
/** A Service that leads to the clients' port. */
export const CLIENT_SERVICE: string = service(
  "kafka",
  "{ selector: { app: kafka }, ports: [{ port: 9092, targetPort: client }] }",
);

const CONTROLLER_SERVICE = service(
  "kafka-controller",
  "{ selector: { app: kafka }, ports: [{ port: 9093 }] }",
);

export const PLANTED: readonly Planted[] = [
  [
    "a client that dials another namespace's Service by its name alone",
    kafka() + client({ KAFKA_BROKERS: "kafka-headless:9092" }, "web"),
    ["warning bootstrap-not-a-broker KAFKA_BROKERS"],
  ],
  [
    "a voter beyond the replicas",
    kafka({ env: { KAFKA_CONTROLLER_QUORUM_VOTERS: voters(4) } }),
    [
      "error voter-address KAFKA_CONTROLLER_QUORUM_VOTERS",
      "warning even-voters KAFKA_CONTROLLER_QUORUM_VOTERS",
    ],
  ],
  [
    "voters by the pods' bare names",
    kafka({ env: { KAFKA_CONTROLLER_QUORUM_VOTERS: "0@kafka-0:9093,1@kafka-1:9093,2@kafka-2:9093" } }),
    ["error voter-address KAFKA_CONTROLLER_QUORUM_VOTERS"],
  ],
  [
    "voters below another Service",
    kafka({ env: { KAFKA_CONTROLLER_QUORUM_VOTERS: voters(3, "kafka-svc") } }),
    ["error voter-address KAFKA_CONTROLLER_QUORUM_VOTERS"],
  ],
  [
    "voters at the clients' port",
    kafka({ env: { KAFKA_CONTROLLER_QUORUM_VOTERS: voters(3).replaceAll(":9093", ":9092") } }),
    ["error voter-address KAFKA_CONTROLLER_QUORUM_VOTERS"],
  ],
  [
    "voters at one Service",
    kafka({
      env: { KAFKA_CONTROLLER_QUORUM_VOTERS: [0, 1, 2].map((id) => `${id}@kafka-headless:9093`).join(",") },
    }),
    ["error voter-address KAFKA_CONTROLLER_QUORUM_VOTERS"],
  ],
  [
    "voters at localhost",
    kafka({ env: { KAFKA_CONTROLLER_QUORUM_VOTERS: "0@localhost:9093,1@localhost:9093,2@localhost:9093" } }),
    ["error voter-address KAFKA_CONTROLLER_QUORUM_VOTERS"],
  ],
  [
    "an id that is the pod's name",
    kafka({ command: "", env: { KAFKA_NODE_ID: "{ fieldRef: { fieldPath: metadata.name } }" } }),
    ["error refused-value KAFKA_NODE_ID"],
  ],
  [
    "one id for all pods",
    kafka({ command: "", env: { KAFKA_NODE_ID: "0" } }),
    ["error duplicate-node-id KAFKA_NODE_ID", "error voter-address KAFKA_CONTROLLER_QUORUM_VOTERS"],
  ],
  [
    "one Service advertised by all brokers",
    CLIENT_SERVICE + kafka({ env: { KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://kafka:9092" } }),
    ["error advertised-shared-service KAFKA_ADVERTISED_LISTENERS"],
  ],
  [
    "localhost advertised by all brokers",
    kafka({ env: { KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://localhost:9092" } }),
    ["error inter-broker-localhost KAFKA_ADVERTISED_LISTENERS"],
  ],
  [
    "a pod's bare name advertised",
    kafka({ env: { KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://$(POD_NAME):9092" } }),
    ["error advertised-not-in-dns KAFKA_ADVERTISED_LISTENERS"],
  ],
  [
    "localhost advertised to a client's pod",
    CLIENT_SERVICE +
      kafka({ replicas: 1, env: { KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://localhost:9092" } }) +
      client({ KAFKA_BROKERS: "kafka:9092" }),
    ["error advertised-unreachable KAFKA_ADVERTISED_LISTENERS"],
  ],
  [
    "a listener bound to a Service's address",
    CLIENT_SERVICE +
      kafka({ replicas: 1, env: { KAFKA_LISTENERS: "PLAINTEXT://kafka:9092,CONTROLLER://:9093" } }),
    ["error listener-not-bindable KAFKA_LISTENERS"],
  ],
  [
    "a client that dials a port that the Service does not have",
    CLIENT_SERVICE +
      kafka() +
      client({ SPRING_KAFKA_BOOTSTRAP_SERVERS: "kafka.shop.svc.cluster.local:9093" }),
    ["error bootstrap-not-a-broker SPRING_KAFKA_BOOTSTRAP_SERVERS"],
  ],
  [
    "a client that dials the controllers",
    kafka() + client({ KAFKA_BOOTSTRAP_SERVERS: "kafka-headless:9093" }),
    ["error bootstrap-not-a-broker KAFKA_BOOTSTRAP_SERVERS"],
  ],
  [
    "a client that dials a pod that there is not",
    kafka() + client({ KAFKA_BOOTSTRAP_SERVERS: "kafka-3.kafka-headless:9092" }),
    ["error bootstrap-not-a-broker KAFKA_BOOTSTRAP_SERVERS"],
  ],
  [
    "a Service whose target port is nobody's",
    service("kafka", "{ selector: { app: kafka }, ports: [{ port: 9092, targetPort: 9094 }] }") +
      kafka() +
      client({ KAFKA_BOOTSTRAP_SERVERS: "kafka:9092" }),
    ["error bootstrap-not-a-broker KAFKA_BOOTSTRAP_SERVERS"],
  ],
  [
    "Spring's settings of a client",
    kafka() +
      client({ SPRING_KAFKA_BOOTSTRAP_SERVERS: "kafka-headless:9092", SPRING_KAFKA_PRODUCER_ACKS: "1" }),
    [
      "warning acks-against-min-isr SPRING_KAFKA_PRODUCER_ACKS",
      "warning acks-leader-only SPRING_KAFKA_PRODUCER_ACKS",
    ],
  ],
  [
    "topics with one replica",
    kafka({ env: { KAFKA_DEFAULT_REPLICATION_FACTOR: "1", KAFKA_MIN_INSYNC_REPLICAS: "1" } }),
    ["error auto-created-topic-one-replica KAFKA_DEFAULT_REPLICATION_FACTOR"],
  ],
  [
    "more replicas than pods",
    kafka({ replicas: 1, env: { KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "3" } }),
    ["error replicas-above-brokers KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR"],
  ],
  [
    "all replicas wanted in sync",
    kafka({ env: { KAFKA_MIN_INSYNC_REPLICAS: "3" } }),
    ["warning min-isr-equals-replicas KAFKA_MIN_INSYNC_REPLICAS"],
  ],
  [
    "a misspelt setting",
    kafka({ env: { KAFKA_MIN_INSYNC_REPLICA: "2", KAFKA_MIN_INSYNC_REPLICAS: "" } }),
    [
      "warning min-isr-one KAFKA_MIN_INSYNC_REPLICAS",
      "warning misspelt-broker-setting KAFKA_MIN_INSYNC_REPLICA",
    ],
  ],
  [
    "a number in place of text",
    kafka({ env: { KAFKA_NUM_PARTITIONS: "!3" } }),
    ["error variable-not-text KAFKA_NUM_PARTITIONS"],
  ],
  [
    "a reference to a variable that is not set",
    kafka({ env: { KAFKA_BROKER_RACK: "$(ZONE)" } }),
    ["error undefined-reference KAFKA_BROKER_RACK"],
  ],
  [
    "cp-kafka beside a Service named kafka",
    CLIENT_SERVICE + kafka({ image: "confluentinc/cp-kafka:7.9.1" }),
    ["error service-link-port Service"],
  ],
  ["a Kafka image without a tag", kafka({ image: "apache/kafka" }), ["warning image-latest image"]],
  [
    "one claim for all pods",
    kafka({ claims: "", pod: ["volumes: [{ name: data, persistentVolumeClaim: { claimName: kafka } }]"] }),
    ["error shared-data-volume volumeMounts"],
  ],
  [
    "a Deployment of three brokers",
    HEADLESS + statefulSet({ kind: "Deployment", claims: "" }),
    ["warning brokers-in-a-deployment replicas"],
  ],
  [
    "an ordered start that waits for a quorum",
    kafka({ set: [], container: ["readinessProbe: { tcpSocket: { port: client } }"] }),
    ["error ordered-start-without-quorum podManagementPolicy"],
  ],
  [
    "a readiness probe behind a Service without pods that are not ready",
    kafka({ container: ["readinessProbe: { tcpSocket: { port: client } }"] }).replace(
      "  publishNotReadyAddresses: true\n",
      "",
    ),
    ["error quorum-waits-for-readiness publishNotReadyAddresses"],
  ],
  [
    "one node that dials itself by a Service, and a readiness probe",
    CONTROLLER_SERVICE +
      kafka({
        replicas: 1,
        env: { KAFKA_CONTROLLER_QUORUM_VOTERS: "0@kafka-controller:9093" },
        container: ["readinessProbe: { tcpSocket: { port: client } }"],
      }),
    ["error quorum-waits-for-readiness publishNotReadyAddresses"],
  ],
  [
    "a liveness probe that does not wait for a recovery",
    kafka({ container: ["livenessProbe: { tcpSocket: { port: 9092 }, initialDelaySeconds: 15 }"] }),
    ["warning liveness-during-recovery livenessProbe"],
  ],
  [
    "no grace",
    kafka({ pod: ["terminationGracePeriodSeconds: 0"] }),
    ["warning termination-grace-short terminationGracePeriodSeconds"],
  ],
  [
    "a preStop that sleeps all of the grace",
    kafka({ container: ["lifecycle: { preStop: { exec: { command: [sh, -c, sleep 30] } } }"] }),
    ["warning termination-grace-short terminationGracePeriodSeconds"],
  ],
  [
    "a budget for two of three",
    HEADLESS + statefulSet() + BUDGET.replace("maxUnavailable: 1", "maxUnavailable: 2"),
    ["warning disruption-budget maxUnavailable"],
  ],
  [
    "a budget in percent",
    HEADLESS + statefulSet() + BUDGET.replace("maxUnavailable: 1", "minAvailable: 30%"),
    ["warning disruption-budget minAvailable"],
  ],
];
