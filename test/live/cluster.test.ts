// One cluster of three brokers, and everything that can be done to brokers, seen from outside the SDK before
// and after.

import { once } from "node:events";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Lab, LabError, startLab } from "@kafka-failure-lab/sdk";
import { createTopic } from "@kafka-failure-lab/sdk/testing";
import {
  accepts,
  type BrokerProcess,
  brokerProcesses,
  children,
  claimedPorts,
  containerIds,
  docker,
  folderOf,
  isDocker,
  leftovers,
  until,
} from "./outside.ts";

const test = suite("cluster");
let lab: Lab;
let id = "";
let ports: number[] = [];

/** The image's controller writes to a file in its container, not to its standard output. */
const controllerLog = (service: string): string => {
  if (!isDocker) return readFileSync(path.join(lab.run.dir, `${service}.log`), "utf8");
  return docker(
    "exec",
    containerIds(process.pid, `label=com.docker.compose.service=${service}`)[0]!,
    "cat",
    "/opt/kafka/logs/controller.log",
  );
};
const running = (broker: number): BrokerProcess | undefined =>
  brokerProcesses(process.pid).find(({ service }) => service === `kafka-${broker}`);
const state = (broker: number): string | undefined => running(broker)?.state;
const leader = async (): Promise<number> =>
  (
    await lab.cluster.waitFor(({ partitions }) =>
      partitions.some(({ topic, leader }) => topic === "my_topic" && leader !== null),
    )
  ).partitions.find(({ topic }) => topic === "my_topic")!.leader!;

test("startLab() runs a process or a container a broker, with ports on loopback only and logs in the run's folder", async () => {
  assert.equal(brokerProcesses(process.pid), []);
  lab = await startLab({ scenario: "test-cluster", timers: "fast", onProgress: false });
  const processes = brokerProcesses(process.pid);
  assert.equal(
    processes.map(({ service }) => service),
    ["kafka-1", "kafka-2", "kafka-3"],
  );
  id = processes[0]!.lab;
  ports = claimedPorts(id);
  assert.is(
    ports.length,
    isDocker ? 3 : 18,
    "three listeners for each of three brokers, a port for the link and one for the broker behind it; " +
      "docker publishes one",
  );
  for (const port of ports) assert.ok(await accepts(port), `port ${port}`);
  assert.equal(
    readdirSync(lab.run.dir)
      .filter((file) => file.endsWith(".log") && !file.includes(".discarded-"))
      .sort(),
    ["kafka-1.log", "kafka-2.log", "kafka-3.log"],
  );
  assert.ok(existsSync(folderOf(id)));
});

test("describe() has brokers, leader, ISR and the controller that the logs name", async () => {
  // no voter may have answered a moment ago: a busy machine
  const now = await lab.cluster.waitFor(({ quorum }) => quorum !== null);
  assert.equal(
    now.brokers.map(({ broker, nodeId, state, alive }) => [broker, nodeId, state, alive]),
    [
      [1, 1, "running", true],
      [2, 2, "running", true],
      [3, 3, "running", true],
    ],
  );
  assert.equal(
    now.partitions.map(({ topic, isr, replicas }) => [topic, isr, replicas]),
    [["my_topic", [1, 2, 3], [1, 2, 3]]],
  );
  assert.equal(now.quorum?.voters.toSorted(), [1, 2, 3]);
  const log = controllerLog(`kafka-${now.controller}`);
  assert.match(log, new RegExp(`Becoming the active controller at epoch ${now.quorum!.epoch}\\b`, "i"));
  assert.throws(() => ((now as { controller: number }).controller = 9), TypeError);
});

test("stop() ends the process with exit code 143 after a controlled shutdown, and the leader moves", async () => {
  const before = await leader();
  const fault = await lab.cluster.stop("leader");
  assert.equal([...fault.targets], [before]);
  // the log of Kafka 4's image breaks off at SIGTERM
  const { code, clean } = fault.exits[before]!;
  assert.equal(
    { code, clean },
    { code: 143, clean: isDocker && lab.engine.kafka.startsWith("4") ? "unknown" : true },
  );
  assert.is(state(before), undefined);
  assert.is.not(await leader(), before);
  await fault.heal();
  assert.not(fault.isOpen);
  assert.is.not(state(before), undefined);
  await fault.heal();
  await lab.cluster.waitFor("full isr");
});

test("kill() ends the process with exit code 137; start() heals the handle", async () => {
  const fault = await lab.cluster.kill("controller");
  const [broker] = fault.targets;
  assert.is(fault.exits[broker!]!.code, 137);
  assert.not(fault.exits[broker!]!.clean);
  assert.is(state(broker!), undefined);
  const next = await lab.cluster.waitFor(({ controller }) => controller !== null && controller !== broker);
  assert.ok(next.quorum!.epoch > 1);
  await lab.cluster.start(broker!);
  assert.not(fault.isOpen);
  await lab.cluster.waitFor("full isr");
});

