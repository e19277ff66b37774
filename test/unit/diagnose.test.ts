import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "./refusal.ts";
import {
  diagnose,
  diagnosisLines,
  RULES,
  sarif,
  type DiagnoseOptions,
} from "../../sdk/analysis/diagnose/mod.ts";
import type { ErrorCode } from "../../sdk/model/errors.ts";
import { APACHE_COMPOSE, APACHE_MOUNTED, APACHE_PROPERTIES } from "./diagnose/apache.ts";
import { BITNAMI, COMPOSE, CONSUMER, PRODUCER, SERVER, SPRING } from "./diagnose/bases.ts";

type Found = ReturnType<typeof diagnose>;

const root = new URL("../../", import.meta.url);
const read = (file: string): { file: string; text: string } => ({
  file,
  text: readFileSync(new URL(file, root), "utf8"),
});
const of = (text: string, file = "compose.yml", options?: DiagnoseOptions): Found =>
  diagnose([{ file, text }], options);
const rules = (found: Found): string[] => found.map(({ rule }) => rule);
const location = (found: Found, rule: string): string => {
  const first = found.find((finding) => finding.rule === rule)?.evidence[0];
  return first === undefined
    ? "not found"
    : `${first.file}:${first.line}:${first.column} ${first.key} ${first.origin} ${first.value}`;
};

// ── our own compose files

test("diagnose() is silent about compose/three-brokers.yml and compose/one-broker.yml", () => {
  assert.equal(diagnose([read("compose/three-brokers.yml")]), []);
  assert.equal(diagnose([read("compose/one-broker.yml")]), []);
});
test("diagnose() names all causes of the posted cluster", () => {
  assert.equal(rules(diagnose([read("compose/as-posted.yml")])), [
    "image-gone",
    "auto-created-topic-one-replica",
    "offsets-topic-one-replica",
    "two-voters",
    "inter-broker-localhost",
    "transaction-log-one-replica",
  ]);
});
test("diagnose() leaves of the posted cluster with its three fixes only that its image is gone", () => {
  const files = ["as-posted", "fix-replication", "fix-quorum", "fix-listeners"].map((name) =>
    read(`compose/${name}.yml`),
  );
  assert.equal(rules(diagnose(files)), ["image-gone"]);
  assert.equal(diagnose(files, { env: { LAB_BITNAMI_IMAGE: "bitnamilegacy/kafka:3.9" } }), []);
});
const FIXES: [fix: string, mends: readonly string[]][] = [
  [
    "fix-replication",
    ["auto-created-topic-one-replica", "offsets-topic-one-replica", "transaction-log-one-replica"],
  ],
  ["fix-quorum", ["two-voters"]],
  ["fix-listeners", ["inter-broker-localhost"]],
];
for (const [fix, mends] of FIXES) {
  test(`diagnose() of the posted cluster with ${fix} tells everything but what that mends`, () => {
    const before = rules(diagnose([read("compose/as-posted.yml")]));
    const after = rules(diagnose([read("compose/as-posted.yml"), read(`compose/${fix}.yml`)]));
    assert.equal(
      after,
      before.filter((rule) => !mends.includes(rule)),
    );
  });
}

// ── the posted application

const posted = [
  read("compose/as-posted.yml"),
  read("test/unit/diagnose/fixtures/application.yml"),
  read("test/unit/diagnose/fixtures/KafkaConfig.java"),
];

