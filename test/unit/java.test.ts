// The Java client without Java: what its tools print, as they printed it (Kafka 3.9.2 and 4.4.0), and what is
// made of that.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { LabError } from "../../sdk/model/errors.ts";
import { LabError as Failure } from "../../sdk/model/errors.ts";
import type { Streamed } from "../../sdk/client/client.ts";
import { isNotable, type Line, type LogLine, readLine } from "../../sdk/client/java/line.ts";
import { attemptsOf } from "../../sdk/client/java/outcome.ts";
import type { Program } from "../../sdk/client/java/program.ts";
import { javaSettings, propertiesFile } from "../../sdk/client/java/settings.ts";
import { shownSettings } from "../../sdk/model/security.ts";
import { NO_KEY, sendSingly } from "../../sdk/client/java/single.ts";
import { assertStreamable, streamRecords } from "../../sdk/client/java/stream.ts";
import { traceWire, type TracedAttempt } from "../../sdk/client/java/trace.ts";
import { followStream } from "../../sdk/lab/workload/load.ts";
import { writeOut } from "../../sdk/client/settings.ts";

const test = suite("java");
const DAY = "2026-11-25T00:42:";
const at = (time: string): number => Date.parse(`${DAY}${time}Z`);
/** A line of the client's network layer. */
const net = (time: string, text: string, level = "DEBUG"): string =>
  `${DAY}${time}Z ${level} org.apache.kafka.clients.NetworkClient [Producer clientId=producer-1] ${text}`;
const header = (api: string, id: number): string =>
  `RequestHeader(apiKey=${api}, apiVersion=11, clientId=producer-1, correlationId=${id}, headerVersion=2)`;
const sending = (
  time: string,
  api: string,
  id: number,
  node: number,
  body = "{acks=-1,timeout=700,partitionSizes=[my_topic-0=72]}",
): string =>
  net(time, `Sending ${api} request with header ${header(api, id)} and timeout 700 to node ${node}: ${body}`);
const answer = (time: string, id: number, code: number, offset: number): string =>
  net(
    time,
    "Received PRODUCE response from node 3 for request with header " +
      `${header("PRODUCE", id)}: ` +
      "ProduceResponseData(responses=[TopicProduceResponse(name='my_topic', " +
      `partitionResponses=[PartitionProduceResponse(index=0, errorCode=${code}, ` +
      `baseOffset=${offset}, logAppendTimeMs=-1, logStartOffset=0, recordErrors=[], ` +
      "errorMessage=null, currentLeader=LeaderIdAndEpoch(leaderId=-1, leaderEpoch=-1))])], " +
      "throttleTimeMs=0, nodeEndpoints=[])",
  );
const cancelled = (time: string, id: number, elapsed: number): string =>
  net(
    time,
    `Cancelled in-flight PRODUCE request with correlation id ${id} due to node 3 being ` +
      `disconnected (elapsed time since creation: ${elapsed}ms, elapsed time since send: ` +
      `${elapsed}ms, throttle time: 0ms, request timeout: 700ms): {acks=-1,timeout=700,` +
      "partitionSizes=[my_topic-0=72]}",
  );
const append = (time: string, value: string): string =>
  `${DAY}${time}Z TRACE org.apache.kafka.clients.producer.KafkaProducer [Producer ` +
  "clientId=producer-1] Attempting to append record ProducerRecord(topic=my_topic, " +
  "partition=null, headers=RecordHeaders(headers = [], isReadOnly = false), key=null, " +
  `value=${value}, timestamp=null) with callback ` +
  "org.apache.kafka.tools.VerifiableProducer$PrintInfoCallback@4148db48 to topic " +
  "my_topic partition 0";
const EXPIRED = "Expiring 1 record(s) for my_topic-0:1500 ms has passed since batch creation";
const dialling = [
  net(
    "55.440",
    "Initiating connection to node localhost:26019 (id: 3 rack: null) using address localhost/127.0.0.1",
  ),
  net("55.445", "Completed connection to node 3. Fetching API versions."),
];

