// The command line of a prediction, as a value.

import type {
  ComposeClient,
  ComposeTopic,
  CoordinatorOf,
  FaultSpec,
  LeaderOf,
  Role,
} from "@kafka-failure-lab/sdk";
import {
  count,
  kafkaVersion,
  type Kind,
  milliseconds,
  node,
  type OneNode,
  oneOf,
  oneOfOrBrokers,
  partition,
  quoted,
  readArguments,
  target,
  UsageError,
  type Values,
} from "@kafka-failure-lab/sdk/testing";
import { FAULT_KINDS, FAULT_OPTIONS, faultHelp, faultOf } from "./fault-options.ts";
import {
  type AskedGroup,
  GROUP_HELP,
  GROUP_OPTIONS,
  groupOf,
  MEMBER_KINDS,
  memberFaultOf,
} from "./group-options.ts";

export const HELP: string = `npm run predict -- [FILE…]: predicts what a fault does to a client
or to a consumer group, without a cluster

FILEs are compose files, merged in order, as docker compose -f a -f b: paths, or names of the lab's own
such as as-posted fix-quorum (default three-brokers); or the server.properties of every node of a cluster, or
its Kubernetes manifests (pods, Strimzi's resources), whose brokers are numbered from 1 in this order

  --fault KIND            ${FAULT_KINDS.join(", ")} (default kill)
  --target WHOM           leader, controller, followers, leaderOf:orders-3 (topic and partition), or nodes:
                          broker numbers 1 or 2,3, node:3001 (node.id), service:kafka2 (default leader);
                          with --group also coordinatorOf:GROUP
  --partition TOPIC-N     the partition that the client writes to (default: the target's, else my_topic-0);
                          leaders of the topic's other partitions are assumed in turn, as Kafka places them
  --leader N              the partition's leader (default: broker 1, or the target if it is a number)
  --controller NODE       the active controller: a broker number, node:3001 or service:kafka2 (default:
                          unknown; the prediction then covers every voter)
  --lasts TIME            healed after this long (default: not healed)
${faultHelp()}

  --replication-factor N  of the topic (default: the file's default.replication.factor)
  --min-isr N             of the topic (default: the file's min.insync.replicas)
  --unclean               the topic has unclean.leader.election.enable
  --timers NAME           fast: the brokers' timers as in a lab with timers: "fast" (default: the file's)
  --kafka VERSION         3.9 or 4 (default: the image's)
  --engine NAME           local or docker (default: both are covered)

  --client NAME           kafkajs as the lab's probe, or java with Kafka's own defaults (default kafkajs)
  --cold                  the client starts with the fault, without metadata or connections
  --bootstrap LIST        all, one, or broker numbers: 2,1 (default all)
  --acks N                all, 1 or 0 (default all)
  --idempotent            or --no-idempotent (default: the client's)
  --retries N  --initial-retry-time TIME  --max-retry-time TIME
  --request-timeout TIME  --connection-timeout TIME  --delivery-timeout TIME
  --max-block TIME        java's max.block.ms
  --keep-hung             keeps a hung connection, as kafkajs does (the probe's dropHungConnections: false)
  --own-retries           kafkajs's own: 5 retries, from 300 ms to 30 s

${GROUP_HELP}

  --json                  one JSON object: the circumstances and the prediction
  -h, --help              this text

A TIME is 30s, 1m30s or 250ms; a bare number is milliseconds.
exit code: 0 for every prediction, 1 an input cannot be read`;

const number = count({ least: 1 });
const time: Kind<number> = (option, value) => {
  const ms = milliseconds(option, value);
  if (ms >= 1) return ms;
  throw new UsageError(`Cannot use ${option} ${quoted(value)}: expected a time of 1 ms or more`);
};