test("pause() freezes the process with its ports open, and heal() thaws it", async () => {
  const fault = await lab.cluster.pause(2);
  assert.is(state(2), "T", "pause() returned before the broker had stopped");
  assert.ok(await accepts(Number(lab.bootstrap[1]!.split(":")[1])), "a frozen broker's port accepts");
  assert.is((await lab.cluster.describe()).brokers[1]!.state, "paused");
  await lab.cluster.waitFor(({ brokers }) => !brokers[1]!.alive);
  await fault[Symbol.asyncDispose]();
  assert.is.not(state(2), "T");
  await lab.cluster.waitFor("all alive");
  await lab.cluster.waitFor("full isr");
});

test("a fault on followers hits all of them at one moment, and leaves the leader alone", async () => {
  const led = await leader();
  const fault = await lab.cluster.kill("followers");
  assert.equal(
    [...fault.targets],
    [1, 2, 3].filter((broker) => broker !== led),
  );
  assert.equal(
    brokerProcesses(process.pid).map(({ service }) => service),
    [`kafka-${led}`],
  );
  const now = await lab.cluster.describe();
  assert.is(now.brokers.filter((one) => one.state === "running").length, 1);
  await fault.heal();
  await lab.cluster.waitFor("all alive");
  await lab.cluster.waitFor("full isr");
});

test("restart() and createTopic() come back with everything alive and in sync", async () => {
  await lab.cluster.restart(1);
  await lab.cluster.createTopic("orders", { partitions: 3, config: { "min.insync.replicas": "2" } });
  const { partitions } = await lab.cluster.waitFor("full isr");
  assert.is(partitions.filter(({ topic }) => topic === "orders").length, 3);
});

test("waitFor() goes on while a fault ends a broker, which is what it may be waiting for", async () => {
  const { controller: before } = await lab.cluster.describe();
  const moved = lab.cluster.waitFor(({ controller }) => controller !== null && controller !== before);
  const fault = await lab.cluster.kill("controller");
  assert.equal([...fault.targets], [before]);
  await moved;
  await fault.heal();
  await lab.cluster.waitFor("all alive");
  await lab.cluster.waitFor("full isr");
});

test("createTopic() takes a topic that is there as it is, and refuses at once where it is not as asked", async () => {
  await lab.cluster.createTopic("orders");
  for (const [options, message] of [
    [{ partitions: 5 }, "Cannot create the topic orders with 5 partitions: it exists with 3 partitions"],
    [{ replicationFactor: 1 }, "Cannot create the topic orders with 1 replica: it exists with 3 replicas"],
  ] as const) {
    const error = (await lab.cluster.createTopic("orders", options).catch((e: unknown) => e)) as LabError;
    assert.equal([error.code, error.message.split("\n")[0]], ["COMMAND_FAILED", message]);
  }
});

test("a topic is created while a broker that is gone still counts as alive, for a session: kafkajs gives up where it asks that one", async () => {
  // not the controller: who forwards to a container that is gone dials it for 10 s
  // (socket.connection.setup.timeout.ms)
  const { controller } = await lab.cluster.describe();
  {
    await using _gone = await lab.cluster.kill(controller === 3 ? 2 : 3);
    // it draws one broker of three each time; with two replicas no topic is ever without a leader, with which
    // kafkajs would create no other
    for (let turn = 1; turn <= 12; turn++)
      await createTopic(lab.bootstrap, {
        topic: `meanwhile-${turn}`,
        partitions: 1,
        replicationFactor: 2,
        config: {},
      });
  }
  await lab.cluster.waitFor("full isr");
});

test("stop() kills what does not end in time, and says so", async () => {
  process.kill(running(2)!.pid, "SIGSTOP"); // from outside: it does not hear SIGTERM then
  // docker tells only of what it has frozen itself
  if (!isDocker) await until("broker 2 is frozen", () => state(2) === "T");
  const fault = await lab.cluster.stop(2, { timeout: "1s" });
  assert.is(fault.exits[2]!.code, 137);
  assert.match(fault.differs.join(), /did not end within 1\S* \w+ of SIGTERM and was killed/);
  await lab.cluster.start(2);
  await lab.cluster.waitFor("full isr");
});

test("stop() whose signal is aborted before does nothing", async () => {
  const [before] = [brokerProcesses(process.pid)];
  const reason = new Error("enough");
  assert.is(
    await lab.cluster.stop(2, { signal: AbortSignal.abort(reason) }).catch((e: unknown) => e),
    reason,
  );
  assert.equal(
    brokerProcesses(process.pid).map(({ pid }) => pid),
    before!.map(({ pid }) => pid),
  );
});

