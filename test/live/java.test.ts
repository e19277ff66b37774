// Kafka's own client on real brokers: the same outcomes as kafkajs, its log in the history, and no process
// that outlives its probe.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type HistoryEvent,
  type Lab,
  type LabError,
  type LogEvent,
  type SendEvent,
  startLab,
} from "@kafka-failure-lab/sdk";
import {
  brokerProcesses,
  isDocker,
  javaClients,
  processes,
  program,
  reportingFailure,
  until,
} from "./outside.ts";

const test = suite("java");
let lab: Lab;
const sendsOf = (client: string): SendEvent[] =>
  lab.run.history.filter((event): event is SendEvent => event.kind === "send" && event.client === client);
const logsOf = (source: string): LogEvent[] =>
  lab.run.history.filter((event): event is LogEvent => event.kind === "log" && event.source === source);
const failure = (promise: Promise<unknown>): Promise<LabError> =>
  promise.then(
    () => assert.unreachable("it resolved") as never,
    (error: unknown) => error as LabError,
  );

test.before(
  reportingFailure(async () => {
    lab = await startLab({ scenario: "test-java", timers: "fast", onProgress: false });
  }),
);
test.after(() => lab?.close());

test("send() is acknowledged: cold with the way to the leader in its attempts, warm with one request", async () => {
  const probe = lab.probe({ name: "one", client: "java" });
  const cold = await probe.send();
  assert.is(cold.outcome, "ok", cold.error);
  assert.equal([cold.partition, cold.offset, cold.value], [0, "0", "one-1"]);
  const apis = cold.attempts.map(({ api }) => api);
  for (const api of ["Connect", "ApiVersions", "Metadata", "InitProducerId", "Produce"])
    assert.ok(apis.includes(api), `${api} is not among ${apis}`);
  assert.is(apis.at(-1), "Produce");
  const leader = (await lab.cluster.describe()).partitions.find(({ topic }) => topic === lab.topic)!.leader;
  const warm = await probe.send();
  assert.equal([warm.outcome, warm.offset, warm.broker], ["ok", "1", leader]);
  const produced = warm.attempts.filter(({ api }) => api === "Produce");
  assert.equal(
    produced.map(({ broker, error }) => [broker, error]),
    [[leader, undefined]],
  );
  assert.ok(produced[0]!.tookMs <= warm.tookMs, `${produced[0]!.tookMs} of ${warm.tookMs} ms`);
  const [first, second] = sendsOf("one") as [SendEvent, SendEvent];
  assert.ok(first.atMs + first.tookMs <= second.atMs + 1, JSON.stringify([first, second]));
  // a connection to another broker may be under way when the second send begins: what ended before it
  // explains nothing
  assert.ok(
    second.attempts.every(
      ({ atMs, tookMs, api }) => (api === "Produce" ? atMs : atMs + tookMs) >= second.atMs - 1,
    ),
    JSON.stringify(second),
  );
  assert.ok(
    lab.run.history.some(
      (event) =>
        event.kind === "note" &&
        /^one: ConsoleProducer \S+ was ready \d+ ms after its start/.test(event.text),
    ),
    "the start of Java is not told of",
  );
});

test("send() takes a key, and each record ends where another client reads it with its key's partition", async () => {
  await lab.cluster.createTopic("keyed", { partitions: 3 });
  const [java, kafkajs] = [
    lab.probe({ name: "keyed-java", client: "java", topic: "keyed" }),
    lab.probe({ name: "keyed-kafkajs", topic: "keyed" }),
  ];
  for (const key of ["a", "b", "c d"])
    assert.is((await java.send({ key })).partition, (await kafkajs.send({ key })).partition, key);
  const seen = await java.read({ timeout: "3m" });
  assert.is(seen.outcome, "ok", seen.error);
  assert.equal(seen.records.map(({ value }) => value).sort(), [
    "keyed-java-1",
    "keyed-java-2",
    "keyed-java-3",
    "keyed-kafkajs-1",
    "keyed-kafkajs-2",
    "keyed-kafkajs-3",
  ]);
  await kafkajs.send();
  assert.equal(
    (await java.read({ timeout: "3m" })).records.map(({ value }) => value),
    ["keyed-kafkajs-4"],
  );
  assert.equal((await java.read({ timeout: "3m" })).records, []);
  assert.equal(
    logsOf("keyed-java")
      .filter(({ level }) => level === "ERROR")
      .map(({ text }) => text),
    [],
  );
});

test("connect() resolves once a broker has answered, and a send that follows does not dial it again", async () => {
  const probe = lab.probe({ name: "connected", client: "java" });
  await probe.connect();
  const sent = await probe.send();
  assert.is(sent.outcome, "ok", sent.error);
  await probe.close();
});

