// Random histories of a group, judged twice: by the checkers, and by the claims written down as they read.

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  committedReads,
  commitsForward,
  groupProgress,
  processedAll,
  processedOnlySent,
  processingOrder,
  skipped,
} from "../../sdk/analysis/check/mod.ts";
import { wrongEvent } from "../../sdk/model/history-schema.ts";
import { GROUP } from "./group-histories.ts";
import { randomRun } from "./group-random.ts";
import { type Met, Reference } from "./group-reference.ts";
import { isProvenLost, slowGap } from "./group-reference-log.ts";

const RUNS = 600;

/** Judges random histories both ways, and asserts that each case of `met` occurs in every thirtieth. */
function compared(
  what: string,
  judge: (
    reference: Reference,
    seed: number,
  ) => { found: unknown; expected: unknown; met: Record<string, number> },
): void {
  test(`${what} agrees with its definition on ${RUNS} random histories`, () => {
    const all: Record<string, number> = {};
    for (let seed = 0; seed < RUNS; seed++) {
      const run = randomRun(seed);
      if (seed < 50)
        for (const event of run.history) assert.is(wrongEvent(event), undefined, JSON.stringify(event));
      const { found, expected, met } = judge(new Reference(run), seed);
      assert.equal(found, expected, `seed ${seed}`);
      for (const [name, n] of Object.entries(met)) all[name] = (all[name] ?? 0) + n;
    }
    assert.ok(
      Object.values(all).every((n) => n > RUNS / 30),
      `every case occurs often: ${JSON.stringify(all)}`,
    );
  });
}

compared("processedAll()", (reference) => {
  const { history } = reference.run;
  const tally = processedAll(history).facts.groups[0]!;
  const expected = {
    once: 0,
    several: 0,
    skipped: 0,
    lostInLog: 0,
    undecided: 0,
    beforeStart: 0,
    afterEnd: 0,
    most: 0,
  };
  for (const send of reference.acknowledged()) {
    const own = reference.met.filter((met) => reference.writer(met) === send);
    const times = own.reduce((sum, met) => sum + reference.times(met), 0);
    expected.most = Math.max(expected.most, times);
    if (times > 0) expected[times === 1 ? "once" : "several"]++;
    else {
      const fates = own.map((met) => reference.fate(met));
      const decided = ["skipped", "before the start", "after the end", "lost in the log"];
      if (fates.some((fate) => !decided.includes(fate))) expected.undecided++;
      else if (fates.includes("skipped")) expected.skipped++;
      else if (fates.includes("before the start")) expected.beforeStart++;
      else if (fates.includes("after the end")) expected.afterEnd++;
      else if (isProvenLost(reference, send)) expected.lostInLog++;
      else expected.undecided++;
    }
  }
  const { once, several, skipped, lostInLog, undecided, beforeStart, afterEnd, most } = tally;
  const found = { once, several, skipped, lostInLog, undecided, beforeStart, afterEnd, most };
  return { found, expected, met: expected };
});

compared("processedOnlySent()", (reference) => {
  const { history, sends, readback } = reference.run;
  const tally = processedOnlySent(history).facts.groups[0]!;
  const expected = { sent: 0, foreign: 0, neverSent: 0, undecided: 0 };
  for (const met of new Set(reference.done.map((one) => one.met))) {
    const row = readback?.partitions.find(({ partition }) => partition === met.partition);
    const stands = reference.stands(met);
    if (reference.writer(met) !== undefined) expected.sent++;
    else if (stands === true) expected.foreign++;
    else if (sends.some(({ value }) => value === met.value)) expected.sent++;
    else if (stands === null || row?.aborted === 1 || row?.open !== undefined) expected.undecided++;
    else expected.neverSent++;
  }
  const { sent, foreign, neverSent, undecided } = tally;
  return { found: { sent, foreign, neverSent, undecided }, expected, met: expected };
});

compared("processingOrder()", (reference) => {
  const { history } = reference.run;
  const { compared: n, outOfOrder, outOfOrderByKey, repeated } = processingOrder(history).facts.groups[0]!;
  const { done } = reference;
  const all = [...new Set(done.map((one) => one.met))];
  const keyOf = (met: Met): string | undefined =>
    reference
      .deliveries(met)
      .at(-1)
      ?.records.findLast((one) => one.offset === String(met.offset) && one.value === met.value)?.key;
  const isLate = (met: Met, isOf: (other: Met) => boolean): boolean => {
    const [first] = done
      .filter((one) => one.met === met)
      .sort((a, b) => a.fromMs - b.fromMs || a.line - b.line || a.i - b.i);
    return done.some(
      (one) =>
        one.met.partition === met.partition &&
        isOf(one.met) &&
        reference.order(one.met) > reference.order(met) &&
        (one.line === first!.line
          ? one.i < first!.i
          : one.toMs < first!.fromMs || (one.toMs === first!.fromMs && one.line < first!.line)),
    );
  };
  const late = all.filter((met) => isLate(met, () => true)).length;
  const lateByKey = all.filter((met) => {
    const key = keyOf(met);
    return key !== undefined && isLate(met, (other) => keyOf(other) === key);
  }).length;
  const again = all.filter((met) => reference.times(met) > 1).length;
  return {
    found: [n, outOfOrder, outOfOrderByKey, repeated],
    expected: [all.length, late, lateByKey, again],
    met: { late, lateByKey, again },
  };
});

