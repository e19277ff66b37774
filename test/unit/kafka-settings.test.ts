// Settings as Kafka parses them. What Kafka says was asked of the jars (test/live/settings.local.test.ts).

import { test } from "uvu";
import * as assert from "uvu/assert";
import { BROKER_DEFAULTS } from "../../sdk/kafka/defaults.ts";
import {
  brokerFlag,
  brokerNumber,
  checkProperties,
  checkRelease,
  checkTopicName,
  DEFINED_VERSIONS,
  definitionsOf,
  type Kind,
  parseSetting,
  readAddress,
  readBootstrap,
  readListener,
  readVoter,
  refusalOf,
  settingNames,
  topicNameFault,
} from "../../sdk/kafka/mod.ts";
import { PINNED_KAFKA } from "../../sdk/engine/local/supply/mod.ts";

const session = "broker.session.timeout.ms";
const invalid = (name: string, value: string, why: string): string =>
  `Invalid value ${value} for configuration ${name}: ${why}`;

/** Kind, name, version, text, and what Kafka says of it; null where it takes it. */
const CASES: readonly (readonly [Kind, string, string, string, string | null])[] = [
  ...["ten", "", "0x10", "5s", "1e20", "1.5", "2147483648", "1_000", "--1", "1 000"].map(
    (text) => ["broker", session, "4", text, invalid(session, text, "Not a number of type INT")] as const,
  ),
  ...["9000", "+5", " 7 ", "-0", "007", "2147483647", "\t8\n"].map(
    (text) => ["broker", session, "4", text, null] as const,
  ),
  ["broker", "node.id", "3.9", "2147483648", invalid("node.id", "2147483648", "Not a number of type INT")],
  ["broker", "node.id", "4.0", "-1", invalid("node.id", "-1", "Value must be at least 0")],
  [
    "broker",
    "min.insync.replicas",
    "3.9",
    "0",
    invalid("min.insync.replicas", "0", "Value must be at least 1"),
  ],
  ["topic", "retention.ms", "4", "9223372036854775807", null],
  [
    "topic",
    "retention.ms",
    "4",
    "9223372036854775808",
    invalid("retention.ms", "9223372036854775808", "Not a number of type LONG"),
  ],
  [
    "broker",
    "log.cleaner.min.cleanable.ratio",
    "4",
    "1e20",
    invalid("log.cleaner.min.cleanable.ratio", "1.0E20", "Value must be no more than 1"),
  ],
  ["broker", "log.cleaner.min.cleanable.ratio", "4", "0x1p-1", null],
  ["producer", "enable.idempotence", "4", " TRUE ", null],
  [
    "producer",
    "enable.idempotence",
    "4",
    "yes",
    invalid("enable.idempotence", "yes", "Expected value to be either true or false"),
  ],
  ["producer", "acks", "4", "2", invalid("acks", "2", "String must be one of: all, -1, 0, 1")],
  ["producer", "transactional.id", "4", " ", invalid("transactional.id", "", "String must be non-empty")],
  ["producer", "security.protocol", "4", "ssl", null],
  [
    "consumer",
    "auto.offset.reset",
    "3.9",
    "by_duration:PT1S",
    invalid("auto.offset.reset", "by_duration:PT1S", "String must be one of: latest, earliest, none"),
  ],
  ["consumer", "auto.offset.reset", "4", "by_duration:PT1S", null],
  ["broker", "process.roles", "3.9", "broker,broker", null],
  [
    "broker",
    "process.roles",
    "4",
    "broker,broker",
    "Configuration 'process.roles' values must not be duplicated.",
  ],
  [
    "broker",
    "process.roles",
    "3.9",
    "brokr",
    invalid("process.roles", "brokr", "String must be one of: broker, controller"),
  ],
  [
    "broker",
    "compression.gzip.level",
    "4",
    "0",
    invalid("compression.gzip.level", "0", "Value must be between 1 and 9 or equal to -1"),
  ],
  [
    "broker",
    "principal.builder.class",
    "4",
    "",
    invalid("principal.builder.class", "", "Class  could not be found."),
  ],
  ["broker", "controller.quorum.voters", "4", "1@a:99999", "port out of range:99999"],
  [
    "broker",
    "controller.quorum.voters",
    "4",
    "3000000000@a:1",
    "Failed to parse voter ID as an integer from 3000000000",
  ],
  ["broker", "inter.broker.protocol.version", "3.9", "3.9", null],
  [
    "broker",
    "inter.broker.protocol.version",
    "3.9",
    "9",
    invalid("inter.broker.protocol.version", "9", "Version 9 is not a valid version"),
  ],
];

for (const [kind, name, version, text, expected] of CASES)
  test(`parseSetting(): ${name}=${JSON.stringify(text)} in Kafka ${version}: ${expected ?? "taken"}`, () => {
    const [definition] = definitionsOf(kind, name, version);
    const reading = parseSetting(name, definition!, text);
    assert.is("reason" in reading ? reading.reason : null, expected);
  });

