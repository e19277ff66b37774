// The rows: fault × target × settings × client × engine.
//
// Most have fast timers, which keep the order of Kafka's own and take a sixth of the time. What is left out
// is what most rows have: three brokers, three replicas of which two must have a record, and a kafkajs client
// with acks=all that knows the cluster.

import type { FaultSpec } from "@kafka-failure-lab/sdk";
import type { Controller, Row, RowClient, RowTopic, Whom } from "./row.ts";

/** What a row must say. */
type Given = Pick<Row, "id"> & {
  readonly does: FaultSpec;
  readonly to: readonly [Whom, Controller];
} & Partial<Omit<Row, "id" | "fault" | "whom" | "controller">>;

const [stop, kill, pause] = [{ kind: "stop" }, { kind: "kill" }, { kind: "pause" }] as const;

/** So that a client with fast brokers does not wait for a frozen one for longer than they do. */
const QUICK: RowClient = { requestTimeout: "2s" };
/** kafkajs as it comes, without the lab's longer patience. */
const OWN: RowClient = {
  requestTimeout: "30s",
  retries: 5,
  initialRetryTime: "300ms",
  maxRetryTime: "30s",
  dropHungConnections: false,
};
const JAVA: RowClient = { client: "java", requestTimeout: "2s" };

const MIN_1: RowTopic = { isCreated: true, config: { "min.insync.replicas": "1" } };
const MIN_3: RowTopic = { isCreated: true, config: { "min.insync.replicas": "3" } };
const RF_1: RowTopic = { isCreated: true, replicationFactor: 1, config: { "min.insync.replicas": "1" } };
const RF_2: RowTopic = { isCreated: true, replicationFactor: 2, config: { "min.insync.replicas": "1" } };

const POSTED = { compose: ["as-posted"], topic: { isCreated: false } } as const;
const TWO_VOTERS = {
  compose: ["as-posted", "fix-replication", "fix-listeners"],
  topic: { isCreated: false },
} as const;
const FIXED = {
  compose: ["as-posted", "fix-replication", "fix-listeners", "fix-quorum"],
  topic: { isCreated: false },
} as const;
const DEFAULT = { timers: "default", client: {}, watchFor: "30s" } as const;
const FOUR = { kafka: "4" } as const;
const DOCKER = { engine: "docker", ...DEFAULT } as const;

