// Compose files that somebody made to harm, or that are broken: each is refused with a code, a file and a
// line, or is read.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { dotenv } from "../../sdk/compose/dotenv.ts";
import {
  type ComposeProject,
  isProjectName,
  kafkaServices,
  parseCompose,
  unsupportedKeys,
} from "../../sdk/compose/mod.ts";
import { diagnose } from "../../sdk/analysis/diagnose/mod.ts";
import { projectOf } from "../../sdk/engine/docker/attach.ts";
import { type ContainerFacts, parseInspect } from "../../sdk/engine/docker/inspect.ts";
import { type DescribedNode, moveToLoopback } from "../../sdk/engine/local/rewrite.ts";
import { LabError } from "../../sdk/model/errors.ts";
import { named } from "../../sdk/analysis/explain/evidence.ts";
import { readProbe } from "../../sdk/engine/docker/network/tools.ts";
import { MAX_DEPTH, MAX_VALUES, MAX_YAML_DOCUMENTS, MAX_YAML_TOKENS } from "../../sdk/runtime/limits.ts";

const parse = (text: string, env = {}): ComposeProject => parseCompose([{ file: "c.yml", text }], { env });

/** The code and the line of what is refused; `read` for what is not. */
function outcome(read: () => unknown): string {
  try {
    read();
    return "read";
  } catch (error) {
    assert.instance(error, LabError, String((error as Error).stack));
    const { code, facts, message } = error as LabError;
    assert.not.match(message, /undefined|NaN|\[object|call stack|^ {4}at /m);
    assert.ok(message.length < 2000, `${message.length} characters`);
    return `${code}:${facts.line}`;
  }
}

const quoted = (text: string): string => JSON.stringify(text);
const services = (name: string): string => `services:\n  ${quoted(name)}:\n    image: x\n`;

const names: [name: string, is: boolean][] = [
  ["kafka-1", true],
  ["a.b_C-9", true],
  ["-a", true],
  ["..a", true],
  ["../../../../evil", false],
  ["..", false],
  [".", false],
  ["a/b", false],
  ["a\\b", false],
  ["/etc", false],
  ["a b", false],
  ["a\nb", false],
  ["a\0b", false],
  ["a\u001b[2J", false],
  ["ä", false],
  ["", false],
  ["a".repeat(128), true],
  ["a".repeat(129), false],
];
for (const [name, is] of names) {
  test(`parseCompose() the service ${quoted(name.slice(0, 20))} is ${is ? "" : "no "}name`, () =>
    assert.is(
      outcome(() => parse(services(name))),
      is ? "read" : "BAD_COMPOSE:2",
    ));
  test(`kafkaServices() a container's label ${quoted(name.slice(0, 20))} is ${is ? "" : "no "}name`, () => {
    const environment = { KAFKA_PROCESS_ROLES: "broker", KAFKA_NODE_ID: "1" };
    const one = { service: name, name: "c", image: "apache/kafka", state: "running", environment, ports: [] };
    const facts = { ...one, hostNames: [], labels: {}, addresses: [] } as unknown as ContainerFacts;
    assert.is(
      outcome(() => kafkaServices(projectOf("p", [facts]))).split(":")[0],
      is ? "read" : "BAD_COMPOSE",
    );
  });
  test(`isProjectName() ${quoted(name.slice(0, 20))}`, () =>
    assert.is(isProjectName(name), /^(kafka-1|a+)$/.test(name)));
}

const keys: [key: string, expected: string][] = [
  ["container_name: 'a/b'", "BAD_COMPOSE:4"],
  ["container_name: ../a", "BAD_COMPOSE:4"],
  ["container_name: kafka_1.x", "read"],
  ['hostname: "a\\nb"', "BAD_COMPOSE:4"],
  ['hostname: "a 127.0.0.1"', "BAD_COMPOSE:4"],
  ["hostname: ''", "read"],
  ['networks: {n: {aliases: ["a b"]}}', "BAD_COMPOSE:4"],
  ['networks: {n: {aliases: ["a\\n6.6.6.6 localhost"]}}', "BAD_COMPOSE:4"],
  ["networks: {n: {aliases: [a.b]}}", "read"],
  ["expose: [9092, '9093', 9094-9095/tcp]", "read"],
  ["expose: [99999]", "BAD_COMPOSE:4"],
  ["expose: [x]", "BAD_COMPOSE:4"],
  ["expose: 9092", "BAD_COMPOSE:4"],
  ["ports: ['65536']", "BAD_COMPOSE:4"],
  ["ports: ['1:65536']", "BAD_COMPOSE:4"],
  ["ports: ['65536:1']", "BAD_COMPOSE:4"],
  ["ports: ['0']", "BAD_COMPOSE:4"],
  ["ports: ['0:9092']", "read"],
  ["ports: ['-1:9092']", "BAD_COMPOSE:4"],
  ["ports: [1e20]", "BAD_COMPOSE:4"],
  ["ports: ['x.y:1:1']", "BAD_COMPOSE:4"],
  ["ports: [{target: 0}]", "BAD_COMPOSE:4"],
  ["ports: [{target: 70000}]", "BAD_COMPOSE:4"],
  ["ports: [{target: 1, published: '70000'}]", "BAD_COMPOSE:4"],
  ["ports: [{target: 1, host_ip: 'a b'}]", "BAD_COMPOSE:4"],
  ['environment: {"KAFKA_LOG_DIRS ": /x}', "BAD_COMPOSE:4"],
  ["environment: ['KAFKA_LOG_DIRS =/x']", "BAD_COMPOSE:4"],
  ['environment: {" A": 1}', "BAD_COMPOSE:4"],
  ['environment: {"A=B": 1}', "BAD_COMPOSE:4"],
  ['environment: {"": 1}', "BAD_COMPOSE:4"],
  ['environment: {"A\\nB": 1}', "BAD_COMPOSE:4"],
  ['environment: {"KAFKA_A B": 1}', "BAD_COMPOSE:4"],
  ['environment: {"KAFKA_A/B": 1}', "BAD_COMPOSE:4"],
  ['environment: {A.b-c: 1, 9: 1, "SPRING_X[0]": 1}', "read"],
];
for (const [key, expected] of keys) {
  test(`parseCompose() ${key}`, () =>
    assert.is(
      outcome(() => parse(`services:\n  k:\n    image: x\n    ${key}\n`)),
      expected,
    ));
}

const images: [image: string, expected: string][] = [
  ["--privileged", "BAD_COMPOSE:3"],
  ["-v/:/host", "BAD_COMPOSE:3"],
  ["x y", "BAD_COMPOSE:3"],
  ["x\ny", "BAD_COMPOSE:3"],
  ["x;touch y", "BAD_COMPOSE:3"],
  ["$(id)", "BAD_COMPOSE:3"],
  ["localhost:5000/a/kafka:3.9@sha256:0123", "read"],
];
for (const [image, expected] of images) {
  const text = `services:\n  k:\n    image: ${quoted(image.replaceAll("$", "$$$$"))}\n`;
  test(`parseCompose() image ${quoted(image)}`, () =>
    assert.is(
      outcome(() => parse(text)),
      expected,
    ));
}

test("parseCompose() names of volumes, networks and the project", () => {
  const tail = "services: {k: {image: x}}\n";
  assert.is(
    outcome(() => parse(`volumes:\n  a/b:\n${tail}`)),
    "BAD_COMPOSE:2",
  );
  assert.is(
    outcome(() => parse(`networks:\n  "a b":\n${tail}`)),
    "BAD_COMPOSE:2",
  );
  assert.is(parse(`name: My-Lab\n${tail}`).name, "my-lab");
  assert.is(parse(`name: ../../x\n${tail}`).name, "x");
  assert.is(
    outcome(() => parse(`name: "../.."\n${tail}`)),
    "BAD_COMPOSE:1",
  );
});

/** A Kafka node, with more variables. */
const kafka = (...variables: string[]): string =>
  [
    "services:",
    "  k:",
    "    image: apache/kafka:3.9.2",
    "    environment:",
    "      KAFKA_PROCESS_ROLES: broker,controller",
    "      KAFKA_NODE_ID: 1",
    ...variables.map((variable) => `      ${variable}`),
    "",
  ].join("\n");
const VOTERS = "KAFKA_CONTROLLER_QUORUM_VOTERS: 1@k:9093";

const nodes: [variable: string, expected: string][] = [
  ['KAFKA_MESSAGE_MAX_BYTES: "1048588\\nlog.dirs=/x"', "BAD_COMPOSE:7"],
  ['KAFKA_MESSAGE_MAX_BYTES: "1048588\\rlog.dirs=/x"', "BAD_COMPOSE:7"],
  ['KAFKA_MESSAGE_MAX_BYTES: "1048588\\n"', "read"],
  ['CLUSTER_ID: "a\\nnode.id=2"', "BAD_COMPOSE:7"],
  ["CLUSTER_ID: a b", "BAD_COMPOSE:7"],
  ["CLUSTER_ID: --config=/x", "BAD_COMPOSE:7"],
  ["CLUSTER_ID: MkU3OEVBNTcwNTJENDM2Qg==", "read"],
];
for (const [variable, expected] of nodes) {
  test(`kafkaServices() ${variable}`, () =>
    assert.is(
      outcome(() => kafkaServices(parse(kafka(variable)))),
      expected,
    ));
}

const unsupported: [variable: string, key: string][] = [
  ["KAFKA_REMOTE_LOG_STORAGE_MANAGER_CLASS_PATH: /x/*", "remote.log.storage.manager.class.path"],
  ["KAFKA_CONFIG_PROVIDERS: file", "config.providers"],
  ["KAFKA_SASL_KERBEROS_KINIT_CMD: ./x", "sasl.kerberos.kinit.cmd"],
  ["KAFKA_RLMM_CONFIG_A_SASL_KERBEROS_KINIT_CMD: ./x", "rlmm.config.a.sasl.kerberos.kinit.cmd"],
  [
    "KAFKA_RLMM_CONFIG_A_SASL_JAAS_CONFIG: 'com.sun.security.auth.module.Krb5LoginModule required;'",
    "rlmm.config.a.sasl.jaas.config",
  ],
  ["KAFKA_KAFKA_METRICS_REPORTERS: kafka.metrics.KafkaCSVMetricsReporter", "metrics.reporters"],
  ["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'controller:sasl_plaintext'", "listener CONTROLLER"],
  ["KAFKA_SECURITY_INTER_BROKER_PROTOCOL: SASL_SSL", "listener SASL_SSL"],
  [`KAFKA_LOG_DIRS: ${"a,".repeat(100)}`, "log.dirs"],
  [`KAFKA_LOG_DIR: ${"a,".repeat(100)}`, "log.dir"],
];
for (const [variable, key] of unsupported) {
  test(`unsupportedKeys() ${variable.slice(0, 60)}`, () => {
    const image = key === "metrics.reporters" ? "apache/kafka:4.0.0" : "apache/kafka:3.9.2";
    const text = kafka(VOTERS, "KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER", variable).replace(
      "apache/kafka:3.9.2",
      image,
    );
    const found = unsupportedKeys(parse(text)).map(({ key }) => key);
    assert.equal(found, [key === "metrics.reporters" ? "kafka.metrics.reporters" : key]);
  });
}

test("unsupportedKeys() too many nodes, and a service that is called as a file of the lab's", () => {
  const node = (i: number): string =>
    `  k${i}: {image: 'apache/kafka:3.9.2', environment: {KAFKA_PROCESS_ROLES: broker, ` +
    `KAFKA_NODE_ID: ${i}}}\n`;
  const many = (count: number): string =>
    `services:\n${Array.from({ length: count }, (_, i) => node(i)).join("")}`;
  assert.equal(unsupportedKeys(parse(many(50))), []);
  assert.equal(
    unsupportedKeys(parse(many(51))).map(({ service, key }) => [service, key]),
    [["k50", "services"]],
  );
  assert.equal(
    unsupportedKeys(parse(kafka(VOTERS).replace("  k:", "  owner.json:"))).map(({ key }) => key),
    ["the service's name"],
  );
});

test("moveToLoopback() tells file and line of a voter that is none", () => {
  for (const voters of ["1@k", "1@k:x", "1@evil\nhost:9093", "1@other:9093"]) {
    const at = { file: "c.yml", line: 7 };
    const node: DescribedNode = {
      service: "k",
      hostNames: ["k"],
      ports: [],
      properties: { listeners: "A://:9092,C://:9093", "controller.quorum.voters": voters },
      origins: { "controller.quorum.voters": at },
    };
    const ports = { link: 1, own: 2 };
    const here = { hostName: "box", manyLoopbacks: true };
    const known = (_: string, port: number): typeof ports | undefined => (port < 9094 ? ports : undefined);
    assert.is(
      outcome(() => moveToLoopback([node], known, here)),
      "BAD_COMPOSE:7",
      voters,
    );
  }
});

const times = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join("");
const TAIL = "services: {k: {image: x}}\n";

/** Nine lines that would be ten to the ninth values. */
const BOMB = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${times(8, (i) => {
  const [from, to] = ["abcdefgh"[i]!, "bcdefghi"[i]!];
  return `${to}: &${to} [${times(10, () => `*${from},`)}]\n`;
})}`;

const shapes: [what: string, text: string, expected: string][] = [
  ["an alias bomb", BOMB + TAIL, "BAD_COMPOSE:1"],
  [
    "an alias bomb by merge keys",
    times(30, (i) => `x${i}: &x${i} {<<: [${i === 0 ? "" : `*x${i - 1}, *x${i - 1}`}], k${i}: 1}\n`) + TAIL,
    "BAD_COMPOSE:1",
  ],
  ["an alias within itself", `a: &a [*a]\n${TAIL}`, "BAD_COMPOSE:1"],
  ["a merge key within itself", `a: &a\n  <<: *a\n${TAIL}`, "BAD_COMPOSE:2"],
  ["deep brackets", `a: ${"[".repeat(MAX_DEPTH + 2)}${"]".repeat(MAX_DEPTH + 2)}\n${TAIL}`, "BAD_COMPOSE:1"],
  ["very deep brackets", `a: ${"[".repeat(100_000)}${"]".repeat(100_000)}\n${TAIL}`, "BAD_COMPOSE:1"],
  ["brackets that stay open", `a: ${"[".repeat(200_000)}`, "BAD_COMPOSE:1"],
  ["deep dashes", `a:\n  ${"- ".repeat(100_000)}x\n${TAIL}`, "BAD_COMPOSE:2"],
  [
    "aliases in aliases",
    times(200, (i) => `x${i}: &x${i} {a: ${i === 0 ? 1 : `*x${i - 1}`}}\n`) + TAIL,
    "BAD_COMPOSE:1",
  ],
  ["too many tokens", `a: [${"x,".repeat(MAX_YAML_TOKENS)}]\n${TAIL}`, "BAD_COMPOSE:1"],
  ["too many documents", `---\n${TAIL}`.repeat(MAX_YAML_DOCUMENTS + 1), "BAD_COMPOSE:1"],
  [
    "too many ports",
    `services:\n${times(5, (i) => `  a${i}: {image: x, ports: ['1-65535:1-65535']}\n`)}`,
    "BAD_COMPOSE:undefined",
  ],
  ["all ports", "services: {k: {image: x, ports: ['1-65535:1-65535']}}\n", "read"],
  [
    "an extends bomb",
    `services:\n  b: {image: x, environment: {${times(900, (i) => `A${i}: 1, `)}}}\n` +
      `${times(900, (i) => `  s${i}: {extends: b, environment: {B: 1}}\n`)}`,
    "BAD_COMPOSE:undefined",
  ],
  [
    "a chain of extends",
    `services:\n${times(500, (i) => `  s${i}: {extends: s${i + 1}}\n`)}  s500: {image: x}\n`,
    "BAD_COMPOSE:102",
  ],
  [
    "deep variables",
    `services: {k: {image: x, hostname: "${"${A:-".repeat(MAX_DEPTH + 2)}${"}".repeat(MAX_DEPTH + 2)}"}}`,
    "BAD_COMPOSE:1",
  ],
  ["10,000 services", `services:\n${times(10_000, (i) => `  s${i}: {image: x}\n`)}`, "read"],
  [
    "30,000 variables",
    `services:\n  k:\n    image: x\n    environment:\n${times(30_000, (i) => `      K${i}: v\n`)}`,
    "read",
  ],
  ["a BOM", `\uFEFF${TAIL}`, "read"],
  ["tabs", "services:\n\tk:\n\t\timage: x\n", "BAD_COMPOSE:2"],
  ["a key twice", "services:\n  k:\n    image: x\n  k:\n    image: y\n", "BAD_COMPOSE:4"],
  ["nothing", "", "BAD_COMPOSE:undefined"],
  ["blanks", " \n\n", "BAD_COMPOSE:undefined"],
  ["comments", "# x\n".repeat(10), "BAD_COMPOSE:undefined"],
  ["a scalar", "hello\n", "BAD_COMPOSE:1"],
  ["a list", "- a\n", "BAD_COMPOSE:1"],
  ["null services", "services:\n", "BAD_COMPOSE:undefined"],
  ["a list of services", "services: [a]\n", "BAD_COMPOSE:undefined"],
  ["control characters", "services:\n  k: {image: \u0007}\n", "BAD_COMPOSE:2"],
  ["bytes", String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i)), "BAD_COMPOSE:1"],
];
for (const [what, text, expected] of shapes) {
  test(`parseCompose() ${what}`, () =>
    assert.is(
      outcome(() => parse(text)),
      expected,
    ));
  test(`diagnose() ${what}`, () => {
    const kind = /^services:/m.test(text) ? "compose" : "spring";
    const found = outcome(() => diagnose([{ file: "c.yml", text, kind }]));
    assert.match(found, /^(read|BAD_COMPOSE|BAD_CONFIGURATION)/);
    if (kind === "spring") assert.match(found, /^(read|BAD_CONFIGURATION:\d+)$/);
  });
}

test("diagnose() an alias bomb in an application file, and deep JSON", () => {
  assert.is(
    outcome(() => diagnose([{ file: "application.yml", text: `spring:\n${BOMB.replace(/^/gm, "  ")}` }])),
    "BAD_CONFIGURATION:1",
  );
  const text = `${'{"a":'.repeat(1000)}1${"}".repeat(1000)}`;
  assert.is(
    outcome(() => diagnose([{ file: "kafkajs.json", text, kind: "kafkajs" }])),
    "BAD_CONFIGURATION:1",
  );
});

const envs: [text: string, expected: string][] = [
  ["A=${A:?}", "BAD_COMPOSE:1"],
  ["A=1\nB=${", "BAD_COMPOSE:2"],
  ["A=1\n\n# x\nnot an assignment\n", "BAD_COMPOSE:4"],
  ['A="open\nB=1\n', "BAD_COMPOSE:1"],
  [`A=${"x".repeat(100)}\n${"A=$A$A\n".repeat(60)}`, "BAD_COMPOSE:16"],
  [times(50_000, (i) => `K${i}=v\n`), "read"],
  [`A=${" ".repeat(500_000)}x`, "read"],
  ["X=$constructor$__proto__\n", "read"],
];
for (const [text, expected] of envs) {
  test(`dotenv() ${quoted(text.slice(0, 40))}`, () =>
    assert.is(
      outcome(() => dotenv(text)),
      expected,
    ));
}

test("parseCompose() env files of many services are read once, and count each time", () => {
  let reads = 0;
  const readFile = (): string => (reads++, times(1000, (i) => `K${i}=v\n`));
  const text = (count: number): string =>
    `services:\n${times(count, (i) => `  s${i}: {image: x, env_file: e.env}\n`)}`;
  const read = (count: number): string =>
    outcome(() => parseCompose([{ file: "c.yml", text: text(count) }], { readFile }));
  assert.equal([read(100), reads], ["read", 1]);
  assert.is(read(MAX_VALUES / 1000 + 1), "BAD_COMPOSE:undefined");
});

test("parseCompose() takes no variable from what every object inherits", () => {
  const [k] = parse(
    "services: {k: {image: x, environment: {A: '${constructor}${toString}', valueOf: }}}",
  ).services;
  assert.equal(k!.environment, { A: "" });
});

test("parseInspect() and readProbe() take only plain names from a container's own words", () => {
  const probe = "2: eth0@if7    inet 10.0.0.2/16\n3: a;reboot    inet 10.0.0.3/16\niptables iptables;id\n";
  assert.equal([readProbe(probe).interfaces, readProbe(probe).iptables], [["eth0"], undefined]);
  assert.equal(parseInspect("[]"), []);
});

test("named() no broker", () =>
  assert.equal([named([]), named([1]), named([1, 2, 3])], ["no broker", "broker 1", "brokers 1, 2 and 3"]));
test.run();
