// Schedules from seeds, and schedules as programs.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { claimNamed, HUNT_CLAIMS } from "../../sdk/analysis/hunt/claims.ts";
import { dice, twoDigits } from "../../sdk/analysis/hunt/dice.ts";
import { faultCode } from "../../sdk/analysis/hunt/fault-code.ts";
import { generateSchedule } from "../../sdk/analysis/hunt/generate.ts";
import { replayScript } from "../../sdk/analysis/hunt/replay-script.ts";
import { aimedAt } from "../../sdk/analysis/hunt/schedule.ts";
import { DEFAULT_KINDS, HUNT_KINDS, spaceOf } from "../../sdk/analysis/hunt/space.ts";
import { CHECKERS } from "../../sdk/analysis/check/mod.ts";
import { faults, resolveFault } from "../../sdk/faults/mod.ts";

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);
const everything = spaceOf(3, { kinds: HUNT_KINDS });

test("dice() give the same draws for a seed, and others for its neighbour", () => {
  const draws = (seed: number): number[] => Array.from({ length: 20 }, dice(seed).next);
  assert.equal(draws(7), draws(7));
  assert.not.equal(draws(7), draws(8));
  assert.ok([...draws(1), ...draws(2)].every((one) => one >= 0 && one < 1));
});
test("dice().weighted() and one() reach every value", () => {
  const from = dice(3);
  const values = SEEDS.map(() =>
    from.weighted([
      [5, "a"],
      [1, "b"],
      [0, "c"],
    ] as const),
  );
  assert.equal([...new Set(values)].sort(), ["a", "b"]);
  assert.equal([...new Set(SEEDS.map(() => from.one([1, 2, 3])))].sort(), [1, 2, 3]);
});
test("twoDigits() keeps whole numbers", () =>
  assert.equal([0, 3, 42, 437, 6382, 99.6].map(twoDigits), [0, 3, 42, 440, 6400, 100]));

test("generateSchedule() is pure: a seed and a space give one schedule", () => {
  for (const seed of SEEDS)
    assert.equal(generateSchedule(seed, everything), generateSchedule(seed, everything));
  const all = new Set(SEEDS.map((seed) => JSON.stringify(generateSchedule(seed, everything))));
  assert.ok(all.size > 290, `${all.size} of 300 differ`);
});
test("generateSchedule() stays within its space, in order", () => {
  for (const seed of SEEDS) {
    const { faults: hits, load } = generateSchedule(seed, everything);
    assert.ok(hits.length >= 1 && hits.length <= 6);
    assert.equal(
      hits.map(({ atMs }) => atMs),
      hits.map(({ atMs }) => atMs).sort((a, b) => a - b),
    );
    for (const { atMs, lastsMs } of hits) {
      assert.ok(atMs >= 0 && atMs <= everything.spanMs, `${atMs}`);
      assert.ok(lastsMs >= 200 && lastsMs <= 10_000, `${lastsMs}`);
    }
    assert.ok(load.producers >= 1 && load.producers <= 8);
    assert.ok(load.perSecond >= 25 && load.producers * load.perSecond <= 800, JSON.stringify(load));
    assert.ok(load.inFlight! >= 1 && load.inFlight! <= 100);
    assert.ok([1, 2, 3].includes(load.partitions));
  }
});
test("generateSchedule() draws every number of faults and of clients, and few faults close together", () => {
  const drawn = SEEDS.map((seed) => generateSchedule(seed, everything));
  const having = (count: number): number => drawn.filter(({ faults: hits }) => hits.length === count).length;
  for (const { faults: hits } of drawn) assert.ok(hits.at(-1)!.atMs <= 2000 * (hits.length - 1));
  assert.ok([1, 2, 3, 4, 5, 6].every((count) => having(count) > 0));
  assert.equal(new Set(drawn.map(({ load }) => load.producers)).size, 8);
  const one = SEEDS.map((seed) => generateSchedule(seed, spaceOf(3, { mostProducers: 1 })).load);
  assert.ok(one.every(({ producers }) => producers === 1));
});
test("generateSchedule() draws every kind, and values that the lab takes", () => {
  const seen = new Set<string>();
  for (const seed of SEEDS)
    for (const { fault } of generateSchedule(seed, everything).faults) {
      seen.add(fault.kind);
      const numbered = typeof fault.target === "string" ? { ...fault, target: 1 } : fault;
      assert.not.throws(() => resolveFault(numbered, [1, 2, 3]), undefined, JSON.stringify(fault));
    }
  assert.equal([...seen].sort(), [...HUNT_KINDS].sort());
});
test("generateSchedule() draws a third of its times just above a timer", () => {
  const space = spaceOf(3, { requestTimeoutMs: 5000, sessionTimeoutMs: 1500 });
  const times = SEEDS.flatMap((seed) => generateSchedule(seed, space).faults.map(({ lastsMs }) => lastsMs));
  const above = (timer: number): number =>
    times.filter((ms) => ms > timer && ms <= 1.6 * timer).length / times.length;
  assert.ok(above(5000) > 0.2 && above(1500) > 0.2, `${above(5000)} ${above(1500)}`);
  assert.ok(Math.min(...times) < 400);
});
test("spaceOf() leaves out what needs two brokers, and goes by the client's request timeout", () => {
  assert.not.ok(spaceOf(1).kinds.includes("split"));
  assert.equal(spaceOf(3).kinds, DEFAULT_KINDS);
  assert.not.ok("inFlight" in generateSchedule(1, spaceOf(3, { hasInFlight: false })).load);
  assert.equal(spaceOf(3, { requestTimeoutMs: 500 }).delayMs, [50, 1000]);
  assert.equal(spaceOf(3, { requestTimeoutMs: 30_000 }).lastsMs, [200, 60_000]);
  for (const seed of SEEDS)
    for (const { fault } of generateSchedule(seed, spaceOf(1)).faults)
      assert.ok(fault["path"] === undefined || fault["path"] === "clients");
});