test(
  "diagnose() names all causes of the posted application: ignored keys, a template of its own, one " +
    "bootstrap server, and under the delay max.block.ms",
  () => {
    const found = diagnose(posted, { delay: "30s", env: { LAB_BITNAMI_IMAGE: "bitnamilegacy/kafka:3.9" } });
    for (const rule of [
      "auto-created-topic-one-replica",
      "two-voters",
      "inter-broker-localhost",
      "one-bootstrap-server",
      "offsets-topic-one-replica",
      "spring-own-factory",
      "max-block-against-delay",
      "request-timeout-against-delay",
    ]) {
      assert.ok(rules(found).includes(rule), `${rule} is not in ${rules(found).join(", ")}`);
    }
    assert.is(rules(found).filter((rule) => rule === "spring-ignored-key").length, 10);
    assert.is(
      location(found, "one-bootstrap-server"),
      "test/unit/diagnose/fixtures/KafkaConfig.java:18:34 BOOTSTRAP_SERVERS_CONFIG file localhost:9092",
    );
    assert.is(
      location(found, "spring-own-factory"),
      "test/unit/diagnose/fixtures/KafkaConfig.java:16:12 @Bean KafkaTemplate file hand-made",
    );
    assert.match(found.find(({ rule }) => rule === "max-block-against-delay")!.happens, /\b90 s\b.*\b60 s\b/);
  },
);
test("diagnose() says which place binds a key that Spring drops", () => {
  const found = diagnose([read("test/unit/diagnose/fixtures/application.yml")]).filter(
    ({ rule }) => rule === "spring-ignored-key",
  );
  const fixes = Object.fromEntries(found.map(({ evidence, fix }) => [evidence[0]!.key, fix]));
  assert.is(
    fixes["spring.kafka.producer.request.timeout.ms"],
    "spring.kafka.producer.properties.request.timeout.ms: 600000",
  );
  assert.is(
    fixes["spring.kafka.consumer.heartbeat.interval.ms"],
    "spring.kafka.consumer.heartbeat-interval: 500",
  );
  assert.is(
    fixes["spring.kafka.producer.metadata-max-age-ms"],
    "spring.kafka.producer.properties.metadata.max.age.ms: 1000",
  );
  assert.is(
    location(found, "spring-ignored-key"),
    "test/unit/diagnose/fixtures/application.yml:10:7 spring.kafka.consumer.session.timeout.ms file 1000",
  );
});
test(
  "diagnose() of the posted keys in the place where they are bound finds the session below the broker's " +
    "minimum",
  () => {
    const { file, text } = read("test/unit/diagnose/fixtures/application.yml");
    const moved = text.replace(
      /( +)session.timeout.ms: 1000\n +heartbeat.interval.ms: 500\n/,
      "$1properties:\n$1  session.timeout.ms: 1000\n$1  heartbeat.interval.ms: 300\n",
    );
    assert.is(
      location(diagnose([{ file, text: moved }]), "session-below-minimum"),
      `${file}:11:9 spring.kafka.consumer.properties.session.timeout.ms file 1000`,
    );
  },
);
test("diagnose() notes factories that are only hinted at", () => {
  assert.equal(of(SPRING, "application.yml"), []);
  assert.equal(
    of(SPRING, "application.yml", { ownFactory: true }).map(({ rule, severity }) => `${severity} ${rule}`),
    ["note spring-own-factory", "note spring-own-factory"],
  );
});

// ── Apache's examples

for (const [name, text] of Object.entries(APACHE_PROPERTIES)) {
  test(`diagnose() is silent about ${name} of Apache's kind`, () => assert.equal(of(text, name), []));
}
test("diagnose() of Apache's kind of single node in compose notes only where its data is", () => {
  assert.equal(rules(of(APACHE_COMPOSE["single-node"]!)), ["data-in-container"]);
});
for (const name of ["cluster/combined", "cluster/isolated"]) {
  test(`diagnose() finds the real faults of Apache's kind of ${name}, and no others`, () => {
    assert.equal(rules(of(APACHE_COMPOSE[name]!)), [
      "auto-created-topic-one-replica",
      "offsets-topic-one-replica",
      "transaction-log-one-replica",
      "data-in-container",
    ]);
  });
}
test("diagnose() reads a mounted server.properties where it is given, and says so where it is not", () => {
  assert.equal(rules(of(APACHE_MOUNTED.compose)), ["configuration-elsewhere"]);
  const both = [
    { file: "compose.yml", text: APACHE_MOUNTED.compose },
    { file: "server.properties", text: APACHE_MOUNTED.server },
  ];
  assert.equal(rules(diagnose(both)), ["data-in-container"]);
});

