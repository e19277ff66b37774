// Random histories, judged twice: by the checkers, and by the definitions written down as plainly (and as
// slowly) as they read.
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { HistoryEvent, Outcome, ReadbackEvent, ReadRecord, SendEvent } from "../../sdk/model/history.ts";
import {
  availability,
  duplicates,
  firstAckAfter,
  noPhantomWrites,
  order,
  noLostWrites,
} from "../../sdk/analysis/check/mod.ts";
import { random } from "./random.ts";

const RUNS = 1500;

interface Run {
  history: HistoryEvent[];
  sends: SendEvent[];
  readback: ReadbackEvent;
  stretch: [fromMs: number, toMs: number];
}

function randomRun(seed: number): Run {
  const next = random(seed);
  const upTo = (n: number): number => Math.floor(next() * n);
  const logs: ReadRecord[][] = [[], []];
  const sends = Array.from({ length: 1 + upTo(25) }, (_, i): SendEvent => {
    const partition = upTo(2);
    const log = logs[partition] ?? [];
    const outcome = (["ok", "ok", "ok", "info", "fail"] as const)[upTo(5)] as Outcome;
    const send = {
      kind: "send" as const,
      atMs: upTo(100),
      tookMs: upTo(30),
      client: `c${upTo(3)}`,
      value: `v${upTo(20) === 0 ? 0 : i}`,
      topic: "orders",
      outcome,
      attempts: [],
    };
    const offset = String(log.length + 6);
    const kept = upTo(8) > 0 && (outcome !== "fail" || upTo(4) === 0);
    for (let copy = kept ? (upTo(8) === 0 ? 2 : 1) : 0; copy > 0; copy--) {
      const other = upTo(10) === 0 ? logs[1 - partition] : log;
      other?.push({
        value: send.value,
        partition: other === log ? partition : 1 - partition,
        offset: String(other.length + 6),
      });
    }
    return outcome === "ok" && upTo(12) > 0 ? { ...send, partition, offset } : send;
  });
  const row = (partition: number): ReadbackEvent["partitions"][number] => ({
    partition,
    from: upTo(6) === 0 ? "8" : "0",
    to: String((logs[partition]?.length ?? 0) + 6),
    complete: upTo(6) > 0,
  });
  const records =
    upTo(4) === 0 ? logs.flat().sort((a, b) => Number(a.offset) - Number(b.offset)) : logs.flat();
  const readback: ReadbackEvent = {
    kind: "readback",
    atMs: 90 + upTo(60),
    tookMs: 5,
    client: "reader",
    topic: "orders",
    partitions: upTo(8) === 0 ? [row(0)] : [row(0), row(1)],
    records,
  };
  const from = upTo(100);
  return {
    history: [
      { kind: "step", atMs: from, name: "x" },
      { kind: "step", atMs: from + upTo(60), name: "y" },
      ...sends,
      readback,
    ],
    sends,
    readback,
    stretch: [from, -1],
  };
}

const end = (send: SendEvent): number => send.atMs + send.tookMs;

/**
 * Whose a record is: of the first send acknowledged at its place with its value, else of the only send with
 * its value, else nobody's.
 */
function owner(record: ReadRecord, { sends }: Run): SendEvent | undefined {
  const same = sends.filter(({ value }) => value === record.value);
  const there = same.find(
    ({ outcome, partition, offset }) =>
      outcome === "ok" && partition === record.partition && offset === record.offset,
  );
  return there ?? (same.length === 1 ? same[0] : undefined);
}

/** Tells whether a value that is not in the readback is proven not to be in the log. */
function proven(send: SendEvent, run: Run): boolean {
  const { readback } = run;
  if (readback.records.some((record) => record.value === send.value && owner(record, run) === undefined))
    return false;
  const rows =
    send.partition === undefined
      ? readback.partitions
      : readback.partitions.filter(({ partition }) => partition === send.partition);
  if (rows.length === 0 || rows.some(({ complete }) => !complete)) return false;
  if (send.offset === undefined)
    return end(send) <= readback.atMs && rows.every((row) => !mayBeGone(send, row, run));
  const at = BigInt(send.offset);
  return rows.every(({ from, to }) => at >= BigInt(from) && (at < BigInt(to) || end(send) <= readback.atMs));
}

/** Whether a send of unknown offset may have stood where the log no longer begins. */
function mayBeGone(
  send: SendEvent,
  { partition, from }: ReadbackEvent["partitions"][number],
  run: Run,
): boolean {
  const before = run.sends.flatMap((other) =>
    other.outcome === "ok" &&
    other.partition === partition &&
    other.offset !== undefined &&
    end(other) <= send.atMs
      ? [Number(other.offset)]
      : [],
  );
  return Number(from) > Math.max(-1, ...before) + 1;
}

function recordsOf(send: SendEvent, run: Run): ReadRecord[] {
  return run.readback.records.filter((record) => owner(record, run) === send);
}