test("send() with acks 0 cannot know: info; and that never reaches a broker did not happen: fail", async () => {
  assert.is((await lab.probe({ name: "acks-0", client: "java", acks: 0 }).send()).outcome, "info");
  const sent = await lab
    .probe({
      name: "nowhere",
      client: "java",
      bootstrap: ["127.0.0.1:1"],
      properties: { "max.block.ms": "700" },
    })
    .send();
  assert.equal(
    [sent.outcome, sent.error],
    ["fail", `TimeoutException: Topic ${lab.topic} not present in metadata after 700 ms.`],
  );
  assert.ok(sent.attempts.length > 0);
  for (const { api, error, broker } of sent.attempts)
    assert.equal([api, error, broker], ["Connect", "ECONNREFUSED", null]);
});

test("send() of a record that the broker refuses did not happen: fail, with Kafka's error in the attempts", async () => {
  await lab.cluster.createTopic("narrow-java", { config: { "max.message.bytes": "20" } });
  const sent = await lab.probe({ name: "narrow", client: "java", topic: "narrow-java" }).send();
  assert.is(sent.outcome, "fail");
  assert.is(sent.attempts.at(-1)!.error, "MESSAGE_TOO_LARGE");
});

test("send() given up by its caller's signal ends at once, and the next one is acknowledged", async () => {
  const probe = lab.probe({ name: "given-up", client: "java", bootstrap: ["127.0.0.1:1"] });
  assert.is((await probe.send({ signal: AbortSignal.timeout(100) })).outcome, "fail");
  await probe.close();
  assert.is((await failure(probe.send())).code, "LAB_CLOSED");
  const other = lab.probe({ name: "given-up-later", client: "java" });
  await other.send();
  const fault = await lab.cluster.pause("leader");
  const sent = await other.send({ signal: AbortSignal.timeout(200) });
  await fault.heal();
  assert.is(sent.outcome, "info", JSON.stringify(sent));
  assert.is((await other.send()).outcome, "ok");
});

test("start() sends at its rate, and every record is told of with a value of its own", async () => {
  const began = performance.now();
  const load = lab.probe({ name: "load", client: "java" }).start({ perSecond: 100 });
  const again = lab.probe({ name: "again", client: "java" }).start({ perSecond: 20 });
  await load.acknowledged(20);
  await load.acknowledged(300);
  const tookMs = performance.now() - began;
  // a client that stood still makes up for it, but is never above its rate since its start
  assert.ok(tookMs > 3000, `320 sends at 100 a second took ${tookMs} ms`);
  await again.acknowledged(1);
  const counts = [await load.stop(), await again.stop()];
  assert.equal(
    counts.map(({ fail, info }) => [fail, info]),
    [
      [0, 0],
      [0, 0],
    ],
  );
  const values = [...sendsOf("load"), ...sendsOf("again")].map(({ value }) => value);
  assert.is(values.length, counts[0]!.ok + counts[1]!.ok);
  assert.is(new Set(values).size, values.length);
  assert.ok(
    sendsOf("load").every(
      ({ broker, partition, offset }) => broker !== undefined && partition === 0 && offset !== undefined,
    ),
  );
});

test("a leader that is killed under load loses nothing, and the sends in between show their attempts", async () => {
  const load = lab
    .probe({ name: "through", client: "java", initialRetryTime: 50, maxRetryTime: 200 })
    .start({ perSecond: 100 });
  await load.acknowledged(30);
  const fault = await lab.cluster.kill("leader");
  await load.acknowledged(50);
  await fault.heal();
  await load.acknowledged(20);
  await load.stop();
  const hard = sendsOf("through").filter(({ attempts }) => attempts.some(({ error }) => error !== undefined));
  assert.ok(hard.length > 0, "no send met the outage");
  assert.ok(
    logsOf("through").some(({ text }) => /^Node \d+ disconnected\.$/.test(text)),
    "the client's log is not in the history",
  );
  await lab.cluster.waitFor("full isr");
});

test("a request to a frozen leader times out, the client says so, and the record's fate is told by what was on the wire", async () => {
  const probe = lab.probe({
    name: "frozen",
    client: "java",
    requestTimeout: 600,
    deliveryTimeout: "20s",
    bootstrap: "all",
    maxRetryTime: 200,
  });
  await probe.send();
  const { leader, replicas } = (await lab.cluster.describe()).partitions.find(
    ({ topic }) => topic === lab.topic,
  )!;
  const fault = await lab.cluster.pause("leader");
  const sent = await probe.send();
  await fault.heal();
  assert.is(sent.outcome, "ok", sent.error);
  assert.ok(replicas.includes(sent.broker!));
  const lost = sent.attempts.find(({ api, broker }) => api === "Produce" && broker === leader)!;
  assert.is(lost.error, "TIMEOUT", JSON.stringify(sent.attempts));
  assert.ok(lost.tookMs >= 600 && lost.tookMs < 20_000, `${lost.tookMs} ms`);
  assert.ok(
    logsOf("frozen").some(
      ({ text, level }) =>
        level === "INFO" && text === `Disconnecting from node ${leader} due to request timeout.`,
    ),
    JSON.stringify(logsOf("frozen")),
  );
  const short = lab.probe({ name: "short", client: "java", requestTimeout: 300, deliveryTimeout: 600 });
  await short.send();
  const again = await lab.cluster.pause("leader");
  const expired = await short.send();
  await again.heal();
  assert.is(expired.outcome, "info", JSON.stringify(expired));
  assert.match(expired.error!, /^TimeoutException: Expiring 1 record/);
});