// ── places

test("diagnose() tells line and column in the map form, through an anchor, of the variable as written", () => {
  assert.is(
    location(of(COMPOSE.replace("REPLICAS: 2", "REPLICAS: 3")), "min-isr-equals-replicas"),
    "compose.yml:18:7 KAFKA_MIN_INSYNC_REPLICAS file 3",
  );
});
test("diagnose() takes a setting that three services share through an anchor for one piece of evidence", () => {
  const [found] = of(
    COMPOSE.replace("OFFSETS_TOPIC_REPLICATION_FACTOR: 3", "OFFSETS_TOPIC_REPLICATION_FACTOR: 1"),
  );
  assert.equal(found!.evidence.length, 1);
});
test("diagnose() tells line and column in the list form, and every service's", () => {
  const [found] = of(BITNAMI.replaceAll("MIN_INSYNC_REPLICAS=2", "MIN_INSYNC_REPLICAS=3"));
  assert.equal(
    found!.evidence.slice(0, 3).map(({ line, column, key }) => [line, column, key]),
    [
      [17, 9, "KAFKA_CFG_MIN_INSYNC_REPLICAS"],
      [36, 9, "KAFKA_CFG_MIN_INSYNC_REPLICAS"],
      [55, 9, "KAFKA_CFG_MIN_INSYNC_REPLICAS"],
    ],
  );
  assert.is(found!.fix, "KAFKA_CFG_MIN_INSYNC_REPLICAS=2");
});
test("diagnose() tells where a setting that is not there would be, and whose default counts", () => {
  assert.is(
    location(of(COMPOSE.replace(/ +KAFKA_DEFAULT.*\n/, "")), "auto-created-topic-one-replica"),
    "compose.yml:6:5 KAFKA_DEFAULT_REPLICATION_FACTOR default 1",
  );
  assert.is(
    location(of(BITNAMI.replace(/.*OFFSETS_TOPIC.*\n/g, "")), "offsets-topic-one-replica"),
    "compose.yml:6:5 KAFKA_CFG_OFFSETS_TOPIC_REPLICATION_FACTOR image 1",
  );
});
test("diagnose() tells the override file's line where that decides", () => {
  const over = "services:\n  kafka-2:\n    environment:\n      KAFKA_MIN_INSYNC_REPLICAS: '3'\n";
  const found = diagnose([
    { file: "a.yml", text: COMPOSE },
    { file: "b.yml", text: over },
  ]);
  assert.is(location(found, "min-isr-equals-replicas"), "b.yml:4:7 KAFKA_MIN_INSYNC_REPLICAS file 3");
});
test("diagnose() tells the env_file's place for its variables", () => {
  const compose =
    "services:\n  kafka:\n    image: apache/kafka:3.9.2\n    volumes: ['d:/data']\n    env_file: " +
    "kafka.env\n    environment:\n      KAFKA_LOG_DIRS: /data\n";
  const env =
    "KAFKA_PROCESS_ROLES=broker,controller\nKAFKA_NODE_ID=1\n" +
    "KAFKA_CONTROLLER_QUORUM_VOTERS=1@kafka:9093\nKAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER\n" +
    "KAFKA_LISTENERS=PLAINTEXT://kafka:9092,CONTROLLER://:9093\n" +
    "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=2\nKAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR=1\n";
  const found = of(compose, "compose.yml", { readFile: (name) => (name === "kafka.env" ? env : undefined) });
  assert.is(
    location(found, "replicas-above-brokers"),
    "compose.yml:5:5 KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR file 2",
  );
});
test(
  "diagnose() reads .properties with continued lines, other separators and comments, and tells the " +
    "first line",
  () => {
    const text = "# a comment\n! another\nbootstrap.servers = a:9092,\\\n   b:9092\n\n  acks : 1\n";
    assert.is(
      location(of(text, "producer.properties"), "acks-leader-only"),
      "producer.properties:6:3 acks file 1",
    );
    assert.equal(
      rules(of(text.replace(",\\\n   b:9092", ""), "producer.properties")).includes("one-bootstrap-server"),
      true,
    );
    assert.equal(rules(of(text, "producer.properties")).includes("one-bootstrap-server"), false);
  },
);
test("diagnose() reads Spring's .properties, relaxed names, and placeholders by their default", () => {
  const text =
    "spring.kafka.bootstrapServers=${SERVERS:a:9092}\n" +
    "spring.kafka.consumer.properties[session.timeout.ms]=${S:5000}\nspring.kafka.producer.acks=${ACKS}\n";
  const found = of(text, "application.properties");
  assert.is(
    location(found, "session-below-minimum"),
    "application.properties:2:1 spring.kafka.consumer.properties[session.timeout.ms] file 5000",
  );
  assert.is(
    location(found, "one-bootstrap-server"),
    "application.properties:1:1 spring.kafka.bootstrapServers file a:9092",
  );
  assert.is(rules(found).includes("spring-ignored-key"), false);
});
test("diagnose() judges each Spring profile over what all share", () => {
  const text =
    `${SPRING}---\nspring:\n  config.activate.on-profile: prod\n  kafka:\n    producer.acks: ` +
    "1\n---\nspring:\n  config.activate.on-profile: test\n  kafka.producer.retries: 3\n";
  assert.equal(rules(of(text, "application.yml")).sort(), ["acks-leader-only", "retries-below-failover"]);
});
test("diagnose() reads lists of YAML and JSON as one setting", () => {
  assert.equal(
    of(
      SPRING.replace("localhost:29091,localhost:29092", "\n      - a:9092\n      - b:9092"),
      "application.yml",
    ),
    [],
  );
});

