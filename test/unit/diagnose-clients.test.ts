// Clients' settings as applications have them: what a bean reads of an application file, fixes under the
// name and
// in the syntax of the file, Spring Boot's variables in a compose file.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnose, type DiagnoseOptions } from "../../sdk/analysis/diagnose/mod.ts";
import { COMPOSE } from "./diagnose/bases.ts";

type Found = ReturnType<typeof diagnose>;

const of = (files: Readonly<Record<string, string>>, options?: DiagnoseOptions): Found =>
  diagnose(
    Object.entries(files).map(([file, text]) => ({ file, text })),
    options,
  );
const rules = (found: Found): string[] => found.map(({ rule }) => rule);
const fixOf = (found: Found, rule: string): string | undefined => found.find((one) => one.rule === rule)?.fix;

// ── @Value

const YAML = `spring:
  kafka:
    bootstrap-servers: a:9092,b:9092
    producer:
      acks: 1
`;
const BEAN = `class C {
  @Value("\${spring.kafka.bootstrap-servers}")
  private String servers;
  @Value("\${spring.kafka.producer.acks}") private String acks;
  @Bean ProducerFactory<String, String> f() {
    Map<String, Object> props = new HashMap<>();
    props.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
    props.put(ProducerConfig.ACKS_CONFIG, acks);
    return new DefaultKafkaProducerFactory<>(props);
  }
}
`;

test("diagnose() lets a bean that reads a key by @Value use it", () => {
  const found = of({ "application.yml": YAML, "C.java": BEAN });
  assert.not.ok(rules(found).includes("spring-own-factory"));
  const acks = found.find(({ rule }) => rule === "acks-leader-only")!;
  assert.equal(
    [acks.evidence[0]!.file, acks.evidence[0]!.line, acks.evidence[0]!.key, acks.fix],
    ["application.yml", 5, "spring.kafka.producer.acks", "spring.kafka.producer.acks: all"],
  );
  assert.equal(rules(found).filter((rule) => rule === "acks-leader-only").length, 1);
});
test("diagnose() judges no setting of a file whose clients a factory of a source replaces", () => {
  const bean = BEAN.replace(/.*producer\.acks.*\n/, "").replace(/.*ACKS_CONFIG.*\n/, "");
  assert.equal(
    rules(of({ "application.yml": YAML, "C.java": bean })).filter((rule) => rule !== "not-judged"),
    ["spring-own-factory"],
  );
  const template = bean.replace("ProducerFactory<String", "KafkaTemplate<String");
  assert.ok(rules(of({ "application.yml": YAML, "C.java": template })).includes("acks-leader-only"));
});
test("diagnose() names the keys that such a bean does not read", () => {
  const more = YAML.replace("acks: 1", "acks: all\n      retries: 3\n      properties.linger.ms: 5");
  const found = of({ "application.yml": more, "C.java": BEAN }).find(
    ({ rule }) => rule === "spring-own-factory",
  );
  assert.equal(found!.evidence[1]!.key, "spring.kafka.producer.retries");
  assert.match(found!.happens, /reads spring\.kafka\.bootstrap-servers and spring\.kafka\.producer\.acks;/);
});
for (const [what, source] of [
  [
    "a constructor's parameter",
    'class C { C(@Value("${spring.kafka.producer.acks}") String acks) {} @Bean ProducerFactory<A, B> f() { ' +
      "return g(Map.of(ProducerConfig.ACKS_CONFIG, acks)); } }",
  ],
  [
    "a Kotlin property",
    'class C { @Value("\\${spring.kafka.producer.acks}") lateinit var acks: String\n @Bean fun f(): ' +
      "ProducerFactory<A, B> = g(mapOf(ProducerConfig.ACKS_CONFIG to acks)) }",
  ],
  [
    "a key of the application's own",
    'class C { @Value("${my.acks:1}") String acks; @Bean ProducerFactory<A, B> f() { ' +
      "p.put(ProducerConfig.ACKS_CONFIG, this.acks); } }",
  ],
] as const)
  test(`diagnose() follows @Value of ${what}`, () => {
    const found = of({ "application.yml": YAML, "C.java": source });
    assert.ok(rules(found).includes("acks-leader-only"), rules(found).join(" "));
  });
test("diagnose() does not take a setting from a variable for one that is not set", () => {
  const bean = BEAN.replace(/@Value.*\n/g, "\n").replace(
    "ACKS_CONFIG, acks",
    "ENABLE_IDEMPOTENCE_CONFIG, on",
  );
  assert.equal(rules(of({ "C.java": bean })), []);
});
test("diagnose() takes a bean on KafkaProperties for one that reads the file", () => {
  const bean =
    "import org.springframework.boot.autoconfigure.kafka.KafkaProperties;\n" +
    "class C { @Bean ProducerFactory<A, B> f(KafkaProperties p) { return g(p.getProducer()); } }";
  assert.not.ok(rules(of({ "application.yml": YAML, "C.java": bean })).includes("spring-own-factory"));
});

// ── fixes under the file's name, in its syntax

