// Public manifests, reduced to the settings that a finding rests on and written anew; no text is copied. What
// is true of each is in docs/kubernetes.md.

import { client, HEADLESS, ofCluster, statefulSet, strimzi } from "./manifests.ts";

/** Manifests that people publish. */
export interface PublicManifests {
  /** The number of its row in the page. */
  readonly row: number;
  readonly source: string;
  readonly text: string;
  /** Rules of its errors and warnings, sorted. */
  readonly serious: readonly string[];
  /** Rules of notes that have to be there. */
  readonly notes?: readonly string[];
}

const EPHEMERAL = "{ type: jbod, volumes: [{ id: 0, type: ephemeral, kraftMetadata: shared }] }";
const POOLS = {
  controller: { roles: "controller", replicas: 3 },
  broker: { roles: "broker", replicas: 3 },
};
const BOTH =
  "[{ name: plain, port: 9092, type: internal, tls: false }, { name: tls, port: 9093, type: " +
  "internal, tls: true }]";
const ONE = {
  "default.replication.factor": "1",
  "min.insync.replicas": "1",
  "offsets.topic.replication.factor": "1",
  "transaction.state.log.replication.factor": "1",
  "transaction.state.log.min.isr": "1",
};
const zookeeper = (min: number): string => `apiVersion: kafka.strimzi.io/v1beta2
kind: Kafka
metadata: { name: events, namespace: kafka }
spec:
  kafka:
    version: 3.8.0
    replicas: 3
    listeners: ${BOTH}
    config:
      offsets.topic.replication.factor: 3
      transaction.state.log.replication.factor: 3
      transaction.state.log.min.isr: ${min}
      default.replication.factor: 3
      min.insync.replicas: ${min}
    storage: { type: jbod, volumes: [{ id: 0, type: persistent-claim, size: 10Gi }] }
  zookeeper: { replicas: 3, storage: { type: persistent-claim, size: 10Gi } }
`;
const MAP = `apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data:
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "1"
`;
const SERVICE = `---
apiVersion: v1
kind: Service
metadata: { name: kafka }
spec: { selector: { app: kafka }, ports: [{ port: 9092, targetPort: 9092 }] }
`;

export const PUBLIC_MANIFESTS: readonly PublicManifests[] = [
  { row: 1, source: "kafka-persistent.yaml", text: strimzi({ pools: POOLS, listeners: BOTH }), serious: [] },
  {
    row: 2,
    source: "kafka-ephemeral.yaml",
    text: strimzi({
      pools: {
        controller: { ...POOLS.controller, storage: EPHEMERAL },
        broker: { ...POOLS.broker, storage: EPHEMERAL },
      },
      kafka: [],
      listeners: BOTH,
    }),
    serious: [],
    notes: ["data-in-pod"],
  },
  {
    row: 4,
    source: "kafka-single-node.yaml",
    text: strimzi({
      pools: { both: { roles: "controller, broker", replicas: 1 } },
      config: ONE,
      listeners: BOTH,
    }),
    serious: [],
  },
  {
    row: 5,
    source: "kafka-with-dual-role-nodes.yaml",
    text: strimzi({
      pools: { both: { roles: "controller, broker", replicas: 3 } },
      kafka: [],
      listeners: BOTH,
    }),
    serious: [],
  },
  {
    row: 6,
    source: "kafka-topic.yaml",
    text: ofCluster("KafkaTopic", "events", "{ partitions: 1, replicas: 1 }"),
    serious: [],
    notes: ["not-judged"],
  },
  {
    row: 7,
    source: "rafaelmnatali/kafka-k8s",
    text:
      HEADLESS.replace("  publishNotReadyAddresses: true\n", "") +
      statefulSet({
        image: "docker.io/confluentinc/cp-kafka:7.5.0",
        pod: [],
        command:
          "export KAFKA_NODE_ID=${HOSTNAME##*-} && \\\nexport KAFKA_ADVERTISED_LISTENERS=" +
          "SASL://${POD_NAME}.kafka-headless.shop.svc.cluster.local:9092\n\nexec /etc/confluent/docker/run\n",
        env: {
          KAFKA_ADVERTISED_LISTENERS: "",
          KAFKA_LISTENERS: "SASL://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093",
          KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT",
          KAFKA_INTER_BROKER_LISTENER_NAME: "SASL",
          KAFKA_SASL_ENABLED_MECHANISMS: "PLAIN",
          KAFKA_SASL_MECHANISM_INTER_BROKER_PROTOCOL: "PLAIN",
          KAFKA_LISTENER_NAME_SASL_PLAIN_SASL_JAAS_CONFIG:
            'org.apache.kafka.common.security.plain.PlainLoginModule required username="a" ' +
            'password="a-secret" ' +
            'user_a="a-secret";',
        },
        container: [
          "livenessProbe: { tcpSocket: { port: client }, initialDelaySeconds: 60, periodSeconds: 60 }",
        ],
      }),
    serious: [],
  },
  {
    row: 8,
    source: "nassimfatnassi1999/Kafka-kubernetes",
    text: zookeeper(3),
    serious: ["min-isr-equals-replicas", "transaction-log-min-isr"],
    notes: ["zookeeper-mode"],
  },
  { row: 9, source: "moabukar/kafka-k8s", text: zookeeper(2), serious: [], notes: ["zookeeper-mode"] },
  {
    row: 10,
    source: "Arkaikus/data-ingest-kafka-k8s",
    text:
      MAP +
      HEADLESS +
      statefulSet({
        replicas: 1,
        image: "apache/kafka:latest",
        command: "",
        set: [],
        env: { KAFKA_NODE_ID: "0", KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "" },
        container: [
          "envFrom: [{ configMapRef: { name: settings } }]",
          "readinessProbe: { tcpSocket: { port: 9092 }, initialDelaySeconds: 30 }",
        ],
      }),
    serious: ["image-latest"],
  },
  {
    row: 11,
    source: "rafaelgc/messenger-kafka-k8s",
    text:
      SERVICE +
      statefulSet({
        kind: "Deployment",
        replicas: 1,
        claims: "",
        pod: ["volumes: [{ name: data, persistentVolumeClaim: { claimName: kafka-data } }]"],
        command: "",
        env: {
          KAFKA_NODE_ID: "0",
          KAFKA_CONTROLLER_QUORUM_VOTERS: "0@localhost:9093",
          KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://kafka:9092",
        },
        container: ["readinessProbe: { tcpSocket: { port: 9092 }, initialDelaySeconds: 30 }"],
      }) +
      client({ KAFKA_BROKERS: "kafka:9092" }),
    serious: [],
  },
  {
    row: 15,
    source: "collabnix/kafka-kubernetes-docker-desktop",
    text: client({ KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://broker:9092" }).replace(
      "orders:1",
      "wurstmeister/kafka",
    ),
    serious: [],
    notes: ["not-judged"],
  },
  {
    row: 16,
    source: "confluentinc/confluent-kubernetes-examples",
    text:
      "apiVersion: platform.confluent.io/v1beta1\nkind: Kafka\nmetadata: { name: kafka }\nspec: " +
      "{ replicas: 3 }\n",
    serious: [],
    notes: ["not-judged"],
  },
];
