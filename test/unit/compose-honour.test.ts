import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "./refusal.ts";
import type { LabError } from "../../sdk/model/errors.ts";
import {
  assertSupported,
  kafkaServices,
  parseCompose,
  propertiesOverride,
  unsupportedKeys,
} from "../../sdk/compose/mod.ts";
import { readCompose } from "../../sdk/compose/read.ts";
import type { ComposeProject, JavaFlags } from "../../sdk/compose/mod.ts";

const file = "c.yml";
const VOTERS =
  "KAFKA_PROCESS_ROLES: 'broker,controller', KAFKA_NODE_ID: 1, KAFKA_CONTROLLER_QUORUM_VOTERS: '1@k:9093'";
const parse = (text: string): ComposeProject => parseCompose([{ file, text }]);
/** One apache node with further keys, and with further variables. */
const kafka = (keys = "", variables = ""): ComposeProject =>
  parse(
    `services:\n  k:\n    image: apache/kafka:3.9.2\n    environment: {${VOTERS}${variables}}\n    ${keys}\n`,
  );

const refused: [keys: string, key: string][] = [
  ["command: sleep 1", "command"],
  ["entrypoint: [sh]", "entrypoint"],
  ["build: .", "build"],
  ["network_mode: host", "network_mode"],
  ["configs: [x]", "configs"],
  ["secrets: [x]", "secrets"],
  ["stop_signal: SIGKILL", "stop_signal"],
  ["scale: 3", "scale"],
  ["deploy: {replicas: 2}", "deploy"],
  ["bogus: 1", "bogus"],
  [
    "volumes: ['./s.properties:/mnt/shared/config/server.properties']",
    "volumes /mnt/shared/config/server.properties",
  ],
];

for (const [keys, key] of refused) {
  test(`unsupportedKeys() ${keys}`, () => {
    const [found, ...more] = unsupportedKeys(kafka(keys));
    assert.equal([found?.service, found?.key, found?.location, more], ["k", key, { file, line: 5 }, []]);
    assert.ok(found!.why.length > 0);
  });
}

const variables: [variables: string, key: string][] = [
  [", KAFKA_OPTS: -javaagent:/opt/jmx.jar", "KAFKA_OPTS -javaagent:/opt/jmx.jar"],
  [
    ", KAFKA_OPTS: -Djava.security.auth.login.config=/etc/jaas",
    "KAFKA_OPTS -Djava.security.auth.login.config",
  ],
  [", KAFKA_OPTS: '-Xmx1g -agentlib:jdwp'", "KAFKA_OPTS -agentlib:jdwp"],
  [", KAFKA_HEAP_OPTS: '-Xmx1g -Xrunjdwp:x'", "KAFKA_HEAP_OPTS -Xrunjdwp:x"],
  [", KAFKA_LISTENERS: 'SSL://:9092'", "listener SSL"],
  [", KAFKA_LISTENERS: 'A://:9092', KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'A:SASL_PLAINTEXT'", "listener A"],
  [
    ", KAFKA_CONTROLLER_QUORUM_VOTERS: '', KAFKA_CONTROLLER_QUORUM_BOOTSTRAP_SERVERS: 'k:9093'",
    "controller.quorum.voters",
  ],
];

for (const [text, key] of variables) {
  test(`unsupportedKeys()${text}`, () => {
    // A mapping has every key once.
    const project = text.includes("QUORUM_VOTERS") ? parse(kafkaText(text)) : kafka("", text);
    assert.equal(
      unsupportedKeys(project).map(({ key, location }) => [key, location.line]),
      [[key, 4]],
    );
  });
}

function kafkaText(variables: string): string {
  return (
    "services:\n  k:\n    image: apache/kafka:3.9.2\n    environment: " +
    `{KAFKA_PROCESS_ROLES: 'broker,controller', KAFKA_NODE_ID: 1${variables}}\n`
  );
}

