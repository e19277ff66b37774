// The options of a prediction for a consumer group.

import { type CommitPolicy, type FaultSpec, faults } from "@kafka-failure-lab/sdk";
import type { DescribedGroup } from "@kafka-failure-lab/sdk/predict";
import {
  count,
  type Kind,
  listOf,
  milliseconds,
  oneOf,
  quoted,
  text,
  UsageError,
  type Values,
} from "@kafka-failure-lab/sdk/testing";

/** The kinds of faults that only members of a group have. */
export const MEMBER_KINDS = ["slow", "roll"] as const;
/** The kinds that members of a group have, too. */
const OF_MEMBERS: readonly string[] = ["stop", "kill", "pause", ...MEMBER_KINDS];

const whole = count({ least: 1 });

type Protocol = "classic" | "consumer";
type Assignor = "range" | "roundrobin" | "sticky" | "cooperative-sticky";

/** How each option's value is read. */
export const GROUP_OPTIONS: {
  readonly group: Kind<string>;
  readonly members: Kind<number>;
  readonly partitions: Kind<number>;
  readonly member: Kind<number[]>;
  readonly coordinator: Kind<number>;
  readonly commit: Kind<CommitPolicy>;
  readonly protocol: Kind<Protocol>;
  readonly assignor: Kind<Assignor>;
  readonly static: "flag";
  readonly "session-timeout": Kind<number>;
  readonly "heartbeat-interval": Kind<number>;
  readonly "poll-interval": Kind<number>;
  readonly "auto-commit-interval": Kind<number>;
  readonly "max-wait": Kind<number>;
  readonly "max-poll-records": Kind<number>;
  readonly process: Kind<number>;
  readonly "slow-to": Kind<number>;
  readonly "per-second": Kind<number>;
  readonly lag: Kind<number>;
} = {
  group: text,
  members: whole,
  partitions: whole,
  member: listOf(whole),
  coordinator: whole,
  commit: oneOf(["auto", "after", "before", "never", "application"]),
  protocol: oneOf(["classic", "consumer"]),
  assignor: oneOf(["range", "roundrobin", "sticky", "cooperative-sticky"]),
  static: "flag",
  "session-timeout": milliseconds,
  "heartbeat-interval": milliseconds,
  "poll-interval": milliseconds,
  "auto-commit-interval": milliseconds,
  "max-wait": milliseconds,
  "max-poll-records": whole,
  process: milliseconds,
  "slow-to": milliseconds,
  "per-second": count(),
  lag: count(),
};

/** Their lines of help. */
export const GROUP_HELP: string = `  --group NAME            predicts for a group; --client is its members'
  --member N              members that the fault hits, 1 or 1,2, in place of --target:
                          ${OF_MEMBERS.join(", ")} (roll: all, or brokers with --target)
  --slow-to TIME          of --fault slow: how long a record takes then
  --members N             (default 2)
  --partitions N          of the topic (default: one for each member)
  --coordinator N         the broker that coordinates it (default: the partition's leader)
  --commit POLICY         auto, after or before processing, never, application (default auto)
  --protocol NAME         classic or consumer (KIP-848) (default classic)
  --assignor NAME         range, roundrobin, sticky, cooperative-sticky (default: the client's)
  --static                members have a group.instance.id
  --session-timeout TIME  --heartbeat-interval TIME  --auto-commit-interval TIME
  --poll-interval TIME    max.poll.interval.ms, kafkajs's rebalanceTimeout
  --max-wait TIME         fetch.max.wait.ms
  --max-poll-records N    java's max.poll.records
  --process TIME          how long a record takes (default 0)
  --per-second N          records that reach the topic (default: any number)
  --lag N                 records that are not committed (default 0)`;

/** What is asked of a group. */
export interface AskedGroup {
  readonly group: DescribedGroup;
  /** The numbers of the members that are hit; undefined: brokers are. */
  readonly hit: readonly number[] | undefined;
}

/** What a producer's options are called that a group does not have. */
const OF_PRODUCERS = ["cold", "bootstrap", "acks", "idempotent", "no-idempotent", "retries", "own-retries"];

