// diagnose() of consumers: what is no misconfiguration, what the posted application has, the page of rules.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnose, type DiagnoseOptions, RULES } from "../../sdk/analysis/diagnose/mod.ts";
import {
  JAVA_DEFAULTS,
  KAFKAJS_DEFAULTS,
  LIBRDKAFKA_DEFAULTS,
} from "../../sdk/analysis/diagnose/known/clients.ts";
import { JAVA_CONSUMER } from "../../sdk/analysis/diagnose/known/java-names.ts";
import { RD_CONSUMER } from "../../sdk/analysis/diagnose/known/librdkafka-names.ts";
import { COMPOSE, CONSUMER, KAFKAJS, SERVER, SPRING } from "./diagnose/bases.ts";
import type { Files } from "./diagnose/case.ts";
import { STREAMS } from "./diagnose/sets.ts";

type Finding = ReturnType<typeof diagnose>[number];

const of = (files: Files, options?: DiagnoseOptions): Finding[] =>
  diagnose(
    Object.entries(files).map(([file, text]) => ({ file, text })),
    options,
  );
const rules = (found: readonly Finding[]): string[] => found.map(({ rule }) => rule);

// ── what is no misconfiguration

const STRATEGY = "partition.assignment.strategy";
const BOOTSTRAP = "localhost:29091,localhost:29092";

test("a Java consumer with Kafka's defaults written out has no finding but that latest skips", () => {
  const lines = Object.entries(JAVA_DEFAULTS)
    .filter(([key]) => JAVA_CONSUMER.has(key))
    .map(([key, value]) => `${key}=${value}\n`);
  assert.ok(lines.length > 10, `${lines.length}`);
  const text = `bootstrap.servers=${BOOTSTRAP}\ngroup.id=g\n${lines.join("")}`;
  const files = { "compose.yml": COMPOSE, "consumer.properties": text };
  assert.equal(rules(of(files)), ["offset-reset-new-partitions"]);
});
test("a kafkajs consumer with kafkajs's defaults written out has only the note about whole batches", () => {
  const {
    sessionTimeout,
    heartbeatInterval,
    rebalanceTimeout,
    maxWaitTimeInMs,
    maxBytes,
    maxBytesPerPartition,
  } = Object.fromEntries(Object.entries(KAFKAJS_DEFAULTS).map(([key, value]) => [key, Number(value)]));
  const consumer = {
    groupId: "g",
    sessionTimeout,
    heartbeatInterval,
    rebalanceTimeout,
    maxWaitTimeInMs,
    maxBytes,
    maxBytesPerPartition,
  };
  const run = { autoCommit: true, eachBatchAutoResolve: true };
  const text = JSON.stringify({ brokers: BOOTSTRAP.split(","), consumer, run });
  assert.equal(rules(of({ "compose.yml": COMPOSE, "kafkajs.json": text })), ["kafkajs-batch-resolved-whole"]);
});
test("a librdkafka consumer with its defaults written out has only notes of their own", () => {
  const given = Object.entries(LIBRDKAFKA_DEFAULTS).filter(([key]) => RD_CONSUMER.has(key));
  const text = JSON.stringify({
    "bootstrap.servers": BOOTSTRAP,
    "group.id": "g",
    ...Object.fromEntries(given),
  });
  assert.equal(rules(of({ "compose.yml": COMPOSE, "consumer.json": text })).sort(), [
    "librdkafka-offset-before-processing",
    "offset-reset-new-partitions",
  ]);
});

const SILENT: readonly (readonly [what: string, rule: string, files: Files])[] = [
  [
    "assignors of clients that dial other brokers",
    "assignors-not-in-common",
    {
      "consumer.properties": CONSUMER,
      "kafkajs.json": KAFKAJS.replace('"k"', '"g"').replace(/localhost/g, "other.example"),
    },
  ],
  [
    "assignors of kafkajs that the program gives",
    "assignors-not-in-common",
    {
      "consumer.properties": CONSUMER,
      "kafkajs.json": KAFKAJS.replace('"groupId": "k"', '"groupId": "g", "partitionAssigners": "own"'),
    },
  ],
  [
    "an assignor of one's own",
    "assignor-unknown",
    { "consumer.properties": `${CONSUMER}partition.assignment.strategy=com.example.MyAssignor\n` },
  ],
  [
    "an assignor of Kafka Streams, which has its own",
    "assignor-unknown",
    { "streams.properties": `${STREAMS}${STRATEGY}=range\n` },
  ],
  [
    "Kafka's default list of assignors, written out",
    "assignors-eager-and-cooperative",
    {
      "consumer.properties": `${CONSUMER}${STRATEGY}=${JAVA_DEFAULTS[STRATEGY]}\n`,
    },
  ],
  [
    "an instance id of each container",
    "group-instance-id-shared",
    {
      "compose.yml": `${COMPOSE}  app:
    image: app
    scale: 3
    environment:
      SPRING_KAFKA_BOOTSTRAP_SERVERS: kafka-1:19092,kafka-2:19092
      SPRING_KAFKA_CONSUMER_PROPERTIES_GROUP_INSTANCE_ID: $\${HOSTNAME}
`,
    },
  ],
  [
    "an instance id in two profiles of one application",
    "group-instance-id-shared",
    {
      "application.yml": ["a", "b"].reduce(
        (text, profile) =>
          `${text}---\nspring:\n  config.activate.on-profile: ${profile}\n  ` +
          "kafka.consumer.properties:\n    " +
          "group.instance.id: one\n",
        SPRING,
      ),
    },
  ],
  [
    "the same instance id in another group",
    "group-instance-id-shared",
    {
      "consumer-1.properties": `${CONSUMER}group.instance.id=one\n`,
      "consumer-2.properties": `${CONSUMER.replace("group.id=g", "group.id=h")}group.instance.id=one\n`,
    },
  ],
  [
    "a group that Spring's listeners name",
    "group-id-missing",
    { "application.yml": SPRING.replace("group-id: g", "enable-auto-commit: true") },
  ],
  [
    "a transactional producer of another file",
    "auto-commit-beside-transactions",
    {
      "consumer.properties": `${CONSUMER}enable.auto.commit=true\n`,
      "producer.properties": `bootstrap.servers=${BOOTSTRAP}\ntransactional.id=t\n`,
    },
  ],
  [
    "offsets that are kept longer than records",
    "offsets-expire-before-records",
    { "server.properties": `${SERVER}log.retention.hours=24\n` },
  ],
  [
    "as many threads as partitions",
    "spring-concurrency-above-partitions",
    {
      "server.properties": `${SERVER}num.partitions=3\n`,
      "application.yml": SPRING.replace("ack-mode: batch", "concurrency: 3"),
    },
  ],
  [
    "topics that are not created at first use",
    "spring-concurrency-above-partitions",
    {
      "server.properties": `${SERVER}auto.create.topics.enable=false\n`,
      "application.yml": SPRING.replace("ack-mode: batch", "concurrency: 3"),
    },
  ],
];
for (const [what, rule, files] of SILENT)
  test(`${rule} is silent about ${what}`, () => assert.not.ok(rules(of(files)).includes(rule)));

