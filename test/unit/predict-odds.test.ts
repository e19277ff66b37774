import { test } from "uvu";
import * as assert from "uvu/assert";
import type { KnownClient } from "../../sdk/analysis/predict/circumstances.ts";
import { ramp } from "../../sdk/analysis/predict/detection.ts";
import { recoveryFromHungBroker } from "../../sdk/analysis/predict/hung-broker.ts";
import { whileItLasts } from "../../sdk/analysis/predict/lasting.ts";
import { even, outlasts, pauseAt, pausesOf, quantile } from "../../sdk/analysis/predict/pauses.ts";
import { earliestOf, latestOf, span } from "../../sdk/analysis/predict/span.ts";
import { window } from "../../sdk/analysis/predict/claims.ts";

const OWN = { initialRetryTime: 300, maxRetryTime: 30_000, retries: 5 };
const near = (value: number, wanted: number, tolerance: number): void =>
  assert.ok(Math.abs(value - wanted) <= tolerance, `${value}, not ${wanted}`);

test(
  "pausesOf() gives kafkajs's own retries as they were drawn: median 9.2 s, 6.8 to 12.2 s for 80 %, " +
    "below 9 s with 46 %",
  () => {
    const sum = pausesOf(OWN);
    near(quantile(sum, 0.5), 9200, 150);
    near(quantile(sum, 0.1), 6800, 200);
    near(quantile(sum, 0.9), 12_200, 250);
    near(1 - outlasts(sum, [9000]), 0.46, 0.03);
    near(1 - outlasts(sum, [11_000]), 0.79, 0.03);
  },
);
test("pausesOf() doubles with each retry until the longest pause", () => {
  near(quantile(pausesOf({ ...OWN, retries: 8 }), 0.5), 67_000, 8000);
  near(quantile(pausesOf({ initialRetryTime: 100, maxRetryTime: 200, retries: 100 }), 0.5), 19_900, 100);
  assert.equal(pausesOf({ ...OWN, retries: 0 }), [0]);
});
test("pauseAt() is the pause that is under way", () => {
  assert.equal(
    [0, 500, 5000, 60_000].map((ms) => pauseAt(OWN, ms)),
    [300, 600, 4800, 4800],
  );
  assert.is(pauseAt({ initialRetryTime: 100, maxRetryTime: 200, retries: 1e9 }, 8000), 200);
});
test("outlasts() is one half where both are the same", () =>
  near(outlasts(even(span(0, 10)), even(span(0, 10))), 0.5, 0.01));

const probe = {
  client: "kafkajs",
  dropHungConnections: true,
  requestTimeout: 5000,
  maxRetryTime: 300,
} as KnownClient;
test("recoveryFromHungBroker() ends with the request timeout during which the new leader comes", () => {
  const at = (ms: number): number => recoveryFromHungBroker(probe, [ms])!.fromMs;
  assert.equal(
    [1000, 5000, 5500, 6100, 9000, 11_000, 11_700, 12_100].map(at),
    [5000, 5000, 5500, 11_000, 11_000, 11_000, 11_700, 17_000],
  );
});
test(
  "recoveryFromHungBroker() allows for the pause after which a client dials again, each time but the " +
    "first",
  () => {
    assert.equal(
      [1000, 6100].map((ms) => recoveryFromHungBroker(probe, [ms])!.toMs),
      [5150, 11_000 + 2 * 150 + 1.2 * 300 + 100],
    );
  },
);
test(
  "recoveryFromHungBroker() is never for kafkajs by itself, and once the request timeout for the Java " +
    "client",
  () => {
    assert.is(recoveryFromHungBroker({ ...probe, dropHungConnections: false }, [1000]), null);
    assert.is(
      recoveryFromHungBroker({ ...probe, client: "java", requestTimeout: 30_000 }, even(span(7000, 9000)))!
        .fromMs,
      30_000,
    );
  },
);

test("ramp() is one half at its limit", () =>
  assert.equal([ramp(4000, 4500, 150), ramp(4500, 4500, 150), ramp(5000, 4500, 150)], [0, 0.5, 1]));
test("latestOf() is never where one is never; earliestOf() only where all are", () => {
  assert.equal(
    [
      latestOf([span(1, 2), null]),
      latestOf([span(1, 5), span(3, 4)]),
      earliestOf([null, span(3, 4)]),
      earliestOf([null]),
    ],
    [null, span(3, 5), span(3, 4), null],
  );
});
test("whileItLasts() leaves out what comes after the healing, and weighs what may", () => {
  const prediction = {
    failsOver: 1,
    served: 1,
    gap: span(7000, 9000),
    parts: [],
    timers: [],
    reasons: [{ code: "fenced", text: "" }],
  } as unknown as Parameters<typeof whileItLasts>[0];
  const of = (lastsMs: number) => whileItLasts(prediction, span(7000, 9000), lastsMs);
  const codes = (lastsMs: number) => of(lastsMs).reasons.map(({ code }) => code);
  assert.equal([codes(5000), codes(8000), codes(20_000)], [["healed"], ["fenced", "healed"], ["fenced"]]);
  assert.equal([of(5000).served, of(8000).served, of(20_000).served], [0, 0.5, 1]);
  assert.equal([of(5000).gap, of(8000).gap], [null, span(7000, 8000)]);
});
test("window() says a unit once where it is the same", () => {
  assert.equal(
    [
      window(span(7050, 9900)),
      window(span(100, 840)),
      window(span(0, 400)),
      window(span(80, 1400)),
      window(span(61_000, 200_000)),
    ],
    ["7.0 to 9.9 s", "100 to 840 ms", "up to 400 ms", "80 ms to 1.4 s", "61.0 s to 3 m 20 s"],
  );
});
test.run();
