// Leaders that are elected by request, on real brokers: the preferred one after a restart, and one that is
// not in sync, with what is lost.

import { readFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Lab, LabError, type PartitionState, startLab } from "@kafka-failure-lab/sdk";
import { reportingFailure } from "./outside.ts";

const test = suite("elections");
let lab: Lab;

const partition = async (number: number): Promise<PartitionState> =>
  (await lab.cluster.describe()).partitions.find(
    (one) => one.topic === "orders" && one.partition === number,
  )!;
const codeOf = (error: unknown): string => (error instanceof LabError ? error.code : String(error));

test.before(
  reportingFailure(async () => {
    lab = await startLab({
      scenario: "test-elections",
      timers: "fast",
      topic: { name: "orders", partitions: 3, replicationFactor: 2, config: { "min.insync.replicas": "1" } },
      onProgress: false,
    });
  }),
);
test.after(() => lab?.close());

test("elect('preferred') gives the lead back to a restarted broker, and to nobody else", async () => {
  const { preferred, leader } = await partition(0);
  assert.is(leader, preferred);
  await lab.cluster.restart({ leaderOf: "orders-0" });
  await lab.cluster.waitFor("full isr");
  assert.is.not((await partition(0)).leader, preferred);
  const { partitions } = await lab.cluster.elect("preferred");
  assert.equal(
    partitions.map(({ after, result }, i) => [after, i === 0 || result === "not needed"]),
    await Promise.all([0, 1, 2].map(async (i) => [(await partition(i)).leader, true])),
  );
  assert.is(partitions[0]!.result, "elected");
  assert.is((await partition(0)).leader, preferred);
  assert.is((await lab.cluster.elect("preferred", { topic: "orders" })).partitions.length, 3);
  assert.equal(
    lab.run.history.flatMap((event) => (event.kind === "election" ? [event.asked] : [])),
    ["all partitions", "topic orders"],
  );
});

test("elect() of what cannot be is refused: no such partition, and a preferred leader that is away", async () => {
  const missing = await lab.cluster.elect("preferred", { leaderOf: "orders-9" }).catch(codeOf);
  assert.is(missing, "NO_SUCH_PARTITION");
  const { preferred } = await partition(1);
  const gone = await lab.cluster.stop(preferred!);
  await lab.cluster.waitFor(({ partitions }) => partitions.every(({ leader }) => leader !== preferred));
  const refused: unknown = await lab.cluster
    .elect("preferred", { topic: "orders", partition: 1 })
    .catch((error: unknown) => error);
  assert.is(codeOf(refused), "PREFERRED_LEADER_NOT_AVAILABLE");
  assert.is((refused as LabError).facts.broker, preferred);
  await gone.heal();
  await lab.cluster.waitFor("full isr");
});

test("elect('unclean') makes a replica lead that was not in sync: what only the other had is lost", async () => {
  const { leader, replicas } = await partition(2);
  const follower = replicas.find((broker) => broker !== leader)!;
  const probe = lab.probe({ name: "orders-2", partition: 2 });
  assert.is((await probe.send()).outcome, "ok");
  const behind = await lab.cluster.kill(follower);
  await lab.cluster.waitFor(({ partitions }) => partitions.every(({ isr }) => !isr.includes(follower)));
  for (let i = 0; i < 5; i++) assert.is((await probe.send()).outcome, "ok");
  const load = probe.start({ perSecond: 20 });
  const last = await lab.cluster.kill(leader!);
  await behind.heal(); // it is alive, and has not what was acknowledged meanwhile
  await lab.cluster.waitFor(({ brokers, partitions }) => {
    const state = partitions.find((one) => one.topic === "orders" && one.partition === 2);
    return brokers[follower - 1]!.alive && !brokers[leader! - 1]!.alive && state?.leader === null;
  });
  const { partitions } = await lab.cluster.elect("unclean", { leaderOf: "orders-2" });
  assert.equal(partitions, [
    { topic: "orders", partition: 2, before: null, after: follower, result: "elected" },
  ]);
  assert.equal(
    (await lab.cluster.elect("unclean", { leaderOf: "orders-2" })).partitions[0]!.result,
    "not needed",
  );
  await load.acknowledged(load.counts.ok + 5);
  await last.heal();
  await lab.cluster.waitFor("full isr");
  await load.stop();
  const { judgement } = await lab.conclude({ print: false, exitCode: false });
  assert.ok(judgement.counts.lost >= 5, "what the old leader alone had");
  const facts = lab.run.history.flatMap((event) => (event.kind === "broker log" ? [event.fact] : []));
  const unclean = facts.find((fact) => fact.what === "uncleanElection");
  assert.equal([unclean?.topic, unclean?.partition, unclean?.leaderNodeId], ["orders", 2, follower]);
  const truncated = facts.find((fact) => fact.what === "truncated");
  assert.equal([truncated?.nodeId, truncated?.leaderNodeId, truncated?.offset], [leader, follower, "1"]);
  assert.match(
    readFileSync(path.join(lab.run.dir, `kafka-${leader}.log`), "utf8"),
    /Truncating partition orders-2 with TruncationState\(offset=1\b/,
  );
  const why = lab.run.explain().windows.flatMap(({ parts }) => parts.map(({ what }) => what));
  assert.ok(why.includes("until the unclean election was asked for"), why.join("\n"));
});
test.run();
