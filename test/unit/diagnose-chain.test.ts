// Bind, advertise, publish and dial are one chain: reduced configurations of the kinds that people post, and
// what is true of each.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnose } from "../../sdk/analysis/diagnose/mod.ts";

type Found = ReturnType<typeof diagnose>;

const NODE =
  "KAFKA_NODE_ID: 1, KAFKA_PROCESS_ROLES: 'broker,controller', KAFKA_CONTROLLER_LISTENER_NAMES: " +
  "CONTROLLER, " +
  "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1, KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1, " +
  "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1";

interface Parts {
  readonly listeners?: string;
  readonly advertised: string;
  readonly ports?: string;
  readonly voters?: string;
  /** Further variables. */
  readonly more?: string;
  /** Further keys of the service. */
  readonly keys?: string;
  /** Further services. */
  readonly others?: string;
}

/** One combined node called kafka. */
function single(parts: Parts): string {
  const { listeners = "PLAINTEXT://:9092,CONTROLLER://:9093", advertised, ports = "" } = parts;
  const { voters = "1@localhost:9093", more = "", keys = "", others = "" } = parts;
  return `services:
  kafka:
    image: apache/kafka:3.9.2
    volumes: [data:/data]
    ports: [${ports}]
    ${keys}
    environment: {${NODE}, KAFKA_LOG_DIRS: /data, KAFKA_LISTENERS: '${listeners}',
      KAFKA_ADVERTISED_LISTENERS: '${advertised}', KAFKA_CONTROLLER_QUORUM_VOTERS: '${voters}',
      ${more}}
  ${others}
`;
}

const MAP =
  "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: " +
  "'CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,PLAINTEXT:PLAINTEXT', ";

function of(compose: string, files: Readonly<Record<string, string>> = {}): Found {
  const inputs = Object.entries({ "compose.yml": compose, ...files });
  return diagnose(inputs.map(([file, text]) => ({ file, text })));
}

function told(found: Found): string[] {
  return found.map(({ rule, severity, evidence: [first] }) => `${severity} ${rule} ${first!.key}`);
}

const client = (server: string): Readonly<Record<string, string>> => ({
  "producer.properties": `bootstrap.servers=${server}\n`,
});
const app = (variable: string): string => `app: {image: app, environment: {${variable}}}`;

// ── a client that is referred elsewhere (KIP-103)

test("diagnose() tells that a service which dials kafka:9092 is answered with localhost", () => {
  const found = of(
    single({
      advertised: "PLAINTEXT://localhost:9092",
      ports: "'9092:9092'",
      others: app("KAFKA_BOOTSTRAP_SERVERS: 'kafka:9092'"),
    }),
  );
  assert.equal(told(found), ["error advertised-unreachable KAFKA_ADVERTISED_LISTENERS"]);
  assert.equal(
    found[0]!.evidence.map(({ key, value }) => `${key} ${value}`),
    ["KAFKA_ADVERTISED_LISTENERS PLAINTEXT://localhost:9092", "KAFKA_BOOTSTRAP_SERVERS kafka:9092"],
  );
  assert.match(found[0]!.fix, /INTERNAL:\/\/kafka:19092/);
});
for (const variable of [
  "SPRING_KAFKA_BOOTSTRAP_SERVERS: 'kafka:9092'",
  "SPRING_KAFKA_BOOTSTRAPSERVERS: 'kafka:9092'",
  "KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: 'kafka:9092'",
  "SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: 'PLAINTEXT://kafka:9092'",
  "KAFKA_BROKERCONNECT: 'kafka:9092'",
  "SPRING_CLOUD_STREAM_KAFKA_BINDER_BROKERS: 'kafka:9092'",
  "KAFKA_BROKERS: 'kafka:9092'",
])
  test(`diagnose() follows ${variable.split(":")[0]} of a service`, () => {
    const text = single({
      advertised: "PLAINTEXT://localhost:9092",
      ports: "'9092:9092'",
      others: app(variable),
    });
    assert.ok(told(of(text)).some((line) => line.startsWith("error advertised-unreachable")));
    const mended = text.replaceAll("localhost:9092'", "kafka:9092'").replace(/ports: .*/, "");
    assert.not.ok(told(of(mended)).some((line) => line.includes("unreachable")));
  });
