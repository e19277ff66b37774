// Outages of every kind of a group's partition, written out by hand.

import type { HistoryEvent } from "../../sdk/model/history.ts";
import {
  clientLog,
  fault,
  GROUP,
  heal,
  idOf,
  killed,
  killedRun,
  leaderKilledRun,
  line,
  member,
  type OutageRun,
  SETTINGS,
  TOPIC,
  view,
} from "./group-outages.ts";

const OFFSETS = { topic: "__consumer_offsets", partition: 7, leaderEpoch: 1, offset: "0", isr: [2, 3] };
const kafkajs = { ...SETTINGS, client: "kafkajs" };
const assigned = member(50, 1, "assigned");
const spells = (...all: readonly [member: 1 | 2, fromMs: number, toMs: number][]): OutageRun["spells"] =>
  all.map(([number, fromMs, toMs]) => ({ member: number, fromMs, toMs }));

const begun = (atMs: number, reason: string, generation = 1): HistoryEvent =>
  line(
    atMs,
    { what: "rebalanceBegun", nodeId: 2, group: GROUP, generation, reason },
    `[GroupCoordinator 2]: Preparing to rebalance group billing (__consumer_offsets-7) (reason: ${reason})`,
  );
const formed = (atMs: number, generation = 2): HistoryEvent =>
  line(atMs, { what: "generationFormed", nodeId: 2, group: GROUP, generation, members: 1 });
const ended = (atMs: number, generation = 2): HistoryEvent =>
  line(atMs, { what: "rebalanceEnded", nodeId: 2, group: GROUP, generation });
const expired = (atMs: number): HistoryEvent =>
  line(atMs, { what: "membersRemoved", nodeId: 2, group: GROUP, memberIds: [idOf(1)], why: "session" });
/** Broker 1 coordinates the group until it is gone; then broker 2 does. */
const coordinatorMoves = (fencedMs: number): HistoryEvent[] => [
  begunBy1,
  line(fencedMs, { what: "fenced", nodeId: 1 }),
  line(fencedMs + 20, { what: "becameLeader", nodeId: 2, ...OFFSETS }),
  line(fencedMs + 30, { what: "coordinatorElected", nodeId: 2, offsetsPartition: 7 }),
  line(fencedMs + 180, { what: "offsetsLoaded", nodeId: 2, offsetsPartition: 7, tookMs: 150 }),
];
const begunBy1 = line(
  20,
  { what: "rebalanceBegun", nodeId: 1, group: GROUP, generation: 0, reason: "Adding new member" },
  "[GroupCoordinator 1]: Preparing to rebalance group billing (__consumer_offsets-7)",
);
const kill1 = fault(10_000, "kill", 1);
const pause1 = fault(10_000, "pause", 1);

/** A kind of outage, and the kinds of its parts in their order. */
export interface OutageCase extends OutageRun {
  title: string;
  kinds: readonly string[];
  /** Timers that are named. */
  timers?: readonly string[];
}

