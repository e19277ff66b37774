// Small histories of one outage each, written out. Times in milliseconds since the run's start.

import type {
  Attempt,
  Broker,
  BrokerLogEvent,
  ClientEvent,
  ClusterEvent,
  FaultEvent,
  FaultKind,
  HealEvent,
  HistoryEvent,
  PartitionState,
  RunEvent,
  SendEvent,
  BrokerLogFact,
} from "../../../sdk/model/history.ts";
import type { NetFault } from "../../../sdk/model/traffic.ts";

export const TIMERS: Readonly<Record<string, number>> = {
  "broker.session.timeout.ms": 9000,
  "broker.heartbeat.interval.ms": 2000,
  "controller.quorum.fetch.timeout.ms": 2000,
  "controller.quorum.election.timeout.ms": 1000,
  "controller.quorum.election.backoff.max.ms": 1000,
  "replica.lag.time.max.ms": 30_000,
};

const run = (nodes: number): RunEvent => ({
  kind: "run",
  atMs: 0,
  startedAt: "2026-11-25T14:51:41.323Z",
  scenario: "test",
  engine: "local",
  kafka: "3.9.2",
  brokers: Array.from({ length: nodes }, (_, i) => ({
    broker: i + 1,
    nodeId: i + 1,
    service: `kafka-${i + 1}`,
  })),
  timers: TIMERS,
});
const client: ClientEvent = {
  kind: "client",
  atMs: 1,
  client: "probe",
  settings: {
    client: "kafkajs",
    acks: -1,
    requestTimeout: 12_000,
    connectionTimeout: 1000,
    initialRetryTime: 300,
    maxRetryTime: 600,
  },
};

export const log = (
  atMs: number,
  nodeId: number,
  fact: BrokerLogFact,
  text: string = fact.what,
): BrokerLogEvent => ({
  kind: "broker log",
  atMs,
  service: `kafka-${nodeId}`,
  broker: nodeId,
  nodeId,
  level: "INFO",
  logger: "test",
  text,
  fact,
});

export const view = (
  atMs: number,
  controller: Broker | null,
  alive: readonly Broker[],
  state: Partial<PartitionState>,
): ClusterEvent => ({
  kind: "cluster",
  atMs,
  controller,
  controllerNodeId: controller === null ? null : Number(controller),
  controllerEpoch: 1,
  alive,
  partitions: [
    {
      topic: "my_topic",
      partition: 0,
      leader: 1,
      leaderEpoch: 0,
      replicas: [1, 2, 3],
      isr: [1, 2, 3],
      offline: [],
      ...state,
    },
  ],
});

export const fault = (
  kind: FaultKind,
  effectAtMs: number,
  target: Broker,
  network?: readonly NetFault[],
): FaultEvent => ({
  kind: "fault",
  atMs: effectAtMs - 1,
  tookMs: 3,
  effectAtMs,
  id: `${kind}-1`,
  fault: kind,
  targets: [target],
  asked: String(target),
  via: "test",
  ...(network === undefined ? {} : { network }),
});
export const heal = (kind: FaultKind, effectAtMs: number, target: Broker): HealEvent => ({
  kind: "heal",
  atMs: effectAtMs - 1,
  tookMs: 3,
  effectAtMs,
  id: `${kind}-1`,
  fault: kind,
  targets: [target],
  via: "test",
});

/** One try: when, how long, what, whom, and its error. */
export const attempt = (
  atMs: number,
  tookMs: number,
  api: string,
  broker: Broker,
  error?: string,
): Attempt => ({
  atMs,
  tookMs,
  broker,
  address: `localhost:2909${broker}`,
  api,
  ...(error === undefined ? {} : { error }),
});

/** A send that was acknowledged by a broker after its tries. */
export const acked = (
  atMs: number,
  toMs: number,
  broker: Broker,
  attempts: readonly Attempt[] = [attempt(atMs, toMs - atMs, "Produce", broker)],
): SendEvent => ({
  kind: "send",
  atMs,
  tookMs: toMs - atMs,
  client: "probe",
  value: `probe-${atMs}`,
  topic: "my_topic",
  outcome: "ok",
  broker,
  partition: 0,
  offset: String(atMs),
  attempts,
});
/** A send of which nobody knows. */
export const unknown = (atMs: number, toMs: number, attempts: readonly Attempt[]): SendEvent => ({
  kind: "send",
  atMs,
  tookMs: toMs - atMs,
  client: "probe",
  value: `probe-${atMs}`,
  topic: "my_topic",
  outcome: "info",
  attempts,
  error: "not acknowledged",
});

