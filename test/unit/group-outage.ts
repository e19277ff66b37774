// A run with a group of three members and six partitions, written by a small simulation: one member is
// killed and started again, one is frozen, the coordinator moves, and commits are refused meanwhile.

import type { Broker, GroupEvent, HistoryEvent, MemberChange } from "../../sdk/model/history.ts";
import { inTime, range } from "./group-histories.ts";

export interface OutageOptions {
  group?: string;
  topic?: string;
  /** Records a second and partition. */
  perSecond?: number;
  /** The time between two polls of a partition. */
  everyMs?: number;
}

const END_MS = 40_000;
const PARTITIONS = range(0, 6);

/** Who has which partitions when. */
type Turn = readonly [fromMs: number, toMs: number, member: number, partitions: readonly number[]];

/** Member 1 is killed at 8 s, its session ends at 14 s; it is back at 20 s. Member 3 is frozen at 26 s. */
const TURNS: readonly Turn[] = [
  [1500, 8000, 1, [0, 1]],
  [1500, 14_000, 2, [2, 3]],
  [1500, 14_000, 3, [4, 5]],
  [14_600, 20_500, 2, [0, 1, 2]],
  [14_600, 20_500, 3, [3, 4, 5]],
  [21_000, 32_000, 1, [0, 1]],
  [21_000, 32_000, 2, [2, 3]],
  [21_000, 26_000, 3, [4, 5]],
  [32_400, 36_200, 1, [0, 1, 4]],
  [32_400, 36_200, 2, [2, 3, 5]],
  [36_600, 39_000, 1, [0, 1]],
  [36_600, 39_000, 2, [2, 3]],
  [36_600, 39_000, 3, [4, 5]],
];
/** The ends of turns that a member did not see coming. */
const CUT_MS = [8000, 26_000];
const LEAVING_MS = 39_000;
/** When the coordinator was away. */
const AWAY_MS = [10_000, 11_500] as const;

/** The run as it would be recorded. */
export function groupOutage(options: OutageOptions = {}): HistoryEvent[] {
  const { group = "billing", topic = "orders", perSecond = 10, everyMs = 400 } = options;
  const given = { group, topic, perSecond, everyMs };
  const records = recordsOf(given);
  return inTime([...frame(), ...changesOf(given), ...viewsOf(group), ...records, ...lagsOf(given, records)]);
}

type Given = Required<OutageOptions>;

function frame(): HistoryEvent[] {
  const step = (atMs: number, name: string): HistoryEvent => ({ kind: "step", atMs, name });
  const facts = { startedAt: "2026-01-01T00:00:00.000Z", scenario: "a group", engine: "local" };
  return [
    { kind: "run", atMs: 0, ...facts, kafka: "3.9.2", brokers: [] },
    step(1000, "normal"),
    step(8000, "a member is killed"),
    step(20_000, "it is back"),
    step(26_000, "a member is frozen"),
    { kind: "note", atMs: END_MS, text: "end" },
  ];
}

function changesOf({ group, topic }: Given): HistoryEvent[] {
  const changed = (
    atMs: number,
    member: number,
    change: MemberChange,
    more: { partitions?: readonly number[]; error?: string } = {},
  ): HistoryEvent => ({
    ...{ kind: "member", atMs, group, member: `${group}.${member}`, change },
    ...(more.error !== undefined && { error: more.error }),
    ...(more.partitions && { partitions: more.partitions.map((partition) => ({ topic, partition })) }),
  });
  const turns = TURNS.flatMap(([fromMs, toMs, member, partitions]): HistoryEvent[] => [
    changed(fromMs - 10, member, "joined"),
    changed(fromMs, member, "assigned", { partitions }),
    ...(CUT_MS.includes(toMs) ? [] : [changed(toMs + 1, member, "revoked", { partitions })]),
    ...(CUT_MS.includes(toMs) || toMs === LEAVING_MS ? [] : [changed(toMs, member, "rebalancing")]),
    ...(toMs === LEAVING_MS ? [changed(toMs + 5, member, "left")] : []),
  ]);
  return [
    ...[1, 2, 3].map((member) => changed(600, member, "started")),
    ...turns,
    changed(8000, 1, "ended", { error: "SIGKILL" }),
    changed(20_000, 1, "started"),
    changed(26_000, 3, "paused"),
    changed(36_000, 3, "resumed"),
    changed(36_050, 3, "lost", { partitions: [4, 5] }),
    changed(36_060, 3, "rebalancing"),
  ];
}

