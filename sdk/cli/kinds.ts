// What the value of an option may be, by name: text in, a value of its type out, or a UsageError.

import { type Duration, readTime, toMs } from "../model/duration.ts";
import { topicNameFault, wrongRelease } from "../kafka/mod.ts";
import { partitionName, readPartitionName, type TopicPartition } from "../model/partition.ts";
import type { CoordinatorOf, LeaderOf, NodeTarget, Role, ServiceTarget } from "../model/target.ts";
import { fromReader } from "../runtime/reader-folder.ts";
import { quoted, UsageError } from "./usage.ts";

/**
 * Reads the text that follows an option, named as it was typed: `--delay`.
 *
 * @throws UsageError, TypeError, RangeError
 */
export type Kind<T> = (option: string, text: string) => T;

/** Text that is not empty: a name. */
export const text: Kind<string> = (option, value) => {
  if (value.trim() !== "") return value;
  throw new UsageError(`Cannot use ${option} ${quoted(value)}: it is empty`);
};

/** A path, from where the reader stands: npm runs scripts in the folder of their package. */
export const file: Kind<string> = (option, value) => fromReader(text(option, value));

/** A compose file: a bare word names one of the lab's own, everything else is a path. */
export const composeFile: Kind<string> = (option, value) => composePath(text(option, value));

/** A compose file as `startLab` takes it, its path from where the reader stands. */
export function composePath(typed: string): string {
  return /^[\w-]+$/.test(typed) ? typed : fromReader(typed);
}

/** A time as it was written: `30s`, or a bare number of milliseconds. */
export const duration: Kind<Duration> = readTime;

/** A time in milliseconds. */
export const milliseconds: Kind<number> = (option, value) => toMs(readTime(option, value));

/** A number, 0 or more, that may have a fraction. */
export const amount: Kind<number> = (option, value) => {
  if (/^\d{1,15}(\.\d{1,15})?$/.test(value)) return Number(value);
  throw new UsageError(`Cannot use ${option} ${quoted(value)}: expected a number, 0 or more`);
};

/** A version of Kafka: `3.9`, `4`, `latest`. */
export const kafkaVersion: Kind<string> = (option, value) => {
  const why = wrongRelease(value);
  if (why === undefined) return value;
  throw new UsageError(`Cannot use ${option} ${quoted(value)}: ${why}`);
};

/** A regular expression. */
export const pattern: Kind<RegExp> = (option, value) => {
  try {
    return new RegExp(value);
  } catch (error) {
    throw new UsageError(`Cannot use ${option} ${quoted(value)}: ${(error as Error).message}`);
  }
};

/** What a count may be, and how it is said where it is something else. */
export interface CountOptions {
  /** @default 0 */
  least?: number;
  /** @default 1,000,000,000 */
  most?: number;
  /** What cannot be done: `use --limit x`. @default the option and its value */
  cannot?(value: string): string;
}

/** A whole number, in digits. */
export function count({ least = 0, most = 1_000_000_000, cannot }: CountOptions = {}): Kind<number> {
  return (option, value) => {
    const number = /^\d{1,400}$/.test(value) ? Number(value) : -1;
    if (number >= least && number <= most) return number;
    const expected = number > most ? `expected at most ${most}` : `expected a whole number, ${least} or more`;
    throw new UsageError(
      `Cannot ${cannot?.(quoted(value)) ?? `use ${option} ${quoted(value)}`}: ${expected}`,
    );
  };
}

/** One of these names. */
export function oneOf<Name extends string>(names: readonly Name[]): Kind<Name> {
  return (option, value) => {
    const name = names.find((one) => one === value);
    if (name !== undefined) return name;
    throw new UsageError(`Cannot use ${option} ${quoted(value)}: expected ${names.join(", ")}`);
  };
}

/**
 * One of these names, or a list of numbers from 1: brokers. @param more what else may be given, for errors
 */
export function oneOfOrBrokers<Name extends string>(
  names: readonly Name[],
  more?: string,
): Kind<Name | number[]> {
  return (option, value) => {
    const name = names.find((one) => one === value);
    if (name !== undefined) return name;
    const numbers = value.split(",").map((one) => one.trim());
    if (numbers.every((one) => /^[1-9]\d{0,8}$/.test(one))) return numbers.map(Number);
    throw new UsageError(
      `Cannot use ${option} ${quoted(value)}: expected ` +
        `${[...names, ...(more === undefined ? [] : [more])].join(", ")} or broker numbers such as 2,3`,
    );
  };
}

/** A partition as Kafka writes it, `orders-3`: the last dash separates the topic and the number. */
export const partition: Kind<TopicPartition> = (option, value) => {
  const read = readPartitionName(value);
  if (read !== undefined && topicNameFault(read.topic) === undefined) return read;
  throw new UsageError(
    `Cannot use ${option} ${quoted(value)}: expected a topic and a partition's number, such as orders-3`,
  );
};

const ROLES = ["leader", "controller", "followers"] as const;
const LEADER_OF = "leaderOf:";
const COORDINATOR_OF = "coordinatorOf:";

/** A node: a broker's number, a `node.id` or a service. */
export type OneNode = number | NodeTarget | ServiceTarget;

/** Whom a fault hits: a role, nodes, the leader of a partition, or the coordinator of a group. */
export const target: Kind<Role | LeaderOf | CoordinatorOf | readonly OneNode[]> = (option, value) => {
  const group = value.startsWith(COORDINATOR_OF) ? value.slice(COORDINATOR_OF.length) : "";
  if (/^[^\p{Cc}\p{Cf}\p{Cs}]{1,200}$/u.test(group)) return { coordinatorOf: group };
  if (value.startsWith(LEADER_OF)) {
    const read = readPartitionName(value.slice(LEADER_OF.length));
    if (read !== undefined && topicNameFault(read.topic) === undefined)
      return { leaderOf: partitionName(read) };
  }
  const nodes = value.split(",").map((one) => nodeOf(one.trim()));
  if (nodes.every((one) => one !== undefined)) return nodes;
  return oneOfOrBrokers(
    [...ROLES],
    `${LEADER_OF}orders-3 (topic and partition), ${COORDINATOR_OF}billing (group), ` +
      "node:3001 (Kafka's node.id), service:kafka2",
  )(option, value);
};

/** The node that a broker's number, `node:ID` or `service:NAME` names. */
export const node: Kind<OneNode> = (option, value) => {
  const read = nodeOf(value);
  if (read !== undefined) return read;
  throw new UsageError(
    `Cannot use ${option} ${quoted(value)}: expected a broker number, node:3001 or service:kafka2`,
  );
};

function nodeOf(value: string): OneNode | undefined {
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  const id = /^node:(\d{1,9})$/.exec(value)?.[1];
  if (id !== undefined) return { node: Number(id) };
  const service = /^service:(.{1,300})$/.exec(value)?.[1];
  return service === undefined ? undefined : { service };
}

/** Values with commas between them, each once and in order; empty ones are passed over. */
export function listOf<T>(kind: Kind<T>): Kind<T[]> {
  return (option, value) => {
    const parts = value.split(",").map((one) => one.trim());
    return [...new Set(parts)].filter((one) => one !== "").map((one) => kind(option, one));
  };
}
