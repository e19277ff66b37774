// Shrinking, repeating and searching, with clusters that are functions.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { ddmin } from "../../sdk/analysis/hunt/ddmin.ts";
import { generateSchedule } from "../../sdk/analysis/hunt/generate.ts";
import { hunt, type HuntParts, type HuntStep } from "../../sdk/analysis/hunt/hunt.ts";
import { confirmSmallest, failsOften, triesFor, type TrialOutcome } from "../../sdk/analysis/hunt/repeat.ts";
import type { Schedule } from "../../sdk/analysis/hunt/schedule.ts";
import { shrink } from "../../sdk/analysis/hunt/shrink.ts";
import { spaceOf } from "../../sdk/analysis/hunt/space.ts";
import { type Duration, toMs } from "../../sdk/model/duration.ts";
import { faults } from "../../sdk/faults/mod.ts";

const asPromised =
  <A, B>(of: (value: A) => B) =>
  (value: A): Promise<B> =>
    Promise.resolve(of(value));
/** Outcomes one after the other, then the last one again. */
const inTurn = (...outcomes: TrialOutcome[]) => {
  let turn = 0;
  const run = (): Promise<TrialOutcome> => Promise.resolve(outcomes[Math.min(turn++, outcomes.length - 1)]!);
  return { run, count: () => turn };
};

test("ddmin() finds the items that fail together, whatever stands between them", async () => {
  for (const size of [1, 2, 3, 5, 8, 13])
    for (const needed of [[0], [size - 1], [0, size - 1], [0, Math.floor(size / 2), size - 1]]) {
      const wanted = [...new Set(needed)];
      const items = Array.from({ length: size }, (_, i) => i);
      const left = await ddmin(
        items,
        asPromised((part) => wanted.every((one) => part.includes(one))),
      );
      assert.equal(left, wanted, `${size}: ${wanted.join(", ")}`);
    }
});
test("ddmin() reduces to nothing what fails without anything, and keeps what fails only whole", async () => {
  assert.equal(
    await ddmin(
      [1, 2, 3],
      asPromised(() => true),
    ),
    [],
  );
  assert.equal(
    await ddmin(
      [1, 2, 3],
      asPromised(() => false),
    ),
    [1, 2, 3],
  );
  assert.equal(
    await ddmin(
      [],
      asPromised(() => false),
    ),
    [],
  );
});

const found: Schedule = {
  faults: [
    { atMs: 300, fault: faults.kill(2), lastsMs: 4000 },
    { atMs: 1700, fault: faults.delay("leader", "8s", { path: "clients" }), lastsMs: 7000 },
    { atMs: 2200, fault: faults.stop("controller"), lastsMs: 900 },
    { atMs: 5200, fault: faults.pause(3), lastsMs: 6000 },
    { atMs: 9000, fault: faults.isolate(1), lastsMs: 1200 },
  ],
  load: { producers: 4, perSecond: 400, inFlight: 40, partitions: 3 },
};
/** As the loss: a delay that is long enough, and enough sends in flight. */
const loses = ({ faults: hits, load }: Schedule): boolean =>
  load.inFlight! >= 5 && hits.some(({ fault, lastsMs }) => fault.kind === "delay" && lastsMs >= 2000);