test("diagnose() sends a client to the listener that it reaches, if the broker has one", () => {
  const [found] = of(
    single({
      listeners: "INTERNAL://:29092,EXTERNAL://:9092,CONTROLLER://:9093",
      advertised: "INTERNAL://kafka:29092,EXTERNAL://localhost:9092",
      ports: "'9092:9092'",
      more: `${MAP} KAFKA_INTER_BROKER_LISTENER_NAME: INTERNAL`,
      others: app("KAFKA_BOOTSTRAP_SERVERS: 'kafka:9092'"),
    }),
  );
  assert.equal(
    [found!.rule, found!.evidence[0]!.key, found!.fix],
    ["advertised-unreachable", "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_BOOTSTRAP_SERVERS: kafka:29092"],
  );
});
test("diagnose() tells that a client at localhost is answered with a name that only containers know", () => {
  const text = single({ advertised: "PLAINTEXT://kafka:9092", ports: "'9092:9092'" });
  const found = of(text, client("localhost:9092"));
  assert.equal(told(found), ["error advertised-unreachable KAFKA_ADVERTISED_LISTENERS"]);
  assert.match(found[0]!.fix, /EXTERNAL:\/\/localhost:9092/);
  assert.equal(told(of(text)), ["note published-for-containers-only KAFKA_ADVERTISED_LISTENERS"]);
  assert.equal(
    of(text, client("kafka:9092")).filter(({ severity }) => severity === "error"),
    [],
  );
});
test("diagnose() knows that localhost of a service is the service", () => {
  const text = single({
    advertised: "PLAINTEXT://localhost:9092",
    ports: "'9092:9092'",
    others: app("KAFKA_BOOTSTRAP_SERVERS: 'localhost:9092'"),
  });
  assert.equal(told(of(text)), ["error bootstrap-not-a-broker KAFKA_BOOTSTRAP_SERVERS"]);
  assert.equal(of(text.replace("image: app", "image: app, network_mode: host")), []);
});
test("diagnose() follows host.docker.internal to the published port", () => {
  const text = single({
    advertised: "PLAINTEXT://host.docker.internal:9092",
    ports: "'9092:9092'",
    others: app("KAFKA_BOOTSTRAP_SERVERS: 'host.docker.internal:9092'"),
  });
  assert.equal(of(text), []);
  assert.equal(told(of(text.replace("'9092:9092'", "'9093:9092'"))), [
    "error bootstrap-not-a-broker KAFKA_BOOTSTRAP_SERVERS",
  ]);
});
test("diagnose() says nothing of hosts that it does not know", () => {
  const others = `${app("KAFKA_BOOTSTRAP_SERVERS: 'kafka.example:9092', KAFKA_URL: 'proxy:9092'")}
  proxy: {image: haproxy}`;
  const elsewhere = single({ advertised: "PLAINTEXT://kafka.example:9092", ports: "'9092:9092'", others });
  assert.equal(of(elsewhere), []);
  const url = app("KAFKA_URL: 'kafka:9092'");
  const external = `${single({ advertised: "PLAINTEXT://broker:9092", others: url })}
networks: {shared: {external: true}}
`;
  assert.equal(of(external), []);
  assert.equal(told(of(external.replace(/networks: .*/, ""))), [
    "error advertised-unreachable KAFKA_ADVERTISED_LISTENERS",
  ]);
});
test("diagnose() reads a node's own variables as dialled from within", () => {
  const text = single({
    advertised: "PLAINTEXT://localhost:9092",
    ports: "'9092:9092'",
    more: "CONFLUENT_METRICS_REPORTER_BOOTSTRAP_SERVERS: 'localhost:9092'",
  });
  assert.equal(of(text), []);
});

// ── published

test("diagnose() lets a single broker's listener for itself be at localhost without a port", () => {
  const text = single({
    listeners: "EXTERNAL://:9092,INTERNAL://:9094,CONTROLLER://:9093",
    advertised: "EXTERNAL://localhost:9092,INTERNAL://localhost:9094",
    ports: "'9092:9092'",
    more: `${MAP} KAFKA_INTER_BROKER_LISTENER_NAME: INTERNAL`,
  });
  assert.equal(of(text), []);
  assert.equal(told(of(text.replace("'9092:9092'", "'9095:9092'"))), [
    "warning advertised-port-not-published KAFKA_ADVERTISED_LISTENERS",
  ]);
});
test("diagnose() tells of a port that leads past the listener", () => {
  const text = single({
    listeners: "INTERNAL://:9092,EXTERNAL://:29094,CONTROLLER://:9093",
    advertised: "INTERNAL://kafka:9092,EXTERNAL://localhost:29094",
    ports: "'29094:29092'",
    more: `${MAP} KAFKA_INTER_BROKER_LISTENER_NAME: INTERNAL`,
  });
  assert.equal(told(of(text)), ["warning advertised-port-not-published KAFKA_ADVERTISED_LISTENERS"]);
});

