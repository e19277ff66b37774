// Histories of a group whose partition stands still, written out by hand: records every 100 ms, a member that
// processes each 10 ms after it was acknowledged, and a time in which nobody does.

import type {
  BrokerLogEvent,
  BrokerLogFact,
  ClusterEvent,
  FaultEvent,
  HealEvent,
  HistoryEvent,
  LogEvent,
  MemberEvent,
  SendEvent,
} from "../../sdk/model/history.ts";

export const GROUP = "billing";
export const TOPIC = "orders";
const PACE_MS = 100;
const WORK_MS = 10;

/** Who read the partition, from one moment to another; nobody reads between. */
export interface Spell {
  member: 1 | 2;
  fromMs: number;
  toMs: number;
}

/** A run: one partition, its records, and who read them. */
export interface OutageRun {
  spells: readonly Spell[];
  events: readonly HistoryEvent[];
  /** Settings of the members. */
  settings?: Readonly<Record<string, unknown>>;
  endMs?: number;
}

export const name = (member: 1 | 2): string => `${GROUP}.${member}`;
export const idOf = (member: 1 | 2): string => `${name(member)}-6c25b455-de4f-430e-a39a-766b4fc3a538`;

export const SETTINGS = {
  client: "java",
  protocol: "classic",
  sessionTimeout: 3000,
  heartbeatInterval: 500,
  rebalanceTimeout: 300_000,
  maxWait: 500,
  requestTimeout: 2000,
  reset: "earliest",
};

/** Puts a run's history together, in order of time. */
export function outageRun({
  spells,
  events,
  settings = SETTINGS,
  endMs = 20_000,
}: OutageRun): HistoryEvent[] {
  const sends = Array.from({ length: endMs / PACE_MS - 10 }, (_, n) => sendAt(n));
  const read = spells.flatMap((spell) => readIn(spell, sends, spells));
  const clients = ([1, 2] as const).map(
    (member): HistoryEvent => ({ kind: "client", atMs: 0, client: name(member), settings }),
  );
  const all: HistoryEvent[] = [...clients, view(1), ...sends, ...read, ...events];
  return [RUN, ...all.sort((a, b) => a.atMs - b.atMs)];
}

const RUN: HistoryEvent = {
  kind: "run",
  atMs: 0,
  startedAt: "2026-11-30T00:00:00.000Z",
  scenario: "groups",
  engine: "local",
  kafka: "3.9.2",
  brokers: [1, 2, 3].map((broker) => ({ broker, nodeId: broker, service: `kafka-${broker}` })),
  timers: {
    "broker.session.timeout.ms": 1500,
    "broker.heartbeat.interval.ms": 200,
    "group.initial.rebalance.delay.ms": 3000,
  },
};

function sendAt(n: number): SendEvent {
  const value = `probe-${n}`;
  return {
    ...{ kind: "send", atMs: 100 + n * PACE_MS, tookMs: 5, client: "probe", value, topic: TOPIC },
    ...{ outcome: "ok", broker: 1, partition: 0, offset: String(n), attempts: [] },
  };
}

/** What waited is processed at once, what comes later as it comes. */
function readIn(
  { member, fromMs, toMs }: Spell,
  sends: readonly SendEvent[],
  spells: readonly Spell[],
): HistoryEvent[] {
  const before = spells.filter((one) => one.toMs <= fromMs).map((one) => one.toMs);
  const done = Math.max(0, ...before);
  const isLeft = ({ atMs, tookMs }: SendEvent): boolean => atMs + tookMs + WORK_MS > done;
  const polls = new Map<number, SendEvent[]>();
  for (const send of sends.filter(isLeft)) {
    const atMs = Math.max(fromMs, send.atMs + send.tookMs);
    if (atMs + WORK_MS > toMs) continue;
    polls.set(atMs, [...(polls.get(atMs) ?? []), send]);
  }
  return [...polls].flatMap(([atMs, records]): HistoryEvent[] => {
    const at = { group: GROUP, member: name(member), topic: TOPIC, partition: 0 };
    const offsets = records.map(({ offset }) => offset!);
    return [
      {
        kind: "delivered",
        atMs,
        ...at,
        records: records.map(({ offset, value }) => ({ offset: offset!, value })),
      },
      { kind: "processed", atMs, tookMs: WORK_MS, ...at, offsets },
    ];
  });
}

