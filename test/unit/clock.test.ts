// A node's clock, told from nothing but how old its lines are when they are read.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { alignClock } from "../../sdk/runtime/clock.ts";

const HOUR = 3_600_000;

interface Case {
  name: string;
  isSame?: boolean;
  /**
   * Each line: its age in milliseconds when it was read, and for how long the log had been followed by then.
   */
  heard: readonly (readonly [ageMs: number, followedMs: number])[];
  offsetMs: number;
}

const CASES: readonly Case[] = [
  {
    name: "takes a process of this machine to have its clock, however late a line comes",
    isSame: true,
    heard: [[4_000, 9_000]],
    offsetMs: 0,
  },
  {
    name: "takes a young line to have been under way",
    heard: [
      [40, 100],
      [12, 6_000],
    ],
    offsetMs: 0,
  },
  {
    name: "learns nothing of clocks from what was written before the log was followed",
    heard: [
      [7_200_500, 0],
      [65_000, 1_000],
      [30, 2_000],
    ],
    offsetMs: 0,
  },
  {
    name: "tells a time zone by its quarters of an hour",
    heard: [[-9 * HOUR + 60, 6_000]],
    offsetMs: -9 * HOUR,
  },
  {
    name: "tells a time zone of five hours and three quarters",
    heard: [[-5.75 * HOUR + 400, 6_000]],
    offsetMs: -5.75 * HOUR,
  },
  {
    name: "moves a clock that is ahead: a line from the future",
    heard: [
      [50, 6_000],
      [-480, 7_000],
    ],
    offsetMs: -505,
  },
  {
    name: "moves a clock that stays behind for longer than any line is under way",
    heard: [
      [4_030, 6_000],
      [4_025, 7_000],
    ],
    offsetMs: 4_000,
  },
];

for (const { name, isSame = false, heard, offsetMs } of CASES) {
  test(`alignClock() ${name}`, () => {
    const clock = alignClock({ isSame });
    assert.is(heard.map(([ageMs, followedMs]) => clock.hear(ageMs, followedMs)).at(-1), offsetMs);
  });
}

test("alignClock() tells of another offset once, with how wrong it may be", () => {
  const changes: { offsetMs: number; withinMs: number }[] = [];
  const clock = alignClock({ isSame: false, onChange: (found) => changes.push(found) });
  for (const ageMs of [60, 50, -480, -470, -200]) clock.hear(ageMs, 10_000);
  assert.equal(changes, [{ offsetMs: -505, withinMs: 25 }]);
});

test.run();