// ── bound

test("diagnose() tells of a listener on loopback behind a published port", () => {
  const at = (host: string): string[] =>
    told(
      of(
        single({
          listeners: `PLAINTEXT://${host}:9092,CONTROLLER://localhost:9093`,
          advertised: "PLAINTEXT://localhost:9092",
          ports: "'9092:9092'",
        }),
      ),
    );
  assert.equal(at("localhost"), ["error listener-on-loopback KAFKA_LISTENERS"]);
  assert.equal(at("127.0.0.1"), ["error listener-on-loopback KAFKA_LISTENERS"]);
  assert.equal(at("0.0.0.0"), []);
  assert.equal(at("kafka"), []);
});
test("diagnose() tells of a host that the container does not have", () => {
  const at = (host: string, keys = ""): string[] =>
    told(
      of(
        single({
          listeners: `PLAINTEXT://${host}:9092,CONTROLLER://:9093`,
          advertised: "PLAINTEXT://localhost:9092",
          ports: "'9092:9092'",
          keys,
        }),
      ),
    );
  const wrong = ["error listener-not-bindable KAFKA_LISTENERS"];
  assert.equal(at("192.168.1.20"), wrong);
  assert.equal(at("broker"), wrong);
  assert.equal(at("broker", "hostname: broker"), []);
  assert.equal(at("192.168.1.20", "networks: {net: {ipv4_address: 192.168.1.20}}"), []);
  assert.equal(at("192.168.1.20", "network_mode: host"), []);
  assert.equal(at("kafka.example"), []);
});

// ── voters

test("diagnose() tells of a voter's host that no service has", () => {
  const text = (host: string, others = ""): string =>
    single({
      advertised: "PLAINTEXT://localhost:9092",
      ports: "'9092:9092'",
      voters: `1@${host}:9093`,
      others,
    });
  assert.equal(told(of(text("kafka-0"))), ["error voter-address KAFKA_CONTROLLER_QUORUM_VOTERS"]);
  assert.equal(told(of(text("kafka-0").replace("ports:", "hostname: kafka-0\n    ports:"))), []);
  assert.equal(of(text("kafka")), []);
  assert.equal(of(text("kafka.example")), []);
  assert.equal(of(`${text("kafka-0")}networks: {n: {external: true}}\n`), []);
});
test("diagnose() takes a voter of another id at a node's name for that node", () => {
  const text = single({
    advertised: "PLAINTEXT://localhost:9092",
    ports: "'9092:9092'",
    voters: "2@kafka:9093",
  });
  assert.equal(told(of(text)), ["error controller-not-a-voter KAFKA_NODE_ID"]);
});

// ── networks and commands

const TWO = "EXTERNAL://localhost:9092,INTERNAL://kafka:29092";
const both = (keys: string, others: string): string =>
  single({
    listeners: "EXTERNAL://:9092,INTERNAL://:29092,CONTROLLER://:9093",
    advertised: TWO,
    ports: "'9092:9092'",
    more: `${MAP}KAFKA_INTER_BROKER_LISTENER_NAME: INTERNAL`,
    keys,
    others,
  });

test("diagnose() tells of a client and a broker without a network in common", () => {
  const at = (broker: string, app: string, top = ""): Found =>
    of(
      `${both(
        broker,
        `app: {image: app, ${app} environment: {KAFKA_BROKERS: 'kafka:29092'}}`,
      )}networks: {a: {}, b: {}, c: {name: ${top === "" ? "c" : top}}}\n`,
    );
  const [lost] = at("networks: [a]", "networks: [b],");
  assert.equal([lost?.rule, lost?.fix], ["bootstrap-not-a-broker", "networks: [b, a] of app"]);
  assert.is(at("networks: {a: {}}", "")[0]?.rule, "bootstrap-not-a-broker");
  assert.equal(at("networks: [a, b]", "networks: [b],"), []);
  assert.equal(at("networks: [a]", "networks: {c: {aliases: [x]}},", "a"), []);
  assert.equal(at("", ""), []);
});
test("diagnose() reads what tools in a command dial", () => {
  const command = (text: string): string[] =>
    told(of(both("", `tool: {image: 'apache/kafka:3.9.2', ${text}}`)));
  const lost = ["error advertised-unreachable command"];
  for (const text of [
    "command: kafka-topics.sh --create --topic t --bootstrap-server kafka:9092",
    "command: [sh, -c, 'kafka-topics.sh --bootstrap-server=kafka:9092 --list']",
    "command: kcat -L -b kafka:9092",
    "command: \"bash -c 'cub kafka-ready -b kafka:9092 1 30 && run'\"",
  ])
    assert.equal(command(text), lost, text);
  assert.equal(command("entrypoint: kafka-console-producer.sh --broker-list kafka:9092"), [
    "error advertised-unreachable entrypoint",
  ]);
  for (const text of [
    "command: kafka-topics.sh --list --bootstrap-server kafka:29092",
    "command: tar -b kafka:9092",
    "command: kafka-topics.sh --list --bootstrap-server $$SERVER",
  ])
    assert.equal(command(text), [], text);
});

