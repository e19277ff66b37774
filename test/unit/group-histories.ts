// Histories of a consumer group, written out by hand, for tests that change one thing of them.

import type {
  CommitEvent,
  DeliveredEvent,
  HistoryEvent,
  MemberChange,
  ProcessedEvent,
  ReadbackEvent,
  SendEvent,
} from "../../sdk/model/history.ts";

export const GROUP = "billing";
export const TOPIC = "orders";
/** By partition, how many records are sent. */
export const RECORDS = 10;
/** Records of a delivery. */
export const BATCH = 5;
/** Between two sends, and until a record is processed, in milliseconds. */
const PACE_MS = 100;
const STEP_MS = 10;

export const send = (partition: number, n: number, more: Partial<SendEvent> = {}): SendEvent => ({
  kind: "send",
  atMs: 1000 + n * PACE_MS,
  tookMs: 5,
  client: "probe",
  value: `probe-${partition}-${n}`,
  topic: TOPIC,
  outcome: "ok",
  broker: 1,
  partition,
  offset: String(n),
  attempts: [],
  ...more,
});

export const changed = (
  atMs: number,
  number: number,
  change: MemberChange,
  partitions?: readonly number[],
): HistoryEvent => ({
  kind: "member",
  atMs,
  group: GROUP,
  member: `${GROUP}.${number}`,
  change,
  ...(partitions && { partitions: partitions.map((partition) => ({ topic: TOPIC, partition })) }),
});

export const delivered = (
  atMs: number,
  number: number,
  partition: number,
  [from, to]: readonly [number, number],
): DeliveredEvent => ({
  kind: "delivered",
  atMs,
  group: GROUP,
  member: `${GROUP}.${number}`,
  topic: TOPIC,
  partition,
  records: range(from, to).map((n) => ({
    offset: String(n),
    value: `probe-${partition}-${n}`,
    key: `key-${n % 2}`,
  })),
});

export const processed = (
  atMs: number,
  number: number,
  partition: number,
  [from, to]: readonly [number, number],
): ProcessedEvent => ({
  kind: "processed",
  atMs,
  tookMs: (to - from) * STEP_MS,
  group: GROUP,
  member: `${GROUP}.${number}`,
  topic: TOPIC,
  partition,
  offsets: range(from, to).map(String),
});

export const commit = (
  atMs: number,
  number: number,
  partition: number,
  offset: number,
  more: Partial<CommitEvent> = {},
): CommitEvent => ({
  kind: "commit",
  atMs,
  tookMs: 2,
  group: GROUP,
  member: `${GROUP}.${number}`,
  offsets: [{ topic: TOPIC, partition, offset: String(offset) }],
  ...more,
});

export const lag = (atMs: number, partition: number, committed: number | null): HistoryEvent => ({
  kind: "lag",
  atMs,
  group: GROUP,
  partitions: [
    {
      topic: TOPIC,
      partition,
      committed: committed === null ? null : String(committed),
      end: String(RECORDS),
    },
  ],
});

export const settings = (more: Readonly<Record<string, unknown>> = {}): HistoryEvent => ({
  kind: "client",
  atMs: 0,
  client: GROUP,
  settings: { reset: "earliest", isolation: "read_committed", ...more },
});

export const readback = (sends: readonly SendEvent[], more: Partial<ReadbackEvent> = {}): ReadbackEvent => ({
  kind: "readback",
  atMs: 9000,
  tookMs: 20,
  client: "readback",
  topic: TOPIC,
  partitions: [0, 1].map((partition) => ({
    partition,
    from: "0",
    to: String(sends.filter((one) => one.partition === partition).length),
    complete: true,
  })),
  records: sends.map(({ value, partition = 0, offset = "0" }) => ({ value, partition, offset })),
  ...more,
});

export const fault = (fromMs: number, toMs: number): HistoryEvent[] => [
  {
    kind: "fault",
    atMs: fromMs,
    effectAtMs: fromMs,
    tookMs: 1,
    id: "f1",
    fault: "kill",
    targets: [1],
    asked: "1",
    via: "SIGKILL",
  },
  {
    kind: "heal",
    atMs: toMs,
    effectAtMs: toMs,
    tookMs: 1,
    id: "f1",
    fault: "kill",
    targets: [1],
    via: "start",
  },
];

/** Everything that was sent. */
export const SENDS: readonly SendEvent[] = [0, 1].flatMap((partition) =>
  range(0, RECORDS).map((n) => send(partition, n)),
);

/**
 * Two members, a partition each, that commit after each batch of five: exactly once. The batches are given at
 * 1.6 s and 2.1 s, their commits made 60 ms later; both leave at 3 s.
 */
export function exactlyOnce(): HistoryEvent[] {
  const members = [0, 1].flatMap((partition): HistoryEvent[] => {
    const number = partition + 1;
    return [
      changed(500, number, "started"),
      changed(600, number, "joined"),
      changed(610, number, "assigned", [partition]),
      ...[0, BATCH].flatMap((from, i): HistoryEvent[] => {
        const atMs = 1600 + i * 500;
        const all = [from, from + BATCH] as const;
        return [
          delivered(atMs, number, partition, all),
          processed(atMs, number, partition, all),
          commit(atMs + 60, number, partition, from + BATCH),
        ];
      }),
      changed(2990, number, "revoked", [partition]),
      changed(3000, number, "left"),
    ];
  });
  return inTime([settings(), ...SENDS, ...members, readback(SENDS)]);
}

/**
 * The same, but member 1 is killed after it processed 0 to 6 of partition 0 and committed 5; member 2 takes
 * over at 2.5 s and reads on from 5: 5 and 6 are processed twice.
 */
export function takenOver(): HistoryEvent[] {
  const kept = exactlyOnce().filter(
    (event) => !("member" in event && event.member === `${GROUP}.1` && event.atMs >= 2100),
  );
  return inTime([
    ...kept,
    delivered(2100, 1, 0, [5, 10]),
    processed(2100, 1, 0, [5, 7]),
    changed(2130, 1, "ended"),
    changed(2400, 2, "revoked", [1]),
    changed(2450, 2, "assigned", [0, 1]),
    delivered(2500, 2, 0, [5, 10]),
    processed(2500, 2, 0, [5, 10]),
    commit(2560, 2, 0, 10),
  ]);
}

/** Sorts events as a run records them. */
export function inTime(events: readonly HistoryEvent[]): HistoryEvent[] {
  return [...events].sort((a, b) => a.atMs - b.atMs);
}

/** Changes the events of one kind for which `isIt` holds; `change` returns what stands in its place. */
export function mutated<Kind extends HistoryEvent["kind"]>(
  history: readonly HistoryEvent[],
  kind: Kind,
  isIt: (event: Extract<HistoryEvent, { kind: Kind }>) => boolean,
  change: (event: Extract<HistoryEvent, { kind: Kind }>) => readonly HistoryEvent[],
): HistoryEvent[] {
  let met = 0;
  const changedHistory = history.flatMap((event) => {
    const one = event as Extract<HistoryEvent, { kind: Kind }>;
    if (event.kind !== kind || !isIt(one)) return [event];
    met++;
    return change(one);
  });
  if (met === 0) throw new Error(`no event of kind ${kind} to change`);
  return changedHistory;
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
