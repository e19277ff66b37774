// A group that writes to another topic, killed between writing and committing: what stands in the output, as
// conclude reads it back, with and without transactions.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type Group,
  type GroupOutputs,
  type HistoryEvent,
  type Lab,
  startLab,
  type TransformedAll,
} from "@kafka-failure-lab/sdk";
import { reportingFailure } from "./outside.ts";

const test = suite("transforms");
const runs = mkdtempSync(path.join(tmpdir(), "lab-transforms-"));
const RECORDS = 60;
let lab: Lab;

test.before(
  reportingFailure(async () => {
    lab = await startLab({
      engine: "local",
      timers: "fast",
      properties: { "group.min.session.timeout.ms": "1000", "group.initial.rebalance.delay.ms": "0" },
      topic: { name: "orders" },
      recording: false,
      scenario: "transforms",
      runs,
      onProgress: false,
    });
  }),
);
test.after(async () => await lab?.close());
process.on("exit", () => rmSync(runs, { recursive: true, force: true }));

/** Kills the group's member in its first batch, starts it again, and waits until everything is read. */
async function killedInBatch(group: Group): Promise<void> {
  await group.processed(10);
  await (await group.member(1).kill()).heal();
  await group.lag({ atMost: 0 });
}

test("without transactions outputs are doubled; with them a read_committed reader sees each once", async () => {
  const probe = lab.probe({ name: "orders" });
  for (let n = 0; n < RECORDS; n++) assert.is((await probe.send({ key: `k${n % 5}` })).outcome, "ok");
  for (const name of ["plain", "exact"]) await lab.cluster.createTopic(`${name}-out`);
  const options = {
    members: 1,
    process: "20ms",
    settings: { sessionTimeout: "2s", heartbeatInterval: "500ms" },
  } as const;
  const plain = await lab.group("plain", {
    ...{ ...options, commit: "after" },
    transform: { topic: "plain-out" },
  });
  const exact = await lab.group("exact", {
    ...options,
    transform: { topic: "exact-out", transactional: true },
  });
  await Promise.all([killedInBatch(plain), killedInBatch(exact)]);
  const { judgement } = await lab.conclude({ print: false, exitCode: false });
  const finding = judgement.checks.find((one): one is TransformedAll => one.checker === "transformedAll");
  assert.is(finding?.verdict, true, finding?.summary);
  const [first, second] = ["plain", "exact"].map(
    (name) => finding!.facts.groups.find(({ group }) => group === name) as GroupOutputs,
  );
  assert.equal(
    [first!.records, first!.claimed, first!.semantics],
    [RECORDS, "at-least-once", "at-least-once"],
  );
  assert.ok(first!.committed.several >= 10, `${first!.committed.several} were written twice`);
  assert.equal([first!.committed.none, first!.neverInput, first!.outOfOrder], [0, 0, 0]);
  assert.equal(
    [second!.records, second!.claimed, second!.semantics],
    [RECORDS, "exactly-once", "exactly-once"],
  );
  assert.equal(second!.committed, { once: RECORDS, several: 0, most: 1, none: 0 });
  assert.ok((second!.uncommitted?.several ?? 0) >= 10, "the killed member's outputs are aborted");
  assert.equal([second!.uncommitted?.most, second!.outputDoubts], [2, []]);
  const readback = lab.run.history.find(
    (event): event is Extract<HistoryEvent, { kind: "readback" }> =>
      event.kind === "readback" && event.topic === "exact-out",
  );
  assert.is(readback!.uncommitted?.length, readback!.partitions[0]!.aborted);
  const trace = lab.run.recordTrace("orders-1").groups.find(({ group }) => group === "exact");
  assert.equal(trace!.outputs.map(({ topic, state }) => `${topic} ${state}`).sort(), [
    "exact-out aborted",
    "exact-out committed",
  ]);
});

test.run();