test("stop() whose signal is aborted in the middle goes to its end and is taken back", async () => {
  const [before, reason, giving, since] = [
    running(2)?.pid,
    new Error("enough"),
    new AbortController(),
    lab.run.history.length,
  ];
  const stopping = lab.cluster.stop(2, { signal: giving.signal }).then(
    () => "it was stopped",
    (e: unknown) => e,
  );
  // a number needs no look at the cluster: the stop is under way
  await new Promise((resolve) => setImmediate(resolve));
  giving.abort(reason);
  assert.is(await stopping, reason);
  const after = running(2)?.pid;
  assert.ok(![undefined, before].includes(after), `${after} after ${before}`);
  const [note] = lab.run.history
    .slice(since)
    .flatMap((event) => (event.kind === "note" && event.text.includes("taken back") ? [event.text] : []));
  assert.match(note ?? "", /^the stop of broker 2 was taken back after/);
  assert.equal(
    lab.run.history.slice(since).filter(({ kind }) => kind === "fault"),
    [],
  );
  await lab.cluster.waitFor("all alive");
  await lab.cluster.waitFor("full isr");
});

test("roll() restarts every broker, one by one", async () => {
  const before = brokerProcesses(process.pid).map(({ pid }) => pid);
  await lab.cluster.roll();
  const after = brokerProcesses(process.pid);
  assert.is(after.length, 3);
  assert.not(after.some(({ pid }) => before.includes(pid)));
});

for (const [what, call, code] of [
  ["a broker that does not exist", () => lab.cluster.stop(4), "NO_SUCH_BROKER"],
  ["a condition that does not come", () => lab.cluster.waitFor(() => false, { timeout: 50 }), "NOT_READY"],
] as const) {
  test(`the verbs refuse ${what} with ${code}`, async () => {
    const error = await call().then(
      () => undefined,
      (e: unknown) => e,
    );
    assert.instance(error, LabError);
    assert.is((error as LabError).code, code);
  });
}
test("stop() refuses a broker that is stopped already", async () => {
  await lab.cluster.kill(3);
  assert.is(((await lab.cluster.stop(3).catch((e: unknown) => e)) as LabError).code, "COMMAND_FAILED");
  await lab.cluster.start(3);
});
test("start() is refused where somebody has taken the broker's port, leaves no process, and works afterwards", async () => {
  const port = Number(lab.bootstrap[2]!.split(":")[1]);
  const fault = await lab.cluster.kill(3);
  await until(`nobody listens on port ${port}`, async () => !(await accepts(port)));
  const taker = net.createServer((socket) => socket.destroy()); // the lab goes on asking there
  await once(taker.listen(port, "127.0.0.1"), "listening");
  try {
    assert.is(((await lab.cluster.start(3).catch((e: unknown) => e)) as LabError).code, "PORT_TAKEN");
    assert.equal(
      [state(3), (await lab.cluster.describe()).brokers[2]!.state, fault.isOpen],
      [undefined, "stopped", true],
    );
  } finally {
    await new Promise((resolve) => taker.close(resolve));
  }
  await lab.cluster.start(3);
  assert.not(fault.isOpen);
  await lab.cluster.waitFor("all alive");
  assert.ok(await accepts(port));
});
test("waitFor() ends at once where a broker ends by itself", async () => {
  const waiting = lab.cluster.waitFor(() => false).catch((e: unknown) => e);
  process.kill(running(3)!.pid, "SIGKILL");
  const error = await waiting;
  assert.instance(error, LabError);
  assert.match((error as LabError).message, /^Cannot keep kafka-3 running/);
  await lab.cluster.start(3);
});
test("createTopic() refuses more replicas than there are brokers", async () => {
  assert.instance(
    await lab.cluster.createTopic("x", { replicationFactor: 4 }).catch((e: unknown) => e),
    RangeError,
  );
});

test("close() leaves no process, port, folder or guardian, and the lab says that it is closed", async () => {
  await lab.close();
  await lab.close();
  assert.equal(leftovers(process.pid), []);
  assert.equal(
    children(process.pid).filter((args) => /guardian\.mjs|docker (events|logs|stop)|kafka\.Kafka/.test(args)),
    [],
  );
  assert.equal(claimedPorts(id), []);
  assert.not(existsSync(folderOf(id)));
  for (const port of ports) assert.not(await accepts(port), `port ${port}`);
  assert.is(((await lab.cluster.describe().catch((e: unknown) => e)) as LabError).code, "LAB_CLOSED");
});
test.after(() => lab?.close());
test.run();