test("shrink() keeps the fault that matters, and what it needs", async () => {
  const { trail, isComplete } = await shrink(found, asPromised(loses));
  const smallest = trail.at(-1)!;
  assert.ok(isComplete);
  assert.equal(
    smallest.faults.map(({ fault, atMs }) => [fault.kind, atMs]),
    [["delay", 0]],
  );
  const { lastsMs } = smallest.faults[0]!;
  assert.ok(lastsMs >= 2000 && lastsMs < 5000, `${lastsMs}`);
  const { producers, partitions, perSecond } = smallest.load;
  assert.equal([producers, partitions, perSecond], [1, 1, 20]);
  assert.ok(smallest.load.inFlight! >= 5 && smallest.load.inFlight! < 20, `${smallest.load.inFlight}`);
  assert.is(trail[0], found);
  assert.ok(trail.every(loses), "each schedule of the trail fails");
});
test("shrink() asks the likeliest faults first, and is right where they are not the reason", async () => {
  const asked = async (likely: readonly number[]): Promise<{ counts: number[]; kinds: string[] }> => {
    const counts: number[] = [];
    const { trail } = await shrink(
      found,
      asPromised((one) => counts.push(one.faults.length) > 0 && loses(one)),
      { likely },
    );
    return { counts, kinds: trail.at(-1)!.faults.map(({ fault }) => fault.kind) };
  };
  const right = await asked([1, 2, 0, 3, 4]);
  assert.equal([right.counts.slice(0, 2), right.kinds], [[1, 0], ["delay"]]);
  const third = await asked([4, 3, 1, 2, 0]);
  assert.equal([third.counts.slice(0, 3), third.kinds], [[1, 2, 3], ["delay"]]);
  const wrong = await asked([4, 3, 2, 0, 1]);
  assert.equal([wrong.counts.slice(0, 3), wrong.kinds], [[1, 2, 3], ["delay"]]);
  assert.ok(right.counts.length < (await asked([])).counts.length);
});
test("shrink() leaves clients out in the end", async () => {
  const needsTwo = ({ load }: Schedule): boolean => load.producers >= 2;
  const { trail } = await shrink(found, asPromised(needsTwo));
  const last = trail.at(-1)!;
  assert.equal([last.faults, last.load], [[], { producers: 2, perSecond: 20, inFlight: 1, partitions: 1 }]);
  assert.ok(trail.slice(0, -1).every(({ load }) => load.producers > 2));
});
test("shrink() makes delays shorter", async () => {
  const isLate = ({ faults: hits }: Schedule): boolean =>
    hits.some(({ fault }) => fault.kind === "delay" && toMs(fault["delay"] as Duration) > 5000);
  const smallest = (await shrink(found, asPromised(isLate))).trail.at(-1)!;
  const [delay, ...others] = smallest.faults;
  const delayMs = toMs(delay!.fault["delay"] as Duration);
  assert.ok(delayMs > 5000 && delayMs <= 8000, `${delayMs}`);
  assert.equal([others, delay!.lastsMs, smallest.load.inFlight], [[], 200, 1]);
  assert.equal(delay!.fault["path"], "clients");
});
test("shrink() keeps the distance that two faults need", async () => {
  const needs = ({ faults: hits }: Schedule): boolean => {
    const [kill, stop] = ["kill", "stop"].map((kind) => hits.find(({ fault }) => fault.kind === kind));
    return kill !== undefined && stop !== undefined && stop.atMs - kill.atMs >= 800;
  };
  const smallest = (await shrink(found, asPromised(needs))).trail.at(-1)!;
  const [kill, stop] = smallest.faults;
  assert.equal([smallest.faults.length, kill?.atMs], [2, 0]);
  assert.ok(stop!.atMs >= 800 && stop!.atMs < 1900, `${stop!.atMs}`);
});
test("shrink() is deterministic, and asks nothing twice", async () => {
  const asked = async (): Promise<string[]> => {
    const all: string[] = [];
    await shrink(
      found,
      asPromised((one) => all.push(JSON.stringify(one)) > 0 && loses(one)),
    );
    return all;
  };
  const first = await asked();
  assert.equal(first, await asked());
  assert.is(new Set(first).size, first.length);
  assert.ok(first.length < 40, `${first.length} questions`);
});
test("shrink() ends with what it has where the time is over", async () => {
  let asked = 0;
  const isOver = (): boolean => asked >= 4;
  const { trail, isComplete } = await shrink(
    found,
    asPromised((one) => ++asked > 0 && loses(one)),
    { isOver },
  );
  assert.is(isComplete, false);
  assert.is(asked, 4);
  assert.ok(trail.every(loses));
});
test("shrink() leaves a schedule that fails only as it is", async () => {
  const { trail } = await shrink(
    found,
    asPromised(() => false),
  );
  assert.equal(trail, [found]);
});

