// The end of a run: what it proves is written whatever becomes of the rest.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { conclude } from "../../sdk/lab/conclude.ts";
import type { HistoryEvent, PredictionEvent } from "../../sdk/model/history.ts";
import { beginRun } from "../../sdk/lab/run.ts";

/** Events that an analysis throws on. */
const UNEXPLAINABLE: readonly { event: HistoryEvent; verdict: true | "unknown"; note: string }[] = [
  {
    event: {
      kind: "broker log",
      atMs: 1,
      service: "kafka-1",
      broker: 1,
      nodeId: 1,
      level: "INFO",
      logger: "",
      text: "",
      fact: null,
    } as unknown as HistoryEvent,
    verdict: true,
    note: "explain",
  },
  {
    event: {
      kind: "prediction",
      atMs: 1,
      client: "warm",
      topic: "my_topic",
      prediction: null,
    } as unknown as PredictionEvent,
    verdict: "unknown",
    note: "predictions",
  },
];
for (const { event, verdict, note } of UNEXPLAINABLE) {
  test(`conclude() writes a verdict though it ${note.slice(0, -2).replace("C", "c")}`, async () => {
    const root = mkdtempSync(path.join(os.tmpdir(), "kafka-failure-lab-conclude-"));
    const run = beginRun(root, "conclude");
    run.record({
      kind: "run",
      atMs: 0,
      startedAt: run.startedAt.toISOString(),
      scenario: "conclude",
      engine: "local",
      kafka: "3.9.2",
      brokers: [],
    });
    run.record({
      kind: "fault",
      atMs: 2,
      tookMs: 1,
      effectAtMs: 2,
      id: "kill-1",
      fault: "kill",
      targets: [1],
      asked: "1",
      via: "SIGKILL",
    });
    run.record({
      kind: "send",
      atMs: 1,
      tookMs: 1,
      client: "warm",
      value: "v1",
      topic: "my_topic",
      outcome: "ok",
      broker: 1,
      partition: 0,
      offset: "0",
      attempts: [],
    });
    run.record({
      kind: "readback",
      atMs: 3,
      tookMs: 1,
      client: "readback",
      topic: "my_topic",
      partitions: [{ partition: 0, from: "0", to: "1", complete: true }],
      records: [{ value: "v1", partition: 0, offset: "0" }],
    });
    run.record(event);
    const said: string[] = [];
    const progress = { begin: () => {}, say: (line: string) => said.push(line), end: () => {} };
    const concluded = await conclude(
      {
        run,
        cluster: { waitFor: () => Promise.resolve() },
        faults: { healAll: () => Promise.resolve() },
        probes: [],
        endpoints: [],
        topics: () => [],
        gatherLogs: () => Promise.resolve(),
        close: () => run.close(),
        progress,
        signal: () => undefined,
      },
      { print: false, exitCode: false, picture: false, checks: ["noLostWrites"] },
    );
    assert.is(concluded.verdict, verdict);
    assert.is(
      (JSON.parse(readFileSync(path.join(run.dir, "verdict.json"), "utf8")) as { verdict: unknown }).verdict,
      verdict,
    );
    assert.ok(existsSync(path.join(run.dir, "timeline.txt")));
    assert.ok(said[0]?.includes(note), said[0]);
    assert.ok(run.history.some((one) => one.kind === "note" && one.text.includes(note)));
    rmSync(root, { recursive: true, force: true });
  });
}
test.run();
