import { test } from "uvu";
import * as assert from "uvu/assert";
import type { HistoryEvent, ReadRecord } from "../../sdk/model/history.ts";
import { check, type CheckerName } from "../../sdk/analysis/check/mod.ts";

/** More than a call may have arguments; `npm run bench` judges a million, and prints how long that takes. */
const SENDS = 200_000;
const PARTITIONS = 3;
const EVERY: readonly CheckerName[] = [
  "noLostWrites",
  "noPhantomWrites",
  "duplicates",
  "order",
  "availability",
  "progress",
  "recovery",
];

/**
 * Many acknowledged sends, in the order of their ends, at 2,000 a second by four clients, a fault every
 * minute, and their readback.
 */
function many({ kept }: { kept: boolean }): HistoryEvent[] {
  const history: HistoryEvent[] = [];
  const logs: ReadRecord[][] = Array.from({ length: PARTITIONS }, () => []);
  for (let i = 0; i < SENDS; i++) {
    const log = logs[i % PARTITIONS] ?? [];
    const offset = String(log.length);
    history.push({
      kind: "send",
      atMs: i / 2,
      tookMs: 5 + (i % 7) / 16,
      client: `client-${i % 4}`,
      value: `run-7f3a:${i}`,
      topic: "orders",
      outcome: "ok",
      broker: 1,
      partition: i % PARTITIONS,
      offset,
      attempts: [],
    });
    log.push({ value: `run-7f3a:${i}`, partition: i % PARTITIONS, offset });
    if (i % 120_000 === 0)
      history.push({
        kind: "fault",
        atMs: i / 2,
        tookMs: 5,
        effectAtMs: i / 2 + 3,
        id: `f${i}`,
        fault: "kill",
        targets: [1],
        asked: "1",
        via: "SIGKILL",
      });
    if (i % 120_000 === 20_000)
      history.push({
        kind: "heal",
        atMs: i / 2,
        effectAtMs: i / 2,
        tookMs: 5,
        id: `f${i - 20_000}`,
        fault: "kill",
        targets: [1],
        via: "start",
      });
  }
  const partitions = logs.map((log, partition) => ({
    partition,
    from: "0",
    to: String(log.length),
    complete: true,
  }));
  // A readback comes from elsewhere, a broker or a file: its texts are not the same objects as those of the
  // sends.
  const records = JSON.parse(JSON.stringify(kept ? logs.flat() : [])) as ReadRecord[];
  history.push({
    kind: "readback",
    atMs: SENDS,
    tookMs: 900,
    client: "reader",
    topic: "orders",
    partitions,
    records,
  });
  return history;
}

for (const [what, kept] of [
  ["kept", true],
  ["lost", false],
] as const) {
  test(`check() judges ${SENDS} sends that are all ${what}`, () => {
    const { counts } = check(many({ kept }), { checks: EVERY });
    assert.equal(
      [counts.acknowledged, counts.lost, counts.duplicates, counts.outOfOrder],
      [SENDS, kept ? 0 : SENDS, 0, 0],
    );
  });
}

test.run();