test("definitions.json has the versions that are pinned, and each setting has a type", () => {
  assert.equal(DEFINED_VERSIONS, PINNED_KAFKA);
  for (const kind of ["broker", "topic", "producer", "consumer", "admin"] as const)
    for (const name of settingNames(kind))
      for (const version of DEFINED_VERSIONS)
        for (const { type } of definitionsOf(kind, name, version)) assert.ok(type, name);
});
test("each default in the table is a value that Kafka takes", () => {
  for (const kind of ["broker", "topic", "producer", "consumer", "admin"] as const)
    for (const version of DEFINED_VERSIONS)
      for (const name of settingNames(kind, version)) {
        const [definition] = definitionsOf(kind, name, version);
        const reading =
          definition!.default === undefined ? {} : parseSetting(name, definition!, definition!.default);
        if (definition!.type !== "LIST") assert.not.ok("reason" in reading, `${kind} ${name}`);
      }
});
test("BROKER_DEFAULTS are the table's, but for synonyms and names that have no default", () => {
  const differing = Object.entries(BROKER_DEFAULTS).filter(
    ([name, value]) => !definitionsOf("broker", name, null).some((one) => (one.default ?? "") === value),
  );
  assert.equal(differing, [["log.dirs", "/tmp/kafka-logs"]]);
});
test("definitionsOf() takes a version by its major number, and both where it is not known", () => {
  const types = (kafka: string | null): number => definitionsOf("broker", "node.id", kafka).length;
  assert.equal([types("3.7.1"), types("4.9"), types("5"), types("latest"), types(null)], [1, 1, 1, 2, 2]);
  assert.equal(definitionsOf("broker", "no.such.setting", null), []);
  assert.equal(definitionsOf("broker", "constructor", null), []);
  assert.equal(definitionsOf("broker", "zookeeper.connect", "4.4.0"), []);
});
test("refusalOf() refuses only what every version refuses where the version is not known", () => {
  assert.is(refusalOf("broker", "process.roles", "broker,broker", null), undefined);
  assert.ok(refusalOf("broker", "process.roles", "broker,broker", "4.4.0"));
  assert.ok(refusalOf("broker", "process.roles", "brokr", null));
  assert.is(refusalOf("broker", "my.own.setting", "anything", null), undefined);
});
test("refusalOf() knows what Kafka refuses later: ports, and timers of no length", () => {
  const refused = (kind: Kind, name: string, text: string): boolean =>
    refusalOf(kind, name, text, "4") !== undefined;
  assert.ok(refused("broker", "listeners", "PLAINTEXT://:65536"));
  assert.not.ok(refused("broker", "listeners", "PLAINTEXT://:65535,CONTROLLER://[::1]:0"));
  assert.ok(refused("broker", "advertised.listeners", "PLAINTEXT://a:-1"));
  assert.ok(refused("producer", "bootstrap.servers", "a:1,b:70000"));
  assert.not.ok(refused("consumer", "bootstrap.servers", "PLAINTEXT://a:1, b:2"));
  assert.ok(refused("broker", session, "-1"));
  assert.ok(refused("broker", session, "0"));
  assert.not.ok(refused("broker", session, "1"));
});
test("brokerNumber() and brokerFlag() take the default for what Kafka refuses", () => {
  const properties = {
    "min.insync.replicas": "two",
    "default.replication.factor": "+3",
    "auto.create.topics.enable": "yes",
  };
  assert.is(brokerNumber(properties, "min.insync.replicas"), 1);
  assert.is(brokerNumber(properties, "default.replication.factor"), 3);
  assert.is(brokerNumber({ [session]: "0x10" }, session), 9000);
  assert.is(brokerFlag(properties, "auto.create.topics.enable"), true);
  assert.is(
    brokerFlag({ "unclean.leader.election.enable": " TRUE " }, "unclean.leader.election.enable"),
    true,
  );
});
test("checkProperties() refuses what Kafka would, but no unknown name and no provider's value", () => {
  assert.throws(() => checkProperties({ [session]: "ten" }, null), TypeError);
  assert.throws(() => checkProperties({ [session]: 5 as unknown as string }, null), TypeError);
  checkProperties({ [session]: "${file:/x:y}", "no.such": "ten" }, null);
});

const fault = (read: object | { fault: string }): string | null => ("fault" in read ? read.fault : null);
test("addresses have a host and a port from 0 to 65535", () => {
  assert.equal(readAddress("[::1]:9", "x"), { host: "::1", port: 9 });
  assert.equal(readListener("PLAINTEXT://:9092"), { name: "PLAINTEXT", host: "", port: 9092 });
  assert.equal(readVoter("1@a-b_c.d:65535"), { id: 1, host: "a-b_c.d", port: 65535 });
  assert.equal(readBootstrap("PLAINTEXT://a:1"), { host: "a", port: 1 });
  assert.is(fault(readListener("PLAINTEXT://a:65536")), "port out of range:65536");
  assert.is(fault(readListener("PLAINTEXT://a")), "Unable to parse PLAINTEXT://a to a broker endpoint");
  assert.is(fault(readBootstrap("a:70000")), "Invalid port in bootstrap.servers: a:70000");
  assert.is(fault(readBootstrap("a")), "Invalid url in bootstrap.servers: a");
  for (const text of [
    "",
    "1",
    "1@a",
    "@a:1",
    "a@b:1",
    "1@a:b",
    "1@a@b:1",
    "-1@a:1",
    "2147483648@a:1",
    "1@a:99999999999",
  ])
    assert.ok(fault(readVoter(text)), text);
});

test("a topic's name is Kafka's: up to 249 of [a-zA-Z0-9._-], and neither . nor ..", () => {
  for (const name of ["a", "a.b_c-D9", "...", "x".repeat(249)])
    assert.is(topicNameFault(name), undefined, name);
  for (const name of ["", ".", "..", "a/b", "ä", "a b", "a\n", "x".repeat(250)]) {
    assert.ok(topicNameFault(name), name);
    assert.throws(() => checkTopicName(name), TypeError);
  }
  assert.throws(() => checkTopicName(5 as unknown as string), TypeError);
});
test("checkRelease() refuses versions that there are not", () => {
  for (const text of ["latest", "3", "3.9", "3.9.2", "4.4.0", "3.9.0-debian-12-r1", "2.8", "0.11"])
    checkRelease(text);
  for (const text of ["99", "9", "3.10", "4.99", "", "four", "-1", "3.x", "constructor"])
    assert.throws(() => checkRelease(text), RangeError, text);
});
test.run();