for (const [text, line] of [
  [
    net("58.089", "Disconnecting from node 3 due to request timeout.", "INFO"),
    {
      kind: "log",
      epochMs: at("58.089"),
      level: "INFO",
      logger: "org.apache.kafka.clients.NetworkClient",
      text: "Disconnecting from node 3 due to request timeout.",
    },
  ],
  [
    "2026-11-25T00:42:34.249Z INFO " +
      "org.apache.kafka.clients.consumer.internals.ConsumerCoordinator [Consumer " +
      "clientId=consumer-g1-1, groupId=g1] (Re-)joining group",
    {
      kind: "log",
      epochMs: at("34.249"),
      level: "INFO",
      logger: "org.apache.kafka.clients.consumer.internals.ConsumerCoordinator",
      text: "(Re-)joining group",
    },
  ],
  [
    "2026-11-25T00:42:32.755Z INFO org.apache.kafka.common.utils.internals.AppInfoParser " +
      "Kafka version: 4.4.0",
    {
      kind: "log",
      epochMs: at("32.755"),
      level: "INFO",
      logger: "org.apache.kafka.common.utils.internals.AppInfoParser",
      text: "Kafka version: 4.4.0",
    },
  ],
  [
    '{"timestamp":1795567310181,"name":"startup_complete"}',
    { kind: "tool", epochMs: 1795567310181, name: "startup_complete", facts: {} },
  ],
  [
    '{"timestamp":1795567310319,"name":"producer_send_success","key":null,"value":"7.0",' +
      '"offset":3,"partition":0,"topic":"my_topic"}',
    {
      kind: "tool",
      epochMs: 1795567310319,
      name: "producer_send_success",
      facts: { key: null, value: "7.0", offset: 3, partition: 0, topic: "my_topic" },
    },
  ],
  [
    "java.net.ConnectException: Connection refused",
    { kind: "rest", text: "java.net.ConnectException: Connection refused" },
  ],
  ["\tacks = -1", { kind: "rest", text: "\tacks = -1" }],
  ['{"broken', { kind: "rest", text: '{"broken' }],
  ['{"no":"name"}', { kind: "rest", text: '{"no":"name"}' }],
] as const)
  test(`readLine() reads ${text.slice(0, 60)}`, () => assert.equal(readLine(text), line));

for (const [text, notable] of [
  [net("58.089", "Disconnecting from node 3 due to request timeout.", "INFO"), true],
  [net("58.089", "Node 3 disconnected.", "INFO"), true],
  [
    net(
      "58.089",
      "Connection to node 3 (localhost/127.0.0.1:26019) could not be established. Node may not be available.",
      "WARN",
    ),
    true,
  ],
  [
    "2026-11-25T00:41:50.285Z INFO " +
      "org.apache.kafka.clients.producer.internals.TransactionManager [Producer " +
      "clientId=producer-1] ProducerId set to 2001 with epoch 0",
    true,
  ],
  [
    "2026-11-25T00:42:32.755Z INFO org.apache.kafka.common.utils.internals.AppInfoParser " +
      "Kafka version: 4.4.0",
    false,
  ],
  [
    "2026-11-25T00:41:50.128Z INFO org.apache.kafka.clients.producer.KafkaProducer " +
      "[Producer clientId=producer-1] Instantiated an idempotent producer.",
    false,
  ],
  [sending("58.089", "FETCH", 9, 1), false],
] as const)
  test(`isNotable() ${notable ? "keeps" : "leaves out"} ${text.slice(25, 110)}`, () =>
    assert.is(isNotable(readLine(text) as LogLine), notable));