test("unsupportedKeys() bitnami: what only the image computes, and a cluster id that differs", () => {
  const node = (name: string, id: number, more = "") =>
    `  ${name}: {image: bitnami/kafka:3.9, environment: {KAFKA_CFG_PROCESS_ROLES: 'broker,` +
    `controller', KAFKA_CFG_NODE_ID: ${id}, KAFKA_CFG_CONTROLLER_QUORUM_VOTERS: ` +
    `'x'${more}}}\n`;
  assert.equal(unsupportedKeys(parse(`services:\n${node("a", 1)}`)), []);
  assert.equal(
    unsupportedKeys(
      parse(
        "services:\n" +
          `${node("a", 1)}${node("b", 2, ", KAFKA_KRAFT_CLUSTER_ID: c, KAFKA_NODE_ID_COMMAND: hostname")}`,
      ),
    ).map(({ service, key }) => [service, key]),
    [
      ["a", "KAFKA_KRAFT_CLUSTER_ID"],
      ["b", "KAFKA_NODE_ID_COMMAND"],
    ],
  );
});

const versions: [second: string, kafka: string | undefined, why: string | undefined][] = [
  [
    "apache/kafka:4.0.0",
    undefined,
    "it is Kafka 4.0.0 where a is 3.9.2, and one Kafka runs here; --kafka, LAB_KAFKA or " +
      "the option `kafka` chooses it",
  ],
  [
    "apache/kafka",
    undefined,
    "it is Kafka latest where a is 3.9.2, and one Kafka runs here; --kafka, LAB_KAFKA or " +
      "the option `kafka` chooses it",
  ],
  ["apache/kafka:4.0.0", "4", undefined],
  ["mirror.example/apache/kafka:3.9.2", undefined, undefined],
];

for (const [second, kafka, why] of versions) {
  const given = kafka === undefined ? "" : `, kafka: ${kafka}`;
  test(`unsupportedKeys() two images, apache/kafka:3.9.2 and ${second}${given}`, () => {
    const node = (name: string, id: number, image: string): string =>
      `  ${name}:\n    image: ${image}\n    environment: {KAFKA_PROCESS_ROLES: broker, ` +
      `KAFKA_NODE_ID: ${id}, CLUSTER_ID: c}\n`;
    const project = parse(`services:\n${node("a", 1, "apache/kafka:3.9.2")}${node("b", 2, second)}`);
    assert.equal(
      unsupportedKeys(project, { kafka }),
      why === undefined ? [] : [{ service: "b", key: "image", why, location: { file, line: 6 } }],
    );
  });
}

test("assertSupported() throws everything at once, with the first one's file and line", () => {
  try {
    assertSupported(kafka("command: sleep 1\n    network_mode: host"));
    assert.unreachable();
  } catch (error) {
    assert.is((error as LabError).code, "UNSUPPORTED");
    refusal(
      "UNSUPPORTED",
      { file: "c.yml", line: 5 },
      "k: command (c.yml:5)",
      "k: network_mode (c.yml:6)",
    )(error);
  }
});

const accepted: [keys: string, notes: string[]][] = [
  ["restart: always", []],
  ["healthcheck: {test: [CMD, x]}", []],
  ["depends_on: [k]", []],
  ["cap_add: [NET_ADMIN]", []],
  ["stop_signal: SIGTERM", []],
  ["scale: 1", []],
  ["x-mine: 1", []],
  ["command: ", []],
  ["volumes: ['data:/var/lib/kafka/data', 'secrets:/etc/kafka/secrets']", []],
  [
    "volumes: ['./data:/var/lib/kafka/data']",
    ["k: /var/lib/kafka/data is not on the host's folder but in the lab's own"],
  ],
  ["mem_limit: 1g", ["k: mem_limit has no effect: the broker may use what the machine has"]],
  [
    "deploy: {resources: {limits: {cpus: '1'}}}",
    ["k: deploy has no effect: the broker may use what the machine has"],
  ],
];