const before = [...[100, 200, 300, 400, 500, 600, 700, 800, 900, 990].map((at) => acked(at, at + 5, 1))];
const leads = (atMs: number, nodeId: number, leaderEpoch: number, isr: readonly number[]): BrokerLogEvent =>
  log(atMs, nodeId, {
    what: "becameLeader",
    nodeId,
    topic: "my_topic",
    partition: 0,
    leaderEpoch,
    offset: "10",
    isr,
  });

/** A leader that is no controller is killed; the client tells of its requests for metadata. */
export const killed: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 3, [1, 2, 3], {}),
  ...before,
  fault("kill", 1000, 1),
  log(
    9600,
    3,
    { what: "fenced", nodeId: 1 },
    "[QuorumController id=3] Fencing broker 1 because its session has timed out.",
  ),
  log(9604, 3, { what: "registration", nodeId: 1, state: "fenced" }),
  leads(9700, 2, 1, [2, 3]),
  view(9720, 3, [2, 3], { leader: 2, leaderEpoch: 1, isr: [2, 3], offline: [1] }),
  acked(995, 10_300, 2, [
    attempt(996, 6, "Produce", 1, "ECONNRESET"),
    attempt(1300, 1, "Connect", 1, "ECONNREFUSED"),
    attempt(9500, 1, "Connect", 1, "ECONNREFUSED"),
    attempt(9950, 150, "Metadata", 3),
    attempt(10_100, 40, "Connect", 2),
    attempt(10_140, 10, "ApiVersions", 2),
    attempt(10_150, 148, "Produce", 2),
  ]),
];

/** A leader is paused; the client's request hangs until its timeout, after the cluster has long moved on. */
export const paused: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 3, [1, 2, 3], {}),
  ...before,
  fault("pause", 1000, 1),
  log(9600, 3, { what: "fenced", nodeId: 1 }),
  leads(9700, 2, 1, [2, 3]),
  view(9720, 3, [2, 3], { leader: 2, leaderEpoch: 1, isr: [2, 3], offline: [1] }),
  acked(1010, 13_500, 2, [
    attempt(1011, 12_000, "Produce", 1, "TIMEOUT"),
    attempt(13_311, 50, "Metadata", 3),
    attempt(13_361, 9, "Connect", 2),
    attempt(13_370, 128, "Produce", 2),
  ]),
];

/** A follower is killed; with acks=all the leader waits for it until it is out of the ISR. */
export const follower: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 3, [1, 2, 3], {}),
  ...before,
  fault("kill", 1000, 2),
  log(9300, 3, { what: "fenced", nodeId: 2 }),
  view(9340, 3, [1, 3], { isr: [1, 3], offline: [2] }),
  acked(1010, 9360, 1, [attempt(1011, 8349, "Produce", 1)]),
];

/** Two voters, one killed: nobody can choose another leader. */
export const quorumLost: readonly HistoryEvent[] = [
  run(2),
  client,
  view(50, 1, [1, 2], { replicas: [1, 2], isr: [1, 2] }),
  ...before,
  fault("kill", 1000, 1),
  view(1040, null, [1, 2], { replicas: [1, 2], isr: [1, 2] }),
  log(3000, 2, { what: "becameCandidate", nodeId: 2 }, "Become candidate due to fetch timeout"),
  log(3005, 2, { what: "quorumLeader", nodeId: null, epoch: 2 }),
  log(18_000, 2, { what: "quorumLeader", nodeId: null, epoch: 15 }),
  unknown(1010, 21_000, [
    attempt(1011, 1, "Connect", 1, "ECONNREFUSED"),
    attempt(20_500, 1, "Connect", 1, "ECONNREFUSED"),
  ]),
];

/** One replica, its broker killed and started again. */
export const healedAfterKill: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 3, [1, 2, 3], { replicas: [1], isr: [1] }),
  ...before,
  fault("kill", 1000, 1),
  log(9600, 3, { what: "fenced", nodeId: 1 }),
  view(9650, 3, [2, 3], { leader: null, leaderEpoch: 1, replicas: [1], isr: [1], offline: [1] }),
  heal("kill", 15_000, 1),
  log(17_500, 3, { what: "registration", nodeId: 1, state: "unfenced" }),
  leads(17_600, 1, 2, [1]),
  log(17_650, 1, { what: "started", nodeId: 1 }),
  view(17_640, 3, [1, 2, 3], { leader: 1, leaderEpoch: 2, replicas: [1], isr: [1] }),
  acked(1010, 18_100, 1, [
    attempt(1011, 1, "Connect", 1, "ECONNREFUSED"),
    attempt(17_400, 1, "Connect", 1, "ECONNREFUSED"),
    attempt(18_000, 4, "Connect", 1),
    attempt(18_004, 94, "Produce", 1),
  ]),
];