test("poll-interval-short leaves the judgement to a stated time for a record", () => {
  const files = { "consumer.properties": `${CONSUMER}max.poll.interval.ms=5000\n` };
  assert.ok(rules(of(files)).includes("poll-interval-short"));
  assert.not.ok(rules(of(files, { recordTime: "1ms" })).includes("poll-interval-short"));
});

// ── the posted application

test("the posted session and poll interval are not given an effect that would do harm", () => {
  const file = "test/unit/diagnose/fixtures/application.yml";
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  const actions = Object.fromEntries(
    of({ [file]: text })
      .filter(({ rule }) => rule === "spring-ignored-key")
      .map(({ evidence, edits }) => [evidence[0]!.key, edits[0]!.action]),
  );
  assert.is(actions["spring.kafka.consumer.session.timeout.ms"], "remove");
  assert.is(actions["spring.kafka.consumer.max.poll.interval.ms"], "remove");
  assert.is(actions["spring.kafka.consumer.heartbeat.interval.ms"], "rename");
});
test("the posted session gets its effect where the brokers allow it", () => {
  const [found] = of({
    "server.properties": `${SERVER}group.min.session.timeout.ms=1000\n`,
    "application.yml": SPRING.replace("group-id: g", "session.timeout.ms: 1000"),
  }).filter(({ rule }) => rule === "spring-ignored-key");
  assert.is(found?.edits[0]?.action, "rename");
});
test("the posted consumer, bound, is refused by the brokers and has a second for each poll", () => {
  const text = SPRING.replace(
    "session.timeout.ms: 45000",
    "session.timeout.ms: 1000\n        max.poll.interval.ms: 1000",
  ).replace("heartbeat-interval: 3s", "heartbeat-interval: 300");
  assert.equal(
    of({ "compose.yml": COMPOSE, "application.yml": text }).map(
      ({ severity, rule }) => `${severity} ${rule}`,
    ),
    ["error session-below-minimum", "warning poll-interval-short"],
  );
});

// ── severities that depend on the client

const SEVERITIES: readonly (readonly [rule: string, severity: string, files: Files])[] = [
  [
    "spring-ack-mode-without-effect",
    "error",
    {
      "application.yml": SPRING.replace("ack-mode: batch", "async-acks: true").replace(
        "group-id: g",
        "enable-auto-commit: true",
      ),
    },
  ],
  [
    "kafkajs-fetch-wait-against-session",
    "error",
    { "kafkajs.json": KAFKAJS.replace("30000 }", '30000, "maxWaitTimeInMs": 30000 }') },
  ],
  [
    "kafkajs-fetch-wait-against-session",
    "warning",
    { "kafkajs.json": KAFKAJS.replace("30000 }", "10000 }") },
  ],
  ["group-id-missing", "error", { "kafkajs.json": KAFKAJS.replace('"k"', '""') }],
  ["offsets-expire-before-records", "note", { "server.properties": `${SERVER}log.retention.hours=720\n` }],
  [
    "offsets-expire-before-records",
    "warning",
    { "server.properties": `${SERVER}offsets.retention.minutes=60\n` },
  ],
];
SEVERITIES.forEach(([rule, severity, files], i) =>
  test(`${rule} is of severity ${severity} (${i + 1})`, () =>
    assert.equal(
      of(files)
        .filter((finding) => finding.rule === rule)
        .map((finding) => finding.severity),
      [severity],
    )),
);

// ── the page

test("the page names rules that exist, each with its severity", () => {
  const page = readFileSync(new URL("../../docs/diagnose-consumers.md", import.meta.url), "utf8");
  const known = new Map(RULES.map(({ id, severity }) => [id, severity]));
  const rows = page.split("\n").filter((line) => /^\| `[a-z-]+`.* \| [EWN/]+ \|/.test(line));
  assert.ok(rows.length > 35, `${rows.length}`);
  const wrong = rows.flatMap((row) => {
    const [, names = "", letters = ""] = row.split("|");
    return [...names.matchAll(/`([a-z-]+)`/g)].flatMap(([, id]) => {
      const severity = known.get(id!);
      return severity !== undefined && letters.includes(severity[0]!.toUpperCase())
        ? []
        : [`${id} ${severity}`];
    });
  });
  assert.equal(wrong, []);
});

test.run();