// ── together

test("diagnose() judges a client against the brokers that are given with it", () => {
  const wide = COMPOSE.replace(
    "KAFKA_LOG_DIRS",
    "KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: 1000\n      KAFKA_LOG_DIRS",
  );
  const client = {
    file: "consumer.properties",
    text: CONSUMER.replace("45000", "3000").replace("=3000\nauto", "=1000\nauto"),
  };
  assert.ok(rules(diagnose([client])).includes("session-below-minimum"));
  assert.equal(rules(diagnose([client, { file: "compose.yml", text: wide }])), []);
});
test("diagnose() suggests the other brokers' addresses of the same kind", () => {
  const one = { file: "producer.properties", text: PRODUCER.replace(",localhost:29092", "") };
  const inside = {
    file: "producer.properties",
    text: PRODUCER.replace("localhost:29091,localhost:29092", "kafka-2:19092"),
  };
  const fixOf = (client: { file: string; text: string }): string =>
    diagnose([{ file: "compose.yml", text: COMPOSE }, client])[0]!.fix;
  assert.is(fixOf(one), "bootstrap.servers=localhost:29091,localhost:29092,localhost:29093");
  assert.is(fixOf(inside), "bootstrap.servers=kafka-1:19092,kafka-2:19092,kafka-3:19092");
});
test("diagnose() says nothing of one bootstrap server where there is one broker", () => {
  assert.equal(
    diagnose([
      read("compose/one-broker.yml"),
      { file: "producer.properties", text: "bootstrap.servers=localhost:29091\n" },
    ]),
    [],
  );
});
test("diagnose() takes several server.properties for one cluster", () => {
  const other = SERVER.replace("node.id=1", "node.id=2").replace("//a:", "//b:");
  assert.equal(
    diagnose([
      { file: "1/server.properties", text: SERVER },
      { file: "2/server.properties", text: other },
    ]),
    [],
  );
  assert.equal(
    rules(
      diagnose([
        { file: "1/server.properties", text: SERVER },
        { file: "2/server.properties", text: SERVER },
      ]),
    ),
    ["duplicate-node-id"],
  );
});
test("diagnose() lets nodes on one machine advertise localhost to each other", () => {
  const local = SERVER.replace(
    "1@a:9093,2@b:9093,3@c:9093",
    "1@localhost:9093,2@localhost:9094,3@localhost:9095",
  ).replace("//a:", "//localhost:");
  assert.equal(of(local, "server.properties"), []);
});
test("diagnose() takes any 22 letters of base64 for a cluster id, as Java's decoder does", () => {
  assert.equal(of(BITNAMI.replaceAll("a2Fma2EtZmFpbHVyZWxhYg", "MkU3OEVBNTcwNTJENDM2Qk")), []);
  assert.equal(rules(of(BITNAMI.replaceAll("a2Fma2EtZmFpbHVyZWxhYg", "a2Fma2EtZmFpbHVyZWxhYgA"))), [
    "cluster-id-unsupported",
  ]);
});
test("diagnose() is right about kafkajs's race of retries and session: the odds are in the sentence", () => {
  const [found] = of(
    '{ "brokers": ["a:1", "b:1"], "producer": { "maxInFlightRequests": 1 } }',
    "kafkajs.json",
  );
  const [, pauses, broker, controller] = found!.happens
    .match(/add up to ([\d.]+) s .* in about (\d+) % and (\d+) %/)!
    .map(Number);
  assert.ok(
    pauses! > 8.8 && pauses! < 9.6 && broker! > 42 && broker! < 50 && controller! > 80,
    found!.happens,
  );
});

