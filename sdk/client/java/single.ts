// One record at a time through one warm producer: ConsoleProducer, the one tool of Kafka's that sends when it
// is told to.
//
//   send() ──▶ a line on its standard input ──▶ KafkaProducer.send ──▶ broker
//     ◀── outcome ◀── its log: the Produce answer, or the producer's own error
//
// The next record waits for the one before, so each answer has one record that it can be about.

import type { Sent } from "../client.ts";
import type { Line } from "./line.ts";
import { attemptsOf, isAcknowledgement, type OutcomeContext, unacknowledged } from "./outcome.ts";
import type { Program } from "./program.ts";
import { traceWire, type TracedAttempt } from "./trace.ts";

export interface SingleOptions extends OutcomeContext {
  /** Starts the process. */
  start(onLine: (line: Line) => void): Promise<Program>;
  acks: -1 | 0 | 1;
  /** `performance.now()` of milliseconds since the epoch. */
  clock(epochMs: number): number;
}

/** What the line reader takes for no key at all; control characters, which no key of a test has. */
export const NO_KEY = "\u0001";

export interface Single {
  connect(timeoutMs: number): Promise<void>;
  /** @throws LabError BAD_CLIENT */
  send(record: { value: string; key?: string }, signal?: AbortSignal): Promise<Sent>;
}

/** The record that the producer has. */
interface Operation {
  /** By the epoch; undefined until the producer tells that it began. */
  began: number | undefined;
  attempts: TracedAttempt[];
  /** How many Produce requests had been written before it. */
  after: number;
  settle(sent: Sent, at: number): void;
}

export function sendSingly({ start, acks, clock, ...places }: SingleOptions): Single {
  let program: Promise<Program> | undefined;
  let current: Operation | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isConnected = false;
  let onConnected: (() => void) | undefined;
  let refused = false; // the next line names the producer's error
  let written = 0; // Produce requests of this process
  let lastAt = 0;
  let trace = freshTrace();

  function freshTrace(): (line: Line) => void {
    return traceWire({
      onAttempt(attempt) {
        if (attempt.api === "Metadata" && attempt.error === undefined) {
          isConnected = true;
          onConnected?.();
        }
        const one = current;
        if (one === undefined || (attempt.nth ?? Infinity) <= one.after) return;
        one.attempts.push(attempt);
        if (!isAcknowledgement(attempt)) return;
        const [partition, { offset }] = [...attempt.answers!][0]!;
        one.settle(
          {
            outcome: "ok",
            address: attempt.address,
            partition,
            ...(offset < 0n ? {} : { offset: String(offset) }),
            attempts: attemptsOf(one.attempts, places),
          },
          attempt.epochMs + attempt.tookMs,
        );
      },
      onProduce(at, nth) {
        written = nth;
        if (acks === 0)
          current?.settle(
            {
              outcome: "info",
              attempts: attemptsOf(current.attempts, places),
              error: "acks=0: the broker does not answer",
            },
            at,
          );
      },
    });
  }

  function hear(line: Line): void {
    trace(line);
    if (current === undefined) return;
    if (
      line.kind === "log" &&
      /^(?:Kafka producer started|Requesting metadata update|Attempting to append)/.test(line.text)
    )
      current.began ??= line.epochMs;
    if (line.kind === "rest" && refused) lose(current, line.text.replace(/^[\w.$]+\.(\w+): /, "$1: "));
    refused = line.kind === "log" && line.logger.endsWith(".ErrorLoggingCallback");
    if (line.kind === "log") lastAt = line.epochMs;
  }

  function lose(one: Operation, error: string, at = lastAt): void {
    one.settle(
      unacknowledged({ attempts: one.attempts, produced: written - one.after, acks, error }, places),
      at,
    );
  }

  async function running(): Promise<Program> {
    const before = await program?.catch(() => undefined);
    if (before?.isAlive !== true) {
      isConnected = false;
      written = 0;
      trace = freshTrace();
      program = start(hear);
    }
    return await program!;
  }

  async function sendNow(
    { value, key }: { value: string; key?: string },
    signal: AbortSignal | undefined,
  ): Promise<Sent> {
    if (signal?.aborted) return { outcome: "fail", attempts: [], error: (signal.reason as Error).message };
    let giveUp = (): void => {};
    let isGivenUp = false;
    try {
      return await new Promise<Sent>((resolve, reject) => {
        const one: Operation = {
          began: undefined,
          attempts: [],
          after: written,
          settle(sent, at) {
            if (current !== one) return;
            current = undefined;
            const began = one.began ?? at;
            // whole milliseconds, rounded outwards: the true span lies within
            resolve({ ...sent, began: clock(began), tookMs: Math.max(at - began, 0) + 1 });
          },
        };
        current = one;
        const started = running();
        started.then((tool) => {
          if (current !== one || isGivenUp) return;
          one.after = written; // a process that was started for it has written none
          tool.write(`${key ?? NO_KEY}\t${value}`);
          void tool.ended.then((failure) => {
            if (current !== one || isGivenUp) return;
            if (one.began !== undefined) return lose(one, failure.message.split("\n", 1)[0]!);
            current = undefined;
            reject(failure);
          });
        }, reject);
        giveUp = () => {
          isGivenUp = true;
          // the producer cannot be told to forget a record, only be ended
          void started
            .then(
              (tool) => tool.kill(),
              () => {},
            )
            .then(() => lose(one, (signal!.reason as Error | undefined)?.message ?? "given up", Date.now()));
        };
        signal?.addEventListener("abort", giveUp, { once: true });
      });
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  return {
    async connect(timeoutMs) {
      const tool = await running();
      if (isConnected) return;
      let timer: NodeJS.Timeout | undefined;
      try {
        await new Promise<void>((resolve, reject) => {
          onConnected = resolve;
          void tool.ended.then(reject);
          timer = setTimeout(
            () => reject(new Error(`not connected within ${timeoutMs} ms (max.block.ms)`)),
            timeoutMs,
          );
        });
      } finally {
        clearTimeout(timer);
      }
    },
    send(record, signal) {
      const sending = last.then(() => sendNow(record, signal));
      last = sending.catch(() => {});
      return sending;
    },
  };
}