const OPTIONS = {
  fault: oneOf([...new Set([...FAULT_KINDS, ...MEMBER_KINDS])]),
  target,
  partition,
  leader: number,
  controller: node,
  lasts: time,
  ...FAULT_OPTIONS,
  "replication-factor": number,
  "min-isr": number,
  unclean: "flag",
  timers: oneOf(["fast", "default"]),
  kafka: kafkaVersion,
  engine: oneOf(["local", "docker"]),
  client: oneOf(["kafkajs", "java"]),
  cold: "flag",
  bootstrap: oneOfOrBrokers(["all", "one"]),
  acks: oneOf(["all", "-1", "1", "0"]),
  idempotent: "flag",
  "no-idempotent": "flag",
  retries: count(),
  "initial-retry-time": milliseconds,
  "max-retry-time": milliseconds,
  "request-timeout": time,
  "connection-timeout": time,
  "delivery-timeout": time,
  "max-block": milliseconds,
  "keep-hung": "flag",
  "own-retries": "flag",
  ...GROUP_OPTIONS,
  json: "flag",
} as const;

type Given = Values<typeof OPTIONS>;

export interface PredictOptions {
  readonly files: readonly string[];
  /** Without a target. */
  readonly fault: FaultSpec;
  /** As asked: a role, the leader of a partition, the coordinator of a group, or nodes. */
  readonly target: Role | LeaderOf | CoordinatorOf | readonly OneNode[];
  readonly leader: number | undefined;
  readonly controller: OneNode | undefined;
  readonly topic: ComposeTopic;
  readonly client: ComposeClient;
  /** The consumer group that is predicted for; undefined: the client is. */
  readonly group: AskedGroup | undefined;
  readonly fast: boolean;
  readonly kafka: string | undefined;
  readonly engine: "local" | "docker" | null;
  readonly json: boolean;
}

/** Reads the arguments; null where help is asked for. @throws UsageError, TypeError, RangeError */
export function predictOptions(argv: readonly string[]): PredictOptions | null {
  const given = readArguments(argv, OPTIONS, { positionals: Infinity });
  if (given === null) return null;
  const { positionals, values } = given;
  const {
    fault = "kill",
    target: whom = "leader",
    leader,
    controller,
    lasts,
    timers,
    kafka,
    engine,
  } = values;
  return {
    files: positionals.length === 0 ? ["three-brokers"] : positionals,
    fault: {
      ...(memberFaultOf(fault, values["slow-to"]) ?? faultOf(fault, values)),
      ...(lasts !== undefined && { lasts }),
    },
    target: whom,
    leader,
    controller,
    topic: topicOf(values),
    client: clientOf(values),
    group: groupOf(fault, values),
    fast: timers === "fast",
    kafka,
    engine: engine ?? null,
    json: values.json,
  };
}

function topicOf(values: Given): ComposeTopic {
  const [replicationFactor, minIsr] = [values["replication-factor"], values["min-isr"]];
  const { target: whom } = values;
  const hit =
    typeof whom === "object" && "leaderOf" in whom ? partition("--target", whom.leaderOf) : undefined;
  return {
    ...(values.partition ?? hit),
    ...(replicationFactor !== undefined && { replicationFactor }),
    ...(minIsr !== undefined && { minIsr }),
    ...(values.unclean && { uncleanElection: true }),
  };
}

function clientOf(values: Given): ComposeClient {
  const { client = "kafkajs", acks, retries, "max-block": maxBlock } = values;
  if (values["own-retries"] && client === "java")
    throw new UsageError("Cannot use --own-retries with --client java: they are kafkajs's");
  if (maxBlock !== undefined && client === "kafkajs")
    throw new UsageError("Cannot use --max-block with --client kafkajs: it has no such limit");
  const times = {
    requestTimeout: values["request-timeout"],
    connectionTimeout: values["connection-timeout"],
    deliveryTimeout: values["delivery-timeout"],
    initialRetryTime: values["initial-retry-time"],
    maxRetryTime: values["max-retry-time"],
  };
  return {
    client,
    isWarm: !values.cold,
    bootstrap: values.bootstrap ?? "all",
    ...(values["own-retries"] && { retries: 5, initialRetryTime: "300ms", maxRetryTime: "30s" }),
    ...(acks !== undefined && { acks: acks === "all" || acks === "-1" ? "all" : acks === "1" ? 1 : 0 }),
    ...((values.idempotent || values["no-idempotent"]) && { idempotent: !values["no-idempotent"] }),
    ...(retries !== undefined && { retries }),
    ...Object.fromEntries(Object.entries(times).filter(([, ms]) => ms !== undefined)),
    ...(values["keep-hung"] && { dropHungConnections: false }),
    ...(maxBlock !== undefined && { properties: { "max.block.ms": String(maxBlock) } }),
  };
}