test("properties that Kafka refuses are a typed error with what Kafka said, at the first use", async () => {
  // a class is the one kind of value that only Kafka can judge
  const properties = { "partitioner.class": "no.such.Sand" };
  const probe = lab.probe({ name: "bad", client: "java", properties });
  const error = await failure(probe.send());
  assert.is(error.code, "BAD_CLIENT");
  assert.match(
    error.message,
    /Kafka refuses its properties: Invalid value no\.such\.Sand for configuration partitioner\.class/,
  );
  const load = probe.start();
  assert.is((await failure(load.acknowledged(1))).code, "BAD_CLIENT");
  assert.is((await failure(load.stop())).code, "BAD_CLIENT");
  assert.is(
    (await failure(lab.probe({ name: "too-short", client: "java", deliveryTimeout: 100 }).connect())).code,
    "BAD_CLIENT",
  );
});

test("what Kafka's tools cannot do is UNSUPPORTED, and a password is in no history", async () => {
  const probe = lab.probe({ name: "asks", client: "java", properties: { "ssl.key.password": "hush" } });
  assert.is((await failure(probe.send({ partition: 0 }))).code, "UNSUPPORTED");
  for (const options of [{ key: "k" }, { partition: 0 }, { inFlight: 1 }, { perSecond: 0.5 }]) {
    assert.throws(
      () => probe.start(options),
      (error: unknown) => (error as LabError).code === "UNSUPPORTED",
    );
  }
  assert.not.ok(JSON.stringify(lab.run.history).includes("hush"));
});

test("close() ends the client's processes within a moment, with a send under way", async () => {
  await Promise.all(
    ["closed-1", "closed-2"].map(async (name) => {
      const probe = lab.probe({ name, client: "java" });
      await probe.send();
      const load = probe.start({ perSecond: 10 });
      await load.acknowledged(1);
      const mine = () => javaClients(process.pid).filter(({ service }) => service.startsWith(name));
      assert.is(mine().length, 2);
      const began = performance.now();
      await probe.close();
      assert.ok(performance.now() - began < 60_000, "it waited for the client's own end");
      assert.equal(mine(), []);
    }),
  );
});

// in Docker two labs would publish one port: there guardian.alone.test.ts has a moment for it
if (!isDocker)
  test("SIGKILL of the owner leaves no client; brokers that are kept stay alone", async () => {
    for (const more of [[], ["keep"]]) {
      const child = spawn(
        ...program(fileURLToPath(new URL("./owner.ts", import.meta.url)), "java", ...more),
        { stdio: ["ignore", "pipe", "ignore"] },
      );
      let said = "";
      child.stdout!.setEncoding("utf8").on("data", (text: string) => (said += text));
      await until(
        "the owner's clients send",
        () => said.includes("at java") || child.exitCode !== null,
        60_000,
      );
      assert.is(javaClients(child.pid!).length, 2);
      child.kill("SIGKILL");
      await until("its clients are gone", () => javaClients(child.pid!).length === 0);
      const left = (): number => brokerProcesses(child.pid).length;
      if (more.length === 0) await until("its broker is gone", () => left() === 0);
      else {
        assert.is(left(), 1);
        for (const { pid, ownerPid } of processes()) if (ownerPid === child.pid) process.kill(pid, "SIGKILL");
      }
    }
  });

test("conclude() reads everything back: nothing that Java was told of as written is lost, and a record that is taken away turns the verdict", async () => {
  const { verdict, judgement, dir } = await lab.conclude({
    print: false,
    exitCode: false,
    checks: ["noLostWrites", "noPhantomWrites", "order", "duplicates"],
  });
  assert.equal(
    [verdict, judgement.counts.lost, judgement.counts.failedButPresent],
    [true, 0, 0],
    JSON.stringify(judgement),
  );
  assert.ok(judgement.counts.acknowledged > 250);
  assert.equal(javaClients(process.pid), []);
  const history = readFileSync(path.join(dir, "history.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as HistoryEvent);
  assert.equal(history.length, lab.run.history.length);
  assert.is(
    history.filter((event) => event.kind === "client" && event.settings["client"] === "java").length > 5,
    true,
  );
});
test.run();