const FIXES: [file: string, text: string, rule: string, fix: RegExp][] = [
  [
    "application.yml",
    "spring.kafka.producer.properties.acks: 1\n",
    "acks-leader-only",
    /^spring\.kafka\.producer\.properties\.acks: all$/,
  ],
  [
    "application.properties",
    "spring.kafka.producer.acks=1\n",
    "acks-leader-only",
    /^spring\.kafka\.producer\.acks=all$/,
  ],
  [
    "application.yml",
    "spring.kafka.properties.acks: 1\n",
    "acks-leader-only",
    /^spring\.kafka\.properties\.acks: all$/,
  ],
  ["rd.json", '{ "request.required.acks": 1 }', "acks-leader-only", /^"request\.required\.acks": -1$/],
  [
    "rd.json",
    '{ "producer": { "message.timeout.ms": 5000, "bootstrap.servers": "a:1,b:1" } }',
    "delivery-timeout-below-failover",
    /^"message\.timeout\.ms": 120000$/,
  ],
  [
    "librdkafka.conf",
    "metadata.broker.list=a:9092,b:9092\nrequest.required.acks=1\n",
    "acks-leader-only",
    /^request\.required\.acks=-1$/,
  ],
  [
    "kafkajs.json",
    '{ "brokers": ["a:1", "b:1"], "producer": { "retry": { "retries": 2 } } }',
    "kafkajs-retries-below-failover",
    /^producer: \{ retry: \{ retries: 10 \} \}$/,
  ],
  ["producer.properties", "acks=1\n", "acks-leader-only", /^acks=all$/],
];
for (const [file, text, rule, fix] of FIXES)
  test(`diagnose() mends ${JSON.stringify(text)} under its own name`, () => {
    assert.match(fixOf(of({ [file]: text }), rule) ?? "not found", fix);
  });
test("diagnose() mends a bitnami setting under the old name that the file has", () => {
  const text =
    "services: {k: {image: 'bitnamilegacy/kafka:3.9', environment: [KAFKA_CFG_NODE_ID=1, " +
    "'KAFKA_CFG_PROCESS_ROLES=broker,controller', KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=3]}}";
  assert.match(
    fixOf(of({ "compose.yml": text }), "replicas-above-brokers") ?? "",
    /^KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=1/,
  );
});

// ── kafkajs

test("diagnose() names heartbeat() for a slow kafkajs handler", () => {
  const found = of(
    { "kafkajs.json": '{ "brokers": ["a:1", "b:1"], "consumer": { "groupId": "g" } }' },
    { recordTime: "40s" },
  );
  assert.match(fixOf(found, "poll-loop-too-slow") ?? "", /heartbeat\(\).*sessionTimeout: 80000/);
});

// ── Spring Boot's variables

const APP: [variables: string, rule: string, key: string][] = [
  ["SPRING_KAFKA_PRODUCER_ACKS: 1", "acks-leader-only", "SPRING_KAFKA_PRODUCER_ACKS"],
  [
    "SPRING_KAFKA_PRODUCER_PROPERTIES_DELIVERY_TIMEOUT_MS: 11000, " +
      "SPRING_KAFKA_PRODUCER_PROPERTIES_REQUEST_TIMEOUT_MS: 5000",
    "delivery-timeout-below-failover",
    "SPRING_KAFKA_PRODUCER_PROPERTIES_DELIVERY_TIMEOUT_MS",
  ],
  [
    "SPRING_KAFKA_PROPERTIES_SESSION_TIMEOUT_MS: 5000",
    "session-below-minimum",
    "SPRING_KAFKA_PROPERTIES_SESSION_TIMEOUT_MS",
  ],
  [
    "SPRING_KAFKA_BOOTSTRAP_SERVERS: 'kafka-1:19092'",
    "one-bootstrap-server",
    "SPRING_KAFKA_BOOTSTRAP_SERVERS",
  ],
  ["SPRING_KAFKA_BOOTSTRAPSERVERS: 'kafka-1:19092'", "one-bootstrap-server", "SPRING_KAFKA_BOOTSTRAPSERVERS"],
  [
    "SPRING_KAFKA_CONSUMER_HEARTBEAT_INTERVAL: 45s",
    "heartbeat-not-below-session",
    "SPRING_KAFKA_CONSUMER_HEARTBEAT_INTERVAL",
  ],
];
for (const [variables, rule, key] of APP)
  test(`diagnose() judges ${variables} of a service`, () => {
    const servers = variables.includes("BOOTSTRAP")
      ? ""
      : ", SPRING_KAFKA_BOOTSTRAP_SERVERS: 'kafka-1:19092,kafka-2:19092'";
    const found = of({
      "compose.yml": `${COMPOSE}  app: {image: app, environment: {${variables}${servers}}}\n`,
    });
    assert.equal(
      found.map((one) => `${one.rule} ${one.evidence[0]!.key}`).filter((one) => one.startsWith(rule)),
      [`${rule} ${key}`],
    );
    assert.ok(fixOf(found, rule)!.includes(key), fixOf(found, rule));
  });

test.run();
