// attachLab({ bootstrap }) to a cluster that it has not started: what it sees, what it can do there, what it
// refuses, and that nothing stays. Somebody's cluster is another lab's.

import process from "node:process";
import {
  attachLab,
  defineFault,
  type Fault,
  type FaultEvent,
  type Lab,
  LabError,
  type ReadbackEvent,
  startLab,
} from "@kafka-failure-lab/sdk";
import kafkajs from "kafkajs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { processes, until } from "./outside.ts";
import { quickest } from "./quickest.ts";

const test = suite<{ theirs: Lab; lab: Lab }>("attachLab({ bootstrap })");
const common = { scenario: "attach-bootstrap", onProgress: false, observe: true } as const;
const quiet = { print: false, exitCode: false, picture: false } as const;

test.before(async (context) => {
  context.theirs = await startLab({
    ...common,
    timers: "fast",
    topic: { name: "orders", config: { "min.insync.replicas": "2" } },
  });
  // the past of their topic: of a year ago, and none of the lab's
  await sendTo(
    context.theirs,
    Array.from({ length: 50 }, (_, at) => `old-${at}`),
    Date.now() - 365 * 86_400_000,
  );
  context.lab = await attachLab({ ...common, bootstrap: [context.theirs.bootstrap[0]!] });
});
test.after(async ({ theirs, lab }) => {
  await lab?.close();
  await theirs?.close();
});

const codeOf = (error: unknown): string => (error instanceof LabError ? error.code : String(error));
const refusalOf = (act: Promise<unknown>): Promise<string> => act.then(() => "done", codeOf);