for (const [title, lines, tries] of [
  ["a connection", dialling, [["Connect", "localhost:26019", 5, undefined]]],
  [
    "an answer",
    [...dialling, sending("55.483", "PRODUCE", 5, 3), answer("55.489", 5, 0, 10)],
    [
      ["Connect", "localhost:26019", 5, undefined],
      ["Produce", "localhost:26019", 6, undefined],
    ],
  ],
  [
    "Kafka's error in an answer",
    [...dialling, sending("55.483", "PRODUCE", 5, 3), answer("55.489", 5, 6, -1)],
    [
      ["Connect", "localhost:26019", 5, undefined],
      ["Produce", "localhost:26019", 6, "NOT_LEADER_OR_FOLLOWER"],
    ],
  ],
  [
    "a request that timed out, and another that was lost with its connection",
    [
      ...dialling,
      sending("57.285", "PRODUCE", 14, 3),
      sending("57.487", "PRODUCE", 15, 3),
      net("58.089", "Disconnecting from node 3 due to request timeout.", "INFO"),
      cancelled("58.089", 14, 804),
      cancelled("58.089", 15, 602),
    ],
    [
      ["Connect", "localhost:26019", 5, undefined],
      ["Produce", "localhost:26019", 804, "TIMEOUT"],
      ["Produce", "localhost:26019", 602, "CLOSED"],
    ],
  ],
  [
    "a refused connection, by the exception below the line",
    [
      dialling[0]!,
      `${DAY}55.446Z DEBUG org.apache.kafka.common.network.Selector [Producer ` +
        "clientId=producer-1] Connection with localhost/127.0.0.1 (channelId=3) disconnected",
      "java.net.ConnectException: Connection refused",
      "\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)",
      net("55.447", "Node 3 disconnected.", "INFO"),
      net(
        "55.447",
        "Connection to node 3 (localhost/127.0.0.1:26019) could not be established. Node may " +
          "not be available.",
        "WARN",
      ),
    ],
    [["Connect", "localhost:26019", 7, "ECONNREFUSED"]],
  ],
  [
    "a connection that was not set up in time",
    [
      dialling[0]!,
      net(
        "55.950",
        "Disconnecting from node 3 due to socket connection setup timeout. The timeout value is 500 ms.",
        "INFO",
      ),
    ],
    [["Connect", "localhost:26019", 510, "TIMEOUT"]],
  ],
  [
    "the address of a 4.x node, and an older broker's refusal of a newer request",
    [
      net(
        "32.786",
        "Initiating connection to node localhost:26019 (id: -3 rack: null isFenced: false) " +
          "using address localhost/127.0.0.1",
      ),
      sending(
        "32.806",
        "API_VERSIONS",
        0,
        -3,
        "ApiVersionsRequestData(clientSoftwareName='apache-kafka-java')",
      ),
      net(
        "32.820",
        "Received API_VERSIONS response from node -3 for request with header " +
          `${header("API_VERSIONS", 0)}: ApiVersionsResponseData(errorCode=35, apiKeys=[])`,
      ),
    ],
    [["ApiVersions", "localhost:26019", 14, "UNSUPPORTED_VERSION"]],
  ],
  [
    "no answer where none is asked for (acks=0)",
    [...dialling, sending("55.483", "PRODUCE", 5, 3, "{acks=0,timeout=700,partitionSizes=[my_topic-0=72]}")],
    [["Connect", "localhost:26019", 5, undefined]],
  ],
] as const) {
  test(`traceWire() tells of ${title}`, () => {
    const seen: TracedAttempt[] = [];
    const trace = traceWire({ onAttempt: (attempt) => void seen.push(attempt), onProduce: () => {} });
    for (const text of lines) trace.read(readLine(text));
    assert.equal(
      seen.map(({ api, address, tookMs, error }) => [api, address, tookMs, error]),
      tries as unknown,
    );
  });
}