test("faultCode() writes what makes the same value", () => {
  for (const seed of SEEDS)
    for (const { fault } of generateSchedule(seed, everything).faults) {
      const made = new Function("faults", `return ${faultCode(fault)};`)(faults) as unknown;
      assert.equal(made, fault);
    }
  assert.is(
    faultCode(faults.delay("leader", "6s", { path: "clients" })),
    'faults.delay("leader", "6s", { path: "clients" })',
  );
  assert.throws(() => faultCode({ kind: "nonsense" }), TypeError);
});
test("aimedAt() aims at the leader of another topic, and leaves other targets", () => {
  assert.equal(aimedAt(faults.kill("leader"), "a-1"), { kind: "kill", target: { leaderOf: "a-1-0" } });
  for (const fault of [faults.kill(2), faults.kill("controller"), faults.split([[1]])])
    assert.is(aimedAt(fault, "a"), fault);
});
test("HUNT_CLAIMS are checkers, by their own names and the checkers'", () => {
  for (const [name, { checker }] of Object.entries(HUNT_CLAIMS)) {
    assert.ok(CHECKERS.includes(checker), name);
    assert.is(claimNamed(name), name);
    assert.is(claimNamed(checker), name);
  }
  for (const name of ["", "toString", "processedAll"]) assert.is(claimNamed(name), undefined);
});
test("replayScript() uses the package's face only", () => {
  for (const seed of SEEDS.slice(0, 20)) {
    const schedule = generateSchedule(seed, everything);
    const text = replayScript({
      schedule,
      claim: "recovery",
      limit: "30s",
      client: { client: "kafkajs", idempotent: true },
      lab: { compose: ["three-brokers"], timers: "fast" },
      about: ["one", "two"],
      from: "kafka-failure-lab",
    });
    const imports = [...text.matchAll(/from "([^"]+)"/g)].map(([, from]) => from);
    assert.equal(imports, ["node:timers/promises", "kafka-failure-lab"]);
    for (const { fault } of schedule.faults) assert.ok(text.includes(faultCode(fault)));
    assert.ok(text.includes(`{ length: ${schedule.load.producers} }`), text);
    assert.match(text, /recoveryLimit: "30s"/);
  }
});
test.run();
