// The end of a run: what it proves is written whatever becomes of the rest.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { conclude } from "../../sdk/lab/conclude.ts";
import type { HistoryEvent, PredictionEvent } from "../../sdk/model/history.ts";
import type { Conclusion } from "../../sdk/lab/conclusion.ts";
import { beginRun, type Run } from "../../sdk/lab/run.ts";
import { concludeParts } from "./conclude-parts.ts";
import { readRun } from "../../sdk/recording/open.ts";

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
/** A run of one fault, still open, and one record; `late` comes when the lab is being closed. */
async function concluded(
  event: HistoryEvent | undefined,
  late?: HistoryEvent,
): Promise<{ run: Run; said: string[]; conclusion: Conclusion; end(): void }> {
  const root = mkdtempSync(path.join(os.tmpdir(), "kafka-failure-lab-conclude-"));
  const run = beginRun(root, "conclude");
  for (const one of [...eventsOf(run), ...(event === undefined ? [] : [event])]) run.record(one);
  const said: string[] = [];
  const progress = { begin: () => {}, say: (line: string) => said.push(line), end: () => {} };
  const conclusion = await conclude(
    concludeParts(run, {
      close() {
        if (late !== undefined) run.record(late);
        return run.close();
      },
      progress,
    }),
    { print: false, exitCode: false, picture: false, checks: ["noLostWrites"] },
  );
  return { run, said, conclusion, end: () => rmSync(root, { recursive: true, force: true }) };
}

function eventsOf({ startedAt }: Run): HistoryEvent[] {
  const [topic, value] = ["my_topic", "v1"];
  return [
    {
      kind: "run",
      atMs: 0,
      startedAt: startedAt.toISOString(),
      scenario: "conclude",
      engine: "local",
      kafka: "3.9.2",
      brokers: [],
    },
    {
      kind: "fault",
      atMs: 2,
      tookMs: 1,
      effectAtMs: 2,
      id: "kill-1",
      fault: "kill",
      targets: [1],
      asked: "1",
      via: "SIGKILL",
    },
    {
      kind: "send",
      atMs: 1,
      tookMs: 1,
      client: "warm",
      value,
      topic,
      outcome: "ok",
      broker: 1,
      partition: 0,
      offset: "0",
      attempts: [],
    },
    {
      kind: "readback",
      atMs: 3,
      tookMs: 1,
      client: "readback",
      topic,
      partitions: [{ partition: 0, from: "0", to: "1", complete: true }],
      records: [{ value, partition: 0, offset: "0" }],
    },
  ];
}

for (const { event, verdict, note } of UNEXPLAINABLE) {
  test(`conclude() writes a verdict though it ${note.slice(0, -2).replace("C", "c")}`, async () => {
    const { run, said, conclusion, end } = await concluded(event);
    assert.is(conclusion.verdict, verdict);
    assert.is(
      (JSON.parse(readFileSync(path.join(run.dir, "verdict.json"), "utf8")) as { verdict: unknown }).verdict,
      verdict,
    );
    assert.ok(existsSync(path.join(run.dir, "timeline.txt")));
    assert.ok(said[0]?.includes(note), said[0]);
    assert.ok(run.history.some((one) => one.kind === "note" && one.text.includes(note)));
    end();
  });
}

test("what happens after the verdict is not part of the run: it is judged the same again", async () => {
  const late: HistoryEvent = { kind: "stall", atMs: 2, tookMs: 60_000, thread: "lab" };
  const { run, conclusion, end } = await concluded(undefined, late);
  assert.equal(readRun(run.dir).judge(), conclusion.judgement);
  assert.is(run.history.at(-1)!.kind, "readback");
  end();
});
test.run();
