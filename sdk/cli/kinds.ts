// What the value of an option may be, by name: text in, a value of its type out, or a UsageError.

import { type Duration, readTime, toMs } from "../model/duration.ts";
import { wrongRelease } from "../kafka/mod.ts";
import { quoted, UsageError } from "./usage.ts";

/**
 * Reads the text that follows an option, named as it was typed: `--delay`.
 *
 * @throws UsageError, TypeError, RangeError
 */
export type Kind<T> = (option: string, text: string) => T;

/** Text that is not empty: a path, a name. */
export const text: Kind<string> = (option, value) => {
  if (value.trim() !== "") return value;
  throw new UsageError(`Cannot use ${option} ${quoted(value)}: it is empty`);
};

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

/** One of these names, or a list of numbers from 1: brokers. */
export function oneOfOrBrokers<Name extends string>(names: readonly Name[]): Kind<Name | number[]> {
  return (option, value) => {
    const name = names.find((one) => one === value);
    if (name !== undefined) return name;
    const numbers = value.split(",").map((one) => one.trim());
    if (numbers.every((one) => /^[1-9]\d{0,8}$/.test(one))) return numbers.map(Number);
    throw new UsageError(
      `Cannot use ${option} ${quoted(value)}: expected ${names.join(", ")} or broker numbers such as 2,3`,
    );
  };
}

/** Values with commas between them, each once and in order; empty ones are passed over. */
export function listOf<T>(kind: Kind<T>): Kind<T[]> {
  return (option, value) => {
    const parts = value.split(",").map((one) => one.trim());
    return [...new Set(parts)].filter((one) => one !== "").map((one) => kind(option, one));
  };
}
