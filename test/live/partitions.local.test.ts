// Several partitions: faults on the leader of one, clients of one and of all, and evidence that is of the
// partition that a client waited for.

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type ClientPrediction,
  type Conclusion,
  type Evidence,
  type Fault,
  type Lab,
  type LabError,
  startLab,
} from "@kafka-failure-lab/sdk";
import { refusalOf, reportingFailure } from "./outside.ts";

const [HIT, EU] = ["orders-3", "orders-eu-2"];
let lab: Lab;
let kill: Fault;
/** Partitions whose leader is another broker than that of orders-3. */
let stay: number[];
let leaders: Readonly<Record<number, number>>;
let ended: Conclusion;
const predicted: Record<string, ClientPrediction> = {};
let refused: LabError[];
let delayed: { targets: readonly number[]; leader: number; tookMs: number; partition: number };

const leadersOf = async (topic: string): Promise<Record<number, number>> =>
  Object.fromEntries(
    (await lab.cluster.describe()).partitions
      .filter((one) => one.topic === topic)
      .map(({ partition, leader }) => [partition, leader!]),
  );

test.before(
  reportingFailure(async () => {
    lab = await startLab({
      scenario: "test-partitions",
      timers: "fast",
      onProgress: false,
      topic: { name: "orders", partitions: 6, replicationFactor: 3, config: { "min.insync.replicas": "2" } },
    });
    refused = [
      await refusalOf(lab.cluster.kill({ leaderOf: "orders-6" })),
      await refusalOf(lab.cluster.pause({ leaderOf: "ordes-3" })),
      await refusalOf(lab.predict("kill", 1, { partitions: [7] })),
    ];
    await onAnotherTopic();
    leaders = await leadersOf("orders");
    stay = [0, 1, 2, 4, 5].filter((partition) => leaders[partition] !== leaders[3]).slice(0, 2);
    const pinned = [3, ...stay].map((partition) => lab.probe({ name: `p${partition}`, partition }));
    const loads = pinned.map((probe) => probe.start({ perSecond: 50 }));
    loads.push(
      lab.probe({ name: "all" }).start({ perSecond: 100, inFlight: 200 }),
      // all that it may have under way waits for one partition
      lab.probe({ name: "few" }).start({ perSecond: 100 }),
    );
    await Promise.all(loads.map((load) => load.acknowledged(100)));
    for (const client of ["p3", ...stay.map((partition) => `p${partition}`), "all", "few"])
      predicted[client] = await lab.predict("kill", { leaderOf: HIT }, { client });
    kill = await lab.cluster.kill({ leaderOf: HIT });
    await Promise.all(loads.map((load) => load.acknowledged(100)));
    await kill.heal();
    await lab.cluster.waitFor("full isr");
    await Promise.all(loads.map((load) => load.stop()));
    ended = await lab.conclude({ print: false, exitCode: false, checks: ["noLostWrites"] });
  }),
);
test.after(async () => await lab?.close());

/** A probe that is pinned to a partition of another topic, whose name has dashes and digits. */
async function onAnotherTopic(): Promise<void> {
  await lab.cluster.createTopic(EU, { partitions: 2 });
  const probe = lab.probe({ name: "eu", topic: EU, partition: 1 });
  await probe.send();
  const slow = await lab.net.delay({ leaderOf: `${EU}-1` }, "200ms", { path: "clients" });
  const { tookMs, partition } = await probe.send();
  await slow.heal();
  predicted["eu"] = await lab.predict("stop", { leaderOf: `${EU}-1` }, { topic: EU, partitions: [0, 1] });
  delayed = { targets: slow.targets, leader: (await leadersOf(EU))[1]!, tookMs, partition: partition! };
}

test("an unknown topic or partition is a LabError that lists what exists", () => {
  assert.equal(
    refused.map(({ code }) => code),
    ["NO_SUCH_PARTITION", "NO_SUCH_PARTITION", "NO_SUCH_PARTITION"],
  );
  const [number, topic, prediction] = refused.map(({ message }) => message);
  for (const message of [number!, prediction!]) assert.match(message, "orders has partitions 0 to 5");
  assert.match(topic!, "orders");
});

