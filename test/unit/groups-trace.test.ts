// The life of one record goes on in consumer groups: delivered to whom, processed when, committed by what.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { recordTrace } from "../../sdk/analysis/check/mod.ts";
import type { HistoryEvent } from "../../sdk/model/history.ts";
import { recordTraceLines } from "../../sdk/report/text/mod.ts";
import * as h from "./group-histories.ts";
import { ofMember } from "./group-judged.ts";
import { ONCE, outputReadback, transforming, type Written } from "./transform-histories.ts";

const steps = (history: readonly HistoryEvent[], value: string): unknown[] =>
  recordTrace(history, value).groups.flatMap((group) =>
    group.steps.map(({ what, member, atMs, offset }) => [what, member, atMs, offset]),
  );

test("a record that was delivered again after a take-over has both lives, and the commit behind it", () => {
  const history = h.takenOver();
  const [group] = recordTrace(history, "probe-0-5").groups;
  assert.equal([group!.group, group!.times, group!.outcome], [h.GROUP, 2, "processed"]);
  assert.equal(steps(history, "probe-0-5"), [
    ["delivered", "billing.1", 2100, "5"],
    ["processed", "billing.1", 2100, "5"],
    ["delivered again", "billing.2", 2500, "5"],
    ["processed again", "billing.2", 2500, "5"],
    ["committed", "billing.2", 2560, "10"],
  ]);
  for (const { line, atMs } of group!.steps) assert.is(history[line - 1]!.atMs, atMs, `line ${line}`);
});

test("a record that a commit skipped was delivered and committed, and not processed", () => {
  const history = h.mutated(h.exactlyOnce(), "processed", ofMember(1, 0, 1600), () => []);
  const [group] = recordTrace(history, "probe-0-2").groups;
  assert.equal([group!.times, group!.outcome], [0, "skipped"]);
  assert.equal(steps(history, "probe-0-2"), [
    ["delivered", "billing.1", 1600, "2"],
    ["committed", "billing.1", 1660, "5"],
  ]);
});

test("refused commits, failed processing and a reset are steps, too", () => {
  const failed = h.mutated(h.exactlyOnce(), "processed", ofMember(1, 0, 1600), (event) => [
    { ...event, error: "no" },
  ]);
  const history = h.inTime([
    ...failed,
    h.commit(1640, 1, 0, 5, { error: "REBALANCE_IN_PROGRESS", isRefused: true }),
    h.commit(1650, 1, 0, 5, { error: "REBALANCE_IN_PROGRESS", isRefused: true }),
    h.lag(3500, 0, null),
  ]);
  assert.equal(steps(history, "probe-0-4"), [
    ["delivered", "billing.1", 1600, "4"],
    ["processing failed", "billing.1", 1600, "4"],
    ["commit refused", "billing.1", 1640, "5"],
    ["committed", "billing.1", 1660, "5"],
    ["committed offset reset", null, 3500, "none"],
  ]);
});

test("the lines of a trace go on in the group", () => {
  const lines = recordTraceLines(recordTrace(h.takenOver(), "probe-0-5"));
  assert.match(lines[0]!, /; kept; processed twice by billing$/);
  const rows = lines.map((line) => line.replace(/ {2,}/g, " | ").trim());
  assert.equal(
    rows.slice(-6).map((row) => row.replace(/^\| /, "")),
    [
      "+600 ms | delivered to billing.1 | orders-0 offset 5",
      "+600 ms | processed by billing.1 | 20 ms | orders-0 offset 5",
      "+1.0 s | delivered again to billing.2 | orders-0 offset 5",
      "+1.0 s | processed again by billing.2 | 50 ms | orders-0 offset 5",
      "+1.1 s | committed by billing.2 | 2 ms | orders-0 up to 10",
      "+7.5 s | read back | orders-0 offset 5",
    ],
  );
});

test("a record goes on in the topic that its group writes to", () => {
  const aborted: Written = { partition: 0, n: 5, transaction: "aborted" };
  const history = transforming(h.takenOver(), outputReadback([aborted, ...ONCE]));
  const [group] = recordTrace(history, "probe-0-5").groups;
  assert.equal(
    group!.outputs.map(({ topic, offset, state }) => [topic, offset, state]),
    [
      ["invoices", "0", "aborted"],
      ["invoices", "11", "committed"],
    ],
  );
  assert.equal(
    group!.steps.filter(({ output }) => output === "invoices").map(({ what, member }) => [what, member]),
    [
      ["written", "billing.1"],
      ["written again", "billing.2"],
    ],
  );
  const lines = recordTraceLines(recordTrace(history, "probe-0-5"));
  assert.match(lines[0]!, /; processed twice by billing, and once in invoices \(and 1 aborted\)$/);
  assert.match(lines.join("\n"), /written again by billing\.2 +50 ms +to invoices/);
});

test("a record of a topic that no group reads has no groups", () => {
  const without = h.exactlyOnce().filter((event) => !("group" in event));
  assert.equal(recordTrace(without, "probe-0-5").groups, []);
});

test.run();