test("writeOut() of a Java client keeps Kafka's own defaults, and tells Kafka nothing of them", () => {
  const { properties, ...rest } = writeOut({ client: "java" }, ["a:1", "b:2"]) as ReturnType<
    typeof javaSettings
  >;
  assert.equal(properties, {});
  assert.equal(rest, {
    client: "java",
    bootstrap: ["a:1", "b:2"],
    acks: -1,
    idempotent: true,
    requestTimeout: 30000,
    connectionTimeout: 10000,
    retries: 2147483647,
    initialRetryTime: 100,
    maxRetryTime: 1000,
    metadataMaxAge: 300000,
    deliveryTimeout: 120000,
    allowAutoTopicCreation: true,
  });
});
for (const [options, properties] of [
  [
    { acks: 1, requestTimeout: "2s" },
    { acks: "1", "request.timeout.ms": "2000" },
  ],
  [
    { acks: "all", idempotent: false },
    { acks: "all", "enable.idempotence": "false" },
  ],
  [{ acks: -1 }, { acks: "all" }],
  [
    { connectionTimeout: 500 },
    { "socket.connection.setup.timeout.ms": "500", "socket.connection.setup.timeout.max.ms": "500" },
  ],
  [
    { initialRetryTime: 1, maxRetryTime: 2, metadataMaxAge: 3, deliveryTimeout: 4, retries: 5 },
    {
      retries: "5",
      "retry.backoff.ms": "1",
      "retry.backoff.max.ms": "2",
      "metadata.max.age.ms": "3",
      "delivery.timeout.ms": "4",
    },
  ],
  [{ properties: { "max.block.ms": "90000" } }, { "max.block.ms": "90000" }],
] as const)
  test(`writeOut() names ${JSON.stringify(options)} as Kafka does`, () =>
    assert.equal(
      (writeOut({ client: "java", ...options }, ["a:1"]) as ReturnType<typeof javaSettings>).properties,
      properties,
    ));
for (const [properties, idempotent] of [
  [{}, true],
  [{ acks: "1" }, false],
  [{ retries: "0" }, false],
  [{ "enable.idempotence": "true" }, true],
  [{ "max.in.flight.requests.per.connection": "6" }, false],
] as const) {
  test(`javaSettings() says whether ${JSON.stringify(properties)} is idempotent`, () =>
    assert.is(javaSettings({ properties }, ["a:1"]).idempotent, idempotent));
}
test("javaSettings() reads a property that has a setting of its own", () =>
  assert.equal(
    [javaSettings({ properties: { "request.timeout.ms": "600000", acks: "0" } }, ["a:1"])].map(
      ({ requestTimeout, acks }) => [requestTimeout, acks],
    ),
    [[600000, 0]],
  ));
for (const [title, options] of [
  ["an unknown client", { client: "librdkafka" }],
  ["dropHungConnections", { client: "java", dropHungConnections: true }],
  ["allowAutoTopicCreation: false", { client: "java", allowAutoTopicCreation: false }],
  ["one thing twice", { client: "java", requestTimeout: 1, properties: { "request.timeout.ms": "2" } }],
  ["bootstrap.servers as a property", { client: "java", properties: { "bootstrap.servers": "a:1" } }],
  ["a property that is no text", { client: "java", properties: { acks: 1 } }],
  ["properties for kafkajs", { properties: { acks: "1" } }],
  ["idempotence with acks 1", { client: "java", idempotent: true, acks: 1 }],
] as const)
  test(`writeOut() refuses ${title}`, () =>
    assert.throws(
      () => writeOut(options as never, ["a:1"]),
      (error: unknown) => error instanceof TypeError,
    ));

