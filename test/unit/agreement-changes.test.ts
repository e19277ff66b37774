// Predictions of rolling restarts, elections and changed settings beside what came.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { type PredictionCheck, predictionChecks } from "../../sdk/analysis/explain/mod.ts";
import type { ClusterEvent, FaultEvent, History, HistoryEvent } from "../../sdk/model/history.ts";
import type { Prediction } from "../../sdk/model/prediction.ts";
import { prediction } from "./predictions.ts";

function view(atMs: number, leader: number | null, isr: readonly number[]): ClusterEvent {
  return {
    ...{ kind: "cluster", atMs, controller: 3, controllerNodeId: 3, controllerEpoch: 1, alive: [1, 2, 3] },
    partitions: [
      {
        ...{ topic: "my_topic", partition: 0, leader, leaderEpoch: 1, replicas: [1, 2, 3], isr },
        offline: [],
      },
    ],
  };
}

function fault(id: string, atMs: number, tookMs: number, rest: Partial<FaultEvent> = {}): HistoryEvent[] {
  const kind = id.split("-")[0]!;
  const event: FaultEvent = {
    ...{ kind: "fault", atMs, tookMs, effectAtMs: atMs, asked: "", via: "test" },
    ...{ id, fault: kind, targets: [], ...rest },
  };
  const { targets, resources } = event;
  const heal: HistoryEvent = {
    ...{ kind: "heal", atMs: atMs + tookMs, tookMs: 0, effectAtMs: atMs + tookMs, via: "test" },
    ...{ id, fault: kind, targets, ...(resources && { resources }) },
  };
  return [event, heal];
}

/** A send each 100 ms, but none is acknowledged from one time to the other. */
function sends([fromMs, toMs]: readonly [number, number]): HistoryEvent[] {
  return Array.from({ length: 200 }, (_, i): HistoryEvent => {
    const atMs = i * 100;
    return {
      ...{ kind: "send", atMs, client: "warm", value: `v${i}`, topic: "my_topic", outcome: "ok", broker: 1 },
      tookMs: atMs >= fromMs && atMs < toMs ? toMs - atMs : 5,
      ...{ partition: 0, offset: String(i), attempts: [] },
    };
  });
}

function checkOf(
  said: Partial<Prediction>,
  events: readonly HistoryEvent[],
  { asked, gap = [3_000, 3_500] }: { asked?: string; gap?: readonly [number, number] } = {},
): PredictionCheck {
  const start: HistoryEvent[] = [
    {
      ...{ kind: "run", atMs: 0, startedAt: "2026-11-25T00:00:00.000Z", scenario: "test", engine: "local" },
      ...{ kafka: "3.9.2", brokers: [] },
    },
    {
      ...{ kind: "prediction", atMs: 900, client: "warm", topic: "my_topic", prediction: prediction(said) },
      ...(asked !== undefined && { asked }),
    },
  ];
  const history: History = [...start, ...events, ...sends(gap)];
  return predictionChecks(history)[0]!;
}

const ROLL: Partial<Prediction> = {
  ...{ fault: "roll", targets: [1, 2], failsOver: 1, served: 1, gap: { fromMs: 0, toMs: 900 } },
  belowMinIsr: { is: "no", min: 2 },
};
/** Each broker is stopped and started within the roll; in the end the leader is who it was. */
const rolled = (isr = [2, 3]): HistoryEvent[] => [
  view(500, 1, [1, 2, 3]),
  ...fault("stop-1", 1_010, 2_000, { targets: [1] }),
  view(1_500, 2, isr),
  ...fault("stop-2", 3_010, 2_000, { targets: [2] }),
  view(4_000, 1, [1, 3]),
  ...fault("roll-1", 1_000, 4_500, { targets: [1, 2] }),
  view(5_400, 1, [1, 2, 3]),
];

test("predictionChecks() takes a roll as one stretch: the faults within it do not cut it", () => {
  const { verdict, fault, measured, disagreements } = checkOf(ROLL, rolled());
  assert.equal([fault, verdict, disagreements], ["roll-1", true, []]);
  assert.equal([measured!.lastedMs, measured!.failedOver, measured!.smallestIsr], [4_500, true, 2]);
  assert.is(measured!.gapMs, 500);
});

test("predictionChecks() of a roll: an ISR below the minimum, a longer gap, no other leader", () => {
  const isr = checkOf(ROLL, rolled([2]));
  assert.equal([isr.verdict, isr.disagreements.length, isr.measured!.smallestIsr], [false, 1, 1]);
  assert.is(checkOf({ ...ROLL, belowMinIsr: { is: "possible", min: 2 } }, rolled([2])).verdict, true);
  assert.is(checkOf(ROLL, rolled(), { gap: [3_000, 5_000] }).verdict, false);
  const still = rolled().filter((one) => one.kind !== "cluster" || one.partitions[0]!.leader === 1);
  assert.is(checkOf({ ...ROLL, failsOver: 0 }, rolled()).verdict, false);
  assert.is(checkOf({ ...ROLL, failsOver: 0 }, still).verdict, true);
});

const ELECT: Partial<Prediction> = {
  ...{ fault: "elect", targets: [], resources: ["leader of my_topic-0"], failsOver: 1, served: 1 },
  gap: { fromMs: 0, toMs: 900 },
};
const elected = (before: number | null): HistoryEvent[] => [
  view(500, before, [1, 2, 3]),
  ...fault("elect-1", 2_900, 60, { resources: ["leader of my_topic-0"], asked: "preferred leader" }),
  view(2_950, 1, [1, 2, 3]),
];

test("predictionChecks() measures an election until the run ends, also where nobody led before", () => {
  for (const before of [2, null]) {
    const { verdict, measured } = checkOf(ELECT, elected(before), { asked: "preferred leader" });
    assert.equal([verdict, measured!.failedOver, measured!.gapMs], [true, true, 500]);
    assert.ok(measured!.lastedMs > 15_000);
  }
  assert.is(checkOf({ ...ELECT, failsOver: 0 }, elected(2)).verdict, false);
  assert.is(checkOf({ ...ELECT, resources: ["leader of my_topic-1"] }, elected(2)).fault, null);
  assert.is(checkOf(ELECT, elected(2), { asked: "unclean leader" }).fault, null);
});

const CHANGE: Partial<Prediction> = {
  ...{ fault: "reconfigure", targets: [], resources: ["topic my_topic"], failsOver: 0, served: 1 },
  gap: { fromMs: 0, toMs: 400 },
};
const changed: readonly HistoryEvent[] = [
  view(500, 1, [1, 2, 3]),
  ...fault("reconfigure-1", 2_900, 9_000, { resources: ["topic my_topic"], asked: "retention.ms=1" }),
];

test("predictionChecks() compares a change of settings with the same change, and holds nothing underived", () => {
  const asked = "retention.ms=1";
  assert.is(checkOf(CHANGE, changed, { asked: "retention.ms=2" }).fault, null);
  assert.is(checkOf(CHANGE, changed, { asked }).verdict, false);
  const underived = checkOf({ ...CHANGE, notDerived: ["retention.ms"] }, changed, { asked });
  assert.equal([underived.verdict, underived.disagreements.length], ["unknown", 1]);
  assert.is(checkOf(CHANGE, changed, { asked, gap: [0, 0] }).verdict, true);
});
test.run();