// ── options

test("diagnose() puts the most severe first, and leaves out what is less severe or ignored", () => {
  const text = COMPOSE.replace("INSYNC_REPLICAS: 2", "INSYNC_REPLICAS: 3")
    .replace("OFFSETS_TOPIC_REPLICATION_FACTOR: 3", "OFFSETS_TOPIC_REPLICATION_FACTOR: 1")
    .replace("DIRS: /data", "DIRS: /tmp");
  assert.equal(
    of(text).map(({ severity }) => severity),
    ["error", "warning", "note"],
  );
  assert.equal(
    of(text, "c.yml", { severity: "warning" }).map(({ severity }) => severity),
    ["error", "warning"],
  );
  assert.equal(rules(of(text, "c.yml", { ignore: ["min-isr-equals-replicas", "data-in-container"] })), [
    "offsets-topic-one-replica",
  ]);
  assert.throws(() => of(text, "c.yml", { ignore: ["no-such-rule"] }), refusal(RangeError, "no-such-rule"));
  assert.throws(() => of(text, "c.yml", { delay: "soon" as "1s" }), TypeError);
});
test("diagnose() takes the caller's kind over the name's", () => {
  assert.equal(
    rules(diagnose([{ file: "notes.txt", text: "acks=1", kind: "java" }])).includes("acks-leader-only"),
    true,
  );
});
const BAD: [file: string, text: string, code: ErrorCode, line: number | undefined, ...names: string[]][] = [
  ["notes.txt", "acks=1", "BAD_CONFIGURATION", undefined, "notes.txt", "--as notes.txt=KIND"],
  ["a.yml", "a: 1", "BAD_CONFIGURATION", undefined, "services", "spring"],
  ["application.yml", "spring: [", "BAD_CONFIGURATION", 1, "YAML"],
  ["application.yml", "spring: &a\n  kafka: *a", "BAD_CONFIGURATION", 2, "anchor"],
  ["a.json", "{ oops", "BAD_CONFIGURATION", undefined, "JSON"],
  ["a.json", "[1]", "BAD_CONFIGURATION", 1, "object"],
  ["a.json", '{"a": 1}', "BAD_CONFIGURATION", undefined, "kafkajs", "librdkafka"],
  ["a.properties", "color=blue", "BAD_CONFIGURATION", undefined, "setting"],
  ["a.json", '{"kafkaJS": {"brokers": ["a:1"]}}', "BAD_CONFIGURATION", undefined, "Confluent"],
  ["compose.yml", "services: {web: {image: nginx}}", "BAD_COMPOSE", undefined, "Kafka"],
  ["compose.yml", "services: {k: [}", "BAD_COMPOSE", 1],
];
for (const [file, text, code, line, ...names] of BAD) {
  test(`diagnose() of ${file} with ${JSON.stringify(text)} throws ${code}`, () => {
    assert.throws(() => of(text, file), refusal(code, { file, line }, ...names));
  });
}

