// Predictions beside what came: one history, and what changes when one of its events does.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { predictionChecks } from "../../sdk/analysis/explain/prediction-check.ts";
import type { ClusterEvent, FaultEvent, History, HistoryEvent, SendEvent } from "../../sdk/model/history.ts";
import type { Prediction } from "../../sdk/model/prediction.ts";
import { predictionCheckLines } from "../../sdk/report/text/prediction-check.ts";
import { prediction } from "./predictions.ts";
import { assertNames } from "./refusal.ts";

const PREDICTION = prediction({
  gap: { fromMs: 7_000, toMs: 9_500 },
  send: { ok: 1, tookMs: { fromMs: 7_000, toMs: 9_500 }, endedBy: null },
  sentence: "leader moves within 7.0 to 9.5 s",
});

function view(atMs: number, leader: number): ClusterEvent {
  return {
    kind: "cluster",
    atMs,
    controller: 3,
    controllerNodeId: 3,
    controllerEpoch: 1,
    alive: [2, 3],
    partitions: [
      {
        topic: "my_topic",
        partition: 0,
        leader,
        leaderEpoch: leader,
        replicas: [1, 2, 3],
        isr: [2, 3],
        offline: [],
      },
    ],
  };
}

let offset = 0;
function send(atMs: number, endMs: number, rest: Partial<SendEvent> = {}): SendEvent {
  return {
    kind: "send",
    atMs,
    tookMs: endMs - atMs,
    client: "warm",
    value: `v${offset}`,
    topic: "my_topic",
    outcome: "ok",
    broker: 1,
    partition: 0,
    offset: String(offset++),
    attempts: [],
    ...rest,
  };
}

/** Killed at 1 s, healed at 20 s; nothing is acknowledged for 8 s from the kill on. */
function history({
  prediction = PREDICTION,
  ackedMs = 9_000,
  healMs = 20_000,
  leader = 2,
  extra = [],
  lose = false,
  early = [],
}: {
  prediction?: Prediction;
  ackedMs?: number;
  healMs?: number;
  leader?: number;
  extra?: readonly HistoryEvent[];
  lose?: boolean;
  early?: readonly (readonly [number, number])[];
} = {}): History {
  offset = 0;
  const sends = [
    ...early.map(([at, endMs]) => send(at, endMs)),
    send(900, 910),
    send(1_000, ackedMs),
    ...[1, 2, 3].map((n) => send(ackedMs + 1_000 * n, ackedMs + 1_000 * n + 5)),
  ];
  const records = sends
    .map(({ value }, i) => ({ value, partition: 0, offset: String(i) }))
    .slice(0, lose ? -1 : undefined);
  return [
    {
      kind: "run",
      atMs: 0,
      startedAt: "2026-11-25T00:00:00.000Z",
      scenario: "test",
      engine: "local",
      kafka: "3.9.2",
      brokers: [],
    },
    view(500, 1),
    { kind: "prediction", atMs: 950, client: "warm", topic: "my_topic", prediction },
    {
      kind: "fault",
      atMs: 990,
      tookMs: 10,
      effectAtMs: 1_000,
      id: "kill-1",
      fault: "kill",
      targets: [1],
      asked: "leader",
      via: "SIGKILL",
    },
    view(8_500, leader),
    ...sends,
    {
      kind: "heal",
      atMs: healMs,
      tookMs: 1,
      effectAtMs: healMs,
      id: "kill-1",
      fault: "kill",
      targets: [1],
      via: "start",
    },
    ...extra,
    {
      kind: "readback",
      atMs: 21_000,
      tookMs: 10,
      client: "readback",
      topic: "my_topic",
      partitions: [{ partition: 0, from: "0", to: String(records.length), complete: true }],
      records,
    },
  ];
}

const only = (given: History): ReturnType<typeof predictionChecks>[number] => {
  const [first, ...others] = predictionChecks(given);
  assert.is(others.length, 0);
  return first!;
};

test("predictionChecks() finds what came within what was predicted", () => {
  const { verdict, measured, fault } = only(history());
  assert.equal(
    [verdict, fault, measured?.failedOver, Math.round(measured!.gapMs!), measured?.lost],
    [true, "kill-1", true, 8_000, 0],
  );
});