function viewsOf(group: string): HistoryEvent[] {
  const seen = (atMs: number, state: string | null, coordinator: Broker | null): GroupEvent => ({
    ...{ kind: "group", atMs, group, state, coordinator, protocol: "classic", members: [] },
  });
  return [
    seen(700, "PreparingRebalance", 2),
    seen(1600, "Stable", 2),
    seen(AWAY_MS[0], null, null),
    seen(AWAY_MS[1], "Stable", 1),
    seen(14_100, "PreparingRebalance", 1),
    seen(14_700, "Stable", 1),
  ];
}

/** A poll of a partition every so often, a commit after each third; a new owner begins at the last one. */
function recordsOf({ group, topic, perSecond, everyMs }: Given): HistoryEvent[] {
  const [done, committed] = [PARTITIONS.map(() => 0), PARTITIONS.map(() => 0)];
  const polls = TURNS.flatMap(([fromMs, toMs, member, partitions]) =>
    range(0, Math.floor((toMs - fromMs) / everyMs)).flatMap((i) =>
      partitions.map((partition) => ({
        ...{ atMs: fromMs + 60 + i * everyMs + partition * 7, member, partition, i },
      })),
    ),
  ).sort((a, b) => a.atMs - b.atMs);
  return polls.flatMap(({ atMs, member, partition, i }): HistoryEvent[] => {
    const from = i === 0 ? committed[partition]! : done[partition]!;
    const to = sentBy(atMs, perSecond);
    if (to <= from) return [];
    done[partition] = to;
    const offsets = range(from, to).map(String);
    const of = { group, member: `${group}.${member}` };
    const records = offsets.map((offset) => ({ offset, value: `probe-${partition}-${offset}` }));
    const poll: HistoryEvent[] = [
      { kind: "delivered", atMs, ...of, topic, partition, records },
      { kind: "processed", atMs: atMs + 2, tookMs: 5, ...of, topic, partition, offsets },
    ];
    if (i % 3 !== 2) return poll;
    const isAway = atMs > AWAY_MS[0] && atMs < AWAY_MS[1];
    if (!isAway) committed[partition] = to;
    const answer = isAway ? { error: "NOT_COORDINATOR", isRefused: true } : {};
    const upTo = [{ topic, partition, offset: String(to) }];
    return [...poll, { kind: "commit", atMs: atMs + 8, tookMs: 3, ...of, offsets: upTo, ...answer }];
  });
}

/** How many records a partition has by then. */
function sentBy(atMs: number, perSecond: number): number {
  return Math.floor((Math.max(0, atMs - 1000) / 1000) * perSecond);
}

function lagsOf({ group, topic, perSecond }: Given, records: readonly HistoryEvent[]): HistoryEvent[] {
  const commits = records.flatMap((event) =>
    event.kind === "commit" && event.error === undefined
      ? event.offsets.map(({ partition, offset }) => ({
          atMs: event.atMs,
          partition,
          offset: Number(offset),
        }))
      : [],
  );
  const committedBy = (atMs: number, partition: number): number =>
    commits.reduce(
      (most, one) => (one.atMs <= atMs && one.partition === partition ? Math.max(most, one.offset) : most),
      0,
    );
  return range(0, 150).map((i): HistoryEvent => {
    const atMs = 1700 + i * 250;
    const end = String(sentBy(atMs, perSecond));
    const partitions = PARTITIONS.map((partition) => ({
      ...{ topic, partition, committed: String(committedBy(atMs, partition)), end },
    }));
    return { kind: "lag", atMs, group, partitions };
  });
}