// ── output

test("diagnosisLines() has location, severity, rule, evidence, effect, fix and source, in 120 columns", () => {
  const lines = diagnosisLines(
    of("bootstrap.servers=a:1,b:1\nacks=1\nenable.idempotence=false\nretries=0\n", "producer.properties"),
  );
  assert.match(lines[0]!, /^producer\.properties:2:1 warning acks-leader-only: \w/);
  assert.is(lines[1], "  acks is 1");
  assert.match(lines.join("\n"), /\n {2}fix: acks=all\n {2}source: Kafka: acks=1/);
  assert.is(lines.at(-1), "2 warnings");
  assert.equal(
    lines.filter((line) => line.length > 120),
    [],
  );
  assert.equal(diagnosisLines([]), []);
});
test("sarif() has every field that SARIF 2.1.0 requires, relative URIs and known rules", () => {
  const log = JSON.parse(JSON.stringify(sarif(diagnose(posted, { delay: "30s" }), "1.2.3"))) as Sarif;
  assert.is(log.version, "2.1.0");
  assert.match(log.$schema, /sarif-2\.1\.0/);
  const [run] = log.runs;
  const { driver } = run!.tool;
  assert.equal(
    [driver.name, driver.version, driver.rules.length],
    ["kafka-failure-lab", "1.2.3", RULES.length],
  );
  for (const { id, shortDescription, defaultConfiguration } of driver.rules) {
    assert.ok(
      id &&
        /^[^a-z].*\.$/.test(shortDescription.text) &&
        ["error", "warning", "note"].includes(defaultConfiguration.level),
      id,
    );
  }
  assert.ok(run!.results.length > 10);
  for (const { ruleId, ruleIndex, level, message, locations } of run!.results) {
    assert.is(driver.rules[ruleIndex]?.id, ruleId);
    assert.ok(["error", "warning", "note"].includes(level) && message.text.length > 20);
    for (const { physicalLocation } of locations) {
      assert.match(physicalLocation.artifactLocation.uri, /^(?!\/|[a-z]+:)[\w./%-]+$/i);
      assert.ok(
        Number.isInteger(physicalLocation.region.startLine) &&
          physicalLocation.region.startLine >= 1 &&
          physicalLocation.region.startColumn >= 1,
      );
    }
  }
});
test("sarif() encodes what is no letter of a URI", () => {
  const found = diagnose([{ file: "my files/a b#1.properties", text: "acks=1\n", kind: "java" }]);
  assert.match(JSON.stringify(sarif(found, "1")), /"uri":"my%20files\/a%20b%231.properties"/);
});

interface Sarif {
  $schema: string;
  version: string;
  runs: {
    tool: {
      driver: {
        name: string;
        version: string;
        rules: { id: string; shortDescription: { text: string }; defaultConfiguration: { level: string } }[];
      };
    };
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      message: { text: string };
      locations: {
        physicalLocation: {
          artifactLocation: { uri: string };
          region: { startLine: number; startColumn: number };
        };
      }[];
    }[];
  }[];
}
test.run();
