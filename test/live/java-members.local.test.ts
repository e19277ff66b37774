// Members with Kafka's own client, the lab's program: commit policies, a slow batch, cooperative and static
// membership, KIP-848; and groups of both clients that write to another topic. One cluster of each line.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type GroupOptions,
  type HistoryEvent,
  type Lab,
  processingOrder,
  startLab,
} from "@kafka-failure-lab/sdk";
import { reportingFailure } from "./outside.ts";

const runs = mkdtempSync(path.join(tmpdir(), "lab-java-members-"));
const settings = { sessionTimeout: "3s", heartbeatInterval: "500ms" } as const;

type Of<Kind> = Extract<HistoryEvent, { kind: Kind }>;
const eventsOf = <Kind extends HistoryEvent["kind"]>(lab: Lab, kind: Kind, group: string): Of<Kind>[] =>
  lab.run.history.filter(
    (event): event is Of<Kind> => event.kind === kind && "group" in event && event.group === group,
  );

/** Sends records to a topic of its own, and starts a group that reads it. */
async function groupWith(lab: Lab, name: string, options: GroupOptions, count = 40, partitions = 1) {
  const topic = `${name}-records`;
  await lab.cluster.createTopic(topic, { partitions });
  const probe = lab.probe({ name, topic });
  for (let n = 0; n < count; n++) assert.is((await probe.send({ key: `k${n % 5}` })).outcome, "ok");
  return await lab.group(name, { topic, members: 1, client: "java", ...options });
}

function timesProcessed(lab: Lab, group: string): number[] {
  const times = new Map<string, number>();
  for (const { offsets, partition, error } of eventsOf(lab, "processed", group))
    for (const offset of error === undefined ? offsets : offsets.slice(0, -1))
      times.set(`${partition}-${offset}`, (times.get(`${partition}-${offset}`) ?? 0) + 1);
  return [...times.values()];
}

for (const kafka of ["3.9", "4"]) {
  const test = suite(`java members, Kafka ${kafka}`);
  let lab: Lab;
  test.before(
    reportingFailure(async () => {
      lab = await startLab({
        engine: "local",
        kafka,
        timers: "fast",
        properties: { "group.min.session.timeout.ms": "1000", "group.initial.rebalance.delay.ms": "0" },
        recording: false,
        scenario: "java-members",
        runs,
        onProgress: false,
      });
    }),
  );
  test.after(async () => await lab?.close());

  test("commit before: killed in a batch, it skips the rest; keys are in the history", async () => {
    const group = await groupWith(lab, "before", { commit: "before", process: "50ms", settings });
    await group.processed(10);
    await (await group.member(1).kill()).heal();
    await group.lag({ atMost: 0 });
    await group.close();
    const times = timesProcessed(lab, "before");
    assert.ok(times.length >= 10 && times.length < 40, `${times.length} of 40 were processed`);
    assert.ok(times.every((count) => count === 1));
    assert.ok(processingOrder(lab.run.history, { group: "before" }).facts.groups[0]!.keys > 0);
  });

  test("commit by the application, and a record that fails is read again", async () => {
    const group = await groupWith(lab, "application", { commit: "application", failAt: 3, settings });
    await group.processed(40);
    const failed = eventsOf(lab, "processed", "application").filter(({ error }) => error !== undefined);
    assert.equal([failed.length, failed[0]?.offsets], [1, ["2"]]);
    assert.equal(eventsOf(lab, "commit", "application"), []);
    await group.commit();
    const [commit] = eventsOf(lab, "commit", "application");
    assert.equal([commit?.error, commit?.offsets[0]?.offset], [undefined, "40"]);
    assert.is((await group.lag()).total, 0);
    await group.close();
    assert.equal(timesProcessed(lab, "application"), Array(40).fill(1));
  });

  test("a batch beyond max.poll.interval.ms: its commit is refused, and it is read again", async () => {
    const slow = {
      commit: "after",
      process: "100ms",
      settings: { ...settings, rebalanceTimeout: "2s" },
    } as const;
    const group = await groupWith(lab, "slow", slow);
    await group.processed(50);
    const refused = eventsOf(lab, "commit", "slow").find(({ error }) => error !== undefined);
    assert.match(refused?.error ?? "", /^CommitFailedException: /);
    assert.is(refused?.isRefused, true);
    assert.ok(eventsOf(lab, "member", "slow").some(({ change }) => change === "lost"));
    await group.close();
  });

  for (const client of ["kafkajs", "java"] as const)
    test(`${client}: with transactions a member that is killed in one leaves each effect once`, async () => {
      const out = `${client}-out`;
      await lab.cluster.createTopic(out);
      const name = `tx-${client}`;
      const options = {
        client,
        process: "50ms",
        settings,
        transform: { topic: out, transactional: true },
      } as const;
      const group = await groupWith(lab, name, options);
      await group.processed(10);
      await (await group.member(1).kill()).heal();
      await group.processed(40);
      await group.member(1).stop();
      await group.close();
      const changes = eventsOf(lab, "transaction", name).map(({ change }) => change);
      assert.equal([changes[0], changes.at(-1)], ["begun", "committed"]);
      assert.ok(eventsOf(lab, "produced", name).length >= 40);
      assert.is(timesProcessed(lab, name).filter((count) => count === 2).length >= 10, true);
      const read = (await lab.probe({ name: `${name}-reader`, topic: out }).read({ timeout: "3m" })).records;
      assert.equal([read.length, new Set(read.map(({ value }) => value)).size], [40, 40]);
      assert.match(read[0]!.value, new RegExp(`^${name}-records-0@\\d+ `));
    });

  test("a topic that is not there, and a commit policy beside transactions, are errors", async () => {
    const codeOf = async (options: GroupOptions): Promise<unknown> =>
      await lab.group("wrong", options).then(
        () => "it was started",
        (error: Error & { code?: string }) => error.code ?? error.name,
      );
    assert.is(await codeOf({ transform: { topic: "nowhere" } }), "NO_SUCH_TOPIC");
    assert.is(await codeOf({ commit: "after", transform: { topic: "x", transactional: true } }), "TypeError");
    assert.is(await codeOf({ transform: { topic: lab.topic } }), "TypeError");
  });

  test("two members share partitions by deltas; a static one keeps its own while it is away", async () => {
    const cooperative: GroupOptions =
      kafka === "4" ? { protocol: "consumer" } : { assignor: "cooperative-sticky", settings };
    const group = await groupWith(lab, "shared", { commit: "after", ...cooperative }, 4, 4);
    await group.settled();
    await group.add();
    await group.settled();
    const changes = eventsOf(lab, "member", "shared").filter(({ member }) => member === "shared.1");
    const revoked = changes.filter(({ change }) => change === "revoked");
    assert.equal(
      revoked.map(({ partitions = [] }) => partitions.length),
      [2],
    );
    const joined = changes.find(
      ({ change, generation }) => change === "assigned" && generation !== undefined,
    );
    assert.ok((joined?.memberId ?? "") !== "");
    await group.close();
    const ids = await groupWith(lab, "static", { commit: "after", instanceIds: true, settings }, 4, 2);
    await ids.settled();
    await ids.close();
    assert.not.ok(eventsOf(lab, "member", "static").some(({ change }) => change === "left"));
  });
  test.run();
}
process.on("exit", () => rmSync(runs, { recursive: true, force: true }));