test("propertiesFile() undoes the tools' own defaults, and what was given comes last", () => {
  const lines = (purpose: "single" | "stream" | "read", major: number, properties = {}): string[] =>
    propertiesFile(javaSettings({ properties }, ["a:1"]), { purpose, name: "p", major })
      .trim()
      .split("\n");
  assert.equal(lines("stream", 3), ["client.id=p", "retries=2147483647"]);
  assert.equal(lines("single", 3, { "request.timeout.ms": "70000" }), [
    "client.id=p",
    "retries=2147483647",
    "request.timeout.ms=70000",
    "send.buffer.bytes=131072",
    "linger.ms=0",
  ]);
  assert.ok(lines("single", 4).includes("linger.ms=5"));
  assert.equal(lines("read", 4, { "sasl.jaas.config": 'a="b:c\\d"; é' }), [
    "client.id=p",
    'sasl.jaas.config=a\\="b\\:c\\\\d"; \\u00e9',
  ]);
});
test("shownSettings() hides passwords", () => {
  const properties = {
    "ssl.keystore.password": "x",
    "sasl.jaas.config": "x",
    "ssl.key.password": "x",
    acks: "1",
  };
  assert.equal(shownSettings(javaSettings({ properties }, ["a:1"])).properties, {
    "ssl.keystore.password": "(hidden)",
    "sasl.jaas.config": "(hidden)",
    "ssl.key.password": "(hidden)",
    acks: "1",
  });
});

/** A tool that says what the test lets it say. */
function fakeTool() {
  let end: (failure: LabError) => void = () => {};
  let hear: (line: Line) => void = () => {};
  const written: string[] = [];
  const fake = {
    written,
    starts: 0,
    isAlive: false,
    say: (...lines: string[]) => lines.forEach((text) => hear(readLine(text))),
    end(message: string) {
      fake.isAlive = false;
      end(new Failure("BAD_CLIENT", message));
    },
    start(onLine: (line: Line) => void): Promise<Program> {
      fake.starts++;
      fake.isAlive = true;
      hear = onLine;
      const ended = new Promise<LabError>((resolve) => (end = resolve));
      return Promise.resolve({
        pid: 1,
        get isAlive() {
          return fake.isAlive;
        },
        ended,
        write: (line) => void written.push(line),
        refuse(error) {
          fake.isAlive = false;
          end(error);
        },
        endGently: () => fake.end("asked"),
        kill: async () => {
          fake.end("killed");
          await ended;
        },
      });
    },
  };
  return fake;
}
const places = {
  acks: -1,
  clock: (epochMs: number) => epochMs - at("55.000"),
  at: (epochMs: number) => epochMs - at("55.000"),
  brokerOf: () => 3,
} as const;
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function streaming(acks: -1 | 0 | 1 = -1) {
  const tool = fakeTool();
  const sent: Streamed[] = [];
  const stream = streamRecords({ ...places, acks, start: tool.start }, (one) => void sent.push(one));
  const rows = () =>
    sent.map(({ value, outcome, offset, began, tookMs, attempts }) => [
      value,
      outcome,
      offset,
      began,
      tookMs,
      attempts.map(({ api, error }) => error ?? api).join(" "),
    ]);
  return { tool, sent, stream, rows };
}
const success = (time: string, value: string, offset: number): string =>
  `{"timestamp":${at(time)},"name":"producer_send_success","key":null,` +
  `"value":"${value}","offset":${offset},"topic":"my_topic","partition":0}`;
const failed = (time: string, value: string, exception: string, message: string): string =>
  `{"timestamp":${at(time)},"name":"producer_send_error","topic":"my_topic","key":null,` +
  `"value":"${value}","exception":"class org.apache.kafka.common.errors.${exception}",` +
  `"message":"${message}"}`;

