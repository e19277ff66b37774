// What the scenarios of elections and of cut networks read from a history.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cutFigures, cutOf, cutTable } from "../../scripts/elections/cuts.ts";
import { stepFigures, steppedOf, stepTable } from "../../scripts/elections/steps.ts";
import type { HistoryEvent, MachineEvent } from "../../sdk/model/history.ts";
import { acked, fault, heal, view } from "./explain/histories.ts";

const test = suite("scenarios of elections");

/** The brokers waited for a processor all the time. */
const busy = (fromMs: number, toMs: number): MachineEvent[] =>
  Array.from({ length: Math.ceil((toMs - fromMs) / 250) }, (_, i) => ({
    kind: "machine",
    atMs: fromMs + 250 * i,
    tookMs: 250,
    nodesMs: { "kafka-1": 250 },
    labMs: 0,
    pressureMs: 250,
  }));

const cut = (moves: boolean, ...others: HistoryEvent[]): HistoryEvent[] => [
  view(10, 3, [1, 2, 3], { leader: 1 }),
  acked(900, 905, 1),
  acked(990, 1005, 1), // under way when the cut began
  fault("isolate", 1000, 1, [
    { kind: "isolate", how: "drop", broker: 1, path: "clients", direction: "both" },
  ]),
  ...(moves ? [view(2500, 3, [2, 3], { leader: 2, isr: [2, 3] })] : []),
  ...others,
  heal("isolate", 5000, 1),
  acked(5100, 5105, 1),
];
const unknown: HistoryEvent = { ...acked(1500, 4500, 1), outcome: "info" };
const asked = {
  name: "clients, leader",
  id: "isolate-1",
  topic: "my_topic",
  partition: 0,
  group: "billing",
  predicted: { failsOver: 0, served: 0 },
  claim: { moves: false, served: false },
};

test("cutOf() counts sends that began while the cut acted", () => {
  const found = cutOf(cut(false, unknown), asked);
  assert.equal(
    [found.leader, found.leastIsr, found.acknowledged, found.ended, found.given, found.verdict],
    [{ before: 1, after: 1 }, 3, 0, 1, 0, true],
  );
  assert.equal(cutFigures([found]), {
    "clients, leader: another broker leads": { value: false },
    "clients, leader: sends are acknowledged": { value: false },
  });
  assert.match(cutTable([found]).text.join("\n"), /stays, not served/);
});
test("cutOf() counts what the group was given of them before the heal", () => {
  const sent = acked(1500, 1505, 1);
  const given: HistoryEvent = {
    kind: "delivered",
    atMs: 1600,
    group: "billing",
    member: "billing.1",
    topic: "my_topic",
    partition: 0,
    records: [
      { offset: "1", value: "probe-900" },
      { offset: "2", value: sent.value },
    ],
  };
  const claim = { moves: false, served: true };
  const found = cutOf(cut(false, sent, given), { ...asked, claim });
  assert.equal([found.acknowledged, found.given, found.verdict], [1, 1, true]);
});
for (const [what, history, claim, verdict] of [
  ["a leader that moves", cut(true, acked(2600, 2605, 2)), { moves: true, served: true }, true],
  ["one that moves though it was claimed to stay", cut(true, unknown), asked.claim, false],
  ["the same on a busy machine", cut(true, unknown, ...busy(900, 5000)), asked.claim, "unknown"],
  ["an acknowledgement through a cut", cut(false, acked(2600, 2605, 1)), asked.claim, false],
  [
    "the same on a busy machine: a cut lets nothing through",
    cut(false, acked(2600, 2605, 1), ...busy(900, 5000)),
    asked.claim,
    false,
  ],
  ["nobody who looked", cut(false, unknown).filter(({ kind }) => kind !== "cluster"), asked.claim, "unknown"],
] as const)
  test(`cutOf() of ${what}: ${verdict}`, () => {
    assert.is(cutOf(history, { ...asked, claim }).verdict, verdict);
  });
test("cutOf() and steppedOf() refuse a fault that the history does not have", () => {
  assert.throws(() => cutOf([], asked), RangeError);
  assert.throws(() => steppedOf([], step("leader")), RangeError);
});

function step(lost: "leader" | "controller") {
  return {
    ...{ name: `${lost}, kill`, lost, id: "kill-1", client: "probe", topic: "my_topic", partition: 0 },
    predicted: { gap: { fromMs: 0, toMs: 400 } },
  };
}
const elected = (after: number): HistoryEvent => ({
  kind: "election",
  atMs: 6000,
  tookMs: 10,
  election: "preferred",
  asked: "topic my_topic",
  partitions: [{ topic: "my_topic", partition: 0, before: 2, after, result: "elected" }],
});
const leaderLost = (after: number): HistoryEvent[] => [
  view(10, 3, [1, 2, 3], { leader: 1 }),
  acked(900, 905, 1),
  fault("kill", 1000, 1),
  view(2500, 3, [2, 3], { leader: 2, isr: [2, 3] }),
  acked(1010, 2600, 2),
  heal("kill", 5000, 1),
  view(5500, 3, [1, 2, 3], { leader: 2 }),
  elected(after),
];
test("steppedOf() of a leader: another one leads, and the first again after the election", () => {
  const found = steppedOf(leaderLost(1), step("leader"));
  assert.equal(
    [found.leader, found.controller.afterMs, found.preferred, found.meanwhile, found.verdict],
    [{ before: 1, after: 2 }, null, 1, 0, true],
  );
  assert.ok(found.gapMs !== null && found.gapMs > 1500);
  assert.is(steppedOf(leaderLost(2), step("leader")).verdict, false);
  assert.match(stepTable([found]).text.join("\n"), /1 → 2/);
});

const controllerLost = (...others: HistoryEvent[]): HistoryEvent[] => {
  const active = view(2000, 2, [1, 2, 3], { leader: 1 });
  return [
    view(10, 3, [1, 2, 3], { leader: 1 }),
    acked(900, 905, 1),
    fault("kill", 1000, 3),
    active,
    ...others,
    acked(4000, 4005, 1),
    heal("kill", 5000, 3),
  ];
};
for (const [what, createdAtMs, history, verdict] of [
  ["data goes on, and the topic waits", 2300, controllerLost(acked(1500, 1505, 1)), true],
  ["nothing is acknowledged meanwhile", 2300, controllerLost(), false],
  ["the same on a busy machine", 2300, controllerLost(...busy(900, 5000)), "unknown"],
  ["the topic is there without a controller", 1500, controllerLost(acked(1500, 1505, 1)), false],
] as const)
  test(`steppedOf() of the controller, ${what}: ${verdict}`, () => {
    const found = steppedOf(history, { ...step("controller"), createdAtMs });
    assert.equal([found.controller.before, found.controller.after, found.verdict], [3, 2, verdict]);
    if (verdict === true)
      assert.equal(
        [found.controller.afterMs, found.createdMs, found.meanwhile, stepFigures([found])],
        [
          1000,
          1300,
          1,
          {
            "controller, kill: another broker leads": { value: false },
            "controller, kill: sends are acknowledged without a controller": { value: true },
          },
        ],
      );
  });
test.run();
