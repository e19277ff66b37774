// Faults on members of consumer groups in a history: what is judged, drawn and explained with them, and what
// of brokers and producers stays as it is without them.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { check, explain, type FaultEvent, type HealEvent, type HistoryEvent } from "@kafka-failure-lab/sdk";
import { groupProgress, progress, recordTrace, recovery } from "@kafka-failure-lab/sdk";
import { timeline, timelineOf } from "@kafka-failure-lab/sdk";
import { struck } from "../../sdk/analysis/explain/evidence.ts";
import { isOnlyFault } from "../../sdk/analysis/explain/injected.ts";
import { windows } from "../../sdk/analysis/check/mod.ts";
import { parseEvent } from "../../sdk/model/history-schema.ts";
import { namedMembers, shortNames } from "../../sdk/model/member.ts";
import type { PredictionEvent } from "../../sdk/model/history.ts";
import { changed, GROUP, processed, send, TOPIC } from "./group-histories.ts";
import { killed } from "./explain/histories.ts";

const members = [{ group: GROUP, member: `${GROUP}.1` }];
const slow: FaultEvent = {
  kind: "fault",
  atMs: 1500,
  tookMs: 5,
  effectAtMs: 1501,
  id: "slow-1",
  fault: "slow",
  targets: [],
  members,
  asked: `member 1 of ${GROUP}`,
  via: "an order to its program",
  processing: { processMs: 200 },
};
const healed: HealEvent = {
  kind: "heal",
  atMs: 2500,
  tookMs: 1,
  effectAtMs: 2500,
  id: "slow-1",
  fault: "slow",
  targets: [],
  members,
  via: "an order to its program",
};
const history: readonly HistoryEvent[] = [
  changed(0, 1, "started"),
  changed(1, 1, "assigned", [0]),
  ...Array.from({ length: 6 }, (_, n) => send(0, n)),
  processed(1100, 1, 0, [0, 1]),
  slow,
  healed,
  processed(2600, 1, 0, [2, 5]),
].sort((a, b) => a.atMs - b.atMs);

test("such an event is one of a history as it is written, and not with other fields", () => {
  for (const event of [slow, healed]) assert.equal(parseEvent(JSON.parse(JSON.stringify(event))), event);
  for (const wrong of [
    { members: ["billing.1"] },
    { members: [{ group: GROUP }] },
    { processing: { processMs: "200ms" } },
    { processing: 200 },
  ])
    assert.throws(() => parseEvent({ ...slow, ...wrong }), /it is no fault event/);
});

test("members have their names, alone and in lists", () => {
  const both = [...members, { group: GROUP, member: `${GROUP}.2` }];
  assert.equal(
    [namedMembers(slow), namedMembers({ targets: [], members: both })],
    ["member billing.1", "member billing.1, billing.2"],
  );
  assert.equal([shortNames(slow), namedMembers({ targets: [1, 2] })], ["billing.1", "broker 1, 2"]);
});

test("a fault on a member is a stretch of the run, in which the group's standstill is measured", () => {
  const [window] = windows(history).faults;
  assert.equal(
    [window?.name, window?.fromMs, window?.toMs, window?.healed, window?.endsProcess, window?.members],
    ["slow billing.1", 1501, 2500, true, false, members],
  );
  const [during] = groupProgress(history).facts.groups[0]!.faults;
  assert.equal([during?.id, during?.partitions[0]?.partition], ["slow-1", 0]);
});

test("it is none of the producers': their progress and recovery are those without it", () => {
  const without = history.filter((event) => event.kind !== "fault" && event.kind !== "heal");
  assert.equal(progress(history), progress(without));
  assert.equal(recovery(history), recovery(without));
  assert.is(check(history).verdict, check(without).verdict);
});

test("the outage of a producer is explained by the broker's fault, whatever happened to a member", () => {
  const beside = { ...slow, atMs: 900, effectAtMs: 901 };
  const explained = explain([...killed, beside].sort((a, b) => a.atMs - b.atMs));
  assert.ok(explained.windows.length > 0);
  assert.equal(explained, explain(killed));
});

test("a prediction for a broker's fault holds, whatever happened to a member in between", () => {
  const kill = killed.find((event): event is FaultEvent => event.kind === "fault")!;
  const predicted = { kind: "prediction", atMs: kill.atMs - 10 } as PredictionEvent;
  const between = { ...slow, atMs: kill.atMs - 5, effectAtMs: kill.effectAtMs - 4 };
  assert.is(isOnlyFault([...killed, between], predicted, kill), isOnlyFault(killed, predicted, kill));
  const broker: HistoryEvent = { ...kill, id: "other", atMs: kill.atMs - 5, effectAtMs: kill.effectAtMs - 4 };
  assert.is(isOnlyFault([...killed, broker], predicted, kill), false);
});

test("timeline, picture, evidence and a record's trace name the member", async () => {
  const text = timeline(history).join("\n");
  assert.match(text, /fault {3}slow member billing\.1 to 200 ms a record \(member 1 of billing\)/);
  assert.match(text, /heal {4}slow member billing\.1/);
  const { svg } = await timelineOf(history);
  assert.match(svg ?? "", /slow billing\.1/);
  assert.is(
    struck(slow).kind === "fault" && struck(slow).text,
    "slowdown of member billing.1 to 200 ms a record",
  );
  const trace = JSON.stringify(recordTrace(history, "probe-0-5"));
  assert.match(trace, /slow billing\.1/);
  assert.match(trace, new RegExp(TOPIC));
});

test.run();