compared("skipped()", (reference) => {
  const { history } = reference.run;
  const { records, undecided, ranges } = skipped(history, { examples: 100 }).facts.groups[0]!;
  const never = reference.met.filter((met) => reference.times(met) === 0);
  const gone = never.filter((met) => reference.fate(met) === "skipped");
  const open = never.filter((met) => reference.fate(met) === "commit with unknown outcome").length;
  const places = gone
    .map((met) => [met.partition, met.offset, history.indexOf(reference.passing(met)!) + 1] as const)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const covers = places.every(([partition, offset, line]) =>
    ranges.some(
      (one) =>
        one.partition === partition &&
        Number(one.fromOffset) <= offset &&
        Number(one.toOffset) >= offset &&
        one.commit.line === line,
    ),
  );
  return {
    found: [records, undecided, ranges.reduce((sum, one) => sum + one.records, 0), covers],
    expected: [gone.length, open, gone.length, true],
    met: { skipped: gone.length, open },
  };
});

compared("commitsForward()", (reference) => {
  const { history } = reference.run;
  const { backwards, resets, undecided } = commitsForward(history).facts.groups[0]!;
  const expected = { backwards: 0, resets: 0, undecided: 0 };
  for (const partition of [0, 1]) {
    const all = reference.commits(partition).filter(({ event }) => event.isRefused !== true);
    all.forEach(({ event, offset }, i) => {
      const last = all.slice(0, i).findLast((one) => one.event.error === undefined);
      if (last === undefined || offset >= last.offset) return;
      const endMs = last.event.atMs + last.event.tookMs;
      if (last.event.member !== event.member && endMs > event.atMs) return;
      const isReported = reference
        .of("lag")
        .some(
          (one) =>
            one.atMs >= endMs + 1000 &&
            one.atMs <= event.atMs + event.tookMs &&
            one.partitions.some(
              (own) => own.partition === partition && Number(own.committed ?? 0) < last.offset,
            ),
        );
      const again = reference
        .of("delivered")
        .some(
          (one) =>
            one.partition === partition &&
            one.atMs >= endMs &&
            one.atMs <= event.atMs &&
            one.records[0] !== undefined &&
            Number(one.records[0].offset) < last.offset,
        );
      if (event.error === undefined) expected[isReported || again ? "resets" : "backwards"]++;
      else if (!isReported && !again) expected.undecided++;
    });
  }
  return { found: { backwards, resets, undecided }, expected, met: expected };
});

compared("committedReads()", (reference) => {
  const { history, readback } = reference.run;
  const { aborted, open, undecided } = committedReads(history).facts.groups[0]!;
  const expected = { aborted: 0, open: 0, undecided: 0 };
  for (const met of reference.met.filter((one) => reference.deliveries(one).length > 0)) {
    const row = readback?.partitions.find(({ partition }) => partition === met.partition);
    const stands = reference.stands(met);
    if (stands === null) expected.undecided++;
    else if (stands === false && row?.open !== undefined && met.offset >= Number(row.open.from))
      expected.open++;
    else if (stands === false && row?.aborted === 1) expected.aborted++;
  }
  return { found: { aborted, open, undecided }, expected, met: expected };
});

compared("groupProgress()", (reference) => {
  const { history, readback } = reference.run;
  const tally = groupProgress(history).facts.groups[0]!;
  const gaps = [0, 1].map((partition) => slowGap(reference, [partition], tally.untilMs));
  const whole = slowGap(reference, [0, 1], tally.untilMs);
  const found = [0, 1].map(
    (partition) => tally.partitions.find((one) => one.partition === partition)?.gap?.ms ?? 0,
  );
  assert.ok(tally.group === GROUP && (readback === null || tally.untilMs <= readback.atMs));
  return {
    found: [...found, tally.gap?.ms ?? 0],
    expected: [...gaps, whole],
    met: { gaps: gaps.filter((ms) => ms > 0).length, whole: Number(whole > 0) },
  };
});

test.run();
