import { test } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "./refusal.ts";
import { objections, placesFor, slackMs } from "../../sdk/lab/faults/network-proof.ts";
import type { Measured } from "../../sdk/model/history.ts";
import {
  effectOn,
  type NetFault,
  type ProbeRoute,
  sayFault,
  toBytesPerSecond,
  toPercent,
} from "../../sdk/model/traffic.ts";

const delay: NetFault = {
  kind: "delay",
  delayMs: 100,
  jitterMs: 10,
  broker: 1,
  path: "all",
  direction: "out",
};
const cut: NetFault = { kind: "isolate", how: "drop", broker: 1, path: "all", direction: "both" };

for (const [rate, bytes] of [
  [5, 5],
  ["8bit/s", 1],
  ["1kbit/s", 125],
  ["10Mbit/s", 1_250_000],
  ["1.5MB/s", 1_500_000],
  ["2kB/s", 2000],
] as const) {
  test(`toBytesPerSecond() reads ${rate}`, () => assert.is(toBytesPerSecond(rate), bytes));
}
for (const rate of [0, -1, NaN, "1MB", "fast", "1 MB/s", "0kB/s"])
  test(`toBytesPerSecond() refuses ${rate}`, () =>
    assert.throws(() => toBytesPerSecond(rate), refusal(RangeError, JSON.stringify(rate))));
for (const percent of [0, -1, 101, NaN])
  test(`toPercent() refuses ${percent}`, () =>
    assert.throws(() => toPercent(percent, "lose"), refusal(RangeError, "lose", `${percent}`)));

const EFFECTS: readonly [
  what: string,
  fault: NetFault,
  place: ProbeRoute,
  adds: number,
  isCut: boolean,
  isHit: boolean,
][] = [
  ["the broker's answers to clients", delay, { broker: 1, path: "clients" }, 100, false, true],
  [
    "both ways count twice",
    { ...delay, direction: "both" },
    { broker: 1, path: "clients" },
    200,
    false,
    true,
  ],
  ["what another broker hears of it", delay, { broker: 2, path: "peers", from: 1 }, 100, false, true],
  ["others among themselves", delay, { broker: 2, path: "peers", from: 3 }, 0, false, false],
  ["another broker's clients", delay, { broker: 2, path: "clients" }, 0, false, false],
  ["another path", { ...delay, path: "peers" }, { broker: 1, path: "clients" }, 0, false, false],
  [
    "a split between 1 and 2: from 2",
    { ...cut, between: [2] },
    { broker: 1, path: "peers", from: 2 },
    0,
    true,
    true,
  ],
  [
    "a split between 1 and 2: from 3",
    { ...cut, between: [2] },
    { broker: 1, path: "peers", from: 3 },
    0,
    false,
    false,
  ],
  [
    "a split does not concern clients",
    { ...cut, between: [2] },
    { broker: 1, path: "clients" },
    0,
    false,
    false,
  ],
  [
    "all packets lost",
    { kind: "lose", percent: 100, broker: 1, path: "all", direction: "out" },
    { broker: 1, path: "clients" },
    0,
    true,
    true,
  ],
  [
    "some packets lost",
    { kind: "lose", percent: 10, broker: 1, path: "all", direction: "out" },
    { broker: 1, path: "clients" },
    0,
    false,
    true,
  ],
];
for (const [what, fault, place, adds, isCut, isHit] of EFFECTS) {
  test(`effectOn(): ${what}`, () => {
    const effect = effectOn(fault, place);
    assert.equal([effect.addsMs, effect.isCut, effect.isHit], [adds, isCut, isHit]);
  });
}

test("sayFault() names what, whom and whose traffic", () => {
  assert.is(
    sayFault({ ...delay, path: "clients" }),
    "delay of 100 ms ± 10 ms on what broker 1 sends, clients",
  );
  assert.is(
    sayFault({ ...cut, between: [2, 3] }),
    "black hole on what broker 1 sends and receives (broker 2, 3 only)",
  );
});

test("placesFor() measures where it acts, on another path of the broker, and at another broker", () => {
  assert.equal(placesFor([delay], [1, 2, 3]), [
    { broker: 1, path: "clients" },
    { broker: 2, path: "clients" },
  ]);
  assert.equal(placesFor([{ ...delay, path: "clients" }], [1, 2]), [
    { broker: 1, path: "clients" },
    { broker: 1, path: "peers", from: 2 },
    { broker: 2, path: "clients" },
  ]);
  assert.equal(placesFor([{ ...delay, path: "controllers" }], [1, 2]), [
    { broker: 1, path: "controllers", from: 2 },
    { broker: 1, path: "clients" },
    { broker: 2, path: "clients" },
  ]);
  assert.equal(placesFor([{ ...cut, between: [2] }], [1, 2, 3]), [
    { broker: 1, path: "peers", from: 2 },
    { broker: 1, path: "clients" },
    { broker: 3, path: "clients" },
  ]);
  assert.equal(placesFor([delay], [1]), [{ broker: 1, path: "clients" }]);
});

const OBJECTIONS: readonly [
  what: string,
  expected: Measured["expected"],
  beforeMs: number,
  afterMs: number | null,
  objects: boolean,
][] = [
  ["a delay that acts", "slower", 1, 101, false],
  ["a delay within its jitter", "slower", 1, 91, false],
  ["a delay that does not act", "slower", 1, 3, true],
  ["a delay that swallows the answer", "slower", 1, null, true],
  ["a cut that holds", "silent", 1, null, false],
  ["a cut that leaks", "silent", 1, 2, true],
  ["elsewhere, as before", "as before", 1, 9, false],
  ["elsewhere, slower", "as before", 1, 90, true],
  ["elsewhere, silent", "as before", 1, null, true],
  ["counted", "counted", 1, 1, false],
];
for (const [what, expected, beforeMs, afterMs, objects] of OBJECTIONS) {
  test(`objections(): ${what}`, () => {
    const found = objections(
      {
        measured: [{ broker: 1, path: "clients", expected, beforeMs, afterMs, waitedMs: 1100 }],
        counted: { 1: { text: "", acted: 1, dropped: 0 } },
        unmeasured: [],
      },
      () => ({ addsMs: 100, jitterMs: 10 }),
      25,
    );
    assert.is(found.length > 0, objects, found.join());
  });
}
test("objections(): what the engine counted nothing of left no trace", () => {
  const found = objections(
    {
      measured: [{ broker: 1, path: "clients", expected: "counted", beforeMs: 1, afterMs: 1, waitedMs: 1 }],
      counted: { 1: { text: "", acted: 0, dropped: 0 } },
      unmeasured: [],
    },
    () => ({ addsMs: 0, jitterMs: 0 }),
    250,
  );
  assert.match(found.join(), /left no trace/);
});
test("slackMs() is a quarter of the shortest delay, and well below the silence of a cut", () => {
  assert.is(slackMs([delay, { ...delay, delayMs: 40 }]), 10);
  assert.is(slackMs([{ ...delay, delayMs: 30_000 }]), 7500);
  assert.is(slackMs([cut]), 250);
});
test("objections(): a slow machine is not taken for a delay of 30 s", () => {
  const found = objections(
    {
      measured: [
        { broker: 2, path: "clients", expected: "as before", beforeMs: 7.3, afterMs: 93, waitedMs: 1000 },
      ],
      counted: {},
      unmeasured: [],
    },
    () => ({ addsMs: 0, jitterMs: 0 }),
    slackMs([{ ...delay, delayMs: 30_000 }]),
  );
  assert.equal(found, []);
});
test.run();
