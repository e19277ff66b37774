// What the lab's thread and the clients' thread tell each other, as values that can be copied.

import { performance } from "node:perf_hooks";
import { type ErrorCode, LabError } from "../../../model/errors.ts";
import type { SecurityOptions } from "../../../model/security.ts";
import type { KafkajsSettings, Sent, Streamed, StreamOptions, WasRead } from "../../../client/client.ts";

/** A moment by two clocks of one thread, in milliseconds. */
export interface Clocks {
  /** `process.hrtime`, which all threads of a process share under Node. */
  hrtimeMs: number;
  /** `performance.now()`, which each thread counts from its own begin. */
  nowMs: number;
  /** `performance.timeOrigin`, by the wall clock. */
  originMs: number;
}

/** From the lab to the clients. `call` names what is answered by `settled`. */
export type Order =
  | {
      order: "make";
      client: number;
      name: string;
      settings: KafkajsSettings;
      routes: ReadonlyMap<string, string> | undefined;
      groups: string | undefined;
      /** With its secrets, which leave the process no more than the lab's own thread. */
      security: SecurityOptions | undefined;
      /** Milliseconds from the clients' `performance.now()` to the run's clock. */
      offsetMs: number;
      /** How many values the client has named: shared, so that no two sends have one value. */
      sequence: SharedArrayBuffer;
    }
  | { order: "connect" | "close"; client: number; call: number }
  | { order: "send"; client: number; call: number; record: SentRecord }
  | {
      order: "read";
      client: number;
      call: number;
      topic: string;
      from: ReadonlyMap<number, string> | undefined;
      timeoutMs: number;
    }
  | { order: "stream"; client: number; call: number; how: StreamOptions }
  | { order: "stop"; call: number; giveUp: boolean }
  | { order: "giveUp"; call: number; reason: string };

/** A record that is sent once. */
export interface SentRecord {
  topic: string;
  value: string;
  key?: string;
  partition?: number;
}

/** An error as it is copied: its class would be lost. */
export interface CopiedError {
  message: string;
  stack: string | undefined;
  /** Of a LabError. */
  code?: ErrorCode;
  hint?: string | undefined;
}

/** From the clients to the lab. */
export type Report =
  | { report: "ready"; clocks: Clocks }
  | { report: "settled"; call: number; value?: Sent | WasRead; error?: CopiedError }
  | { report: "sent"; sends: readonly { call: number; sent: Streamed }[] }
  | { report: "stray"; client: number; error: CopiedError }
  /** This thread's event loop stood still. */
  | { report: "stall"; beganMs: number; tookMs: number };

/** The clocks of the thread that asks. */
export function clocks(hrtime: () => bigint): Clocks {
  return {
    hrtimeMs: Number(hrtime() / 1000n) / 1000,
    nowMs: performance.now(),
    originMs: performance.timeOrigin,
  };
}

/**
 * How much has to be added to another thread's `performance.now()` to have one's own.
 *
 * The wall clock's answer is good to some milliseconds; the monotonic clock's to microseconds, where threads
 * share it. Under Deno they do not, and then the two differ.
 */
export function offsetOf(own: Clocks, other: Clocks): number {
  const byWall = other.originMs - own.originMs;
  const byHrtime = other.hrtimeMs - other.nowMs - (own.hrtimeMs - own.nowMs);
  return Math.abs(byHrtime - byWall) < AGREE_MS ? byHrtime : byWall;
}

const AGREE_MS = 10;

/** What is left of an error. */
export function copied(error: unknown): CopiedError {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  if (!(error instanceof LabError)) return { message, stack };
  return { message: message.split("\n", 1)[0]!, stack, code: error.code, hint: error.facts.hint };
}

/** The error again. */
export function restored({ message, stack, code, hint }: CopiedError): Error {
  const error =
    code === undefined ? new Error(message) : new LabError(code, message, hint === undefined ? {} : { hint });
  if (stack !== undefined) error.stack = stack;
  return error;
}