test("failsOften() stops as soon as it knows; inconclusive runs are no failures", async () => {
  for (const [outcomes, fails, runs] of [
    [["failed", "failed"], true, 2],
    [["failed", "held", "failed"], true, 3],
    [["failed", "held", "held"], false, 3],
    [["held", "held"], false, 2],
    [["held", "inconclusive"], false, 2],
    [["inconclusive", "failed", "failed"], true, 3],
  ] as const) {
    const turns = inTurn(...outcomes);
    assert.equal([await failsOften(turns.run), turns.count()], [fails, runs], outcomes.join(", "));
  }
  const turns = inTurn("held", "held", "held", "failed");
  assert.is(await failsOften(turns.run, { needs: 1, tries: 4 }), true);
  assert.is(turns.count(), 4);
});
test("triesFor() gives what fails seldom more runs", () => {
  const tries = (failed: number, of: number): number => triesFor({ failed, of });
  assert.equal([tries(2, 2), tries(2, 3), tries(1, 3), tries(0, 3), tries(0, 0)], [3, 3, 5, 6, 4]);
});
test("confirmSmallest() takes what fails twice before what fails once, else what failed most", async () => {
  const all = [3, 2, 1].map((count) => ({ ...found, faults: found.faults.slice(0, count) }));
  const trail = all as unknown as readonly [Schedule, ...Schedule[]];
  const confirmed = (failing: readonly number[]) => {
    const left = new Map(failing.map((count, i) => [3 - i, count]));
    return confirmSmallest(
      trail,
      asPromised(({ faults: { length } }) => {
        const more = left.get(length)!;
        left.set(length, more - 1);
        return more > 0 ? "failed" : "held";
      }),
    );
  };
  assert.equal(await confirmed([3, 2, 1]), { schedule: all[1], failed: 2, of: 3 });
  assert.equal(await confirmed([1, 0, 1]), { schedule: all[2], failed: 1, of: 3 });
  assert.is(await confirmed([0, 0, 0]), undefined);
});
test("confirmSmallest() takes the smallest schedule that fails again", async () => {
  const all = [5, 4, 3, 2, 1].map((count) => ({ ...found, faults: found.faults.slice(0, count) }));
  const trail = all as unknown as readonly [Schedule, ...Schedule[]];
  const atLeast = (least: number) =>
    confirmSmallest(
      trail,
      asPromised(({ faults: hits }) => (hits.length >= least ? "failed" : "held")),
    );
  assert.equal(await atLeast(2), { schedule: all[3], failed: 3, of: 3 });
  assert.is((await atLeast(5))?.schedule, all[0], "the found one is asked in the end");
  assert.is(await atLeast(6), undefined);
  assert.is((await confirmSmallest([found], inTurn("failed", "held").run))?.failed, 1);
});

/** A cluster without a clock: each run takes ten seconds. */
function parts(outcomeOf: (schedule: Schedule) => TrialOutcome, more: Partial<HuntParts> = {}) {
  let leftMs = 15 * 60_000;
  const steps: HuntStep[] = [];
  return {
    steps,
    parts: {
      space: spaceOf(3),
      seed: 1,
      run: asPromised((schedule: Schedule) => {
        leftMs -= 10_000;
        return { outcome: outcomeOf(schedule), summary: "1 of 9 is lost.", tookMs: 10_000 };
      }),
      leftMs: () => leftMs,
      onTrial: (step: HuntStep) => void steps.push(step),
      ...more,
    } satisfies HuntParts,
  };
}