type Given = Values<typeof GROUP_OPTIONS> & {
  readonly client?: "kafkajs" | "java" | undefined;
  readonly "request-timeout"?: number | undefined;
};

/**
 * The group that is asked for; undefined for a producer.
 *
 * @throws UsageError for options that do not go together
 */
export function groupOf(
  kind: string,
  given: Given & Readonly<Record<string, unknown>>,
): AskedGroup | undefined {
  const isGiven = (name: string): boolean => given[name] !== undefined && given[name] !== false;
  const { group, member, target } = given;
  if (group === undefined) {
    const foreign = Object.keys(GROUP_OPTIONS).find(isGiven);
    if (foreign !== undefined) throw new UsageError(`Cannot use --${foreign} without --group NAME`);
    if (isMemberKind(kind) && kind !== "roll")
      throw new UsageError(`Cannot use --fault ${kind} without --group NAME: it is one of a group's members`);
    return undefined;
  }
  const foreign = OF_PRODUCERS.find(isGiven);
  if (foreign !== undefined) throw new UsageError(`Cannot use --${foreign} with --group: it is a producer's`);
  if (member !== undefined && target !== undefined)
    throw new UsageError("Cannot use --target and --member: a fault hits brokers, or members of a group");
  if (member?.length === 0) throw new UsageError("Cannot use --member: expected member numbers such as 1,2");
  if (member !== undefined && !OF_MEMBERS.includes(kind))
    throw new UsageError(`Cannot use --member with --fault ${kind}: members have ${OF_MEMBERS.join(", ")}`);
  if (isMemberKind(kind) && member === undefined && kind !== "roll")
    throw new UsageError(`Cannot use --fault ${kind} without --member N: it hits members`);
  // a roll of brokers names them
  const isOfAll = kind === "roll" && target === undefined;
  const all = Array.from({ length: given.members ?? 2 }, (_, i) => i + 1);
  return { group: describedBy(group, given), hit: member ?? (isOfAll ? all : undefined) };
}

function isMemberKind(kind: string): kind is (typeof MEMBER_KINDS)[number] {
  return (MEMBER_KINDS as readonly string[]).includes(kind);
}

function describedBy(name: string, given: Given): DescribedGroup {
  const { client = "kafkajs", members, partitions, coordinator, commit, protocol, assignor, lag } = given;
  const perPoll = given["max-poll-records"];
  if (perPoll !== undefined && client === "kafkajs")
    throw new UsageError(
      "Cannot use --max-poll-records with --client kafkajs: it bounds a poll by bytes only",
    );
  const timers = {
    sessionTimeout: given["session-timeout"],
    heartbeatInterval: given["heartbeat-interval"],
    rebalanceTimeout: given["poll-interval"],
    autoCommitInterval: given["auto-commit-interval"],
    maxWait: given["max-wait"],
    requestTimeout: given["request-timeout"],
  };
  const asked = {
    members,
    partitions,
    coordinator,
    commit,
    protocol,
    assignor,
    lag,
    process: given.process,
    perSecond: given["per-second"],
  };
  return {
    name,
    client,
    settings: onlyGiven(timers),
    ...onlyGiven(asked),
    ...(given.static && { instanceIds: true }),
    ...(perPoll !== undefined && { properties: { "max.poll.records": String(perPoll) } }),
  };
}

function onlyGiven<T extends object>(values: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

/**
 * The fault of a kind that only members have, without a target; undefined for another kind.
 *
 * @throws UsageError
 */
export function memberFaultOf(kind: string, slowTo: number | undefined): FaultSpec | undefined {
  if (slowTo !== undefined && kind !== "slow")
    throw new UsageError(`Cannot use --slow-to with --fault ${kind}: it is for slow`);
  if (!isMemberKind(kind) || kind === "roll") return undefined;
  if (slowTo === undefined) throw new UsageError("Cannot use --fault slow without --slow-to TIME");
  if (slowTo === 0) throw new UsageError(`Cannot use --slow-to ${quoted("0")}: expected 1 ms or more`);
  const { target: _, ...fault } = faults.slow({ group: "group" }, { process: slowTo });
  return fault;
}