/** Out of order: some record before this one, in its partition, was begun after this one was acknowledged. */
function misplaced(run: Run): number {
  return run.sends.filter((send) => {
    if (send.outcome !== "ok") return false;
    const mine = recordsOf(send, run).filter(
      ({ partition }) => send.partition === undefined || partition === send.partition,
    );
    if (mine.length === 0) return false;
    const places =
      send.partition === undefined
        ? [...new Set(mine.map(({ partition }) => partition))].slice(0, 1)
        : [send.partition];
    return places.some((p) => {
      const first = Math.min(
        ...mine.filter(({ partition }) => partition === p).map(({ offset }) => Number(offset)),
      );
      return run.sends.some(
        (other) =>
          other.atMs > end(send) &&
          recordsOf(other, run).some(({ partition, offset }) => partition === p && Number(offset) < first),
      );
    });
  }).length;
}

/**
 * The longest gap: for each acknowledgement and the end, back to the acknowledgement before it or to the
 * first send that ended later.
 */
function slowGap(sends: SendEvent[], from: number, to: number): number | null | undefined {
  const until = Math.min(to, Math.max(...sends.map(end)));
  const acks = sends
    .filter((send) => send.outcome === "ok" && end(send) >= from && end(send) <= until)
    .map(end)
    .sort((a, b) => a - b);
  const lengths = [...acks, until].flatMap((moment, i) => {
    const before = acks[i - 1];
    const candidates = sends
      .filter((send) => (before === undefined ? end(send) >= from : end(send) > before))
      .map(({ atMs }) => atMs);
    const began = Math.max(from, before ?? from, Math.min(...candidates));
    return began < moment || (i < acks.length && began <= moment) ? [moment - began] : [];
  });
  if (acks.length > 0) return lengths.length === 0 ? 0 : Math.max(...lengths);
  return lengths.length === 0 ? undefined : null;
}

test(`noLostWrites(), noPhantomWrites() and duplicates() agree with their definitions on ${RUNS} random histories`, () => {
  const met = { lost: 0, undecided: 0, present: 0, copies: 0 };
  for (let seed = 0; seed < RUNS; seed++) {
    const run = randomRun(seed);
    const [lostWrites, phantomWrites, doubled] = [
      noLostWrites(run.history).facts,
      noPhantomWrites(run.history).facts,
      duplicates(run.history).facts,
    ];
    const acknowledged = run.sends.filter(({ outcome }) => outcome === "ok");
    const missing = acknowledged.filter((send) => recordsOf(send, run).length === 0);
    const lost = missing.filter((send) => proven(send, run)).length;
    const failed = run.sends.filter(({ outcome }) => outcome === "fail");
    const present = failed.filter((send) => recordsOf(send, run).length > 0).length;
    const absent = failed.filter((send) => recordsOf(send, run).length === 0 && proven(send, run)).length;
    const copies = run.sends.reduce((sum, send) => sum + Math.max(0, recordsOf(send, run).length - 1), 0);
    const moved = acknowledged.filter((send) => {
      const places = recordsOf(send, run);
      return (
        send.offset !== undefined &&
        places.length > 0 &&
        !places.some(({ partition, offset }) => partition === send.partition && offset === send.offset)
      );
    }).length;
    assert.equal(
      [
        lostWrites.lost,
        lostWrites.undecided,
        lostWrites.kept,
        lostWrites.moved,
        phantomWrites.present,
        phantomWrites.absent,
        doubled.copies,
      ],
      [lost, missing.length - lost, acknowledged.length - missing.length, moved, present, absent, copies],
      `seed ${seed}`,
    );
    met.lost += lost;
    met.undecided += missing.length - lost;
    met.present += present;
    met.copies += copies;
  }
  assert.ok(
    Object.values(met).every((n) => n > RUNS / 10),
    `every case occurs often: ${JSON.stringify(met)}`,
  );
});

test(`order() agrees with its definition on ${RUNS} random histories`, () => {
  let met = 0;
  for (let seed = 0; seed < RUNS; seed++) {
    const run = randomRun(seed);
    const expected = misplaced(run);
    assert.is(order(run.history).facts.outOfOrder, expected, `seed ${seed}`);
    met += expected;
  }
  assert.ok(met > RUNS / 10, `records out of order occur often: ${met}`);
});

test(`availability() and firstAckAfter() agree with their definitions on ${RUNS} random histories`, () => {
  for (let seed = 0; seed < RUNS; seed++) {
    const run = randomRun(seed);
    const { facts } = availability(run.history);
    assert.is(facts.run.gap?.ms, slowGap(run.sends, -Infinity, Infinity), `seed ${seed}`);
    for (const [client, gap] of Object.entries(facts.run.clients))
      assert.is(
        gap?.ms,
        slowGap(
          run.sends.filter((send) => send.client === client),
          -Infinity,
          Infinity,
        ),
        `seed ${seed} ${client}`,
      );
    for (const { name, fromMs, toMs, gap } of facts.steps)
      assert.is(gap?.ms, slowGap(run.sends, fromMs, toMs), `seed ${seed} ${name}`);
    const at = run.stretch[0];
    const later = run.sends
      .filter((send) => send.outcome === "ok" && end(send) >= at)
      .map((send) => end(send) - at);
    assert.is(firstAckAfter(run.history, at), later.length === 0 ? null : Math.min(...later), `seed ${seed}`);
  }
});

test.run();
