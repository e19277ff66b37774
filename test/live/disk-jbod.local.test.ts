// One of two log directories fails (JBOD): the broker goes on with the other, and leaders of the failed one
// move at once, since the broker reports it (KIP-858).

import { readdirSync, readFileSync } from "node:fs";
import { faults, type Lab, startLab } from "@kafka-failure-lab/sdk";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { changedThreeBrokers } from "./changed-compose.ts";
import { until } from "./outside.ts";

const compose = changedThreeBrokers((three) =>
  three.replace(
    "KAFKA_LOG_DIRS: /var/lib/kafka/data",
    "KAFKA_LOG_DIRS: /var/lib/kafka/data,/var/lib/kafka/more",
  ),
);

const test = suite<{ lab: Lab }>("one of two disks");
test.before(async (context) => {
  context.lab = await startLab({ compose: [compose.file], scenario: "disks-jbod", onProgress: false });
});
test.after(async ({ lab }) => {
  await lab.close();
  compose.remove();
});

const PARTITIONS = 6;

/** The partitions of a topic in a broker's second log directory. */
function inSecond(pid: number, topic: string): number[] {
  const properties = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").at(-2)!;
  const [, second = ""] = /^log\.dirs=(.*)$/m.exec(readFileSync(properties, "utf8"))![1]!.split(",");
  return readdirSync(second).flatMap((name) =>
    name.startsWith(`${topic}-`) ? Number(name.slice(topic.length + 1)) : [],
  );
}

test("disk.fail() of the second directory moves its leaders, and the broker stays", async ({ lab }) => {
  const { cluster, disk, probe } = lab;
  await cluster.createTopic("spread", { partitions: PARTITIONS });
  const own = probe({ name: "spread", topic: "spread" });
  const load = own.start({ perSecond: 50 });
  await load.acknowledged(50);
  const before = await cluster.describe();
  const of = ({ partitions }: typeof before): Map<number, number | null> =>
    new Map(partitions.flatMap((one) => (one.topic === "spread" ? [[one.partition, one.leader]] : [])));
  // a broker that leads partitions of both directories
  const found = before.brokers
    .map(({ broker, pid }) => {
      const second = inSecond(pid!, "spread");
      const led = [...of(before)].flatMap(([partition, leader]) => (leader === broker ? partition : []));
      return {
        broker,
        lost: led.filter((one) => second.includes(one)),
        kept: led.filter((one) => !second.includes(one)),
      };
    })
    .find(({ lost }) => lost.length > 0)!;
  // the brokers are asked which replicas lie in it
  const { partitions } = await lab.predict(faults.failDisk(found.broker, { logDir: 2 }), {
    client: "spread",
  });
  const moving = partitions.filter(({ prediction }) => prediction.failsOver === 1);
  assert.equal(
    moving.map(({ partition }) => partition),
    [...found.lost].sort((a, b) => a - b),
  );
  for (const { prediction } of partitions) assert.equal([prediction.served, prediction.lost], [1, "no"]);
  const failed = await disk.fail(found.broker, { logDir: 2 });
  assert.equal(failed.disk, { effect: "failed", logDir: 2 });
  const after = await cluster.waitFor((now) =>
    found.lost.every((one) => of(now).get(one) !== found.broker && of(now).get(one) !== null),
  );
  for (const one of found.kept) assert.is(of(after).get(one), found.broker);
  const state = after.brokers.find(({ broker }) => broker === found.broker)!;
  assert.equal([state.state, state.alive], ["running", true]);
  // sends to partitions whose follower has failed wait for replica.lag.time.max.ms, and hold up the others
  const measuredOf = () =>
    lab.run.predictionChecks().filter(({ fault, measured }) => fault === failed.id && measured);
  await until("each partition is measured", () => measuredOf().length === PARTITIONS, 180_000);
  await load.stop();
  await until("the broker's log has it", () =>
    lab.run.history.some((event) => event.kind === "broker log" && event.fact.what === "logDirFailed"),
  );
  await failed.heal();
  const checks = measuredOf();
  assert.is(checks.length, PARTITIONS);
  for (const { prediction, measured } of checks) assert.is(measured!.failedOver, prediction.failsOver === 1);
  // a directory that failed comes back with the process only
  await cluster.restart(found.broker);
  await cluster.waitFor("full isr");
});
test("disk.fail() of the metadata log's directory ends the broker, and heal() starts it", async ({ lab }) => {
  const { cluster, disk } = lab;
  const { quorum } = await cluster.describe();
  const other = [1, 2, 3].find((broker) => broker !== quorum!.nodeId)!;
  const failed = await disk.fail(other, { logDir: 1 });
  await failed.heal(); // at once: it may not have ended yet
  const { brokers } = await cluster.waitFor("full isr");
  const { state, alive } = brokers.find(({ broker }) => broker === other)!;
  assert.equal([state, alive], ["running", true]);
  const began = lab.run.history.some((event) => event.kind === "broker log" && event.fact.what === "halts");
  assert.ok(began, "it has ended by the fault");
});
test.run();