const CHANGES: readonly { name: string; given: History; verdict: true | false | "unknown"; says: string }[] =
  [
    {
      name: "a longer gap",
      given: history({ ackedMs: 11_000 }),
      verdict: false,
      says: "more than predicted",
    },
    {
      name: "a longer gap of a client that waits without a fault, too",
      given: history({
        ackedMs: 11_000,
        early: [
          [100, 110],
          [200, 890],
        ],
      }),
      verdict: true,
      says: "",
    },
    {
      name: "a shorter gap",
      given: history({ ackedMs: 5_000 }),
      verdict: false,
      says: "less than predicted",
    },
    { name: "no other leader", given: history({ leader: 1 }), verdict: false, says: "no other broker led" },
    {
      name: "another leader against the prediction",
      given: history({ prediction: { ...PREDICTION, failsOver: 0 } }),
      verdict: false,
      says: "another broker led",
    },
    {
      name: "service against the prediction",
      given: history({ prediction: { ...PREDICTION, served: 0, gap: null } }),
      verdict: false,
      says: "acknowledged again",
    },
    {
      name: "a lost record",
      given: history({ lose: true }),
      verdict: false,
      says: "1 lost, though none was predicted",
    },
    {
      name: "a heal before the window's end, without service",
      given: history({ ackedMs: 16_000, healMs: 5_000 }),
      verdict: "unknown",
      says: "",
    },
    {
      name: "no service for longer than the window",
      given: history({ ackedMs: 17_000, healMs: 16_000 }),
      verdict: false,
      says: "though it was predicted",
    },
    {
      name: "a lost record after another fault",
      given: history({
        lose: true,
        extra: [
          {
            kind: "fault",
            atMs: 15_000,
            tookMs: 1,
            effectAtMs: 15_000,
            id: "pause-2",
            fault: "pause",
            targets: [2],
            asked: "2",
            via: "SIGSTOP",
          },
        ],
      }),
      verdict: true,
      says: "",
    },
    {
      name: "a race that is lost and run again",
      given: history({ ackedMs: 18_000, prediction: { ...PREDICTION, served: 0.95 } }),
      verdict: true,
      says: "",
    },
    {
      name: "a race that is over too soon",
      given: history({ ackedMs: 5_000, prediction: { ...PREDICTION, served: 0.95 } }),
      verdict: false,
      says: "less than predicted",
    },
    {
      name: "a race, however it ends",
      given: history({ prediction: { ...PREDICTION, failsOver: 0.5, served: 0.5 } }),
      verdict: true,
      says: "",
    },
  ];
for (const { name, given, verdict, says } of CHANGES) {
  test(`predictionChecks() judges ${name}`, () => {
    const found = only(given);
    assert.is(found.verdict, verdict);
    assert.ok(found.disagreements.join("; ").includes(says), found.disagreements.join("; "));
  });
}

const PAUSED: HistoryEvent = {
  kind: "fault",
  atMs: 100,
  tookMs: 1,
  effectAtMs: 101,
  id: "pause-2",
  fault: "pause",
  targets: [2],
  asked: "2",
  via: "SIGSTOP",
};
const RESUMED: HistoryEvent = {
  kind: "heal",
  atMs: 5_000,
  tookMs: 1,
  effectAtMs: 5_000,
  id: "pause-2",
  fault: "pause",
  targets: [2],
  via: "SIGCONT",
};
const DELAYED: HistoryEvent = {
  kind: "fault",
  atMs: 100,
  tookMs: 1,
  effectAtMs: 101,
  id: "delay-2",
  fault: "delay",
  targets: [2],
  asked: "2",
  via: "link",
  network: [{ kind: "delay", broker: 2, path: "all", direction: "out", delayMs: 500, jitterMs: 0 }],
};
const late = (delayMs: number, id = "delay-1"): HistoryEvent => ({
  ...(DELAYED as FaultEvent),
  atMs: 990,
  effectAtMs: 1_000,
  id,
  targets: [1],
  asked: "1",
  network: [{ kind: "delay", broker: 1, path: "all", direction: "out", delayMs, jitterMs: 0 }],
});
const UNSERVED = { ...PREDICTION, served: 0, gap: null };

