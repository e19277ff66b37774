// Schemas of the values that options are made of. Each message says what was expected.

import * as v from "valibot";
import { topicNameFault, wrongRelease } from "../kafka/mod.ts";
import { type Duration, toMs } from "../model/duration.ts";
import { describeMembers, isMemberTarget, type MemberOf, type MemberTarget } from "../model/group-target.ts";
import { readPartitionName } from "../model/partition.ts";
import { printable } from "../model/printable.ts";
import {
  type CoordinatorOf,
  describeTarget,
  type LeaderOf,
  type NodeTarget,
  type OneTarget,
  type Role,
  type ServiceTarget,
  type Target,
} from "../model/target.ts";
import { type Rate, toBytesPerSecond } from "../model/traffic.ts";
import { fields, OUT_OF_RANGE, type Schema, WRONG } from "./checked.ts";

export const flag: Schema<boolean> = v.boolean("true or false");

/** A function with no more known of it. */
export function verb<F extends (...args: never[]) => unknown>(): Schema<F> {
  return v.custom<F>((value) => typeof value === "function", "a function");
}

/** One of these words, or numbers. */
export function word<const Word extends string | number>(...words: readonly Word[]): Schema<Word> {
  const all = words.map((one) => JSON.stringify(one));
  return v.picklist(words, all.length === 1 ? all[0]! : `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`);
}

/** A text that is not empty, without the character 0, which no path and no process can take. */
export function text(what: string, most = 1_000): Schema<string> {
  const expected = `${what}: text of 1 to ${most} characters`;
  return v.pipe(
    v.string(expected),
    v.check((one) => one.length >= 1 && one.length <= most && !one.includes("\0"), expected),
  );
}

/** A text as {@link text} takes it, which no error quotes. */
export function secret(what: string, most: number): Schema<string> {
  const expected = `${WRONG}expected ${what}: text of 1 to ${most} characters`;
  return v.custom<string>(
    (one) => typeof one === "string" && one.length >= 1 && one.length <= most && !one.includes("\0"),
    expected,
  );
}

/** A file's or folder's path. */
export const path: Schema<string> = text("a path", 4_096);

/** Letters, digits and punctuation: a name is written into tables, file names of logs and clients' ids. */
export const probeName: Schema<string> = v.pipe(
  v.string("a name"),
  v.check(
    (one) => /^[^\p{Cc}\p{Cf}\p{Cs}]{1,200}$/u.test(one) && printable(one) === one,
    "a name of 1 to 200 printable characters",
  ),
);

/** A topic's name, by Kafka's own rule (Topic.java). */
export const topicName: Schema<string> = v.pipe(
  v.string("a topic's name"),
  v.check(
    (one) => topicNameFault(one) === undefined,
    'a topic\'s name: 1 to 249 of a-z, A-Z, 0-9, ".", "_" and "-"',
  ),
);

/** A Kafka release, a line of them such as "4", an image's tag, or "latest". */
export const release: Schema<string> = v.pipe(
  v.string("a Kafka version"),
  v.check((one) => wrongRelease(one) === undefined, 'a Kafka version, such as "3.9.2", "4" or "latest"'),
);

const isNumber = (value: unknown): boolean => typeof value === "number";

/** A number that `holds`. */
export function number(expected: string, holds: (value: number) => boolean): Schema<number> {
  return v.pipe(v.custom<number>(isNumber, expected), v.check(holds, expected));
}

/** A whole number within bounds. */
export function whole(least: number, most: number): Schema<number> {
  return number(
    `a whole number from ${least} to ${most}`,
    (one) => Number.isInteger(one) && one >= least && one <= most,
  );
}

/** The largest of Kafka's 32-bit numbers. */
export const MOST = 2_147_483_647;

const DURATION = 'a duration such as "30s", "1m30s" or 250 (milliseconds), at most 24 days';

/** A duration of so many milliseconds at least. */
export function durationOf(leastMs: number): Schema<Duration> {
  const expected = leastMs === 0 ? DURATION : `${DURATION}, and at least ${leastMs} ms`;
  return v.pipe(
    v.custom<Duration>((one) => typeof one === "number" || typeof one === "string", expected),
    v.check((one) => within(one, leastMs), expected),
  );
}

function within(duration: Duration, leastMs: number): boolean {
  try {
    return toMs(duration) >= leastMs;
  } catch {
    return false;
  }
}

export const duration: Schema<Duration> = durationOf(0);

const RATE = 'bytes a second, above 0, or text such as "1MB/s" or "10Mbit/s"';
export const rate: Schema<Rate> = v.pipe(
  v.custom<Rate>((one) => typeof one === "number" || typeof one === "string", RATE),
  v.check((one) => {
    try {
      return toBytesPerSecond(one) > 0;
    } catch {
      return false;
    }
  }, RATE),
);

export const percent: Schema<number> = number("a number above 0, up to 100", (one) => one > 0 && one <= 100);