/** A pause that is shorter than the session: nobody noticed but the client. */
export const shortPause: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 3, [1, 2, 3], {}),
  ...before,
  fault("pause", 1000, 1),
  heal("pause", 4000, 1),
  acked(1010, 4020, 1, [attempt(1011, 3008, "Produce", 1)]),
];

const delay: NetFault = {
  kind: "delay",
  broker: 1,
  path: "clients",
  direction: "out",
  delayMs: 3000,
  jitterMs: 0,
};
/** A cold client behind a delay of three seconds: four answers, each of them late. */
export const delayed: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 3, [1, 2, 3], {}),
  fault("delay", 500, 1, [delay]),
  acked(1000, 13_020, 1, [
    attempt(1001, 3002, "Connect", 1),
    attempt(4003, 3003, "ApiVersions", 1),
    attempt(7006, 3002, "Metadata", 1),
    attempt(10_010, 3006, "Produce", 1),
  ]),
];

/** The leader is asked to end: it hands over first. */
export const stopped: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 3, [1, 2, 3], {}),
  ...before,
  fault("stop", 1000, 1),
  log(1003, 1, { what: "shuttingDown", nodeId: 1 }),
  log(1010, 3, { what: "controlledShutdownGranted", nodeId: 1 }),
  leads(1100, 2, 1, [2, 3]),
  view(1090, 3, [1, 2, 3], { leader: 2, leaderEpoch: 1, isr: [2, 3] }),
  acked(1005, 1600, 2, [
    attempt(1006, 80, "Produce", 1, "NOT_LEADER_OR_FOLLOWER"),
    attempt(1380, 40, "Metadata", 2),
    attempt(1420, 178, "Produce", 2),
  ]),
];

/**
 * The same, where the metadata came from the old leader before the pause, as kafkajs does it: refused, asked,
 * waited.
 */
export const refreshedFirst: readonly HistoryEvent[] = stopped.map((event) =>
  event.kind === "send" && event.attempts.some(({ api }) => api === "Metadata")
    ? {
        ...event,
        attempts: [
          attempt(1010, 90, "Produce", 1, "NOT_LEADER_OR_FOLLOWER"),
          attempt(1101, 8, "Metadata", 1),
          attempt(1410, 180, "Produce", 2),
        ],
      }
    : event,
);

/** A connection broke, and no fault was injected. */
export const hiccup: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 3, [1, 2, 3], {}),
  ...before,
  acked(1010, 3000, 1, [
    attempt(1011, 40, "Produce", 1, "ECONNRESET"),
    attempt(1400, 60, "Connect", 1),
    attempt(2980, 18, "Produce", 1),
  ]),
];

/** A client that stays with a broker that hangs; the cluster has moved on. */
export const stuck: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 3, [1, 2, 3], {}),
  ...before,
  fault("pause", 1000, 1),
  log(9600, 3, { what: "fenced", nodeId: 1 }),
  leads(9700, 2, 1, [2, 3]),
  view(9720, 3, [2, 3], { leader: 2, leaderEpoch: 1, isr: [2, 3], offline: [1] }),
  unknown(1010, 60_000, [attempt(1011, 5000, "Produce", 1, "TIMEOUT")]),
];

/** Two of three replicas are gone, and the topic wants two in sync. */
export const tooFew: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 1, [1, 2, 3], { isr: [1, 2] }),
  ...before,
  fault("kill", 1000, 2),
  log(9600, 1, { what: "fenced", nodeId: 2 }),
  view(9650, 1, [1, 3], { isr: [1], offline: [2] }),
  unknown(1010, 30_000, [
    attempt(1011, 8700, "Produce", 1, "NOT_ENOUGH_REPLICAS_AFTER_APPEND"),
    attempt(29_900, 2, "Produce", 1, "NOT_ENOUGH_REPLICAS"),
  ]),
];

/**
 * Nothing gets through between the leader and its clients, until it is healed; TCP sends again a second
 * later.
 */
export const cutOff: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 3, [1, 2, 3], {}),
  ...before,
  fault("isolate", 1000, 1, [
    { kind: "isolate", broker: 1, path: "clients", direction: "both", how: "drop" },
  ]),
  heal("isolate", 5000, 1),
  acked(1010, 6000, 1, [attempt(1011, 4988, "Produce", 1)]),
];