// ── fixes of listeners, also of one called HOST

const HOST_MAP =
  "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,HOST:PLAINTEXT', " +
  "KAFKA_INTER_BROKER_LISTENER_NAME: INTERNAL";
const FIXED: readonly (readonly [
  what: string,
  listeners: string,
  advertised: string,
  key: string,
  to: string,
])[] = [
  [
    "0.0.0.0 at a published listener",
    "INTERNAL://:29092,HOST://:9092,CONTROLLER://:9093",
    "INTERNAL://kafka:29092,HOST://0.0.0.0:9092",
    "KAFKA_ADVERTISED_LISTENERS",
    "INTERNAL://kafka:29092,HOST://localhost:9092",
  ],
  [
    "an inter-broker listener that is not advertised",
    "INTERNAL://:29092,HOST://:9092,CONTROLLER://:9093",
    "HOST://localhost:9092",
    "KAFKA_ADVERTISED_LISTENERS",
    "INTERNAL://kafka:29092,HOST://localhost:9092",
  ],
  [
    "a controller without its listener",
    "INTERNAL://:29092,HOST://:9092",
    "INTERNAL://kafka:29092,HOST://localhost:9092",
    "KAFKA_LISTENERS",
    "INTERNAL://:29092,HOST://:9092,CONTROLLER://:9093",
  ],
];
for (const [what, listeners, advertised, key, to] of FIXED)
  test(`diagnose() mends ${what}`, () => {
    const found = of(
      single({ listeners, advertised, ports: "'9092:9092'", voters: "1@kafka:9093", more: HOST_MAP }),
    );
    assert.is(found.length, 1);
    const edits = found[0]!.edits.map((edit) => ("value" in edit ? [edit.key, edit.value] : [edit.action]));
    assert.equal(edits, [[key, to]]);
  });
test("diagnose() advertises the published port where the advertised one is another service's", () => {
  const text = single({
    advertised: "PLAINTEXT://localhost:9092",
    ports: "'9093:9092'",
    others: "other: {image: app, ports: ['9092:80']}",
  });
  const [found] = of(text);
  assert.equal(
    [found?.rule, found?.fix],
    ["advertised-port-not-published", 'KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://localhost:9093"'],
  );
});

// ── ZooKeeper

test("diagnose() tells of a ZooKeeper that listens elsewhere", () => {
  const at = (connect: string, server: string): Found =>
    of(`services:
  zk: {${server}}
  kafka:
    image: confluentinc/cp-kafka:7.6.1
    volumes: [data:/var/lib/kafka/data]
    environment: {KAFKA_BROKER_ID: 1, KAFKA_ZOOKEEPER_CONNECT: '${connect}',
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092', KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1,
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1, KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1}
`);
  const confluent = "image: 'confluentinc/cp-zookeeper:7.6.1', environment: {ZOOKEEPER_CLIENT_PORT: 32181}";
  const fixOf = (found: Found): string | undefined =>
    found.find(({ rule }) => rule === "zookeeper-address")?.fix;
  assert.is(fixOf(at("zk:2181/kafka", confluent)), 'KAFKA_ZOOKEEPER_CONNECT: "zk:32181/kafka"');
  assert.is(fixOf(at("zookeeper:2181", "image: 'zookeeper:3.9'")), 'KAFKA_ZOOKEEPER_CONNECT: "zk:2181"');
  for (const [connect, server] of [
    ["zk:32181", confluent],
    ["zk", "image: zookeeper"],
    ["zk:2182", "image: zookeeper, environment: {ZOO_CFG_EXTRA: clientPort=2182}"],
    ["zk:2182", "image: zookeeper, volumes: ['./zoo.cfg:/conf/zoo.cfg']"],
    ["zk.example:2181", "image: zookeeper"],
    ["a:2181,b:2181", "image: zookeeper"],
    ["zookeeper:2181", "image: app"],
    ["zookeeper:2181", "image: zookeeper, hostname: zookeeper"],
  ] as const)
    assert.is(fixOf(at(connect, server)), undefined, `${connect} ${server}`);
});

test.run();
