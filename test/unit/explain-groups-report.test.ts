// How groups' outages are reported and drawn.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { explain, type ExplainedStandstill } from "../../sdk/analysis/explain/mod.ts";
import type { FaultEvent, HistoryEvent } from "../../sdk/model/history.ts";
import { timelineOf } from "../../sdk/report/svg/mod.ts";
import { explanationLines, explanationSummary, timeline } from "../../sdk/report/text/mod.ts";
import { GROUP, killed, killedRun, leaderKilledRun, outageRun } from "./group-outages.ts";

const history = outageRun(killedRun);
const whole = explain(history);
const [first] = whole.groups.filter(({ tookMs }) => tookMs > 3000) as [ExplainedStandstill];

test("the summary tells of partitions that stood still together once, by the longest", () => {
  const other = { ...first, partition: 1, toMs: first.toMs - 100, tookMs: first.tookMs - 100 };
  const later = { ...first, fromMs: 15_000, toMs: 19_000 };
  const lines = explanationSummary({ windows: [], groups: [other, first, later] });
  assert.is(lines.length, 2);
  assert.ok(lines[0]!.includes("billing on orders-0, and 1 more partition: "), lines[0]);
  assert.ok(lines[1]!.includes("billing on orders-0: "), lines[1]);
  assert.ok(lines[0]!.includes(first.sentence));
});

test("an explanation of a version before 0.7 has no groups", () => {
  assert.equal(explanationSummary({ windows: [] }), []);
  assert.is(explanationLines({ windows: [] }).length, 1);
  assert.equal(timeline(history, { explanation: { windows: [] } }), timeline(history));
});

test("timeline() draws why a group stood still, a letter a part", () => {
  const lines = timeline(history, { width: 200, explanation: whole });
  const row = lines.find((line) => line.startsWith(`why ${GROUP}`))!;
  assert.match(row, /D{10,}J+Y?/);
  assert.ok(lines.some((line) => line.includes(`${GROUP} orders-0: 3.3 s = `)));
  assert.ok(lines.some((line) => line.includes("D detection") && line.includes("J join")));
});

test("timelineOf() draws the parts of a group's outage", async () => {
  const { svg = "" } = await timelineOf(history, { explanation: whole });
  assert.ok(svg.includes(">detection 2.7 s<"), "a labelled bar");
  assert.ok(svg.includes("or without progress of a group"));
  assert.ok(svg.includes("10.0 s billing.1: ended: SIGKILL"), "its proof for who points at it");
});

const fault = (member: string): FaultEvent => ({
  ...{ kind: "fault", atMs: 9990, tookMs: 20, effectAtMs: 10_000, id: `kill-${member}`, fault: "kill" },
  ...{ targets: [], members: [{ group: GROUP, member }], asked: member, via: "SIGKILL" },
});

test("a fault on a member begins a group's outage, and explains nothing of those who send", () => {
  const events: HistoryEvent[] = [...killed, fault("billing.1")];
  const { windows, groups } = explain(outageRun({ ...killedRun, events }));
  const found = groups.find(({ tookMs }) => tookMs > 3000)!;
  const { id, fault: kind, members } = found.faults[0]!;
  assert.equal([id, kind, members], ["kill-billing.1", "kill", [{ group: GROUP, member: "billing.1" }]]);
  assert.equal(
    windows.filter(({ faults }) => faults.length > 0),
    [],
  );
  assert.ok(explanationSummary({ windows: [], groups: [found] })[0]!.endsWith("kill billing.1)"));
});

test("of a broker's fault and a member's the one decides that began the outage", () => {
  const events = [...leaderKilledRun.events, { ...fault("billing.1"), effectAtMs: 2000 }];
  const { groups } = explain(outageRun({ ...leaderKilledRun, events }));
  assert.equal(
    groups.find(({ tookMs }) => tookMs > 2000)!.faults.map(({ id }) => id),
    ["kill-1", "kill-billing.1"],
  );
});
test.run();
