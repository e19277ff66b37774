// Clean sets of files, and the change of one setting for each rule about them: workers of Connect,
// applications of Kafka Streams, several server.properties.

import { SERVER } from "./bases.ts";
import type { Case, Files } from "./case.ts";

/** Three combined nodes on three machines. */
export const SERVERS: Files = Object.fromEntries(
  ["a", "b", "c"].map((host, i) => [
    `server-${i + 1}.properties`,
    SERVER.replace("node.id=1", `node.id=${i + 1}`).replace("//a:", `//${host}:`),
  ]),
);

/** Two brokers and a controller on one machine, dynamic voters. */
export const LOCAL: Files = {
  "controller.properties": `process.roles=controller
node.id=1
controller.quorum.bootstrap.servers=localhost:9093
controller.listener.names=CONTROLLER
listeners=CONTROLLER://:9093
advertised.listeners=CONTROLLER://localhost:9093
log.dirs=/data/1
`,
  ...Object.fromEntries(
    [2, 3].map((id) => [
      `broker-${id}.properties`,
      `process.roles=broker
node.id=${id}
controller.quorum.bootstrap.servers=localhost:9093
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://localhost:${id}9092
log.dirs=/data/${id}/
default.replication.factor=2
offsets.topic.replication.factor=2
transaction.state.log.replication.factor=2
transaction.state.log.min.isr=1
`,
    ]),
  ),
};

const WORKER = `bootstrap.servers=a:9092,b:9092,c:9092
key.converter=org.apache.kafka.connect.json.JsonConverter
value.converter=org.apache.kafka.connect.json.JsonConverter
`;

/** A worker of a group. */
export const CONNECT: string = `${WORKER}group.id=connect-cluster
offset.storage.topic=connect-offsets
offset.storage.replication.factor=3
config.storage.topic=connect-configs
config.storage.replication.factor=3
status.storage.topic=connect-status
status.storage.replication.factor=3
`;

/** A worker by itself. */
export const STANDALONE: string = `${WORKER}offset.storage.file.filename=/data/connect.offsets
`;

/** An application, exactly once. */
export const STREAMS: string = `application.id=my-app
bootstrap.servers=a:9092,b:9092,c:9092
processing.guarantee=exactly_once_v2
replication.factor=3
num.standby.replicas=1
`;

const worker: Files = { "connect-distributed.properties": CONNECT };
const workers: Files = {
  "connect-1.properties": CONNECT,
  "connect-2.properties": `client.id=two\n${CONNECT}`,
};
const standalone: Files = { "connect-standalone.properties": STANDALONE };
const streams: Files = { "streams.properties": STREAMS };
const withWorker: Files = { ...SERVERS, ...worker };
const withStreams: Files = { ...SERVERS, ...streams };
const service = (name: string): string =>
  `${name}: {image: 'confluentinc/cp-kafka-connect:7.9.0', environment: {CONNECT_BOOTSTRAP_SERVERS: ` +
  "'k:1,l:1', " +
  `CONNECT_GROUP_ID: g, CONNECT_KEY_CONVERTER: c, CONNECT_VALUE_CONVERTER: c, ` +
  `CONNECT_CONFIG_STORAGE_TOPIC: configs, CONNECT_OFFSET_STORAGE_TOPIC: offsets, ` +
  `CONNECT_STATUS_STORAGE_TOPIC: status, CONNECT_REST_ADVERTISED_HOST_NAME: ${name}}}`;
const composed: Files = { "compose.yml": `services: {${service("one")}, ${service("two")}}` };

