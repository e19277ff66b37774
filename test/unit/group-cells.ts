// Groups, clusters and faults of which every combination is predicted: fault × role × client × commit policy
// × protocol × static membership × how long it lasts.

import type { GroupCircumstances, KnownGroup } from "../../sdk/analysis/predict/groups/mod.ts";
import { resolveFault } from "../../sdk/faults/mod.ts";
import type { CommitPolicy } from "../../sdk/client/member/options.ts";
import type { FaultSpec } from "../../sdk/model/fault.ts";
import type { Broker, NodeId } from "../../sdk/model/history.ts";

export const TOPIC = "orders";
export const BROKERS: readonly Broker[] = [1, 2, 3];
const NODES: readonly NodeId[] = [1, 2, 3];

const JAVA = {
  client: "java",
  protocol: "classic",
  strategy: "eager",
  isStatic: false,
  sessionTimeout: 45_000,
  heartbeatInterval: 3_000,
  rebalanceTimeout: 300_000,
  maxPollRecords: 500,
  pollTimeout: 100,
} as const;
const OWN: readonly Partial<KnownGroup>[] = [
  {
    client: "kafkajs",
    protocol: "classic",
    strategy: "eager",
    isStatic: false,
    sessionTimeout: 30_000,
    rebalanceTimeout: 60_000,
    maxPollRecords: null,
    pollTimeout: null,
  },
  JAVA,
  { ...JAVA, isStatic: true },
  { ...JAVA, strategy: "cooperative" },
  { ...JAVA, protocol: "consumer", strategy: "cooperative", heartbeatInterval: 5_000 },
  { ...JAVA, pollTimeout: null },
];
export const COMMITS: readonly CommitPolicy[] = ["auto", "after", "before", "never", "application"];

/** A group with Kafka's and kafkajs's defaults, and what is given. */
export function group(given: Partial<KnownGroup> = {}): KnownGroup {
  return {
    ...JAVA,
    name: "billing",
    commit: "after",
    members: ["billing.1", "billing.2"],
    autoCommitInterval: 5_000,
    maxWait: 500,
    requestTimeout: 30_000,
    metadataMaxAge: 300_000,
    retries: 5,
    initialRetryTime: 300,
    maxRetryTime: 30_000,
    initialRebalanceDelay: 3_000,
    processMs: 0,
    ...given,
  };
}

/** Every group. */
export const GROUPS: readonly KnownGroup[] = OWN.flatMap((own) =>
  COMMITS.map((commit) => group({ ...own, commit })),
);

/** Three nodes that are broker and controller; the group's coordinator is one of them. */
export function circumstancesOf(
  own: KnownGroup,
  fault: GroupCircumstances["fault"],
  {
    coordinator = 3,
    offsetsReplicas = BROKERS,
    leaders = [1, 2],
    replicas = BROKERS,
  }: {
    coordinator?: Broker;
    offsetsReplicas?: readonly Broker[];
    leaders?: readonly Broker[];
    replicas?: readonly Broker[];
  } = {},
): GroupCircumstances {
  const known = (topic: string, partition: number, leader: Broker, all: readonly Broker[]) => ({
    topic,
    partition,
    state: { topic, partition, leader, replicas: [...all], isr: [...all], offline: [], leaderEpoch: 0 },
    minIsr: 1,
    uncleanElection: false,
    isAssumed: false,
  });
  return {
    kafka: "3.9.2",
    engine: "local",
    nodes: BROKERS.map((broker, i) => ({
      nodeId: NODES[i]!,
      broker,
      roles: ["broker", "controller"] as const,
      isReachable: true,
      properties: {},
    })),
    controller: 2,
    voters: NODES,
    group: own,
    offsets: known("__consumer_offsets", 7, coordinator, offsetsReplicas),
    partitions: leaders.map((leader, i) => ({
      ...known(TOPIC, i, leader, replicas.includes(leader) ? replicas : [leader]),
      member: own.members[i % own.members.length] ?? null,
    })),
    recordsPerSecond: 100,
    fault,
  };
}

const BROKER_FAULTS: readonly FaultSpec[] = [
  { kind: "stop" },
  { kind: "kill" },
  { kind: "pause" },
  { kind: "isolate" },
  { kind: "isolate", path: "clients" },
  { kind: "isolate", path: "peers" },
  { kind: "isolate", path: "clients", how: "reset" },
  { kind: "delay", delay: "200ms", path: "clients" },
  { kind: "delay", delay: "29s", path: "clients" },
  { kind: "delay", delay: "30s" },
];
const MEMBER_KINDS = ["stop", "kill", "pause", "slow", "add", "roll"] as const;
const LASTS: readonly (number | undefined)[] = [undefined, 2_000, 20_000, 200_000];

/** Where the leaders and the coordinator are, of a fault on broker 1. */
const PLACES = {
  leader: { coordinator: 3, leaders: [1, 2] },
  coordinator: { coordinator: 1, leaders: [2, 3] },
  both: { coordinator: 1, leaders: [1, 2] },
  neither: { coordinator: 2, leaders: [2, 3] },
  "one offsets replica": { coordinator: 1, leaders: [2, 3], offsetsReplicas: [1] },
  "one replica": { coordinator: 2, leaders: [1, 2], replicas: [1] },
} as const;

export interface Cell {
  readonly name: string;
  readonly circumstances: GroupCircumstances;
}

/** Every combination. */
export function allCells(): Cell[] {
  return GROUPS.flatMap((own) =>
    LASTS.flatMap((lastsMs) => {
      const membership = own.isStatic ? "static " : "";
      const of = `${own.client} ${own.protocol} ${own.strategy} ${membership}${own.commit}`;
      const lasts = lastsMs === undefined ? {} : { lastsMs };
      const onBrokers = Object.entries(PLACES).flatMap(([place, where]) =>
        BROKER_FAULTS.map((spec) => ({
          name: `${of}: ${JSON.stringify(spec)} of the ${place} for ${lastsMs}`,
          circumstances: circumstancesOf(own, { ...resolveFault(spec, [1]), ...lasts }, where),
        })),
      );
      const onMembers = MEMBER_KINDS.flatMap((kind) =>
        [["billing.1"], ["billing.1", "billing.2"]].map((members) => ({
          name: `${of}: ${kind} of ${members} for ${lastsMs}`,
          circumstances: circumstancesOf(own, {
            kind,
            members,
            ...(kind === "slow" ? { processMs: 2_000 } : {}),
            ...lasts,
          }),
        })),
      );
      return [...onBrokers, ...onMembers];
    }),
  );
}