test("hunt() finds, shrinks and confirms within its time", async () => {
  const one = parts((schedule) => (loses(schedule) ? "failed" : "held"));
  const { verdict, found: it, schedules, runs } = await hunt(one.parts);
  assert.is(verdict, false);
  assert.equal(it?.original, generateSchedule(it!.seed, spaceOf(3)));
  assert.is(it?.schedule.faults.length, 1);
  assert.equal([it?.failed, it?.of, it?.isComplete], [5, 5, true]);
  assert.ok(it!.foundAfterMs < it!.tookMs && it!.tookMs <= 15 * 60_000, `${it!.tookMs}`);
  assert.equal([schedules.failed, runs], [1, one.steps.length]);
  assert.equal([...new Set(one.steps)], ["search", "again", "shrink", "confirm"]);
});
test("hunt() is deterministic", async () => {
  const once = () => hunt(parts((schedule) => (loses(schedule) ? "failed" : "held")).parts);
  assert.equal(await once(), await once());
});
test("hunt() keeps time for the confirming runs", async () => {
  const one = parts((schedule) => (schedule.faults.length >= 1 ? "failed" : "held"));
  let leftMs = 130_000;
  const run = (schedule: Schedule) => {
    leftMs -= 10_000;
    return one.parts.run(schedule);
  };
  const { found: it } = await hunt({ ...one.parts, run, leftMs: () => leftMs });
  assert.equal([it?.isComplete, it?.failed], [false, 5]);
  assert.ok(leftMs >= -10_000, `${leftMs}`);
});
test("hunt() of a claim that holds ends with its time, and is true", async () => {
  const { verdict, schedules, found: it } = await hunt(parts(() => "held").parts);
  assert.equal([verdict, schedules, it], [true, { failed: 0, held: 90, inconclusive: 0 }, undefined]);
});
test("hunt() is unknown where each run was inconclusive, and takes a limit of schedules", async () => {
  const { verdict, schedules } = await hunt(parts(() => "inconclusive", { most: 7 }).parts);
  assert.equal([verdict, schedules.inconclusive], ["unknown", 7]);
});
test("hunt() goes on after a failure that does not come again, and keeps it", async () => {
  let runs = 0;
  const {
    verdict,
    found: it,
    schedules,
  } = await hunt(parts(() => (++runs === 3 ? "failed" : "held"), { most: 10 }).parts);
  assert.is(verdict, false);
  assert.equal([it?.seed, it?.failed, it?.of], [3, 0, 8], "three runs, and five that were to confirm");
  assert.equal(schedules, { failed: 1, held: 9, inconclusive: 0 });
});
test("hunt() takes what fails seldom where two fifths of the time are over, and runs it more often", async () => {
  let turn = 0;
  const one = parts((schedule) => (loses(schedule) && ++turn % 3 === 1 ? "failed" : "held"));
  const { found: it } = await hunt(one.parts);
  const searched = one.steps.indexOf("shrink");
  assert.ok(searched >= 36, `${searched} runs of ten seconds before it shrinks`);
  assert.ok(it!.failed > 0 && it!.of === 5 && loses(it!.schedule), JSON.stringify(it));
});
test("hunt() pursues what fails often at once, and the best of what fails seldom", async () => {
  const seen: number[] = [];
  const outcomeOf = (schedule: Schedule): TrialOutcome => (loses(schedule) ? "failed" : "held");
  const { parts: given } = parts(outcomeOf);
  await hunt({ ...given, onTrial: (step, _, __, seed) => void (step === "shrink" && seen.push(seed)) });
  assert.is(new Set(seen).size, 1);
});
test("hunt() does not take what a machine made for a failure", async () => {
  let runs = 0;
  const turns: TrialOutcome[] = ["failed", "inconclusive", "inconclusive", "inconclusive", "inconclusive"];
  const { found: it } = await hunt(parts(() => turns[runs++] ?? "held", { most: 2 }).parts);
  assert.is(it?.failed, 0);
});
test("hunt() ends with what a run throws", async () => {
  const broken = parts(() => {
    throw new Error("no cluster");
  });
  let said = "";
  await hunt(broken.parts).catch((error: Error) => (said = error.message));
  assert.is(said, "no cluster");
});
test.run();