const together = (given: History, ...others: readonly HistoryEvent[]): History => [...given, ...others];

test("predictionChecks() ends a fault's time where another one is healed", () => {
  const { verdict, measured } = only(
    together(history({ prediction: { ...UNSERVED, failsOver: 0 }, leader: 1 }), PAUSED, RESUMED),
  );
  assert.equal([verdict, measured?.gapMs, measured?.lastedMs, measured?.isCut], [true, null, 4_000, true]);
});
test(
  "predictionChecks() holds nothing against a prediction that did not know of another fault of the " +
    "network, or of one that came between",
  () => {
    const long = history({ ackedMs: 11_000 });
    assert.equal(
      [
        only(together(long, DELAYED)).verdict,
        only(
          together(long, {
            ...DELAYED,
            atMs: 970,
            effectAtMs: 971,
            network: undefined,
            fault: "pause",
          } as unknown as HistoryEvent),
        ).verdict,
      ],
      ["unknown", "unknown"],
    );
    assert.is(
      only(together(long, { ...(PAUSED as FaultEvent), id: "kill-2", fault: "kill" })).verdict,
      false,
      "brokers that do not run are reckoned with",
    );
  },
);
test("predictionChecks() cannot tell who led where nobody watched", () => {
  assert.is(only(history().filter(({ kind }) => kind !== "cluster")).verdict, "unknown");
});
test("predictionChecks() cannot tell whether a leader would have moved in a time that was too short", () => {
  const timers = [{ name: "broker.session.timeout.ms", ms: 9_000, owner: "controller" as const, source: "" }];
  const prediction = { ...UNSERVED, timers };
  assert.equal(
    [5_000, 20_000].map(
      (healMs) => only(history({ prediction, leader: 1, ackedMs: 25_000, healMs })).verdict,
    ),
    ["unknown", false],
  );
});
test(
  "predictionChecks() holds a client that was served again too soon against a prediction, however short " +
    "the fault was",
  () => {
    const { verdict, measured, disagreements } = only(history({ healMs: 4_000, ackedMs: 2_500 }));
    assert.equal([verdict, measured?.gapMs], [false, 1_500]);
    assert.match(disagreements.join("; "), /less than predicted/);
  },
);
test(
  "predictionChecks() holds nothing against a prediction that became of a record first written after " +
    "the fault",
  () => {
    const produce = (atMs: number) => ({
      atMs,
      tookMs: 100,
      broker: 1,
      address: "localhost:29091",
      api: "Produce" as const,
      error: "GIVEN_UP",
    });
    const waiting = (...atMs: readonly number[]): HistoryEvent =>
      send(1_500, 20_700, { value: "waiting", outcome: "info", attempts: atMs.map(produce) });
    const given = history();
    assert.equal(
      [waiting(20_600), waiting(2_000), waiting(2_000, 20_600), waiting()].map(
        (event) => only(together(given, event)).measured?.unknown,
      ),
      [0, 1, 1, 1],
    );
  },
);
test(
  "predictionChecks() counts from when the fault was asked for, where its effect is told late or the " +
    "client begins afterwards",
  () => {
    // 7.0 s at least, less 50 ms
    const begun = (atMs: number): ReturnType<typeof only> =>
      only(
        history({ ackedMs: 7_920 })
          .filter((event) => event.kind !== "send" || event.atMs >= 1_000)
          .map((event) => {
            if (event.kind === "fault") return { ...event, atMs };
            return event.kind === "send" && event.atMs === 1_000
              ? { ...event, atMs: 1_200, tookMs: 6_720 }
              : event;
          }),
      );
    assert.equal(
      [begun(950), begun(1_000)].map(({ verdict, measured }) => [
        verdict,
        measured?.gapMs,
        measured?.countedFromMs,
      ]),
      [
        [true, 6_720, 250],
        [false, 6_720, 200],
      ],
    );
    const checkAt = (atMs: number): ReturnType<typeof only> =>
      only(
        history({ ackedMs: 7_920 }).map((event) =>
          event.kind === "fault" ? { ...event, atMs, effectAtMs: 1_150 } : event,
        ),
      );
    assert.equal(
      [checkAt(950), checkAt(1_100)].map(({ verdict, measured }) => [
        verdict,
        measured?.gapMs,
        measured?.countedFromMs,
      ]),
      [
        [true, 6_770, 200],
        [false, 6_770, 50],
      ],
    );
    assert.match(
      predictionCheckLines([begun(950)]).join("\n"),
      /6\.7 s without an acknowledged send, counted from 250 ms after the kill was asked for; 0 lost[^\n]*: as predicted/,
    );
  },
);
test("predictionChecks() cannot tell where somebody deleted the topic", () => {
  const gone: HistoryEvent = { kind: "topic", atMs: 15_000, topic: "my_topic", id: "B", before: "A" };
  const { verdict, measured } = only(history({ ackedMs: 11_000, lose: true, extra: [gone] }));
  assert.equal([verdict, measured?.lost], ["unknown", 0]);
  const { verdict: other } = only(history({ ackedMs: 11_000, extra: [{ ...gone, topic: "other" }] }));
  assert.is(other, false);
});