const GIVEN: readonly Given[] = [
  { id: "stop-leader", does: stop, to: ["leader", "spared"] },
  { id: "stop-leader-controller", does: stop, to: ["leader", "hit"] },
  { id: "stop-follower", does: stop, to: ["follower", "spared"] },
  { id: "stop-controller", does: stop, to: ["follower", "hit"] },
  { id: "stop-followers", does: stop, to: ["followers", "spared"], watchFor: "6s" },
  { id: "kill-leader", does: kill, to: ["leader", "spared"] },
  { id: "kill-leader-controller", does: kill, to: ["leader", "hit"] },
  { id: "kill-follower", does: kill, to: ["follower", "spared"] },
  { id: "kill-controller", does: kill, to: ["follower", "hit"] },
  { id: "kill-followers", does: kill, to: ["followers", "spared"] },
  { id: "kill-followers-acks-1", does: kill, to: ["followers", "hit"], client: { ...QUICK, acks: 1 } },
  { id: "pause-leader", does: pause, to: ["leader", "spared"] },
  { id: "pause-leader-controller", does: pause, to: ["leader", "hit"] },
  { id: "pause-follower", does: pause, to: ["follower", "spared"] },
  { id: "pause-controller", does: pause, to: ["follower", "hit"] },
  { id: "pause-followers", does: pause, to: ["followers", "hit"] },
  {
    id: "pause-leader-kept",
    does: pause,
    to: ["leader", "spared"],
    client: { ...QUICK, dropHungConnections: false },
  },

  { id: "isolate-leader-clients", does: { kind: "isolate", path: "clients" }, to: ["leader", "spared"] },
  {
    id: "isolate-leader-clients-reset",
    does: { kind: "isolate", path: "clients", how: "reset" },
    to: ["leader", "spared"],
  },
  { id: "isolate-leader-peers", does: { kind: "isolate", path: "peers" }, to: ["leader", "spared"] },
  {
    id: "isolate-leader-peers-min-1",
    does: { kind: "isolate", path: "peers" },
    to: ["leader", "spared"],
    topic: MIN_1,
  },
  {
    id: "isolate-leader-controllers",
    does: { kind: "isolate", path: "controllers" },
    to: ["leader", "spared"],
  },
  { id: "isolate-leader-all", does: { kind: "isolate", path: "all" }, to: ["leader", "spared"] },
  { id: "isolate-leader-controller-all", does: { kind: "isolate", path: "all" }, to: ["leader", "hit"] },
  { id: "isolate-follower-all", does: { kind: "isolate", path: "all" }, to: ["follower", "spared"] },
  { id: "isolate-follower-peers", does: { kind: "isolate", path: "peers" }, to: ["follower", "spared"] },

  {
    id: "delay-clients-below",
    does: { kind: "delay", path: "clients", delay: "1s" },
    to: ["leader", "spared"],
  },
  {
    id: "delay-clients-above",
    does: { kind: "delay", path: "clients", delay: "3s" },
    to: ["leader", "spared"],
  },
  {
    id: "delay-clients-below-cold",
    does: { kind: "delay", path: "clients", delay: "700ms" },
    to: ["leader", "spared"],
    start: "cold",
    client: { ...QUICK, bootstrap: "targets" },
  },
  {
    id: "delay-clients-above-cold",
    does: { kind: "delay", path: "clients", delay: "3s" },
    to: ["leader", "spared"],
    start: "cold",
    client: { ...QUICK, bootstrap: "targets" },
  },
  { id: "delay-all-below", does: { kind: "delay", path: "all", delay: "100ms" }, to: ["leader", "spared"] },
  {
    id: "delay-all-above",
    does: { kind: "delay", path: "all", delay: "4s" },
    to: ["leader", "spared"],
    watchFor: "12s",
  },
  {
    id: "delay-follower-peers",
    does: { kind: "delay", path: "peers", delay: "150ms" },
    to: ["follower", "spared"],
  },

  { id: "stop-leader-acks-1", does: stop, to: ["leader", "spared"], client: { ...QUICK, acks: 1 } },
  { id: "stop-leader-acks-0", does: stop, to: ["leader", "spared"], client: { ...QUICK, acks: 0 } },
  { id: "kill-leader-acks-1", does: kill, to: ["leader", "spared"], client: { ...QUICK, acks: 1 } },
  { id: "kill-leader-acks-0", does: kill, to: ["leader", "spared"], client: { ...QUICK, acks: 0 } },
  {
    id: "isolate-leader-controllers-acks-1",
    does: { kind: "isolate", path: "controllers" },
    to: ["leader", "spared"],
    client: { ...QUICK, acks: 1 },
  },
  {
    id: "stop-leader-idempotent",
    does: stop,
    to: ["leader", "spared"],
    client: { ...QUICK, idempotent: true },
  },
  {
    id: "kill-leader-idempotent",
    does: kill,
    to: ["leader", "spared"],
    client: { ...QUICK, idempotent: true },
  },
  { id: "stop-follower-min-3", does: stop, to: ["follower", "spared"], topic: MIN_3 },
  { id: "kill-leader-min-3", does: kill, to: ["leader", "spared"], topic: MIN_3 },
  { id: "stop-leader-rf-1", does: stop, to: ["leader", "spared"], topic: RF_1 },
  { id: "kill-leader-rf-1", does: kill, to: ["leader", "spared"], topic: RF_1 },
  { id: "kill-bystander-rf-1", does: kill, to: ["bystander", "any"], topic: RF_1 },
  { id: "kill-leader-rf-2", does: kill, to: ["leader", "spared"], topic: RF_2 },
  { id: "kill-follower-rf-2", does: kill, to: ["follower", "spared"], topic: RF_2 },
  { id: "kill-leader-kafkajs-own", does: kill, to: ["leader", "spared"], client: OWN },
  { id: "stop-leader-cold", does: stop, to: ["leader", "spared"], start: "cold" },
  { id: "kill-leader-cold", does: kill, to: ["leader", "spared"], start: "cold" },
  {
    id: "kill-leader-cold-one",
    does: kill,
    to: ["leader", "spared"],
    start: "cold",
    client: { ...QUICK, bootstrap: "targets" },
  },

  { id: "posted-stop-leader", ...POSTED, does: stop, to: ["leader", "any"] },
  { id: "posted-kill-leader", ...POSTED, does: kill, to: ["leader", "any"] },
  { id: "two-voters-stop-leader", ...TWO_VOTERS, does: stop, to: ["leader", "spared"] },
  { id: "two-voters-kill-leader", ...TWO_VOTERS, does: kill, to: ["leader", "any"] },
  { id: "two-voters-kill-follower", ...TWO_VOTERS, does: kill, to: ["follower", "any"] },
  {
    id: "two-voters-kill-follower-acks-1",
    ...TWO_VOTERS,
    does: kill,
    to: ["follower", "any"],
    client: { ...QUICK, acks: 1 },
  },
  { id: "fixed-stop-leader", ...FIXED, does: stop, to: ["leader", "spared"] },
  { id: "fixed-kill-leader", ...FIXED, does: kill, to: ["leader", "spared"] },

  { id: "stop-leader-default", ...DEFAULT, does: stop, to: ["leader", "spared"] },
  { id: "kill-leader-default", ...DEFAULT, does: kill, to: ["leader", "spared"] },
  { id: "kill-leader-controller-default", ...DEFAULT, does: kill, to: ["leader", "hit"] },
  { id: "kill-follower-default", ...DEFAULT, does: kill, to: ["follower", "spared"] },
  { id: "pause-leader-default", ...DEFAULT, does: pause, to: ["leader", "spared"] },
  { id: "kill-leader-default-kafkajs-own", ...DEFAULT, does: kill, to: ["leader", "spared"], client: OWN },

  { id: "stop-leader-java", does: stop, to: ["leader", "spared"], client: JAVA },
  { id: "kill-leader-java", does: kill, to: ["leader", "spared"], client: JAVA },
  { id: "kill-leader-java-acks-1", does: kill, to: ["leader", "spared"], client: { ...JAVA, acks: 1 } },
  { id: "pause-leader-java", does: pause, to: ["leader", "spared"], client: JAVA },
  {
    id: "delay-clients-below-java",
    does: { kind: "delay", path: "clients", delay: "1s" },
    to: ["leader", "spared"],
    client: JAVA,
  },
  {
    id: "delay-clients-above-java",
    does: { kind: "delay", path: "clients", delay: "3s" },
    to: ["leader", "spared"],
    client: JAVA,
  },
  {
    id: "delay-clients-below-java-cold",
    does: { kind: "delay", path: "clients", delay: "700ms" },
    to: ["leader", "spared"],
    start: "cold",
    client: { ...JAVA, bootstrap: "targets" },
    watchFor: "12s",
  },

  { id: "stop-leader-4", ...FOUR, does: stop, to: ["leader", "spared"] },
  { id: "kill-leader-4", ...FOUR, does: kill, to: ["leader", "spared"] },
  { id: "kill-leader-controller-4", ...FOUR, does: kill, to: ["leader", "hit"] },
  { id: "pause-leader-4", ...FOUR, does: pause, to: ["leader", "spared"] },
  { id: "kill-leader-rf-1-4", ...FOUR, does: kill, to: ["leader", "spared"], topic: RF_1 },

  { id: "docker-stop-leader", ...DOCKER, does: stop, to: ["leader", "spared"] },
  { id: "docker-kill-leader", ...DOCKER, does: kill, to: ["leader", "spared"] },
  { id: "docker-kill-leader-controller", ...DOCKER, does: kill, to: ["leader", "hit"] },
  { id: "docker-pause-leader", ...DOCKER, does: pause, to: ["leader", "spared"] },
  {
    id: "docker-isolate-leader-all",
    ...DOCKER,
    does: { kind: "isolate", path: "all" },
    to: ["leader", "spared"],
  },
  {
    id: "docker-posted-stop-leader",
    ...DOCKER,
    ...POSTED,
    does: stop,
    to: ["leader", "any"],
    watchFor: "15s",
  },
  {
    id: "docker-two-voters-kill-leader",
    ...DOCKER,
    ...TWO_VOTERS,
    does: kill,
    to: ["leader", "any"],
    watchFor: "20s",
  },
  { id: "docker-kill-leader-4", ...DOCKER, ...FOUR, does: kill, to: ["leader", "spared"] },
];

/** All rows, in the order in which they are measured. */
export const ROWS: readonly Row[] = GIVEN.map(({ does: fault, to: [whom, controller], ...given }) => ({
  engine: "local",
  compose: ["three-brokers"],
  timers: "fast",
  topic: { isCreated: true },
  client: QUICK,
  start: "warm",
  watchFor: "8s",
  ...given,
  fault,
  whom,
  controller,
}));
