// Kubernetes manifests: correct ones without errors and warnings, and one planted cause each.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnose } from "../../sdk/analysis/diagnose/mod.ts";
import { BUDGET, client, HEADLESS, statefulSet, voters } from "./diagnose/manifests.ts";
import { CLIENT_SERVICE, kafka, PLANTED } from "./diagnose/planted-manifests.ts";
import { refusal } from "./refusal.ts";

type Found = ReturnType<typeof diagnose>;

const of = (text: string, file = "kafka.yaml"): Found => diagnose([{ file, text }]);
const flagged = (found: Found): string[] =>
  found
    .map(({ rule, severity, evidence: [first] }) => `${severity} ${rule} ${first!.key}`)
    .filter((one) => !one.startsWith("note"))
    .sort();
// ── correct ones

for (const [what, text] of [
  ["three combined nodes, each with its claim", kafka()],
  [
    "the same and a client that dials the headless Service",
    kafka() + client({ KAFKA_BROKERS: "kafka-headless:9092" }),
  ],
  [
    "a client of a Service with a named target port",
    kafka() + CLIENT_SERVICE + client({ KAFKA_BROKERS: "kafka:9092" }),
  ],
  [
    "a client in another namespace that dials the whole name",
    kafka() + client({ SPRING_KAFKA_BOOTSTRAP_SERVERS: "kafka-headless.shop.svc:9092" }, "web"),
  ],
  ["one node", kafka({ replicas: 1 })],
  ["as many nodes as a script fills in", kafka().replace("replicas: 3", "replicas: ${KAFKA_REPLICAS}")],
  [
    "one node with a probe that knows its own name",
    kafka({ replicas: 1, container: ["readinessProbe: { tcpSocket: { port: client } }"] }).replace(
      "  publishNotReadyAddresses: true\n",
      "",
    ),
  ],
  [
    "an ordered start whose probe asks the controller's port",
    kafka({ set: [], container: ["readinessProbe: { tcpSocket: { port: controller } }"] }),
  ],
  [
    "a parallel start with a probe",
    kafka({
      container: [
        "readinessProbe: { tcpSocket: { port: client } }",
        "livenessProbe: { tcpSocket: { port: 9092 }, initialDelaySeconds: 300 }",
      ],
    }),
  ],
  [
    "cp-kafka with enableServiceLinks: false",
    CLIENT_SERVICE + kafka({ image: "confluentinc/cp-kafka:7.9.1", pod: ["enableServiceLinks: false"] }),
  ],
  [
    "node ids from the pod's index",
    kafka({
      command: "",
      env: {
        KAFKA_NODE_ID: "{ fieldRef: { fieldPath: \"metadata.labels['apps.kubernetes.io/pod-index']\" } }",
      },
    }),
  ],
] as const)
  test(`diagnose() finds no error and no warning in ${what}`, () => {
    assert.equal(flagged(of(text)), []);
  });
test("diagnose() says nothing at all of a StatefulSet with spread, budget and claims", () => {
  assert.equal(of(kafka()), []);
});

// ── planted causes

for (const [what, text, expected] of PLANTED)
  test(`diagnose() names ${what}`, () => {
    assert.equal(flagged(of(text)), [...expected].sort());
  });

// ── what is read, and how

const INHERITED =
  "PROCESS_ROLES CONTROLLER_LISTENER_NAMES CONTROLLER_QUORUM_VOTERS LISTENERS ADVERTISED_LISTENERS".split(
    " ",
  );