test("predictionChecks() measures no longer than a fault was to last", () => {
  const given = history({ prediction: { ...UNSERVED, failsOver: 0 } }).map((event) =>
    event.kind === "prediction" ? { ...event, lastsMs: 3_000 } : event,
  );
  const { verdict, measured } = only(given);
  assert.equal([verdict, measured?.lastedMs], [true, 3_000]);
});
test(
  "predictionChecks() compares with the fault that is as wrong as was predicted, whatever the order of " +
    "its brokers",
  () => {
    const network = (late(1_000) as FaultEvent).network!;
    const prediction = { ...PREDICTION, fault: "delay" as const };
    const asked = (delayMs: number): string | null =>
      only(
        together(
          history({ prediction }).map((event) =>
            event.kind === "prediction" ? { ...event, network } : event,
          ),
          late(delayMs),
        ),
      ).fault;
    assert.equal([asked(1_000), asked(30_000)], ["delay-1", null]);
    const both = history({ prediction: { ...PREDICTION, targets: [2, 1] } }).map((event) =>
      event.kind === "fault" ? { ...event, targets: [1, 2] } : event,
    );
    assert.is(only(both).fault, "kill-1");
  },
);
/** A topic with a second partition, led by broker 3: it is acknowledged every second. */
const shared = (given: History): History => [
  ...given.map((event) =>
    event.kind === "cluster"
      ? { ...event, partitions: [...event.partitions, { ...event.partitions[0]!, partition: 1, leader: 3 }] }
      : event,
  ),
  ...[1, 2, 3, 4, 5, 6, 7].map((n) =>
    send(1_000 * n + 300, 1_000 * n + 310, { value: `other-${n}`, partition: 1, broker: 3 }),
  ),
];
const STAYS: Prediction = { ...PREDICTION, failsOver: 0, gap: { fromMs: 0, toMs: 2_000 } };
/** A send that was given up: nobody knows to which partition it was, or its caller named one. */
const givenUp = (requestedPartition?: number): SendEvent => {
  const { partition: _, offset: __, ...rest } = send(1_500, 6_500, { value: "given-up", outcome: "info" });
  return { ...rest, ...(requestedPartition !== undefined && { requestedPartition }) };
};

test("predictionChecks() measures each prediction on the partition that it is for", () => {
  const both = shared(
    history({
      extra: [
        { kind: "prediction", atMs: 960, client: "warm", topic: "my_topic", partition: 1, prediction: STAYS },
      ],
    }),
  ).toSorted((a, b) => Number(a.kind !== "prediction") - Number(b.kind !== "prediction"));
  assert.equal(
    predictionChecks(both).map(({ partition, verdict, measured, isOnlyPartition }) => [
      partition,
      verdict,
      measured?.failedOver,
      Math.round(measured!.gapMs!),
      isOnlyPartition,
    ]),
    [
      [0, true, true, 8_000, false],
      [1, true, false, 10, false],
    ],
  );
});
test("predictionChecks() holds a send whose partition nobody knows against no partition", () => {
  const one = history();
  assert.equal(
    [
      only(together(one, givenUp())).verdict,
      only(together(shared(one), givenUp())).verdict,
      only(together(shared(one), givenUp(0))).verdict,
      only(together(shared(one), givenUp(1))).verdict,
    ],
    [false, true, false, true],
  );
});
test("predictionChecks() takes what a client sends to another partition for no measurement", () => {
  const elsewhere = history({ prediction: STAYS }).map((event): HistoryEvent => {
    if (event.kind === "send") return { ...event, partition: 3 };
    return event.kind === "prediction" ? { ...event, partition: 1 } : event;
  });
  assert.equal([only(elsewhere).measured, only(elsewhere).verdict], [null, "unknown"]);
  assert.match(predictionCheckLines([only(elsewhere)]).join("\n"), "warm did not send to my_topic-1");
  const pinned = elsewhere.map(
    (event): HistoryEvent => (event.kind === "prediction" ? { ...event, partition: 3 } : event),
  );
  assert.is(Math.round(only(pinned).measured!.gapMs!), 8_000);
});