/** What the cluster says of its topics and consumer groups. */
async function contents({ bootstrap }: Lab): Promise<{ topics: string[]; groups: string[] }> {
  const admin = new kafkajs.Kafka({ brokers: [...bootstrap], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const [topics, { groups }] = await Promise.all([admin.listTopics(), admin.listGroups()]);
    return { topics: topics.sort(), groups: groups.map(({ groupId }) => groupId) };
  } finally {
    await admin.disconnect();
  }
}

async function sendTo({ bootstrap }: Lab, values: readonly string[], atMs: number): Promise<void> {
  const producer = new kafkajs.Kafka({
    brokers: [...bootstrap],
    logLevel: kafkajs.logLevel.NOTHING,
  }).producer();
  await producer.connect();
  const messages = values.map((value) => ({ value, timestamp: String(atMs) }));
  await producer.send({ topic: "orders", messages });
  await producer.disconnect();
}

test("bootstrap servers that do not answer are NO_CLUSTER at once, with each that was tried", async () => {
  const began = performance.now();
  const error = await attachLab({ ...common, bootstrap: ["127.0.0.1:1", "no-such-host.invalid:9092"] }).catch(
    (one: unknown) => one,
  );
  assert.is(codeOf(error), "NO_CLUSTER");
  const { message } = error as LabError;
  for (const tried of ["127.0.0.1:1", "no-such-host.invalid:9092"])
    assert.ok(message.includes(tried), message);
  assert.ok(performance.now() - began < 30_000); // the wait for a cluster is a minute
});
test("one server that answers is enough, the other is listed in differs; a send creates no topic", async ({
  theirs,
}) => {
  const bootstrap = ["127.0.0.1:1", theirs.bootstrap[2]!];
  await using lab = await attachLab({ ...common, observe: false, bootstrap });
  const missing = lab.probe({ topic: "not-there", deliveryTimeout: "1s" });
  assert.is((await missing.send()).outcome, "fail");
  assert.ok(lab.differs.some((line) => line.includes("127.0.0.1:1")));
  assert.equal(lab.bootstrap, theirs.bootstrap);
  assert.not((await contents(theirs)).topics.includes("not-there"));
});
test("a topic that is not there is NO_SUCH_TOPIC, and is not made", async ({ theirs }) => {
  const topic = { name: "not-there" };
  const { bootstrap } = theirs;
  assert.is(await refusalOf(attachLab({ ...common, bootstrap, topic })), "NO_SUCH_TOPIC");
  assert.not((await contents(theirs)).topics.includes("not-there"));
});

test("it finds the brokers, the controller and the settings, and makes no topic for it", async ({
  theirs,
  lab,
}) => {
  assert.is(lab.engine.kind, "remote");
  assert.is(lab.engine.kafka, theirs.engine.kafka.replace(/\.\d+$/, ""));
  const [mine, own] = await Promise.all([lab.cluster.describe(), theirs.cluster.describe()]);
  assert.equal([mine.controller, mine.quorum?.voters], [own.controller, own.quorum?.voters]);
  assert.equal(
    mine.brokers.map(({ broker, nodeId, alive, endpoint }) => [broker, nodeId, alive, endpoint]),
    own.brokers.map(({ broker, nodeId, alive, endpoint }) => [broker, nodeId, alive, endpoint]),
  );
  const run = lab.run.history.find((event) => event.kind === "run");
  assert.is(run!.timers!["broker.session.timeout.ms"], 1_500); // of timers: "fast"
  assert.not((await contents(theirs)).topics.includes(lab.topic));
});
test("a probe of its own topic, and one of a topic that is there, send and read", async ({ theirs, lab }) => {
  const sent = await lab.probe.send();
  assert.equal([sent.outcome, typeof sent.broker], ["ok", "number"]);
  assert.ok((await contents(theirs)).topics.includes(lab.topic));
  const orders = lab.probe({ name: "orders", topic: "orders" });
  assert.is((await orders.send()).outcome, "ok");
  const read = await orders.read({ timeout: "3m" });
  assert.is(read.records.length, 1, `what was there before is not read: ${JSON.stringify(read)}`);
});

const VERBS: readonly [name: string, act: (lab: Lab) => Promise<unknown>][] = [
  ["cluster.stop", ({ cluster }) => cluster.stop("leader")],
  ["cluster.kill", ({ cluster }) => cluster.kill(1)],
  ["cluster.pause", ({ cluster }) => cluster.pause(1)],
  ["cluster.start", ({ cluster }) => cluster.start(1)],
  ["cluster.restart", ({ cluster }) => cluster.restart(1)],
  ["cluster.roll", ({ cluster }) => cluster.roll()],
  ["net.delay on everything", ({ net }) => net.delay(1, "1s")],
  ["net.isolate of peers", ({ net }) => net.isolate(1, { path: "peers" })],
  ["net.throttle of controllers", ({ net }) => net.throttle(1, "1MB/s", { path: "controllers" })],
  ["net.split", ({ net }) => net.split([[1], [2, 3]])],
  ["net.lose of clients", ({ net }) => net.lose(1, 10, { path: "clients" })],
];
for (const [name, act] of VERBS)
  test(`${name} is UNSUPPORTED, and says what can be done`, async ({ lab, theirs }) => {
    const error = (await act(lab).catch((one: unknown) => one)) as LabError;
    assert.is(codeOf(error), "UNSUPPORTED");
    assert.ok(error.facts.hint?.includes("defineFault"));
    assert.ok((await theirs.cluster.describe()).brokers.every(({ state }) => state === "running"));
  });

/** Of ten sends, in milliseconds. */
function quickestOf(probe: Pick<Lab["probe"], "send">): Promise<number> {
  return quickest(async () => (await probe.send()).tookMs, { enoughMs: 200 });
}

test("net.delay of clients acts on its own probe alone, is proven, and heals", async ({ lab, theirs }) => {
  await using slow = await lab.net.delay("leader", "200ms", { path: "clients" });
  assert.ok(slow.proof!.measured.some(({ expected, afterMs }) => expected === "slower" && afterMs! >= 199));
  const sent = await lab.probe.send();
  assert.ok(sent.outcome === "ok" && sent.tookMs >= 200, JSON.stringify(sent));
  const others = theirs.probe({ name: "others", topic: lab.topic });
  await others.send(); // connects
  assert.ok((await quickestOf(others)) < 200);
  await slow.heal();
  assert.ok((await quickestOf(lab.probe)) < 200);
});
test("net.isolate of clients cuts its own probe off, and heals", async ({ lab }) => {
  const cut = await lab.net.isolate([1, 2, 3], { path: "clients", how: "reset" });
  const probe = lab.probe({ name: "cut", deliveryTimeout: "500ms" });
  assert.is.not((await probe.send()).outcome, "ok");
  await cut.heal();
  assert.is((await probe.send()).outcome, "ok");
});
test("a fault of the network and a client in Java exclude each other: UNSUPPORTED", async ({ theirs }) => {
  const { bootstrap } = theirs;
  await using lab = await attachLab({ ...common, observe: false, bootstrap, topic: { name: "orders" } });
  const slow = await lab.net.delay(1, "50ms", { path: "clients" });
  let refused: unknown;
  try {
    lab.probe({ client: "java" });
  } catch (error) {
    refused = error;
  }
  assert.is(codeOf(refused), "UNSUPPORTED");
  await slow.heal();
  lab.probe({ client: "java", name: "java" });
  assert.is(await refusalOf(lab.net.delay(1, "50ms", { path: "clients" })), "UNSUPPORTED");
});

test("a fault of one's own is predicted, injected, healed and concluded; nothing stays", async ({
  theirs,
  lab,
}) => {
  const killed = new Map<number, Fault>();
  const killElsewhere = defineFault({
    kind: "kill-elsewhere",
    noun: "kill elsewhere",
    process: "death",
    async apply({ broker }) {
      killed.set(broker, await theirs.cluster.kill(broker));
      return "SIGKILL by its owner";
    },
    async undo({ broker }) {
      await killed.get(broker)?.heal();
      return "started by its owner";
    },
  });
  const load = lab.probe.start({ perSecond: 50 });
  await load.acknowledged(20);
  const spec = killElsewhere("leader");
  const prediction = await lab.predict(spec);
  assert.is(prediction.failsOver, 1);
  const fault = await lab.inject(spec);
  await load.acknowledged(50);
  await fault.heal();
  await lab.cluster.waitFor("all alive");
  await load.acknowledged(20);
  await load.stop();
  const { topic } = lab;
  const conclusion = await lab.conclude(quiet);
  const { counts, checks } = conclusion.judgement;
  assert.equal([counts.lost, counts.undecided], [0, 0]);
  // a machine that was busy makes a time unknown, never what became of the records
  const doubted = JSON.stringify([
    checks.filter(({ verdict }) => verdict !== true),
    conclusion.predictionChecks,
  ]);
  assert.is.not(conclusion.verdict, false, doubted);
  assert.is(checks.find(({ checker }) => checker === "noLostWrites")!.verdict, true, doubted);
  const readback = lab.run.history.find((one) => one.kind === "readback" && one.topic === "orders");
  assert.is((readback as ReadbackEvent).records.length, 1);
  const event = lab.run.history.findLast((one): one is FaultEvent => one.kind === "fault");
  assert.equal([event!.fault, event!.process], ["kill-elsewhere", "death"]);
  assert.ok(conclusion.explanation.windows.some(({ faults }) => faults.some(({ id }) => id === fault.id)));
  // each broker hears of a deletion when its metadata come to it
  let left = await contents(theirs);
  await until("the lab's topic is gone", async () => {
    left = await contents(theirs);
    return !left.topics.includes(topic);
  });
  assert.equal(left.groups, []);
  assert.ok(left.topics.includes("orders"));
  await until("only the other lab's links are left", () => {
    const links = processes().filter((one) => one.ownerPid === process.pid && one.service === "links");
    return links.length === 1;
  });
});
test.run();
