// Foreign text in errors, in what a log proves, and at the end of a run.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as sdk from "../faces.ts";
import { parseLine } from "../../sdk/kafka/broker-log/mod.ts";
import { conclude } from "../../sdk/lab/conclude.ts";
import type { HistoryEvent } from "../../sdk/model/history.ts";
import { beginRun } from "../../sdk/lab/run.ts";
import { honest, hostileHistory } from "./hostile/history.ts";
import { assertPrintable, HOSTILE } from "./hostile/text.ts";
import { written } from "./hostile/written.ts";
import { concludeParts } from "./conclude-parts.ts";

function thrown(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

test("a broker's log line keeps its text in the history, and prints where it proves something", () => {
  const text = `Fencing broker 3 because ${HOSTILE}`;
  const line = `[2026-11-25 14:51:57,360] INFO [QuorumController id=2] ${text} (org.X)`;
  const found = parseLine(line)!;
  assert.ok(found.text.includes(HOSTILE));
  const event = {
    kind: "broker log",
    atMs: 12_000,
    service: "k",
    broker: 2,
    nodeId: 2,
    ...found,
  } as HistoryEvent;
  const explanation = sdk.explain([...honest, event].sort((a, b) => a.atMs - b.atMs));
  for (const text of sdk.explanationLines(explanation)) assertPrintable(text, "explanationLines()");
});
test("LabError keeps a cause that prints, and copies one that does not, all the way down", () => {
  const fine = Object.assign(new Error("fine"), { code: "ENOENT" });
  assert.is(new sdk.LabError("NOT_READY", "x", { cause: fine }).cause, fine);
  const deep = Object.assign(new TypeError("deep", { cause: new Error(HOSTILE) }), {
    stderr: HOSTILE,
    code: "E",
  });
  const { cause, facts } = new sdk.LabError("NOT_READY", "x", { cause: deep });
  assert.is(facts.cause, deep);
  assert.equal([(cause as Error).name, (cause as { code: string }).code], ["TypeError", "E"]);
  assertPrintable(inspect(cause), "the cause");
  const endless = new Error(HOSTILE);
  endless.cause = endless;
  assert.ok(new sdk.LabError("NOT_READY", "x", { cause: endless }));
});
test("conclude() prints and writes what prints, and its JSON is as it was", async () => {
  const root = mkdtempSync(path.join(tmpdir(), "hostile-conclude-"));
  try {
    const run = beginRun(root, "conclude");
    for (const event of hostileHistory(HOSTILE)) run.record(event);
    const parts = concludeParts(run, {
      faults: { healAll: () => Promise.reject(new Error(HOSTILE)) },
      progress: sdk.progressReporter(false),
    });
    const claim = `a claim${HOSTILE}`;
    const said = await written(() => conclude(parts, { claim, exitCode: false, picture: true }));
    assertPrintable(said, "conclude()");
    const texts = ["verdict.json", "explanation.txt", "timeline.txt", "timeline.svg"].map((name) => {
      const text = readFileSync(path.join(run.dir, name), "utf8");
      assertPrintable(text, name);
      return text;
    });
    assert.is((JSON.parse(texts[0]!) as { claim: string }).claim, claim);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
test("bad durations, targets and checkers are quoted as text", () => {
  const errors = [
    thrown(() => sdk.toMs(HOSTILE as sdk.Duration)),
    thrown(() => sdk.check(honest, { checks: [HOSTILE as "order"] })),
    thrown(() => sdk.recordTrace(honest, HOSTILE)),
  ];
  for (const { message } of errors) assertPrintable(sdk.printable(message, { lines: false }), message);
});
test.run();
