// Random histories of a consumer group: everything that may go wrong does, often.

import type { HistoryEvent, ReadbackEvent, ReadRecord, SendEvent } from "../../sdk/model/history.ts";
import { changed, commit, GROUP, inTime, lag, send, settings, TOPIC } from "./group-histories.ts";
import { random } from "./random.ts";

export interface RandomRun {
  history: HistoryEvent[];
  sends: SendEvent[];
  readback: ReadbackEvent | null;
  reset: "earliest" | "latest" | null;
  isolation: "read_committed" | "read_uncommitted" | null;
}

type UpTo = (n: number) => number;

/** Up to nine records in each of two partitions, sent within a second. */
function randomLog(upTo: UpTo): { sends: SendEvent[]; log: ReadRecord[] } {
  const sends: SendEvent[] = [];
  const log: ReadRecord[] = [];
  for (const partition of [0, 1]) {
    const many = 1 + upTo(9);
    for (let n = 0; n < many; n++) {
      const value = upTo(25) === 0 ? "same" : `v-${partition}-${n}`;
      const outcome = (["ok", "ok", "ok", "ok", "info", "fail"] as const)[upTo(6)]!;
      const { offset: _offset, partition: _partition, ...unknown } = send(partition, n);
      const place = outcome === "ok" && upTo(12) > 0 ? { partition, offset: String(n) } : {};
      const isForeign = upTo(12) === 0;
      if (!isForeign)
        sends.push({ ...unknown, ...place, outcome, value, atMs: 10 + upTo(80) * 10, tookMs: 10 });
      if (upTo(8) > 0)
        log.push({ value: upTo(14) === 0 ? `other-${n}` : value, partition, offset: String(n) });
    }
  }
  return { sends, log };
}

function randomReadback(upTo: UpTo, records: readonly ReadRecord[]): ReadbackEvent | null {
  if (upTo(8) === 0) return null;
  const row = (partition: number): ReadbackEvent["partitions"][number] => ({
    partition,
    from: upTo(8) === 0 ? "2" : "0",
    to: String(6 + upTo(6)),
    complete: upTo(5) > 0,
    ...(upTo(3) === 0 && { aborted: 1 }),
    ...(upTo(6) === 0 && { open: { from: String(upTo(9)), records: 1 } }),
  });
  return {
    kind: "readback",
    atMs: 2000,
    tookMs: 10,
    client: "readback",
    topic: TOPIC,
    partitions: upTo(8) === 0 ? [row(0)] : [row(0), row(1)],
    records,
  };
}

/** What two members do with one partition: given, processed and committed, mostly in order. */
function randomReading(
  upTo: UpTo,
  partition: number,
  values: readonly (string | undefined)[],
): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  let [position, atMs] = [upTo(6) === 0 ? upTo(4) : 0, 100 + upTo(10) * 10];
  for (let step = 0; step < 6; step++) {
    const number = 1 + upTo(2);
    const of = { group: GROUP, member: `${GROUP}.${number}`, topic: TOPIC, partition };
    if (upTo(5) === 0) position = Math.max(0, position - 1 - upTo(3));
    const offsets = Array.from({ length: 1 + upTo(4) }, (_, i) => position + i).filter((n) => n < 10);
    const records = offsets.map((n) => ({
      offset: String(n),
      value: upTo(20) === 0 ? "nobody's" : (values[n] ?? `gone-${n}`),
      ...(upTo(4) > 0 && { key: `k${upTo(2)}` }),
    }));
    if (upTo(9) > 0) events.push({ kind: "delivered", atMs, ...of, records });
    const done = offsets.filter(() => upTo(9) > 0).map(String);
    if (upTo(7) === 0) done.reverse();
    const isFailed = done.length > 0 && upTo(8) === 0;
    const tookMs = done.length * 10;
    if (upTo(7) > 0)
      events.push({
        kind: "processed",
        atMs,
        tookMs,
        ...of,
        offsets: done,
        ...(isFailed && { error: "no" }),
      });
    position += offsets.length;
    const back = upTo(9) === 0 ? upTo(3) : 0;
    const answer = [
      {},
      {},
      {},
      {},
      { error: "REBALANCE_IN_PROGRESS", isRefused: true },
      { error: "TIMEOUT" },
    ];
    if (upTo(3) > 0)
      events.push(
        commit(atMs + upTo(12) * 10, number, partition, Math.max(0, position - back), answer[upTo(6)]),
      );
    if (upTo(12) === 0) events.push(lag(atMs + upTo(1500), partition, upTo(2) === 0 ? null : upTo(8)));
    atMs += upTo(3) === 0 ? upTo(4) * 10 : tookMs + upTo(10) * 10;
    if (upTo(9) === 0) events.push(changed(atMs, number, (["ended", "left", "failed"] as const)[upTo(3)]!));
    if (upTo(9) === 0) events.push(changed(atMs, number, "revoked", [upTo(2)]));
  }
  return events;
}

export function randomRun(seed: number): RandomRun {
  const next = random(seed);
  const upTo: UpTo = (n) => Math.floor(next() * n);
  const { sends, log } = randomLog(upTo);
  const readback = randomReadback(upTo, log);
  const reset = (["earliest", "earliest", "latest", null] as const)[upTo(4)]!;
  const isolation = (["read_committed", "read_committed", "read_uncommitted", null] as const)[upTo(4)]!;
  const reading = [0, 1].flatMap((partition) => {
    const values = Array.from(
      { length: 10 },
      (_, n) =>
        log.find((one) => one.partition === partition && one.offset === String(n))?.value ??
        sends.find((one) => one.partition === partition && one.offset === String(n))?.value,
    );
    return upTo(9) === 0 ? [] : randomReading(upTo, partition, values);
  });
  const event = settings({ ...(reset === null && { reset: undefined }), ...(reset && { reset }) });
  const client =
    event.kind === "client"
      ? { ...event, settings: { ...(reset && { reset }), ...(isolation && { isolation }) } }
      : event;
  const start = changed(50, 1, "assigned", [0, 1]);
  const history = inTime([client, start, ...sends, ...reading, ...(readback === null ? [] : [readback])]);
  return { history, sends: history.filter((one) => one.kind === "send"), readback, reset, isolation };
}