export const CASES: readonly OutageCase[] = [
  {
    title: "a member is killed: its session has to expire",
    ...killedRun,
    kinds: ["detection", "join", "sync", "sync", "position", "fetch", "processing"],
    timers: ["session.timeout.ms", "heartbeat.interval.ms"],
  },
  {
    title: "the partition's leader is killed",
    ...leaderKilledRun,
    kinds: ["detection", "election", "reconnect", "fetch", "processing"],
    timers: ["broker.session.timeout.ms"],
  },
  {
    title: "the partition's leader is frozen: the client waits for its request's timeout",
    spells: spells([1, 100, 9950], [1, 12_300, 20_000]),
    events: [
      assigned,
      pause1,
      line(11_400, { what: "fenced", nodeId: 1 }),
      line(11_450, {
        what: "becameLeader",
        ...{ nodeId: 2, topic: TOPIC, partition: 0, leaderEpoch: 1, offset: "98", isr: [2, 3] },
      }),
      view(11_460, 2, { alive: [2, 3] }),
      clientLog(12_000, 1, "Disconnecting from node 1 due to request timeout."),
    ],
    kinds: ["detection", "election", "request", "fetch", "processing"],
    timers: ["broker.session.timeout.ms", "request.timeout.ms"],
  },
  {
    title: "the only replica's broker is started again",
    spells: spells([1, 100, 9950], [1, 15_500, 20_000]),
    events: [
      assigned,
      kill1,
      line(11_400, { what: "fenced", nodeId: 1 }),
      view(11_410, null, { alive: [2, 3] }),
      heal(14_000, kill1),
      line(15_000, { what: "started", nodeId: 1 }),
      view(15_010, 1),
    ],
    kinds: ["healing", "healing", "fetch", "processing"],
  },
  {
    title: "the answers of the leader are late",
    spells: spells([1, 100, 9950], [1, 12_000, 20_000]),
    events: [
      assigned,
      {
        ...fault(10_000, "delay", 1),
        network: [
          { kind: "delay", broker: 1, path: "clients", direction: "out", delayMs: 2000, jitterMs: 0 },
        ],
      },
    ],
    kinds: ["delay", "processing"],
  },
  {
    title: "a member is frozen, and its session expires",
    spells: spells([1, 100, 9950], [2, 13_300, 20_000]),
    events: killed.map((one) =>
      one.kind === "member" && one.change === "ended" ? member(10_000, 1, "paused") : one,
    ),
    kinds: ["detection", "join", "sync", "sync", "position", "fetch", "processing"],
    timers: ["session.timeout.ms", "heartbeat.interval.ms"],
  },
  {
    title: "a member is frozen, and resumed before its session expires",
    spells: spells([1, 100, 9950], [1, 12_010, 20_000]),
    events: [assigned, member(10_000, 1, "paused"), member(12_000, 1, "resumed")],
    kinds: ["healing", "fetch", "processing"],
  },
  {
    title: "the group's only member is started again",
    spells: spells([1, 100, 9950], [1, 13_300, 20_000]),
    events: [
      assigned,
      member(10_000, 1, "ended", { error: "SIGKILL" }),
      member(11_000, 1, "started"),
      member(11_500, 1, "rebalancing"),
      begun(11_510, `Adding new member ${idOf(1)} with group instance id None`),
      expired(12_700),
      formed(12_710),
      ended(12_800),
      member(12_900, 1, "assigned"),
    ],
    kinds: ["healing", "start", "join", "join", "sync", "sync", "fetch", "processing"],
    timers: ["session.timeout.ms"],
  },
  {
    title: "a group begins: its first generation waits for more members",
    spells: spells([1, 4300, 20_000]),
    events: [
      member(60, 1, "started"),
      member(900, 1, "rebalancing"),
      begun(910, `Adding new member ${idOf(1)} with group instance id None`, 0),
      formed(3920, 1),
      ended(3950, 1),
      member(4000, 1, "assigned"),
    ],
    kinds: ["start", "join", "sync", "sync", "fetch", "processing"],
    timers: ["group.initial.rebalance.delay.ms"],
  },
  {
    title: "member and coordinator are killed together: the session begins anew with the new coordinator",
    spells: spells([1, 100, 9950], [2, 15_600, 20_000]),
    events: [
      assigned,
      kill1,
      member(10_000, 1, "ended", { error: "SIGKILL" }),
      ...coordinatorMoves(11_400),
      view(9990, 2),
      clientLog(
        11_700,
        2,
        "Discovered group coordinator localhost:29092 (id: 2147483645 rack: null)",
        "ConsumerCoordinator",
      ),
      expired(14_600),
      begun(14_601, "removing member on heartbeat expiration"),
      member(15_000, 2, "rebalancing"),
      formed(15_020),
      ended(15_060),
      member(15_100, 2, "assigned"),
    ],
    kinds: [
      "detection",
      "coordinator",
      "loading",
      "coordinator",
      "detection",
      "join",
      "sync",
      "sync",
      "fetch",
      "processing",
    ],
    timers: ["broker.session.timeout.ms", "session.timeout.ms", "heartbeat.interval.ms"],
  },
  {
    title: "kafkajs waits for the answer to a commit while its coordinator is gone",
    settings: kafkajs,
    spells: spells([1, 100, 9950], [1, 12_100, 20_000]),
    events: [
      assigned,
      kill1,
      view(9990, 2),
      ...coordinatorMoves(11_400),
      {
        ...{ kind: "commit", atMs: 9960, tookMs: 2100, group: GROUP, member: "billing.1" },
        offsets: [{ topic: TOPIC, partition: 0, offset: "98" }],
      },
    ],
    kinds: ["detection", "coordinator", "loading", "commit", "fetch", "processing"],
    timers: ["broker.session.timeout.ms"],
  },
  {
    title: "kafkajs gives up, and begins anew after a pause",
    settings: kafkajs,
    spells: spells([1, 100, 9950], [1, 13_000, 20_000]),
    events: [
      assigned,
      clientLog(10_100, 1, "Crash: KafkaJSNumberOfRetriesExceeded", "Consumer"),
      clientLog(10_100, 1, "Restarting the consumer in 2000ms", "Consumer"),
    ],
    kinds: ["back-off", "fetch", "processing"],
  },
  {
    title: "a member that does not join in time is removed",
    settings: { ...SETTINGS, rebalanceTimeout: 3000 },
    spells: spells([2, 100, 9950], [2, 13_400, 20_000]),
    events: [
      member(50, 2, "assigned"),
      begun(9960, "Adding new member billing.3-a"),
      member(10_000, 2, "revoked"),
      member(10_001, 2, "rebalancing"),
      line(12_970, {
        what: "membersRemoved",
        ...{ nodeId: 2, group: GROUP, memberIds: [idOf(1)], why: "rebalance timeout" },
      }),
      formed(12_975),
      ended(13_000),
      member(13_100, 2, "assigned"),
    ],
    kinds: ["join", "join", "sync", "sync", "fetch", "processing"],
    timers: ["max.poll.interval.ms"],
  },
  {
    title: "KIP-848: the coordinator computes the assignment",
    settings: { ...SETTINGS, protocol: "consumer" },
    spells: spells([1, 100, 9950], [2, 13_300, 20_000]),
    events: [
      assigned,
      member(10_000, 1, "ended", { error: "SIGKILL" }),
      expired(12_700),
      begun(12_701, "group epoch 3"),
      ended(12_702, 3),
      member(13_100, 2, "assigned"),
    ],
    kinds: ["detection", "sync", "sync", "fetch", "processing"],
  },
  {
    title: "without the brokers' logs: what the members say",
    spells: spells([1, 100, 9950], [2, 13_300, 20_000]),
    events: killed.filter(({ kind }) => kind === "member"),
    kinds: ["detection", "join", "sync", "fetch", "processing"],
    timers: ["session.timeout.ms"],
  },
  {
    title: "answers come so late that the coordinator throws a healthy member out",
    spells: spells([1, 100, 9950], [1, 16_000, 20_000]),
    events: [
      assigned,
      {
        ...fault(10_000, "delay", 2),
        network: [
          { kind: "delay", broker: 2, path: "clients", direction: "out", delayMs: 5000, jitterMs: 0 },
        ],
      },
      expired(13_100),
      begun(15_700, `Adding new member ${idOf(1)} with group instance id None`),
      formed(15_710),
      ended(15_720),
      member(15_730, 1, "assigned"),
    ],
    kinds: ["detection", "delay", "join", "sync", "sync", "fetch", "processing"],
    timers: ["session.timeout.ms"],
  },
  {
    title: "nobody takes over",
    spells: spells([1, 100, 9950]),
    events: [assigned, member(10_000, 1, "ended", { error: "SIGKILL" })],
    kinds: ["other"],
  },
  {
    title: "a frozen member keeps its partition to the end",
    spells: spells([1, 100, 9950]),
    events: [assigned, member(10_000, 1, "paused")],
    kinds: ["other"],
  },
  {
    title: "nothing tells",
    spells: spells([1, 100, 9950], [1, 16_000, 20_000]),
    events: [assigned],
    kinds: ["unexplained", "fetch", "processing"],
  },
];