const CONFIG = (data: string, name = "kafka-config"): string =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\ndata:\n${data}`;

test("diagnose() takes variables from a ConfigMap, and says where it is not there", () => {
  const set = kafka({
    env: { KAFKA_MIN_INSYNC_REPLICAS: "" },
    container: ["envFrom: [{ configMapRef: { name: kafka-config } }]"],
  });
  const [found] = of(CONFIG('  KAFKA_MIN_INSYNC_REPLICAS: "3"\n') + set);
  assert.equal(
    [found!.rule, found!.evidence[0]!.line, found!.evidence[0]!.document],
    ["min-isr-equals-replicas", 6, "ConfigMap kafka-config"],
  );
  assert.match(found!.fix, 'KAFKA_MIN_INSYNC_REPLICAS: "2"');
  const [lost] = of(set);
  assert.equal([lost!.rule, lost!.evidence[0]!.value], ["not-judged", "kafka-config"]);
});
test(
  "diagnose() reads a server.properties that pods mount, with its lines, and the chart's " + "placeholder",
  () => {
    const file = [
      "process.roles=broker,controller",
      `controller.quorum.voters=${voters(3)}`,
      "listeners=CLIENT://:9092,INTERNAL://:9094,CONTROLLER://:9093",
      "advertised.listeners=CLIENT://advertised-address-placeholder:9092,\\",
      "  INTERNAL://advertised-address-placeholder:9094",
      "listener.security.protocol.map=CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
      "controller.listener.names=CONTROLLER",
      "inter.broker.listener.name=INTERNAL",
      "log.dirs=/data/kafka",
      "default.replication.factor=3",
      "min.insync.replicas=3",
    ];
    const map = CONFIG(`  server.properties: |\n${file.map((line) => `    ${line}\n`).join("")}`);
    const set = statefulSet({
      image: "docker.io/bitnamilegacy/kafka:3.9.0-debian-12-r1",
      command: "",
      env: Object.fromEntries(
        ["CLUSTER_ID", ...INHERITED.map((name) => `KAFKA_${name}`)].map((name) => [name, ""]),
      ),
      pod: ["volumes: [{ name: config, configMap: { name: kafka-config } }]"],
    });
    const found = of(
      `# Source: kafka/templates/controller-eligible/configmap.yaml\n${map}${HEADLESS}${set}${BUDGET}`,
    );
    assert.equal(flagged(found), ["warning min-isr-equals-replicas min.insync.replicas"]);
    assert.is(found[0]!.evidence[0]!.line, 18);
  },
);
test("diagnose() takes Lists apart, and reads JSON", () => {
  const set = JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: [
      {
        apiVersion: "kafka.strimzi.io/v1",
        kind: "KafkaTopic",
        metadata: { name: "t", labels: { "strimzi.io/cluster": "shop" } },
        spec: {},
      },
    ],
  });
  for (const [file, text] of [
    ["a.json", JSON.stringify(JSON.parse(set), undefined, 2)],
    ["a.yaml", set],
  ] as const)
    assert.equal(
      of(text, file).map(({ rule, evidence: [first] }) => [rule, first!.value]),
      [["not-judged", "KafkaTopic t"]],
    );
});
test("diagnose() names the resource of each place", () => {
  const [found] = of(kafka({ image: "apache/kafka" }));
  assert.equal([found!.evidence[0]!.document, found!.evidence[0]!.line], ["StatefulSet kafka", 25]);
});
test("a variable that only the cluster knows counts as set and unknown", () => {
  const secret = { KAFKA_CONTROLLER_QUORUM_VOTERS: "{ secretKeyRef: { name: s, key: voters } }" };
  assert.equal(flagged(of(kafka({ env: secret }))), []);
  assert.equal(flagged(of(kafka({ env: { KAFKA_BROKER_RACK: "$(KAFKA_SERVICE_HOST)" } }))), []);
});
for (const [what, text] of [
  ["a Service and a Deployment of no Kafka", CLIENT_SERVICE + client({ A: "b" })],
  ["a Namespace", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"],
] as const)
  test(`diagnose() ends for ${what} as for other files without Kafka`, () => {
    assert.throws(() => of(text), refusal("BAD_CONFIGURATION", {}, "no resource of them is Kafka's"));
  });
for (const [what, text, expected] of [
  [
    "another operator's Kafka",
    "apiVersion: platform.confluent.io/v1beta1\nkind: Kafka\nmetadata: {name: kafka}\nspec: {replicas: 3}\n",
    "Kafka kafka",
  ],
  [
    "an image whose rules are not known",
    HEADLESS +
      statefulSet({ image: "wurstmeister/kafka:2.8", command: "", env: { KAFKA_PROCESS_ROLES: "" } }),
    "wurstmeister/kafka:2.8",
  ],
] as const)
  test(`diagnose() says that ${what} is not judged`, () => {
    assert.equal(
      of(text).map(({ rule, evidence: [first] }) => [rule, first!.value]),
      [["not-judged", expected]],
    );
  });
test("diagnose() takes a job in a Kafka image for no node", () => {
  const job =
    "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: topics}\nspec: {template: {spec: " +
    "{containers: [{name: a, image: 'wurstmeister/kafka', command: [kafka-topics.sh]}]}}}\n";
  assert.equal(of(kafka() + job), []);
});

// ── hostile ones

const again = (name: string): string => Array.from({ length: 10 }, () => name).join(",");
const BOMB = `apiVersion: v1
kind: ConfigMap
a0: &a0 [${again("x")}]
${Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${again(`*a${i}`)}]\n`).join("")}`;
for (const [what, text, says] of [
  ["aliases of aliases", BOMB, "values once its aliases are written out"],
  ["deep nesting", `apiVersion: v1\nkind: A\na: ${"[".repeat(200)}${"]".repeat(200)}\n`, "nested deeper"],
  ["a key twice", "apiVersion: v1\nkind: A\nkind: B\n", "unique"],
  ["many documents", "---\napiVersion: v1\nkind: A\n".repeat(1001), "documents"],
  [
    "a million replicas",
    HEADLESS + statefulSet().replace("replicas: 3", "replicas: 1000000"),
    "more than 300 replicas",
  ],
  [
    "a chart's template",
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}-kafka: b\n",
    "the manifest kafka.yaml",
  ],
] as const)
  test(`diagnose() refuses ${what} by its code`, () => {
    assert.throws(() => of(text), refusal("BAD_CONFIGURATION", {}, says));
  });
test.run();
