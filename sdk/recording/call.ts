// One call of a lab's verb, as a line of `calls.jsonl`.

import { LabError } from "../model/errors.ts";
import { HIDDEN, isSecretName, shownOptions } from "../model/security.ts";
import type { Member } from "./surface.ts";
import { anything, fields, listOf, number, optional, text, valuesOf, wrongIn } from "../model/shape.ts";

/** A line. Lines are in the order in which calls ended. */
export interface Call {
  /** In which order calls began, from 1. */
  n: number;
  /** `cluster.stop`, `probe("warm").send`, `fault("stop-1").heal`. */
  path: string;
  /** Without functions and signals, which are written as `"function"` and `"signal"`. */
  args: readonly unknown[];
  /** When it ended, in milliseconds since the run's start. */
  endMs: number;
  /** How many events the history had then. */
  events: number;
  /** What it returned; for a handle, its facts. */
  value?: unknown;
  /** The path of the handle that it returned. */
  handle?: string;
  /** What it threw. */
  error?: Failure;
  /** True where it had not ended when the lab was closed. */
  pending?: boolean;
}

/** An error as JSON. */
export interface Failure {
  name: string;
  message: string;
  /** A LabError's. */
  code?: string;
  facts?: Readonly<Record<string, unknown>>;
}

const failure = fields({
  name: text,
  message: text,
  code: optional(text),
  facts: optional(valuesOf(anything)),
});
const call = fields({
  n: number,
  path: text,
  args: listOf(anything),
  endMs: number,
  events: number,
  handle: optional(text),
  error: optional(failure),
});

/** Says why a value is no call, or nothing where it is one. */
export function wrongCall(value: unknown): string | undefined {
  return wrongIn(call, value);
}

/** Arguments as they are written down and compared. */
export function plainArgs(args: readonly unknown[]): unknown[] {
  const plain = args.map(toPlain);
  while (plain.length > 0 && plain.at(-1) === undefined) plain.pop();
  return plain.map((one) => one ?? null);
}

/** A value as JSON knows it; undefined where there is none. */
export function toPlain(value: unknown): unknown {
  const written = JSON.stringify(value, (name, one: unknown) =>
    name === "security"
      ? shownOptions(one)
      : isSecretName(name) && typeof one === "string"
        ? HIDDEN
        : typeof one === "function"
          ? "function"
          : one instanceof AbortSignal
            ? "signal"
            : typeof one === "bigint"
              ? String(one)
              : one,
  ) as string | undefined;
  return written === undefined ? undefined : (JSON.parse(written) as unknown);
}

/** A call as a person writes it: `cluster.stop("leader")`. */
export function sayCall({ path, args }: Pick<Call, "path" | "args">): string {
  return `${path}(${args.map((one) => (one === "function" ? "…" : JSON.stringify(one))).join(", ")})`;
}

/** An error's facts but for its cause, which is an object of that program. */
export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { name: "Error", message: String(thrown) };
  const { name, message } = thrown;
  if (!(thrown instanceof LabError)) return { name, message };
  const { cause: _, ...facts } = thrown.facts;
  return {
    name,
    message: message.split("\n", 1)[0]!,
    code: thrown.code,
    facts: toPlain(facts) as Record<string, unknown>,
  };
}

const CLASSES: Readonly<Record<string, new (message: string) => Error>> = {
  TypeError,
  RangeError,
  SyntaxError,
  Error,
};

/** The error again. */
export function revived({ name, message, code, facts }: Failure): Error {
  if (code !== undefined) return new LabError(code as LabError["code"], message, facts);
  const error = new (CLASSES[name] ?? Error)(message);
  if (error.name !== name) error.name = name;
  return error;
}

/** Whether a verb's answer is a promise. */
export function isPromised(member: Member): boolean {
  return member.startsWith("promise");
}
