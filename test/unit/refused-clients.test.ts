// Clients' values that Kafka refuses, and those that Spring Boot converts before Kafka sees them.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnose } from "../../sdk/analysis/diagnose/mod.ts";

const found = (file: string, text: string): [rule: string, key: string, line: number][] =>
  diagnose([{ file, text }])
    .filter(({ rule }) => rule === "refused-value" || rule === "topic-name")
    .map(({ rule, evidence: [first] }) => [rule, first!.key, first!.line]);

test("diagnose() refuses clients' values in properties files", () => {
  const text = "bootstrap.servers=a:1,b:70000\nacks=2\nlinger.ms=5s\nenable.idempotence=yes\nretries=3\n";
  assert.equal(found("producer.properties", text), [
    ["refused-value", "bootstrap.servers", 1],
    ["refused-value", "acks", 2],
    ["refused-value", "linger.ms", 3],
    ["refused-value", "enable.idempotence", 4],
  ]);
  assert.equal(found("consumer.properties", "group.id=g\nmax.poll.records=0\nlinger.ms=5s\n"), [
    ["refused-value", "max.poll.records", 2],
  ]);
  assert.equal(found("producer.properties", "bootstrap.servers=a:1\nlinger.ms=${LINGER}\n"), []);
});

const springWith = (...lines: string[]): string =>
  ["spring:", "  kafka:", "    bootstrap-servers: a:1,b:1", ...lines.map((line) => `    ${line}`), ""].join(
    "\n",
  );
test("diagnose() lets Spring Boot convert its own fields before Kafka sees them", () => {
  const text = springWith(
    "consumer:",
    "  heartbeat-interval: 5s",
    "  enable-auto-commit: no",
    "  fetch-max-wait: PT0.5S",
    "  fetch-min-size: 1KB",
    "  isolation-level: read-committed",
    "  max-poll-records: 0x10",
    "  properties:",
    "    check.crcs: yes",
    "    session.timeout.ms: 45_000",
    "producer:",
    "  batch-size: 16KB",
    "  retries: ${RETRIES}",
  );
  assert.equal(found("application.yml", text), []);
});
test("diagnose() refuses what Spring Boot cannot convert, and what Kafka then refuses", () => {
  const text = springWith(
    "consumer:",
    "  heartbeat-interval: 5 seconds",
    "  max-poll-records: 0",
    "  enable-auto-commit: maybe",
    "  properties:",
    '    check.crcs: "yes"',
    "    session.timeout.ms: 45s",
    "admin:",
    "  properties:",
    "    retries: many",
    "template:",
    "  default-topic: a/b",
  );
  assert.equal(
    found("application.yml", text).map(([rule, key]) => `${rule} ${key.replace("spring.kafka.", "")}`),
    [
      "refused-value consumer.heartbeat-interval",
      "refused-value consumer.max-poll-records",
      "refused-value consumer.enable-auto-commit",
      "refused-value consumer.properties.check.crcs",
      "refused-value consumer.properties.session.timeout.ms",
      "refused-value admin.properties.retries",
      "topic-name template.default-topic",
    ],
  );
  const properties =
    "spring.kafka.bootstrap-servers=a:1,b:1\nspring.kafka.producer.properties.enable.idempotence=yes\n";
  assert.is(found("application.properties", properties).length, 1);
});
test.run();