export const CASES: readonly Case[] = [
  ["refused-value", worker, "", "offset.storage.partitions=0"],
  ["refused-value", standalone, "", "offset.flush.interval.ms=ten"],
  ["refused-value", streams, "num.standby.replicas=1", "num.standby.replicas=one"],
  ["refused-value", streams, "exactly_once_v2", "exactly_once", { kafka: "4.4" }],
  ["refused-value", worker, "", "producer.linger.ms=ten"],
  ["connect-missing-setting", worker, "group.id=connect-cluster\n", ""],
  ["connect-missing-setting", standalone, /key.converter=.*\n/, ""],
  [
    "connect-replicas-above-brokers",
    withWorker,
    "config.storage.replication.factor=3",
    "config.storage.replication.factor=4",
  ],
  [
    "connect-topic-one-replica",
    worker,
    "status.storage.replication.factor=3",
    "status.storage.replication.factor=1",
  ],
  [
    "connect-topic-one-replica",
    withWorker,
    "offset.storage.replication.factor=3",
    "offset.storage.replication.factor=1",
  ],
  [
    "connect-exactly-once",
    {
      ...Object.fromEntries(
        Object.entries(SERVERS).map(([file, text]) => [
          file,
          `${text}transaction.state.log.replication.factor=5\n`,
        ]),
      ),
      ...worker,
    },
    "",
    "exactly.once.source.support=enabled",
  ],
  ["connect-not-distributed", standalone, "", "exactly.once.source.support=enabled"],
  ["connect-heartbeat", worker, "", "session.timeout.ms=3000"],
  ["connect-setting-without-prefix", worker, "", "acks=1"],
  ["connect-setting-without-prefix", standalone, "", "max.poll.records=1"],
  ["connect-security-without-prefix", worker, "", "security.protocol=SASL_SSL"],
  ["connect-override-policy", worker, "", "connector.client.config.override.policy=none"],
  ["connect-topics-differ", workers, /(client.id[^]*)connect-configs/, "$1other-configs"],
  ["connect-topics-shared", workers, /(client.id[^]*)connect-cluster/, "$1other-cluster"],
  ["connect-one-topic-for-all", worker, "connect-status", "connect-configs"],
  ["connect-advertised-localhost", composed, "NAME: one", "NAME: localhost"],
  ["misspelt-worker-setting", worker, "", "ofset.flush.interval.ms=1000"],
  ["misspelt-worker-setting", streams, "num.standby.replicas", "num.stanby.replicas"],
  ["acks-leader-only", worker, "", "producer.acks=1"],
  ["retries-reorder", worker, "", "producer.max.in.flight.requests.per.connection=5"],
  ["heartbeat-not-below-session", worker, "", "consumer.session.timeout.ms=2000"],
  ["misspelt-client-setting", worker, "", "consumer.max.poll.record=5"],
  ["bootstrap-not-a-broker", withWorker, "bootstrap.servers=a:9092", "bootstrap.servers=a:9093"],
  ["streams-missing-setting", streams, /bootstrap.servers=.*\n/, ""],
  ["streams-application-id", streams, "my-app", "my app"],
  ["streams-replicas-above-brokers", withStreams, "\nreplication.factor=3", "\nreplication.factor=4"],
  ["streams-topic-one-replica", streams, "replication.factor=3", "replication.factor=1"],
  ["streams-ignored-setting", streams, "", "enable.auto.commit=true"],
  ["streams-ignored-setting", streams, "", "consumer.isolation.level=read_uncommitted"],
  ["streams-exactly-once-conflict", streams, "", "producer.acks=1"],
  ["streams-exactly-once-conflict", streams, "", "max.in.flight.requests.per.connection=6"],
  ["streams-transaction-timeout", streams, "", "commit.interval.ms=30000"],
  ["streams-transaction-timeout", streams, "", "producer.transaction.timeout.ms=50"],
  [
    "streams-no-transactions",
    {
      ...Object.fromEntries(
        Object.entries(SERVERS).map(([file, text]) => [
          file,
          `${text}transaction.state.log.replication.factor=5\n`,
        ]),
      ),
      "streams.properties": STREAMS.replace("exactly_once_v2", "at_least_once"),
    },
    "at_least_once",
    "exactly_once_v2",
  ],
  ["acks-leader-only", { "s.properties": STREAMS.replace("exactly_once_v2", "at_least_once") }, "", "acks=1"],
  ["heartbeat-not-below-session", streams, "", "main.consumer.session.timeout.ms=2000"],
  ["port-of-another-node", LOCAL, "39092", "29092"],
  ["folder-of-another-node", LOCAL, "/data/3/", "/data/2"],
  [
    "advertised-twice",
    SERVERS,
    "advertised.listeners=PLAINTEXT://b:9092",
    "advertised.listeners=PLAINTEXT://a:9092",
  ],
  ["controller-address", SERVERS, "2@b:9093", "2@b:9094"],
  ["controller-address", LOCAL, "servers=localhost:9093", "servers=localhost:9094"],
  ["duplicate-node-id", SERVERS, "node.id=3", "node.id=2"],
  ["voters-differ", SERVERS, /(node.id=2\n.*),3@c:9093/, "$1"],
  [
    "replicas-above-brokers",
    LOCAL,
    "offsets.topic.replication.factor=2",
    "offsets.topic.replication.factor=3",
  ],
  [
    "bootstrap-not-a-broker",
    { ...LOCAL, "client.properties": "bootstrap.servers=localhost:29092,localhost:39092\n" },
    ",localhost:39092\n",
    ",localhost:9093\n",
  ],
];

/** Sets in which nothing is wrong. */
export const CLEAN: Readonly<Record<string, Files>> = {
  SERVERS,
  LOCAL,
  worker,
  workers,
  standalone,
  streams,
  withWorker,
  withStreams,
  composed,
};