/** A follower that hears nothing of its leader is not fenced: the leader misses it. */
export const lagging: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 3, [1, 2, 3], {}),
  ...before,
  fault("isolate", 1000, 2, [{ kind: "isolate", broker: 2, path: "peers", direction: "both", how: "drop" }]),
  log(31_500, 1, {
    what: "isrShrinks",
    nodeId: 1,
    topic: "my_topic",
    partition: 0,
    from: [1, 2, 3],
    to: [1, 3],
  }),
  log(31_560, 1, { what: "isr", nodeId: 1, topic: "my_topic", partition: 0, isr: [1, 3] }),
  acked(1010, 31_610, 1, [attempt(1011, 30_598, "Produce", 1)]),
];

/** The cluster has long another leader; the client knows one server, and that one is gone. */
export const alone: readonly HistoryEvent[] = [
  run(3),
  { ...client, settings: { ...client.settings, bootstrap: ["localhost:29091"] } },
  view(50, 3, [1, 2, 3], {}),
  ...before,
  fault("kill", 1000, 1),
  log(9600, 3, { what: "fenced", nodeId: 1 }),
  leads(9700, 2, 1, [2, 3]),
  view(9720, 3, [2, 3], { leader: 2, leaderEpoch: 1, isr: [2, 3], offline: [1] }),
  heal("kill", 15_000, 1),
  // broker 1 reads in the metadata log what became of it before
  log(16_000, 1, { what: "registration", nodeId: 1, state: "unfenced" }),
  log(17_500, 3, { what: "registration", nodeId: 1, state: "unfenced" }),
  log(17_650, 1, { what: "started", nodeId: 1 }),
  acked(1010, 18_100, 2, [
    attempt(1011, 1, "Connect", 1, "ECONNREFUSED"),
    attempt(14_900, 1, "Connect", 1, "ECONNREFUSED"),
    attempt(17_400, 1, "Connect", 1, "ECONNREFUSED"),
    attempt(18_004, 94, "Produce", 2),
  ]),
];

/** Two of three replicas wanted in sync, one left; refused until the other is back. */
export const refusedUntilHealed: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 1, [1, 2, 3], { isr: [1, 2] }),
  ...before,
  fault("kill", 1000, 2),
  log(9600, 1, { what: "fenced", nodeId: 2 }),
  view(9650, 1, [1, 3], { isr: [1], offline: [2] }),
  heal("kill", 20_000, 2),
  log(24_000, 1, { what: "isr", nodeId: 1, topic: "my_topic", partition: 0, isr: [1, 2] }),
  acked(1010, 24_300, 1, [
    attempt(1011, 8700, "Produce", 1, "NOT_ENOUGH_REPLICAS_AFTER_APPEND"),
    attempt(10_000, 2, "Produce", 1, "NOT_ENOUGH_REPLICAS"),
    attempt(23_900, 2, "Produce", 1, "NOT_ENOUGH_REPLICAS"),
    attempt(24_200, 98, "Produce", 1),
  ]),
];

/** The delay lies between brokers: with acks=all the leader waits for the followers' fetches. */
export const delayedPeers: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 3, [1, 2, 3], {}),
  ...before,
  fault("delay", 1000, 2, [
    { kind: "delay", broker: 2, path: "peers", direction: "both", delayMs: 1000, jitterMs: 0 },
  ]),
  acked(1010, 3020, 1, [attempt(1011, 2008, "Produce", 1)]),
];

/** A delay that was healed while an answer waited, as tc lets out what it holds. */
export const delayHealed: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 3, [1, 2, 3], {}),
  ...before,
  fault("delay", 1000, 1, [{ ...delay, delayMs: 30_000 }]),
  heal("delay", 6000, 1),
  acked(1010, 6010, 1, [attempt(1011, 4998, "Produce", 1)]),
];

/** A delay that is longer than the client waits: it asks again and again. */
export const delayedTooLong: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 3, [1, 2, 3], {}),
  ...before,
  fault("delay", 1000, 1, [{ ...delay, delayMs: 30_000 }]),
  unknown(1010, 26_000, [
    attempt(1011, 12_001, "Produce", 1, "TIMEOUT"),
    attempt(13_312, 12_001, "Produce", 1, "TIMEOUT"),
  ]),
];

/**
 * Kafkajs tells of no request for metadata that was answered: three seconds of silence behind a delay of
 * three.
 */
export const unexplained: readonly HistoryEvent[] = [
  run(3),
  client,
  view(50, 3, [1, 2, 3], {}),
  fault("delay", 500, 1, [delay]),
  acked(1000, 7010, 1, [attempt(4003, 3005, "Produce", 1)]),
];