test("streamRecords() reports records: the first with the connection, others with their request", () => {
  const { tool, rows } = streaming();
  tool.say(
    `{"timestamp":${at("55.430")},"name":"startup_complete"}`,
    ...dialling,
    append("55.470", "9.0"),
    append("55.471", "9.1"),
    sending("55.483", "PRODUCE", 5, 3),
    answer("55.489", 5, 0, 10),
    success("55.490", "9.0", 10),
    success("55.490", "9.1", 11),
  );
  assert.equal(rows(), [
    ["9.0", "ok", "10", 430, 61, "Connect Produce"],
    ["9.1", "ok", "11", 471, 20, "Produce"],
  ]);
});
test("streamRecords() shows with a record the requests that failed meanwhile and its own", () => {
  const { tool, rows } = streaming();
  tool.say(
    ...dialling,
    append("55.470", "9.0"),
    sending("55.480", "PRODUCE", 5, 3),
    cancelled("56.284", 5, 804),
    append("56.300", "9.1"),
    sending("56.310", "PRODUCE", 6, 3),
    answer("56.320", 6, 0, 7),
    success("56.320", "9.0", 7),
    success("56.320", "9.1", 8),
  );
  assert.equal(
    rows().map(([value, , , , , attempts]) => [value, attempts]),
    [
      ["9.0", "TIMEOUT Produce"],
      ["9.1", "Produce"],
    ],
  );
});
test("streamRecords() info for a record that expired after a request that may have held it", () => {
  const { tool, rows, sent } = streaming();
  tool.say(
    ...dialling,
    append("57.284", "9.10"),
    sending("57.285", "PRODUCE", 14, 3),
    cancelled("58.089", 14, 804),
    failed(
      "58.786",
      "9.10",
      "TimeoutException",
      "Expiring 1 record(s) for my_topic-0:1500 ms has passed since batch creation",
    ),
  );
  assert.equal(rows(), [["9.10", "info", undefined, 2284, 1503, "TIMEOUT"]]);
  assert.is(
    sent[0]!.error,
    "TimeoutException: Expiring 1 record(s) for my_topic-0:1500 ms has passed since batch creation",
  );
});
test("streamRecords() fail for a record that no request can have held, whatever was sent before it", () => {
  const { tool, rows } = streaming();
  tool.say(
    ...dialling,
    append("57.000", "9.1"),
    sending("57.001", "PRODUCE", 13, 3),
    append("57.284", "9.2"),
    cancelled("57.800", 13, 799),
    net("58.700", "Node 3 disconnected.", "INFO"),
    failed("58.786", "9.2", "TimeoutException", EXPIRED),
    failed("58.786", "9.3", "TimeoutException", "Topic my_topic not present in metadata after 60000 ms."),
  );
  assert.equal(
    rows().map(([value, outcome]) => [value, outcome]),
    [
      ["9.2", "fail"],
      ["9.3", "fail"],
    ],
  );
});
// the producer drains a batch, fails it because it has expired, and then sends it
for (const [connection, before, after, outcome] of [
  ["a connection", [], [sending("58.787", "PRODUCE", 14, 3), answer("58.790", 14, 0, 10)], "info"],
  [
    "a connection that timed out",
    [net("58.089", "Disconnecting from node 3 due to request timeout.", "INFO")],
    [],
    "fail",
  ],
] as const) {
  test(`streamRecords() ${outcome} for a record that expired before its request, with ${connection}`, () => {
    const { tool, rows } = streaming();
    const expired = failed("58.786", "9.1", "TimeoutException", EXPIRED);
    tool.say(...dialling, append("57.284", "9.1"), ...before, expired, ...after);
    assert.equal(
      rows().map(([value, is]) => [value, is]),
      [["9.1", outcome]],
    );
  });
}
test("sendSingly() info for a record that expired before its request, with a connection", async () => {
  const tool = fakeTool();
  const sent1 = sendSingly({ ...places, start: tool.start }).send({ value: "p-1" });
  await turn();
  tool.say(
    STARTED,
    ...dialling,
    append("55.470", "[B@1"),
    refusal("57.000"),
    `org.apache.kafka.common.errors.TimeoutException: ${EXPIRED}`,
    sending("57.001", "PRODUCE", 5, 3),
    answer("57.004", 5, 0, 10),
  );
  assert.is((await sent1).outcome, "info");
});
test("streamRecords() counts a record that waits in send() for metadata from there", () => {
  const { tool, rows } = streaming();
  const wait =
    `${DAY}56.000Z TRACE org.apache.kafka.clients.producer.KafkaProducer [Producer ` +
    "clientId=producer-1] Requesting metadata update for topic my_topic.";
  tool.say(
    append("55.470", "9.0"),
    success("55.480", "9.0", 1),
    wait,
    append("57.500", "9.1"),
    success("57.600", "9.1", 2),
  );
  assert.equal(rows()[1]!.slice(3, 5), [1000, 1601]);
});
test("streamRecords() with acks 0 cannot know: info", () => {
  const { tool, rows } = streaming(0);
  tool.say(
    append("55.470", "9.0"),
    sending("55.483", "PRODUCE", 5, 3, "{acks=0,timeout=700,partitionSizes=[my_topic-0=72]}"),
    success("55.490", "9.0", -1),
  );
  assert.equal(
    rows().map((row) => row.slice(0, 3)),
    [["9.0", "info", undefined]],
  );
});
test("streamRecords() when ended: info for what is under way, fail for what was never written", async () => {
  const { tool, rows, stream } = streaming();
  tool.say(...dialling, append("55.470", "9.0"), sending("55.480", "PRODUCE", 5, 3), append("55.490", "9.1"));
  await stream.stop({ giveUp: true });
  assert.equal(
    rows().map(([value, outcome]) => [value, outcome]),
    [
      ["9.0", "info"],
      ["9.1", "fail"],
    ],
  );
  assert.is(await stream.ended, undefined);
});
test("followStream() rejects whoever waits where the client ended by itself", async () => {
  const tool = fakeTool();
  const load = followStream((onSent) => streamRecords({ ...places, start: tool.start }, onSent), "x");
  const waiting = load.acknowledged(1).catch((error: unknown) => error as LabError);
  await turn();
  tool.end("Cannot start");
  assert.is(((await waiting) as LabError).code, "BAD_CLIENT");
  assert.is(((await load.stop().catch((error: unknown) => error)) as LabError).code, "BAD_CLIENT");
});
for (const [options, code] of [
  [{ perSecond: 0 }, RangeError],
  [{ perSecond: 0.5 }, Failure],
  [{ perSecond: 1, key: "k" }, Failure],
  [{ perSecond: 1, partition: 0 }, Failure],
  [{ perSecond: 1, inFlight: 1 }, Failure],
] as const) {
  test(`assertStreamable() refuses ${JSON.stringify(options)}`, () =>
    assert.throws(
      () => assertStreamable(options),
      (error: unknown) => error instanceof code,
    ));
}

