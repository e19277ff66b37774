// Circumstances of a group before there is one: a cluster that files describe, and the group's settings.
//
//   the topic's partition ─▶ the others: leaders in turn, as Kafka places them (StripedReplicaPlacer)
//   members               ─▶ partitions in turn, as the assignors roundrobin and range do on average

import { groupSettings } from "../../../client/member/settings.ts";
import type { GroupOptions } from "../../../client/member/options.ts";
import { brokerNumber } from "../../../kafka/mod.ts";
import type { Broker } from "../../../model/history.ts";
import type { Circumstances, KnownTopic } from "../circumstances.ts";
import { placedReplicas } from "../from-compose.ts";
import { propertiesOf } from "../from-cluster.ts";
import type { GroupCircumstances, KnownGroupPartition, MemberFaultFacts } from "./circumstances.ts";
import { OFFSETS_TOPIC, offsetsPartition } from "./from-cluster.ts";
import { knownGroup, POLL_TIMEOUT_MS } from "./known-group.ts";

/** A consumer group that is predicted without a lab. */
export interface DescribedGroup
  extends Pick<
    GroupOptions,
    | "members"
    | "client"
    | "commit"
    | "process"
    | "assignor"
    | "instanceIds"
    | "protocol"
    | "settings"
    | "properties"
  > {
  /** The group's name; its members are `billing.1`, `billing.2`, … */
  name: string;
  /** Partitions of the topic that it reads. @default one for each member */
  partitions?: number;
  /** The broker that coordinates it. @default the leader of the topic's partition */
  coordinator?: Broker;
  /** Records that reach the topic a second. @default any number */
  perSecond?: number;
  /** Records that are not committed yet. @default 0 */
  lag?: number;
}

/**
 * Adds a group to the circumstances of a cluster; their client does not matter.
 *
 * @throws RangeError for a coordinator or members that there are not, and for a session timeout that the
 *   brokers refuse; TypeError, RangeError for other settings that cannot be; LabError UNSUPPORTED for what
 *   the client or the brokers cannot do
 */
export function describedGroup(circumstances: Circumstances, group: DescribedGroup): GroupCircumstances {
  const { topic, client: _, fault, ...cluster } = circumstances;
  const { name, members: size = 2, coordinator, perSecond, lag } = group;
  const brokers = cluster.nodes.flatMap(({ broker }) => broker ?? []);
  const names = Array.from({ length: size }, (__, i) => `${name}.${i + 1}`);
  const first = coordinator ?? topic.state.leader ?? brokers[0]!;
  if (!brokers.includes(first))
    throw new RangeError(`Cannot coordinate ${name} by broker ${first}: there are ${brokers.join(", ")}`);
  const properties = propertiesOf(cluster.nodes, first);
  const settings = groupSettings(group, topic.topic, {
    kafka: cluster.kafka ?? "4",
    brokers: cluster.nodes.filter(({ broker }) => broker !== null).map((one) => one.properties),
  });
  const count = group.partitions ?? size;
  return {
    ...cluster,
    group: knownGroup({
      name,
      settings,
      members: names,
      broker: properties,
      pollTimeout: POLL_TIMEOUT_MS,
    }),
    offsets: offsetsOf(circumstances, name, first),
    partitions: Array.from(
      { length: count },
      (__, partition): KnownGroupPartition => ({
        ...placed(circumstances, partition),
        member: names[partition % size] ?? null,
      }),
    ),
    recordsPerSecond: perSecond ?? null,
    ...(lag === undefined ? {} : { lag }),
    fault: fault.members === undefined ? fault : onMembers(fault, name, names),
  };
}

function onMembers(
  { kind, members = [], process, processing, lastsMs }: Circumstances["fault"],
  group: string,
  names: readonly string[],
): MemberFaultFacts {
  const unknown = members.find((one) => one.group !== group || !names.includes(one.member));
  if (unknown !== undefined)
    throw new RangeError(`Cannot hit ${unknown.member}: ${group} has members ${names.join(", ")}`);
  return {
    kind,
    members: members.map(({ member }) => member),
    ...(process && { process }),
    ...(processing?.processMs !== undefined && { processMs: processing.processMs }),
    ...(lastsMs !== undefined && { lastsMs }),
  };
}

/** Kafka's default of `offsets.topic.num.partitions` (GroupCoordinatorConfig.java). */
const OFFSETS_PARTITIONS = 50;

/** The group's partition of the topic of offsets, led by its coordinator. */
function offsetsOf({ nodes }: Circumstances, name: string, leader: Broker): KnownTopic {
  const properties = propertiesOf(nodes, leader);
  const brokers = nodes.flatMap(({ broker }) => broker ?? []);
  const wanted = brokerNumber(properties, "offsets.topic.replication.factor");
  const replicas = placedReplicas(brokers, leader, Math.min(wanted, brokers.length));
  const count = Number(properties["offsets.topic.num.partitions"] ?? OFFSETS_PARTITIONS);
  const partition = offsetsPartition(name, count);
  const isReachable = nodes.find(({ broker }) => broker === leader)?.isReachable ?? true;
  return {
    topic: OFFSETS_TOPIC,
    partition,
    state: {
      ...{ topic: OFFSETS_TOPIC, partition, leader, leaderEpoch: 0, replicas, offline: [] },
      isr: isReachable ? replicas : [leader],
    },
    minIsr: brokerNumber(properties, "min.insync.replicas"),
    uncleanElection: false,
    isAssumed: true,
  };
}

/** Another partition of the topic, whose leaders follow one another. */
function placed({ topic, nodes }: Circumstances, partition: number): KnownTopic {
  const brokers = nodes.flatMap(({ broker }) => broker ?? []);
  const at = brokers.indexOf(topic.state.leader ?? brokers[0]!) + partition - topic.partition;
  const leader = brokers[((at % brokers.length) + brokers.length) % brokers.length]!;
  const replicas = placedReplicas(brokers, leader, topic.state.replicas.length);
  const isReachable = nodes.find(({ broker }) => broker === leader)?.isReachable ?? true;
  const isr = isReachable ? replicas : [leader];
  return { ...topic, partition, state: { ...topic.state, partition, leader, replicas, isr } };
}
