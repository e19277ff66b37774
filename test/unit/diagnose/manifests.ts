// Manifests in which nothing is wrong, written anew; a test changes one part of them.

/** The parts of a StatefulSet of Kafka that a test changes. */
export interface SetParts {
  readonly replicas?: number;
  readonly image?: string;
  /** Further or other variables, as YAML values. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further keys of the StatefulSet's spec, of the pod's spec and of the container, in flow style. */
  readonly set?: readonly string[];
  readonly pod?: readonly string[];
  readonly container?: readonly string[];
  readonly claims?: string;
  readonly serviceName?: string;
  readonly kind?: "StatefulSet" | "Deployment";
  /** The container's command. */
  readonly command?: string;
}

const BELOW = "kafka-headless.shop.svc.cluster.local";

/** Voters 0 to n-1, each at its pod's name. */
export function voters(count: number, below: string = BELOW): string {
  return Array.from({ length: count }, (_, id) => `${id}@kafka-${id}.${below}:9093`).join(",");
}

export const HEADLESS = `---
apiVersion: v1
kind: Service
metadata: { name: kafka-headless, namespace: shop }
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: { app: kafka }
  ports: [{ name: client, port: 9092 }, { name: controller, port: 9093 }]
`;

export const BUDGET = `---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: kafka, namespace: shop }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: kafka } } }
`;

const SPREAD =
  "topologySpreadConstraints: [{ maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: " +
  "DoNotSchedule }]";
const PORTS = "[{ name: client, containerPort: 9092 }, { name: controller, containerPort: 9093 }]";
const CLAIMS = "[{ metadata: { name: data }, spec: { resources: { requests: { storage: 10Gi } } } }]";

/** Variables of three combined nodes; the pod's name comes first, because others refer to it. */
function variables(replicas: number): Record<string, string> {
  const few = String(Math.min(replicas, 3));
  return {
    POD_NAME: "{ fieldRef: { fieldPath: metadata.name } }",
    CLUSTER_ID: "a2Fma2EtZmFpbHVyZWxhYg",
    KAFKA_PROCESS_ROLES: "broker,controller",
    KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
    KAFKA_CONTROLLER_QUORUM_VOTERS: voters(replicas),
    KAFKA_LISTENERS: "PLAINTEXT://:9092,CONTROLLER://:9093",
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://$(POD_NAME).${BELOW}:9092`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    KAFKA_LOG_DIRS: "/data/kafka",
    KAFKA_DEFAULT_REPLICATION_FACTOR: few,
    KAFKA_MIN_INSYNC_REPLICAS: replicas > 2 ? "2" : "1",
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: few,
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: few,
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: replicas > 2 ? "2" : "1",
  };
}

function entry([name, value]: readonly [string, string]): string {
  if (value === "") return "";
  return value.startsWith("{ fieldRef") ||
    value.startsWith("{ secretKeyRef") ||
    value.startsWith("{ configMapKeyRef")
    ? `            - { name: ${name}, valueFrom: ${value} }\n`
    : `            - name: ${name}\n              value: ` +
        `${value.startsWith("!") ? value.slice(1) : JSON.stringify(value)}\n`;
}

const lines = (indent: number, all: readonly string[]): string =>
  all.map((line) => `${" ".repeat(indent)}${line}\n`).join("");

/** A StatefulSet `kafka` in the namespace `shop`. */
export function statefulSet({
  replicas = 3,
  image = "apache/kafka:3.9.1",
  env = {},
  set = ["podManagementPolicy: Parallel"],
  pod = [SPREAD],
  container = [],
  claims = CLAIMS,
  serviceName = "kafka-headless",
  kind = "StatefulSet",
  command = "export KAFKA_NODE_ID=${HOSTNAME##*-} && exec /etc/kafka/docker/run",
}: SetParts = {}): string {
  const all = Object.entries({ ...variables(replicas), ...env });
  const own = command === "" ? "" : lines(10, [`command: [sh, -c, ${JSON.stringify(command)}]`]);
  return `---
apiVersion: apps/v1
kind: ${kind}
metadata: { name: kafka, namespace: shop }
spec:
  serviceName: ${serviceName}
  replicas: ${replicas}
  selector: { matchLabels: { app: kafka } }
${lines(2, set)}  template:
    metadata: { labels: { app: kafka } }
    spec:
${lines(6, pod)}      containers:
        - name: kafka
          image: ${image}
${own}          env:
${all.map(entry).join("")}          ports: ${PORTS}
          volumeMounts: [{ name: data, mountPath: /data }]
${lines(10, container)}${claims === "" ? "" : `  volumeClaimTemplates: ${claims}\n`}`;
}

/** A Deployment of a client, with its variables. */
export function client(env: Readonly<Record<string, string>>, namespace = "shop"): string {
  return `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: ${namespace} }
spec:
  replicas: 2
  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders } }
    spec:
      containers:
        - name: orders
          image: orders:1
          env:
${Object.entries(env).map(entry).join("")}`;
}

/** The parts of Strimzi's resources that a test changes. */
export interface StrimziParts {
  readonly api?: string;
  readonly pools?: Readonly<
    Record<string, { roles: string; replicas: number; storage?: string; more?: string }>
  >;
  /** Further or other settings of `spec.kafka.config`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Keys of `spec.kafka`. */
  readonly kafka?: readonly string[];
  readonly listeners?: string;
  readonly name?: string;
}

const JBOD = "{ type: jbod, volumes: [{ id: 0, type: persistent-claim, size: 100Gi }] }";
const ANTI_AFFINITY =
  "template: { pod: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: " +
  "[{ topologyKey: kubernetes.io/hostname }] } } } }";

/** Three controllers and three brokers. */
export function strimzi({
  api = "v1",
  pools = { brokers: { roles: "broker", replicas: 3 }, controllers: { roles: "controller", replicas: 3 } },
  config = {},
  kafka = [ANTI_AFFINITY],
  listeners = "[{ name: plain, port: 9092, type: internal, tls: false }]",
  name = "shop",
}: StrimziParts = {}): string {
  const settings = {
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    ...config,
  };
  const resource = (kind: string, own: string, label = ""): string =>
    `---\napiVersion: kafka.strimzi.io/${api}\nkind: ${kind}\nmetadata:\n  name: ${own}\n${label}`;
  return [
    ...Object.entries(pools).map(
      ([pool, { roles, replicas, storage = JBOD, more = "" }]) =>
        `${resource("KafkaNodePool", pool, `  labels: { strimzi.io/cluster: ${name} }\n`)}spec:
  replicas: ${replicas}
  roles: [${roles}]
  storage: ${storage}
${more}`,
    ),
    `${resource("Kafka", name)}spec:
  kafka:
    version: 4.0.0
${lines(4, kafka)}    listeners: ${listeners}
    config:
${Object.entries(settings)
  .filter(([, value]) => value !== "")
  .map(([key, value]) => `      ${key}: ${value}\n`)
  .join("")}`,
  ].join("");
}

/** A resource of a Strimzi cluster. */
export function ofCluster(kind: string, own: string, spec: string, cluster = "shop"): string {
  const label = cluster === "" ? "" : `, labels: { strimzi.io/cluster: ${cluster} }`;
  return (
    `---\napiVersion: kafka.strimzi.io/v1\nkind: ${kind}\nmetadata: { name: ${own}${label} ` +
    `}\nspec: ${spec}\n`
  );
}
