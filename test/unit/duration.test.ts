import { test } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "./refusal.ts";
import { readable, readTime, toMs } from "../../sdk/model/duration.ts";

for (const [text, ms] of [
  [0, 0],
  [30000, 30000],
  ["250ms", 250],
  ["30s", 30000],
  ["1m30s", 90000],
  ["2h", 7_200_000],
  ["0.5s", 500],
] as const) {
  test(`toMs() reads ${JSON.stringify(text)}`, () => assert.is(toMs(text), ms));
}
for (const bad of ["", "30", "s", "-1s", "1 s", "1s30", -1, NaN, Infinity, 2 ** 31, "9999999h"]) {
  test(`toMs() refuses ${JSON.stringify(bad)} and says what was expected`, () => {
    assert.throws(() => toMs(bad as number), refusal(RangeError));
  });
}
for (const [text, time] of [
  ["15000", 15_000],
  ["0", 0],
  ["1m30s", "1m30s"],
  ["0.5s", "0.5s"],
] as const) {
  test(`readTime() reads ${text}`, () => assert.is(readTime("--window", text), time));
}
for (const bad of ["", "soon", "-1", "1.5", "1e3", "9".repeat(400)]) {
  test(`readTime() refuses ${JSON.stringify(bad.slice(0, 9))} and names the option`, () =>
    assert.throws(() => readTime("--window", bad), refusal(RangeError, "--window")));
}
for (const [ms, text] of [
  [0.25, "0.3 ms"],
  [6, "6 ms"],
  [42.4, "42 ms"],
  [420, "420 ms"],
  [9300, "9.3 s"],
  [90_000, "90.0 s"],
  [150_000, "2 m 30 s"],
] as const) {
  test(`readable() writes ${ms} as ${text}`, () => assert.is(readable(ms), text));
}
test.run();