test("predictionChecks() counts from when the client had something under way to the partition", () => {
  const from = (atMs: number, endMs: number): HistoryEvent[] =>
    history().map((event) =>
      event.kind === "send" && event.atMs === 1_000 ? { ...event, atMs, tookMs: endMs - atMs } : event,
    );
  const waited = only(from(8_960, 9_000));
  assert.equal([waited.verdict, Math.round(waited.measured!.countedFromMs)], [true, 7_970]);
  assert.is(only(from(1_005, 1_100)).verdict, false);
});

test("predictionChecks() leaves out a fault of other targets", () =>
  assert.is(only(history({ prediction: { ...PREDICTION, targets: [2] } })).fault, null));
test("agreementLines() says what was predicted, what came, and in what they disagree", () => {
  const lines = predictionCheckLines(predictionChecks(history({ ackedMs: 11_000 })));
  assert.equal(lines, [
    "predicted for warm: leader moves within 7.0 to 9.5 s",
    "measured for warm: another broker leads; 10.0 s without an acknowledged send; 0 lost, 0 " +
      "duplicates: not as predicted",
    "    10.0 s without an acknowledged send is more than predicted",
  ]);
});

/** A node that is only a controller is killed; then the active one is as given. */
function ofController(
  controller: NonNullable<Prediction["controller"]>,
  { after, killed = [3] }: { after: number | null; killed?: readonly number[] },
): ReturnType<typeof predictionChecks>[number] {
  const quiet = { failsOver: 0, served: 1, gap: { fromMs: 0, toMs: 10_000 } };
  const predicted = prediction({ ...quiet, targets: [], controllers: [3], controller });
  return only(
    history({ prediction: predicted, leader: 1 }).map((event): HistoryEvent => {
      if (event.kind === "fault" || event.kind === "heal")
        return { ...event, targets: [], controllers: killed };
      return event.kind === "cluster" && event.atMs > 1_000
        ? { ...event, controller: null, controllerNodeId: after }
        : event;
    }),
  );
}
const [ANOTHER, SAME, NONE] = [
  { moves: 1, lost: 0, activeAt: { fromMs: 2_000, toMs: 4_000 } },
  { moves: 0, lost: 0, activeAt: null },
  { moves: 0, lost: 1, activeAt: null },
];
for (const [name, controller, after, verdict, measured] of [
  ["another one, as predicted", ANOTHER, 4, true, "another"],
  ["the same, as predicted", SAME, 3, true, "same"],
  ["none, as predicted", NONE, null, true, "lost"],
  ["the same in place of another", ANOTHER, 3, false, "same"],
  ["none in place of another", ANOTHER, null, false, "lost"],
  ["another in place of the same", SAME, 4, false, "another"],
  ["another in place of none", NONE, 4, false, "another"],
  ["the same where it was a race", { ...ANOTHER, moves: 0.5 }, 3, true, "same"],
] as const)
  test(`predictionChecks() compares the active controller: ${name}`, () => {
    const found = ofController(controller, { after });
    assert.equal([found.verdict, found.measured?.controller], [verdict, measured]);
    assert.is(found.disagreements.length, verdict ? 0 : 1);
  });
test("predictionChecks() takes no fault of another controller for the one that was predicted", () => {
  const found = ofController(ANOTHER, { after: 4, killed: [5] });
  assert.equal([found.fault, found.measured], [null, null]);
  assertNames(predictionCheckLines([found]).join(" "), ["node 3"]);
});
test.run();