test("{ leaderOf } hits the leader of that partition, of any topic", () => {
  assert.equal([kill.targets, kill.asked], [[leaders[3]], "leader of orders-3"]);
  assert.equal(delayed.targets, [delayed.leader]);
  assert.is(delayed.partition, 1);
  assert.ok(delayed.tookMs >= 200, `${delayed.tookMs}`);
});

test("lab.predict() covers the partitions that a client writes to, and says which", () => {
  const numbers = (client: string): number[] =>
    predicted[client]!.partitions.map(({ partition }) => partition);
  assert.equal([numbers("p3"), numbers("all"), numbers("eu")], [[3], [0, 1, 2, 3, 4, 5], [0, 1]]);
  for (const partition of stay) {
    assert.equal(numbers(`p${partition}`), [partition]);
    assert.is(predicted[`p${partition}`]!.failsOver, 0);
  }
  assert.is(predicted["p3"]!.failsOver, 1);
  for (const { partition, leader, prediction } of predicted["all"]!.partitions) {
    assert.is(leader, leaders[partition]);
    assert.is(prediction.failsOver, leader === leaders[3] ? 1 : 0);
    assert.ok(predicted["all"]!.sentence.includes(String(partition)));
  }
});

test("conclude() compares each prediction with the partition that it is for", () => {
  const checks = ended.predictionChecks.filter(({ client }) => client !== "eu");
  assert.is(checks.length, 3 + 2 * 6);
  for (const check of checks) {
    const { client, partition, verdict, measured, disagreements, busy } = check;
    assert.ok(measured !== null, `${client} ${partition}`);
    assert.is(measured.failedOver, leaders[partition] === leaders[3], `${client} ${partition}`);
    // a machine that is busy may make it inconclusive, not wrong
    assert.ok(
      verdict === true || (verdict === "unknown" && busy !== undefined),
      `${client} orders-${partition}: ${verdict} ${disagreements.join("; ")}`,
    );
  }
});

test("the ISR of its own partition explains a client whose leader stayed, with proof", () => {
  for (const partition of stay) {
    const window = windowOf(`p${partition}`);
    assert.is(window.partition, partition);
    const kinds = window.parts.map(({ kind }) => kind);
    assert.not(kinds.includes("election"), window.sentence);
    const isr = window.parts.find(({ kind }) => kind === "isr");
    if (isr === undefined) {
      assertBusy(window);
      continue;
    }
    assert.ok(
      isr.what.includes(`orders-${partition}`) && isr.what.includes(`broker ${leaders[3]}`),
      isr.what,
    );
    assert.ok(isr.evidence.some(({ text }) => text.includes(`orders-${partition}`)));
  }
});

test("the election explains the client of the partition whose leader moved", () => {
  const window = windowOf("p3");
  const election = window.parts.find(({ kind }) => kind === "election");
  if (election === undefined) return assertBusy(window);
  assert.ok(
    election.evidence.some(({ text }) => text.includes(HIT)),
    window.sentence,
  );
});

test("no part cites another partition", () => {
  for (const { client, partition, parts } of ended.explanation.windows) {
    const texts = parts.flatMap(({ evidence }) => evidence).map(({ text }: Evidence) => text);
    const cited = texts.flatMap((text) =>
      [...text.matchAll(/\borders-(\d+)\b/g)].map(([, number]) => Number(number)),
    );
    assert.equal(
      [...new Set(cited)].filter((number) => number !== partition),
      [],
      `${client}: ${texts.join("\n")}`,
    );
  }
});

type Window = Conclusion["explanation"]["windows"][number];

/** The longest outage of a client during the kill: a busy machine makes others. */
function windowOf(client: string): Window {
  const [longest] = ended.explanation.windows
    .filter((one) => one.client === client && one.faults.some(({ id }) => id === kill.id))
    .sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs));
  assert.ok(longest !== undefined, client);
  return longest;
}

/** What the machine took hides the part that was looked for. */
function assertBusy({ parts, sentence }: Window): void {
  assert.ok(
    parts.some(({ kind }) => kind === "stalled" || kind === "starved"),
    sentence,
  );
}

test.run();