for (const [keys, notes] of accepted) {
  test(`assertSupported() ${keys || "nothing"}`, () => assert.equal(assertSupported(kafka(keys)), notes));
}

test("assertSupported() tells of variables that have no effect and of services that are not started", () => {
  const project = parseCompose([
    {
      file,
      text: kafkaText(", KAFKA_CONTROLLER_QUORUM_VOTERS: 'x', KAFKA_JMX_PORT: 9999, KAFKA_HEAP_OPTS: -Xmx1g"),
    },
    {
      file: "ui.yml",
      text:
        "services: {zk: {image: zookeeper, command: x}, ui: {image: provectuslabs/kafka-ui}, " +
        "later: {image: x, profiles: [p]}}",
    },
  ]);
  assert.equal(assertSupported(project), [
    "later is left out: COMPOSE_PROFILES names none of its profiles",
    "not started, because the local engine runs only Kafka: zk, ui",
    "k: KAFKA_JMX_PORT has no effect: JMX, Java's logs and their levels are the lab's",
  ]);
  assert.equal(kafkaServices(project)[0]!.java.heap, ["-Xmx1g"]);
});

const JMX = "all brokers would open the same port of this machine";
const flags: [variables: string, java: Partial<JavaFlags>, notes: string[]][] = [
  ["", {}, []],
  [", KAFKA_HEAP_OPTS: ''", {}, []],
  [", KAFKA_HEAP_OPTS: ' -Xms1G  -Xmx1G '", { heap: ["-Xms1G", "-Xmx1G"] }, []],
  [
    ", KAFKA_OPTS: '-Da=b -XX:+ExitOnOutOfMemoryError -Xss1m'",
    { more: ["-Da=b", "-XX:+ExitOnOutOfMemoryError", "-Xss1m"] },
    [],
  ],
  [
    ", KAFKA_OPTS: '-Dcom.sun.management.jmxremote.port=9999 -Da'",
    { more: ["-Da"] },
    [`k: KAFKA_OPTS -Dcom.sun.management.jmxremote.port has no effect: ${JMX}`],
  ],
  [
    ", KAFKA_OPTS: -Dlog4j.configuration=file:x",
    {},
    ["k: KAFKA_OPTS -Dlog4j.configuration has no effect: log levels are the lab's"],
  ],
  [", KAFKA_JVM_PERFORMANCE_OPTS: '-server -XX:+UseG1GC'", { performance: ["-server", "-XX:+UseG1GC"] }, []],
  [
    ", KAFKA_JVM_PERFORMANCE_OPTS: '-XX:HeapDumpPath=/tmp -XX:+UseG1GC'",
    { performance: ["-XX:+UseG1GC"] },
    ["k: KAFKA_JVM_PERFORMANCE_OPTS -XX:HeapDumpPath has no effect: it names a file of the container"],
  ],
];

for (const [variables, java, notes] of flags) {
  test(`assertSupported() passes Java's own flags on, or tells of them${variables}`, () => {
    const project = kafka("", variables);
    assert.equal(assertSupported(project), notes);
    assert.equal(kafkaServices(project)[0]!.java, { heap: null, performance: null, more: [], ...java });
  });
}

test("propertiesOverride() speaks each image's language and merges over the files", () => {
  const sources = [
    {
      file,
      text:
        `services:\n  a: {image: apache/kafka, environment: {${VOTERS}}}\n  b: {image: ` +
        "bitnami/kafka, environment: {KAFKA_CFG_PROCESS_ROLES: broker, KAFKA_CFG_NODE_ID: 2}}\n",
    },
  ];
  const override = propertiesOverride(parseCompose(sources), {
    "broker.session.timeout.ms": "1500",
    "a.b": "$X ${Y}",
  });
  assert.is(
    override.text,
    'services:\n  a:\n    environment:\n      KAFKA_BROKER_SESSION_TIMEOUT_MS: "1500"\n   ' +
      "   KAFKA_A_B: $$X $${Y}\n" +
      '  b:\n    environment:\n      KAFKA_CFG_BROKER_SESSION_TIMEOUT_MS: "1500"\n      ' +
      "KAFKA_CFG_A_B: $$X $${Y}\n",
  );
  const nodes = kafkaServices(parseCompose([...sources, override], { env: { X: "wrong" } }));
  assert.equal(
    nodes.map(({ properties }) => [
      properties["broker.session.timeout.ms"],
      properties["a.b"],
      properties["node.id"],
    ]),
    [
      ["1500", "$X ${Y}", "1"],
      ["1500", "$X ${Y}", "2"],
    ],
  );
});