const STARTED =
  `${DAY}55.400Z DEBUG org.apache.kafka.clients.producer.KafkaProducer [Producer ` +
  "clientId=producer-1] Kafka producer started";
const refusal = (time: string): string =>
  `${DAY}${time}Z ERROR ` +
  "org.apache.kafka.clients.producer.internals.ErrorLoggingCallback Error when sending " +
  "message to topic my_topic with key: null, value: 7 bytes with error:";

test("sendSingly() times a cold send from the client's first step, a warm one from its own", async () => {
  const tool = fakeTool();
  const single = sendSingly({ ...places, start: tool.start });
  const cold = single.send({ value: "p-1" });
  await turn();
  tool.say(
    STARTED,
    ...dialling,
    append("55.470", "[B@1"),
    sending("55.483", "PRODUCE", 5, 3),
    answer("55.489", 5, 0, 10),
  );
  assert.equal(
    [
      (await cold).began,
      (await cold).tookMs,
      (await cold).offset,
      (await cold).attempts.map(({ api }) => api),
    ],
    [400, 90, "10", ["Connect", "Produce"]],
  );
  const warm = single.send({ value: "p-2", key: "k" });
  await turn();
  tool.say(append("57.000", "[B@2"), sending("57.001", "PRODUCE", 6, 3), answer("57.004", 6, 0, 11));
  assert.equal(
    [(await warm).began, (await warm).tookMs, (await warm).attempts.map(({ api }) => api)],
    [2000, 5, ["Produce"]],
  );
  assert.equal([tool.written, tool.starts], [[`${NO_KEY}\tp-1`, "k\tp-2"], 1]);
});
test("sendSingly() does not take the late answer to an expired record for the next one's", async () => {
  const tool = fakeTool();
  const single = sendSingly({ ...places, start: tool.start });
  const first = single.send({ value: "p-1" });
  const second = single.send({ value: "p-2" });
  await turn();
  tool.say(
    STARTED,
    ...dialling,
    append("55.470", "[B@1"),
    sending("55.483", "PRODUCE", 5, 3),
    refusal("57.000"),
    "org.apache.kafka.common.errors.TimeoutException: Expiring 1 record(s) for " +
      "my_topic-0:1500 ms has passed since batch creation",
  );
  assert.equal(
    [(await first).outcome, (await first).error],
    ["info", "TimeoutException: Expiring 1 record(s) for my_topic-0:1500 ms has passed since batch creation"],
  );
  await turn();
  tool.say(
    append("57.001", "[B@2"),
    answer("57.100", 5, 0, 10),
    sending("57.101", "PRODUCE", 6, 3),
    answer("57.104", 6, 0, 11),
  );
  assert.equal(
    [(await second).outcome, (await second).offset, (await second).attempts.length],
    ["ok", "11", 1],
  );
});
test("attemptsOf() keeps the last attempts, and the first that may have held the record", () => {
  const refused = Array.from(
    { length: 100 },
    (_, i): TracedAttempt => ({
      epochMs: i,
      tookMs: 1,
      address: "localhost:26019",
      api: "Connect",
      error: "ECONNREFUSED",
    }),
  );
  const produce: TracedAttempt = {
    epochMs: 2,
    tookMs: 1,
    address: "localhost:26019",
    api: "Produce",
    error: "CLOSED",
  };
  const kept = attemptsOf([...refused.slice(0, 2), produce, ...refused.slice(3)], {
    at: (epochMs) => epochMs,
    brokerOf: () => 3,
  });
  assert.equal([kept[0]!.api, kept[1]!.atMs, kept.at(-1)!.atMs, kept.length], ["Produce", 68, 99, 33]);
});
test("sendSingly() of a topic without metadata did not happen: fail", async () => {
  const tool = fakeTool();
  const sending = sendSingly({ ...places, start: tool.start }).send({ value: "p-1" });
  await turn();
  tool.say(
    STARTED,
    refusal("57.000"),
    "org.apache.kafka.common.errors.TimeoutException: Topic my_topic not present in metadata after 60000 ms.",
  );
  assert.equal(
    [(await sending).outcome, (await sending).error],
    ["fail", "TimeoutException: Topic my_topic not present in metadata after 60000 ms."],
  );
});
test("sendSingly() given up ends the process, and the next send starts another", async () => {
  const tool = fakeTool();
  const single = sendSingly({ ...places, start: tool.start });
  const giving = new AbortController();
  const sent = single.send({ value: "p-1" }, giving.signal);
  await turn();
  tool.say(STARTED, ...dialling, append("55.470", "[B@1"), sending("55.483", "PRODUCE", 5, 3));
  giving.abort(new Error("enough"));
  assert.equal([(await sent).outcome, (await sent).error, tool.isAlive], ["info", "enough", false]);
  const next = single.send({ value: "p-2" });
  await turn();
  await turn();
  tool.say(STARTED, append("58.000", "[B@1"), sending("58.001", "PRODUCE", 5, 3), answer("58.002", 5, 0, 4));
  assert.equal([(await next).outcome, tool.starts], ["ok", 2]);
});
test("sendSingly() rejects where the tool ends before its client exists", async () => {
  const tool = fakeTool();
  const sent = sendSingly({ ...places, start: tool.start })
    .send({ value: "p-1" })
    .catch((error: unknown) => error as LabError);
  await turn();
  tool.end("Cannot start: Invalid value 7 for configuration acks");
  assert.is(((await sent) as LabError).code, "BAD_CLIENT");
});
test.run();