export function member(
  atMs: number,
  number: 1 | 2,
  change: MemberEvent["change"],
  more: Partial<MemberEvent> = {},
): MemberEvent {
  const has = ["assigned", "revoked", "lost"].includes(change);
  return {
    ...{ kind: "member", atMs, group: GROUP, member: name(number), change },
    ...(has ? { partitions: [{ topic: TOPIC, partition: 0 }] } : {}),
    ...more,
  };
}

export function line(atMs: number, fact: BrokerLogFact, text: string = fact.what): BrokerLogEvent {
  const nodeId = (fact as { nodeId: number }).nodeId;
  return {
    ...{ kind: "broker log", atMs, service: `kafka-${nodeId}`, broker: nodeId, nodeId },
    ...{ level: "INFO", logger: "kafka", text, fact },
  };
}

export function clientLog(atMs: number, number: 1 | 2, text: string, logger = "NetworkClient"): LogEvent {
  return { kind: "log", atMs, source: name(number), level: "INFO", logger, text };
}

export function view(
  atMs: number,
  leader: number | null = 1,
  more: Partial<ClusterEvent> = {},
): ClusterEvent {
  return {
    ...{ kind: "cluster", atMs, controller: 3, controllerNodeId: 3, controllerEpoch: 1, alive: [1, 2, 3] },
    partitions: [
      {
        ...{ topic: TOPIC, partition: 0, leader, leaderEpoch: leader === 1 ? 0 : 1, replicas: [1, 2, 3] },
        ...{ isr: [1, 2, 3], offline: [] },
      },
    ],
    ...more,
  };
}

export function fault(atMs: number, kind: FaultEvent["fault"], broker: number): FaultEvent {
  return {
    ...{ kind: "fault", atMs: atMs - 5, tookMs: 10, effectAtMs: atMs, id: `${kind}-${broker}`, fault: kind },
    ...{ targets: [broker], asked: String(broker), via: "SIGKILL" },
  };
}

export function heal(atMs: number, of: FaultEvent): HealEvent {
  return {
    ...{ kind: "heal", atMs: atMs - 5, tookMs: 10, effectAtMs: atMs, id: of.id, fault: of.fault },
    ...{ targets: of.targets, via: "start" },
  };
}

/** Member 1 is killed at 10 s; its session expires, and member 2 takes over. */
export const killed: readonly HistoryEvent[] = [
  member(50, 1, "assigned"),
  member(50, 2, "assigned", { partitions: [] }),
  member(10_000, 1, "ended", { error: "SIGKILL" }),
  line(12_700, {
    what: "membersRemoved",
    nodeId: 2,
    group: GROUP,
    memberIds: [idOf(1)],
    why: "session",
  }),
  line(12_701, {
    what: "rebalanceBegun",
    nodeId: 2,
    group: GROUP,
    generation: 1,
    reason: `removing member ${idOf(1)} on heartbeat expiration`,
  }),
  member(13_000, 2, "rebalancing"),
  line(13_020, { what: "generationFormed", nodeId: 2, group: GROUP, generation: 2, members: 1 }),
  member(13_025, 2, "joined"),
  line(13_060, { what: "rebalanceEnded", nodeId: 2, group: GROUP, generation: 2 }),
  member(13_100, 2, "assigned"),
  clientLog(
    13_150,
    2,
    "Setting offset for partition orders-0 to the committed offset FetchPosition{offset=98}",
    "ConsumerUtils",
  ),
];

export const killedRun: OutageRun = {
  spells: [
    { member: 1, fromMs: 100, toMs: 9950 },
    { member: 2, fromMs: 13_300, toMs: 20_000 },
  ],
  events: killed,
};

const LEADER = fault(10_000, "kill", 1);

/** The partition's leader is killed at 10 s: broker 2 leads, and the member goes on. */
export const leaderKilledRun: OutageRun = {
  spells: [
    { member: 1, fromMs: 100, toMs: 9950 },
    { member: 1, fromMs: 12_200, toMs: 20_000 },
  ],
  events: [
    member(50, 1, "assigned"),
    LEADER,
    line(11_400, { what: "fenced", nodeId: 1 }),
    line(11_450, {
      what: "becameLeader",
      ...{ nodeId: 2, topic: TOPIC, partition: 0, leaderEpoch: 1, offset: "98", isr: [2, 3] },
    }),
    view(11_460, 2, { alive: [2, 3] }),
    clientLog(11_900, 1, "Node 1 disconnected."),
  ],
};
