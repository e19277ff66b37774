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

const TWO_VOLUMES =
  "{ type: jbod, volumes: [{ id: 0, type: persistent-claim, size: 100Gi, kraftMetadata: shared }, " +
  "{ id: 1, type: persistent-claim, size: 100Gi }] }";
const CLAIM = "{ type: persistent-claim, size: 10Gi, deleteClaim: false }";
const TOPICS =
  "groupId: w, configStorageTopic: w-configs, offsetStorageTopic: w-offsets, statusStorageTopic: w-status, " +
  "config: { config.storage.replication.factor: -1, offset.storage.replication.factor: -1, " +
  "status.storage.replication.factor: -1 }";
const worker = (address: string): string =>
  ofCluster("KafkaConnect", "worker", `{ replicas: 1, bootstrapServers: "${address}", ${TOPICS} }`, "");
const CONNECTOR =
  "{ class: io.debezium.connector.postgresql.PostgresConnector, tasksMax: 1, config: { topic.prefix: core } }";
const MIRROR =
  `{ replicas: 1, target: { alias: b, ` +
  `bootstrapServers: "shop-kafka-bootstrap.\${TARGET}.svc:9093", ${TOPICS} }, ` +
  'mirrors: [{ source: { alias: a, bootstrapServers: "other-kafka-bootstrap.${SOURCE}.svc:9093" }, ' +
  "sourceConnector: { config: { replication.factor: -1 } } }] }";

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
    row: 3,
    source: "kafka-jbod.yaml",
    text: strimzi({
      pools: { controller: POOLS.controller, broker: { ...POOLS.broker, storage: TWO_VOLUMES } },
      listeners: BOTH,
    }),
    serious: [],
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
    row: 12,
    source: "lydtechconsulting/kafka-kubernetes-demo",
    text: `apiVersion: apps/v1
kind: Deployment
metadata: { name: kafka }
spec:
  replicas: 1
  selector: { matchLabels: { app: kafka } }
  template:
    metadata: { labels: { app: kafka } }
    spec:
      containers:
        - name: broker
          image: confluentinc/cp-kafka:7.0.1
          ports: [{ containerPort: 9092 }]
          env:
            - { name: KAFKA_BROKER_ID, value: "1" }
            - { name: KAFKA_ZOOKEEPER_CONNECT, value: "zookeeper:2181" }
            - { name: KAFKA_LISTENER_SECURITY_PROTOCOL_MAP, value: "PLAINTEXT:PLAINTEXT,INSIDE:PLAINTEXT" }
            - { name: KAFKA_ADVERTISED_LISTENERS, value: "PLAINTEXT://:29092,INSIDE://broker:9092" }
            - { name: KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR, value: "1" }
            - { name: KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR, value: "1" }
            - { name: KAFKA_TRANSACTION_STATE_LOG_MIN_ISR, value: "1" }
${SERVICE.replace("name: kafka", "name: broker")}---
apiVersion: v1
kind: Service
metadata: { name: zookeeper }
spec: { selector: { app: zookeeper }, ports: [{ port: 2181 }] }
`,
    serious: [],
    notes: ["data-in-pod", "zookeeper-mode"],
  },
  {
    row: 13,
    source: "Yolean/kubernetes-kafka",
    text: `apiVersion: v1
kind: ConfigMap
metadata: { name: brokers }
data:
  server.properties: |
    log.dirs=/var/lib/kafka/data/topics
    default.replication.factor=3
    min.insync.replicas=2
    listeners=PLAINTEXT://:9092,OUTSIDE://:9094
    listener.security.protocol.map=PLAINTEXT:PLAINTEXT,OUTSIDE:PLAINTEXT
    inter.broker.listener.name=PLAINTEXT
    offsets.retention.minutes=10080
    log.retention.hours=-1
    zookeeper.connect=zookeeper:2181
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: kafka }
spec:
  serviceName: kafka
  replicas: 3
  podManagementPolicy: Parallel
  selector: { matchLabels: { app: kafka } }
  template:
    metadata: { labels: { app: kafka } }
    spec:
      initContainers:
        - name: init
          image: own/kafka-init
          command: [/bin/bash, /etc/kafka-configmap/init.sh]
          volumeMounts: [{ name: configmap, mountPath: /etc/kafka-configmap }]
      containers:
        - name: broker
          image: own/kafka:2.5.1
          command: [./bin/kafka-server-start.sh, "/etc/kafka/server.properties.$(POD_NAME)"]
          ports: [{ name: inside, containerPort: 9092 }, { name: outside, containerPort: 9094 }]
          readinessProbe: { tcpSocket: { port: 9092 } }
          volumeMounts:
            - { name: config, mountPath: /etc/kafka }
            - { name: data, mountPath: /var/lib/kafka/data }
      volumes: [{ name: configmap, configMap: { name: brokers } }, { name: config, emptyDir: {} }]
  volumeClaimTemplates: [{ metadata: { name: data }, spec: { resources: { requests: { storage: 10Gi } } } }]
---
apiVersion: v1
kind: Service
metadata: { name: kafka }
spec: { clusterIP: None, publishNotReadyAddresses: true, selector: { app: kafka }, ports: [{ port: 9092 }] }
`,
    serious: [],
    notes: ["offsets-expire-before-records", "zookeeper-mode"],
  },
  {
    row: 14,
    source: "debezium/debezium-examples",
    text: strimzi({
      api: "v1beta2",
      pools: { all: { roles: "broker, controller", replicas: 3, storage: "{ type: ephemeral }" } },
      listeners: BOTH.replace("]", ", { name: external, port: 9094, type: nodeport, tls: false }]"),
    }),
    serious: [],
    notes: ["data-in-pod"],
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
  {
    row: 17,
    source: "labs/lab-02-cluster-pagos/soluciones/parte-1-efimero/",
    text: strimzi({
      pools: {
        controllers: { roles: "controller", replicas: 1, storage: EPHEMERAL },
        brokers: { ...POOLS.broker, storage: EPHEMERAL },
      },
      listeners: BOTH,
    }),
    serious: ["one-voter"],
    notes: ["data-in-pod"],
  },
  {
    row: 18,
    source: "labs/lab-02-cluster-pagos/soluciones/parte-2-persistente/",
    text: strimzi({
      pools: { controllers: { roles: "controller", replicas: 1 }, brokers: POOLS.broker },
      listeners: BOTH,
    }),
    serious: ["one-voter"],
  },
  {
    row: 19,
    source: "labs/lab-06-contingencia-ojos/soluciones/dr/",
    text: strimzi({
      pools: { both: { roles: "controller, broker", replicas: 1, storage: EPHEMERAL } },
      config: ONE,
    }),
    serious: [],
    notes: ["data-in-pod"],
  },
  {
    row: 20,
    source: "labs/lab-05-cdc-core/soluciones/connect/",
    text:
      ofCluster("KafkaUser", "worker", "{ authentication: { type: scram-sha-512 } }") +
      worker("shop-kafka-bootstrap:9094") +
      ofCluster("KafkaConnector", "customers", CONNECTOR, "worker"),
    serious: [],
    notes: ["not-judged"],
  },
  {
    row: 21,
    source: "fvaleri/strimzi-debugging 0edc117d `sessions/001/`",
    text:
      strimzi({
        pools: {
          controller: { ...POOLS.controller, storage: CLAIM },
          broker: { ...POOLS.broker, storage: CLAIM },
        },
        config: { "num.partitions": "3" },
        listeners: BOTH,
      }) +
      ofCluster("KafkaTopic", "events", "{ partitions: 3, replicas: 3, config: { min.insync.replicas: 2 } }"),
    serious: [],
  },
  {
    row: 22,
    source: "fvaleri/strimzi-debugging 0edc117d `sessions/006/install/`",
    text: worker("shop-kafka-bootstrap:9093") + ofCluster("KafkaConnector", "customers", CONNECTOR, "worker"),
    serious: [],
  },
  {
    row: 23,
    source: "fvaleri/strimzi-debugging 0edc117d `sessions/007/install/`",
    text:
      strimzi({
        pools: { both: { roles: "controller, broker", replicas: 3, storage: CLAIM } },
        listeners: BOTH,
      }) + ofCluster("KafkaMirrorMaker2", "mirror", MIRROR, ""),
    serious: [],
  },
  {
    row: 24,
    source: "msfidelis/eks-strimzi-kafka",
    text: zookeeper(2)
      .replace("    replicas: 3\n", "    replicas: ${KAFKA_REPLICAS}\n")
      .replace("default.replication.factor: 3", "default.replication.factor: ${KAFKA_FACTOR}"),
    serious: [],
    notes: ["not-judged"],
  },
];