test("propertiesOverride() escapes _ and - for apache", () => {
  const project = kafka();
  const override = propertiesOverride(project, { "a-b_c.d": "v" });
  assert.match(override.text, "KAFKA_A___B__C_D: v");
});

test("propertiesOverride() writes out the image's own file where nothing was set", () => {
  const sources = [{ file, text: "services: {k: {image: apache/kafka:3.9.2}}" }];
  const before = kafkaServices(parseCompose(sources))[0];
  const after = kafkaServices(
    parseCompose([...sources, propertiesOverride(parseCompose(sources), { "num.partitions": "5" })]),
  )[0];
  assert.is(after?.bundled, false);
  assert.equal(after?.properties, { ...before?.properties, "num.partitions": "5" });
});

test("propertiesOverride() wins over an old name that the file uses", () => {
  const sources = [
    {
      file,
      text:
        "services: {k: {image: bitnami/kafka, environment: {KAFKA_CFG_PROCESS_ROLES: broker, " +
        "KAFKA_CFG_NODE_ID: 1, KAFKA_NUM_PARTITIONS: 3}}}",
    },
  ];
  const override = propertiesOverride(parseCompose(sources), { "num.partitions": "5" });
  assert.is(kafkaServices(parseCompose([...sources, override]))[0]?.properties["num.partitions"], "5");
});

const inexpressible: [image: string, property: string][] = [
  ["apache/kafka", "camelCase"],
  ["apache/kafka", "heap.opts"],
  ["apache/kafka", "a.-b"],
  ["bitnami/kafka", "a-b"],
  ["bitnami/kafka", "a_b"],
];

for (const [image, property] of inexpressible) {
  test(`propertiesOverride() refuses ${property} for ${image}`, () => {
    const project = parse(
      `services: {k: {image: ${image}, environment: {KAFKA_CFG_PROCESS_ROLES: broker, ` +
        `KAFKA_CFG_NODE_ID: 1, ${VOTERS}}}}`,
    );
    assert.throws(() => propertiesOverride(project, { [property]: "v" }), refusal("UNSUPPORTED", property));
  });
}

test("readCompose() reads .env beside the first file, env_file, and overrides last", () => {
  const folder = mkdtempSync(join(tmpdir(), "compose-"));
  try {
    writeFileSync(join(folder, ".env"), "TAG=3.9.2\nPORT=1\n");
    writeFileSync(join(folder, "k.env"), "KAFKA_PROCESS_ROLES=broker\nKAFKA_NODE_ID=7\nKAFKA_X=file\n");
    writeFileSync(
      join(folder, "a.yml"),
      "services: {k: {image: 'apache/kafka:${TAG}', ports: ['${PORT}:9092'], env_file: " +
        "k.env, environment: {KAFKA_Y: file}}}",
    );
    const overrides = [{ file: "o", text: "services: {k: {environment: {KAFKA_X: over, KAFKA_Y: over}}}" }];
    const [node] = kafkaServices(readCompose(["a.yml"], { cwd: folder, env: { PORT: "2" }, overrides }));
    assert.equal(
      [node?.version, node?.nodeId, node?.ports[0]?.published, node?.properties["x"], node?.properties["y"]],
      ["3.9.2", 7, 2, "over", "over"],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
