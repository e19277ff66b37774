// Values that Kafka refuses, in every place that takes them: each is said, and nothing is computed with it.

import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertNames } from "./refusal.ts";
import { parseCompose, refusedSettings } from "../../sdk/compose/mod.ts";
import { diagnose, type DiagnoseInput } from "../../sdk/analysis/diagnose/mod.ts";
import { LabError } from "../../sdk/model/errors.ts";
import { type LabOptions, startLab } from "@kafka-failure-lab/sdk";
import { fromCompose } from "../../sdk/analysis/predict/mod.ts";
import { writeOut } from "../../sdk/client/settings.ts";
import { predictCommand } from "../../scripts/predict/command.ts";
import { COMPOSE } from "./diagnose/bases.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What no text for a reader has in it. */
const BAD = /NaN|undefined|\[object|Infinity/;

const found = (
  file: string,
  text: string,
  kind?: DiagnoseInput["kind"],
): [rule: string, key: string, line: number][] =>
  diagnose([{ file, text, ...(kind && { kind }) }])
    .filter(({ rule }) => rule === "refused-value" || rule === "topic-name")
    .map(({ rule, evidence: [first] }) => [rule, first!.key, first!.line]);
const withSetting = (name: string, value: string): string =>
  COMPOSE.replace("KAFKA_LOG_DIRS: /data\n", () => `KAFKA_LOG_DIRS: /data\n      ${name}: ${value}\n`);
const project = (text: string): ReturnType<typeof parseCompose> => parseCompose([{ file: "c.yml", text }]);
const lineOf = (text: string, word: string): number => text.slice(0, text.indexOf(word)).split("\n").length;

const SESSION = "KAFKA_BROKER_SESSION_TIMEOUT_MS";
const REFUSED: readonly (readonly [variable: string, value: string])[] = [
  ...["ten", '""', '"0x10"', "-1", "5s", "1e20", "0"].map((value) => [SESSION, value] as const),
  ["KAFKA_AUTO_CREATE_TOPICS_ENABLE", '"yes"'],
  ["KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE", "1"],
  ["KAFKA_NUM_PARTITIONS", "0"],
  ["KAFKA_LOG_RETENTION_BYTES", "1GB"],
  ["KAFKA_COMPRESSION_TYPE", "zip"],
];

for (const [variable, value] of REFUSED) {
  const text = withSetting(variable, value);
  test(`${variable}: ${value} is refused with its line by diagnose() and fromCompose()`, () => {
    assert.equal(found("c.yml", text), [["refused-value", variable, lineOf(text, `${variable}:`)]]);
    assert.throws(
      () => fromCompose(project(text), { fault: { kind: "kill", targets: [1] } }),
      (error: unknown) =>
        error instanceof LabError &&
        error.code === "BAD_COMPOSE" &&
        error.facts.file === "c.yml" &&
        error.facts.line === lineOf(text, `${variable}:`),
    );
  });
}
test("MIN_INSYNC_REPLICAS: two is refused, and no other finding speaks of it", () => {
  const text = COMPOSE.replace("MIN_INSYNC_REPLICAS: 2", "MIN_INSYNC_REPLICAS: two");
  const all = diagnose([
    { file: "c.yml", text },
    { file: "producer.properties", text: "bootstrap.servers=a:1,b:1\nacks=1\n" },
  ]);
  assert.ok(all.some(({ rule }) => rule === "refused-value"));
  const speaks = all.filter(({ evidence }) =>
    evidence.some(({ key }) => key === "KAFKA_MIN_INSYNC_REPLICAS"),
  );
  assert.equal(
    speaks.map(({ rule }) => rule),
    ["refused-value"],
  );
  assert.not.ok(all.some(({ happens, fix }) => BAD.test(happens + fix)));
  assert.is(refusedSettings(project(text)).length, 3); // one a node, through the anchor
});
for (const [from, to] of [
  ["KAFKA_NODE_ID: 2", 'KAFKA_NODE_ID: ""'],
  ["KAFKA_NODE_ID: 2", "KAFKA_NODE_ID: 2147483648"],
  ["KAFKA_NODE_ID: 2", "KAFKA_NODE_ID: -2"],
  ["KAFKA_LISTENERS: INTERNAL://:19092", "KAFKA_LISTENERS: INTERNAL://:99999"],
  ["EXTERNAL://localhost:29092", "EXTERNAL://localhost:65536"],
  ["2@kafka-2:9093", "2@kafka-2:99093"],
  ["2@kafka-2:9093", "2147483648@kafka-2:9093"],
  ["2@kafka-2:9093", "@kafka-2:9093"],
] as const)
  test(`${to} is an error for diagnose() and for fromCompose()`, () => {
    const text = COMPOSE.replace(from, to);
    assert.not.equal(text, COMPOSE);
    assert.ok(diagnose([{ file: "c.yml", text }]).some(({ severity }) => severity === "error"));
    assert.throws(
      () => fromCompose(project(text), { fault: { kind: "kill", targets: [1] } }),
      (error: unknown) => error instanceof LabError && error.code === "BAD_COMPOSE",
    );
  });
for (const [from, to] of [
  ["INTERNAL://:19092,EXTERNAL://:9092", "INTERNAL://:19092,EXTERNAL://:99999"],
  ["KAFKA_PROCESS_ROLES: broker,controller", "KAFKA_PROCESS_ROLES: brokr"],
] as const)
  test(`${to} is one error, and no rule draws conclusions from it`, () => {
    const text = COMPOSE.replace(from, to);
    assert.not.equal(text, COMPOSE);
    const rules = diagnose([{ file: "c.yml", text }], { severity: "error" }).map(({ rule }) => rule);
    assert.equal(rules, ["refused-value"]);
  });
test("a port above 65535 is an error for kafkajs and librdkafka, too", () => {
  assert.equal(found("kafkajs.json", '{ "clientId": "x", "brokers": ["a:1", "b:70000"] }'), [
    ["refused-value", "brokers", 1],
  ]);
  assert.equal(found("rd.json", '{ "bootstrap.servers": "a:1,b:70000" }', "librdkafka"), [
    ["refused-value", "bootstrap.servers", 1],
  ]);
  assert.equal(found("kafkajs.json", '{ "clientId": "x", "brokers": ["a", "b:9092"] }'), []);
});
test("a setting that Kafka only warns of, and one that a provider fills in, are no errors", () => {
  assert.equal(found("c.yml", withSetting("KAFKA_NO_SUCH_SETTING", "ten")), []);
  const provided = withSetting(SESSION, '"$${env:SESSION}"\n      KAFKA_CONFIG_PROVIDERS: env');
  assert.equal(found("c.yml", provided), []);
  assert.equal(refusedSettings(project(provided)), []);
});
test("refusedSettings() goes by the version that runs", () => {
  const text = withSetting("KAFKA_LOG_CLEANUP_POLICY", "compact,compact");
  assert.is(refusedSettings(project(text)).length, 0);
  assert.is(refusedSettings(project(text), "4.4.0").length, 3);
});

test("the topic a/b is refused by diagnose(), fromCompose(), startLab(), probes and the app", async () => {
  const kafkajs = '{ "clientId": "x", "brokers": ["a:1", "b:1"], "subscribe": { "topics": ["ok", "a/b"] } }';
  assert.equal(found("kafkajs.json", kafkajs), [["topic-name", "subscribe.topics", 1]]);
  const source =
    'class C { @KafkaListener(id = "x", topics = "a/b") void f() {} }\n// @KafkaListener(topics = "c/d")';
  assert.equal(found("C.java", source), [["topic-name", "topic", 1]]);
  const compose = project(COMPOSE);
  const fault = { kind: "kill", targets: [1] } as const;
  assert.throws(() => fromCompose(compose, { fault, topic: { topic: "a/b" } }), TypeError);
  assert.throws(() => writeOut({ topic: "a/b" }, ["a:1"]), TypeError);
  assert.throws(() => writeOut({ bootstrap: ["a:70000"] }, ["a:1"]), TypeError);
  const error = await startLab({ topic: { name: "a/b" } }).catch((error: unknown) => error);
  assert.instance(error, RangeError);
  const app = spawnSync(process.execPath, ["--import", "tsx", "scripts/app.ts", "--topic", "a/b"], {
    cwd: root,
    encoding: "utf8",
  });
  assert.is(app.status, 1);
  assertNames(app.stderr.split("\n", 1)[0]!, ['--topic "a/b"']);
});
test("startLab() refuses properties and a topic's settings before anything starts", async () => {
  const all: LabOptions[] = [
    { properties: { "broker.session.timeout.ms": "ten" } },
    { properties: { "min.insync.replicas": "0" } },
    { topic: { config: { "retention.ms": "5s" } } },
  ];
  for (const options of all) {
    const error = await startLab(options).catch((error: unknown) => error);
    assert.instance(error, TypeError);
  }
});
test("a Java probe's properties are parsed as its producer and its consumer do", () => {
  const out = (properties: Record<string, string>): unknown =>
    writeOut({ client: "java", properties }, ["a:1"]);
  for (const [name, value] of [
    ["linger.ms", "5s"],
    ["max.block.ms", "-1"],
    ["enable.idempotence", "yes"],
    ["isolation.level", "serializable"],
    ["session.timeout.ms", ""],
  ] as const)
    assert.throws(() => out({ [name]: value }), TypeError, name);
  assert.ok(out({ "no.such.setting": "ten", retries: " +3 ", acks: " all " }));
});

const predictIt = (...args: string[]): [code: number, err: string] => {
  const { exitCode, err } = predictCommand(args, { cwd: root, env: {} });
  return [exitCode, err];
};
for (const args of [
  ["--kafka", "99"],
  ["--kafka", "4.99"],
  ["--bootstrap", "99"],
  ["--bootstrap", "0x1"],
  ["--leader", "1e0"],
  ["--fault", "lose", "--percent", ""],
])
  test(`predict ${args.join(" ")} is refused`, () => {
    const [code, err] = predictIt(...args);
    assert.is(code, 1);
    assertNames(err.split("\n", 1)[0]!, [args.at(-1) || '""']);
    assert.not.match(err, /\n\s+at |NaN|undefined/);
  });
test("diagnose() refuses a Kafka version that there is not", () =>
  assert.throws(() => diagnose([{ file: "c.yml", text: COMPOSE }], { kafka: "99" }), RangeError));
test.run();