/** A broker's number; whether the cluster has it is the verb's to say. */
export const broker: Schema<number> = number(
  "a broker's number, counted from 1",
  (one) => Number.isInteger(one) && one >= 1 && one <= MOST,
);

const TARGET =
  'a broker\'s number, "leader", "controller", "followers", { leaderOf: "orders-3" }, ' +
  '{ coordinatorOf: "billing" }, { node: 3001 }, { service: "controller" }, or a list of them';
const role = v.picklist(["leader", "controller", "followers"] as const, TARGET) as Schema<Role>;

const PARTITION = 'a topic and a partition\'s number with a dash between them, such as "orders-3"';
/** A partition as Kafka writes it, whose topic can be one. */
export const partitionName: Schema<string> = v.pipe(
  v.string(PARTITION),
  v.check((one) => {
    const read = readPartitionName(one);
    return read !== undefined && topicNameFault(read.topic) === undefined;
  }, PARTITION),
);
export const leaderOf: Schema<LeaderOf> = fields<LeaderOf>({ leaderOf: partitionName }, ["leaderOf"]);
const coordinatorOf: Schema<CoordinatorOf> = fields<CoordinatorOf>({ coordinatorOf: probeName }, [
  "coordinatorOf",
]);
const node: Schema<NodeTarget> = fields<NodeTarget>({ node: whole(0, MOST) }, ["node"]);
const service: Schema<ServiceTarget> = fields<ServiceTarget>({ service: text("a service's name", 300) }, [
  "service",
]);
const single = v.lazy((one): Schema<OneTarget> => {
  if (typeof one === "number") return broker;
  if (typeof one !== "object" || one === null || isArray(one)) return role;
  if (Object.hasOwn(one, "node")) return node;
  if (Object.hasOwn(one, "coordinatorOf")) return coordinatorOf;
  return Object.hasOwn(one, "service") ? service : leaderOf;
});

/** Lists of lists and brokers that are named twice are mistakes. */
export const target: Schema<Target> = v.lazy((one): Schema<Target> => (isArray(one) ? targets : single));
const targets: Schema<Target> = v.pipe(
  v.array(single, TARGET),
  v.check((list) => list.length > 0, "at least one broker or role"),
  v.check((list) => new Set(list.map(describeTarget)).size === list.length, "each broker or role once"),
);

const MEMBERS = '{ group: "billing", member: 1 }, { group: "billing", member: "leader" }, or a list of them';
/** A member's number, or the group's leader. */
export const memberNumber: Schema<number | "leader"> = v.lazy(
  (one): Schema<number | "leader"> => (typeof one === "string" ? word("leader") : whole(1, MOST)),
);
const memberOf: Schema<MemberOf> = fields<MemberOf>({ group: probeName, member: memberNumber }, ["group"]);
const membersOf: Schema<MemberTarget> = v.pipe(
  v.array(memberOf, MEMBERS),
  v.check((list) => list.length > 0, "at least one member"),
  v.check((list) => new Set(list.map(describeMembers)).size === list.length, "each member once"),
);

/** Members of consumer groups. */
export const memberTarget: Schema<MemberTarget> = v.lazy(
  (one): Schema<MemberTarget> => (isArray(one) ? membersOf : memberOf),
);

/** Nodes of the cluster, or members of consumer groups. */
export const anyTarget: Schema<Target | MemberTarget> = v.lazy(
  (one): Schema<Target | MemberTarget> => (isMemberTarget(one) ? memberTarget : target),
);

/** Groups of brokers, each in one group at most. */
export const groups: Schema<readonly (readonly number[])[]> = v.pipe(
  v.array(v.array(broker, "a list of broker numbers"), "a list of lists of broker numbers"),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const named = dataset.value.flat();
    const twice = named.find((one, at) => named.indexOf(one) !== at);
    if (twice !== undefined) addIssue({ message: `${OUT_OF_RANGE}broker ${twice} is in two groups` });
  }),
);

function isArray(value: unknown): boolean {
  return Array.isArray(value);
}

const aborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, "aborted")!;

/** Whether it is an AbortSignal, by what only a real one answers. */
export function isSignal(value: unknown): boolean {
  try {
    return typeof aborted.get!.call(value) === "boolean";
  } catch {
    return false;
  }
}

export const signal: Schema<AbortSignal> = v.custom<AbortSignal>(isSignal, "an AbortSignal");

/** Settings by name, as Kafka takes them: text. */
export const properties: Schema<Readonly<Record<string, string>>> = v.pipe(
  v.record(v.string(), v.string("text"), "an object of names and text"),
  v.check(
    (all) => Object.keys(all).every((name) => /^[\w.-]+$/.test(name)),
    "names of letters, digits, `.`, `_` and `-`",
  ),
);

/** A list of at least one. */
export function listOf<T>(schema: Schema<T>, what: string): Schema<readonly T[]> {
  return v.pipe(
    v.array(schema, what),
    v.check((list) => list.length > 0, `${what}, at least one`),
  );
}

/** The value, or null. */
export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  return v.nullable(schema);
}
