// Transforms that are frozen in a transaction, of both clients, on the newest cluster of each line; and the
// scenario with Kafka's own client.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type HistoryEvent, type Lab, startLab, type TransformedAll } from "@kafka-failure-lab/sdk";
import { leftovers, reportingFailure } from "./outside.ts";
import { fileOf, runOf } from "./scenarios.ts";
import { lastLine } from "./script.ts";

const runs = mkdtempSync(path.join(tmpdir(), "lab-exactly-once-"));
process.on("exit", () => rmSync(runs, { recursive: true, force: true }));
const RECORDS = 20;

type Transaction = Extract<HistoryEvent, { kind: "transaction" }>;
const transactionsOf = (lab: Lab, member: string): Transaction[] =>
  lab.run.history.filter(
    (event): event is Transaction => event.kind === "transaction" && event.member === member,
  );

for (const kafka of ["3.9", "4"]) {
  const test = suite(`frozen transforms, Kafka ${kafka}`);
  let lab: Lab;
  test.before(
    reportingFailure(async () => {
      lab = await startLab({
        engine: "local",
        kafka,
        timers: "fast",
        properties: { "group.min.session.timeout.ms": "1000", "group.initial.rebalance.delay.ms": "0" },
        topic: { name: "orders" },
        recording: false,
        scenario: "exactly-once",
        runs,
        onProgress: false,
      });
    }),
  );
  test.after(async () => await lab?.close());

  test("a member that is frozen in a transaction and thrown out cannot commit it", async () => {
    const probe = lab.probe({ name: "orders" });
    for (let n = 0; n < RECORDS; n++) assert.is((await probe.send()).outcome, "ok");
    const frozen = await Promise.all(
      (["kafkajs", "java"] as const).map(async (client) => {
        await lab.cluster.createTopic(`${client}-out`);
        const group = await lab.group(client, {
          client,
          members: 1,
          process: "100ms",
          settings: { sessionTimeout: "2s", heartbeatInterval: "500ms" },
          transform: { topic: `${client}-out`, transactional: true },
        });
        await group.processed(3);
        const fault = await group.member(1).pause();
        const second = await group.add();
        await group.settled();
        assert.equal(
          second.partitions.map(({ partition }) => partition),
          [0],
        );
        await group.lag({ atMost: 0 });
        await fault.heal();
        await group.settled();
        return group;
      }),
    );
    for (const { name } of frozen) {
      const [first, ...rest] = transactionsOf(lab, `${name}.1`).map(({ change }) => change);
      assert.is(first, "begun");
      assert.ok(rest.length > 0 && !rest.includes("committed"), `${name}: ${rest.join(", ")}`);
    }
    const { judgement } = await lab.conclude({ print: false, exitCode: false, checks: ["transformedAll"] });
    const { verdict, summary, facts } = judgement.checks[0] as TransformedAll;
    assert.is(verdict, true, summary);
    for (const { group, records, committed, uncommitted, semantics } of facts.groups) {
      assert.equal([records, semantics], [RECORDS, "exactly-once"], group);
      assert.is(committed.once, RECORDS);
      assert.ok((uncommitted?.several ?? 0) >= 3, `${group}: the frozen member's outputs are aborted`);
    }
  });
  test.run();
}

const scenario = suite("scenario 09 with Kafka's own client");

interface Result {
  verdict: boolean | "unknown";
  exitCode: number;
  groups: { name: string; semantics: string; committed: { several: number; none: number } }[];
  readers: { name: string; isolation: string; ms: number; asPredicted: boolean | "unknown" }[];
}

scenario("doubled without transactions, once with them; readers wait for the open transaction", async () => {
  const ran = await runOf(fileOf("09-exactly-once"), "--client", "java", "--timers", "fast", "--json");
  const { verdict, exitCode, groups, readers } = lastLine<Result>(ran);
  assert.equal(
    readers.filter(({ asPredicted }) => asPredicted === false),
    [],
    ran.err,
  );
  const [plain, ...transactional] = groups;
  assert.is(plain!.semantics, "at-least-once");
  assert.ok(plain!.committed.several >= 5);
  assert.equal(
    transactional.map(({ name, semantics, committed }) => [
      name,
      semantics,
      committed.several,
      committed.none,
    ]),
    [
      ["restarted", "exactly-once", 0, 0],
      ["replaced", "exactly-once", 0, 0],
    ],
  );
  // a busy machine makes times inconclusive, counts never
  assert.equal([ran.code, exitCode], verdict === "unknown" ? [3, 3] : [0, 0], ran.err);
  assert.is.not(verdict, false);
  assert.equal(leftovers(ran.pid), []);
});
scenario.run();
