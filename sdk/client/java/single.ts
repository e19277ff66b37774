// One record at a time through one warm producer: ConsoleProducer, the only tool of Kafka's that sends on
// request.
//
//   send() ──▶ a line on its standard input ──▶ KafkaProducer.send ──▶ broker
//     ◀── outcome ◀── its log: the Produce answer, or the producer's own error
//
// The next record waits for the one before, so each answer has one record that it can be about.

import { isRefusal } from "../../kafka/security/mod.ts";
import type { Sent } from "../client.ts";
import type { Line } from "./line.ts";
import { attemptsOf, isAcknowledgement, type OutcomeContext, unacknowledged } from "./outcome.ts";
import type { Program } from "./program.ts";
import { traceWire, type TracedAttempt, type WireTrace } from "./trace.ts";

export interface SingleOptions extends OutcomeContext {
  /** Starts the process. */
  start(onLine: (line: Line) => void): Promise<Program>;
  acks: -1 | 0 | 1;
  /** `performance.now()` of milliseconds since the epoch. */
  clock(epochMs: number): number;
}

/** What the line reader reads as no key at all: a control character, which no key of a test has. */
export const NO_KEY = "\u0001";

export interface Single {
  connect(timeoutMs: number): Promise<void>;
  /** @throws LabError BAD_CLIENT */
  send(record: { value: string; key?: string }, signal?: AbortSignal): Promise<Sent>;
}

/** The record that the producer has. */
interface Operation {
  /** By the epoch; undefined until the producer logs that it began. */
  began: number | undefined;
  attempts: TracedAttempt[];
  /** How many Produce requests had been written before it. */
  after: number;
  isGivenUp: boolean;
  resolve(sent: Sent): void;
}

/** One producer and the record that it has; a process that ended is replaced by the next send. */
interface ProducerState {
  readonly options: SingleOptions;
  program: Promise<Program> | undefined;
  current: Operation | undefined;
  isConnected: boolean;
  onConnected: (() => void) | undefined;
  /** Whether the next line names the producer's error. */
  isErrorNext: boolean;
  /** Produce requests of this process. */
  written: number;
  lastAt: number;
  /** Of this process. */
  trace: WireTrace | undefined;
}

export function sendSingly(options: SingleOptions): Single {
  const state: ProducerState = {
    options,
    program: undefined,
    current: undefined,
    isConnected: false,
    onConnected: undefined,
    isErrorNext: false,
    written: 0,
    lastAt: 0,
    trace: undefined,
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    connect: (timeoutMs) => connectWithin(state, timeoutMs),
    send(record, signal) {
      const sending = last.then(() => sendNow(state, record, signal));
      last = sending.catch(() => {});
      return sending;
    },
  };
}

/** The process, started where there is none that is alive. */
async function running(state: ProducerState): Promise<Program> {
  const before = await state.program?.catch(() => undefined);
  if (before?.isAlive !== true) {
    state.isConnected = false;
    state.written = 0;
    state.trace = traceWire({
      onAttempt: (attempt) => onAttempt(state, attempt),
      onProduce: (atMs, nth) => onProduce(state, atMs, nth),
    });
    state.program = state.options.start((line) => onLine(state, line));
  }
  return await state.program!;
}

async function connectWithin(state: ProducerState, timeoutMs: number): Promise<void> {
  const tool = await running(state);
  if (state.isConnected) return;
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      state.onConnected = resolve;
      void tool.ended.then(reject);
      const error = new Error(`not connected within ${timeoutMs} ms (max.block.ms)`);
      timer = setTimeout(() => reject(error), timeoutMs);
    });
  } finally {
    clearTimeout(timer);
  }
}

async function sendNow(
  state: ProducerState,
  { value, key }: { value: string; key?: string },
  signal: AbortSignal | undefined,
): Promise<Sent> {
  if (signal?.aborted) return { outcome: "fail", attempts: [], error: (signal.reason as Error).message };
  let abort = (): void => {};
  try {
    return await new Promise<Sent>((resolve, reject) => {
      const one: Operation = {
        began: undefined,
        attempts: [],
        after: state.written,
        isGivenUp: false,
        resolve,
      };
      state.current = one;
      const started = running(state);
      started.then((tool) => writeRecord(state, one, tool, `${key ?? NO_KEY}\t${value}`, reject), reject);
      abort = () => giveUp(state, one, started, signal!);
      signal?.addEventListener("abort", abort, { once: true });
    });
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

function writeRecord(
  state: ProducerState,
  one: Operation,
  tool: Program,
  line: string,
  reject: (failure: Error) => void,
): void {
  if (state.current !== one || one.isGivenUp) return;
  one.after = state.written; // a process that was started for it has written none
  tool.write(line);
  void tool.ended.then((failure) => {
    if (state.current !== one || one.isGivenUp) return;
    if (one.began !== undefined && !isRefusal(failure))
      return lose(state, one, failure.message.split("\n", 1)[0]!);
    state.current = undefined;
    reject(failure);
  });
}

/** Ends the process: the producer has no command to drop a record. */
function giveUp(state: ProducerState, one: Operation, started: Promise<Program>, signal: AbortSignal): void {
  one.isGivenUp = true;
  const error = (): string => (signal.reason as Error | undefined)?.message ?? "given up";
  void started
    .then(
      (tool) => tool.kill(),
      () => {},
    )
    .then(() => lose(state, one, error(), Date.now()));
}

function onLine(state: ProducerState, line: Line): void {
  state.trace?.read(line);
  const one = state.current;
  if (one === undefined) return;
  if (line.kind === "log" && BEGINS.test(line.text)) one.began ??= line.epochMs;
  if (line.kind === "rest" && state.isErrorNext)
    lose(state, one, line.text.replace(/^[\w.$]+\.(\w+): /, "$1: "));
  state.isErrorNext = line.kind === "log" && line.logger.endsWith(".ErrorLoggingCallback");
  if (line.kind === "log") state.lastAt = line.epochMs;
}

const BEGINS = /^(?:Kafka producer started|Requesting metadata update|Attempting to append)/;

function onAttempt(state: ProducerState, attempt: TracedAttempt): void {
  if (attempt.api === "Metadata" && attempt.error === undefined) {
    state.isConnected = true;
    state.onConnected?.();
  }
  const one = state.current;
  if (one === undefined || (attempt.nth ?? Infinity) <= one.after) return;
  one.attempts.push(attempt);
  if (!isAcknowledgement(attempt)) return;
  const [partition, { offset }] = [...attempt.answers!][0]!;
  const sent: Sent = {
    outcome: "ok",
    address: attempt.address,
    partition,
    ...(offset < 0n ? {} : { offset: String(offset) }),
    attempts: attemptsOf(one.attempts, state.options),
  };
  settle(state, one, sent, attempt.epochMs + attempt.tookMs);
}

function onProduce(state: ProducerState, at: number, nth: number): void {
  state.written = nth;
  const one = state.current;
  if (state.options.acks !== 0 || one === undefined) return;
  const attempts = attemptsOf(one.attempts, state.options);
  settle(state, one, { outcome: "info", attempts, error: "acks=0: the broker does not answer" }, at);
}

function lose(state: ProducerState, one: Operation, error: string, at = state.lastAt): void {
  const { acks } = state.options;
  const produced = state.written - one.after;
  const isConnected = state.trace?.isConnected ?? false;
  const failed = { attempts: one.attempts, produced, acks, error, isConnected };
  settle(state, one, unacknowledged(failed, state.options), at);
}

function settle(state: ProducerState, one: Operation, sent: Sent, at: number): void {
  if (state.current !== one) return;
  state.current = undefined;
  const began = one.began ?? at;
  // whole milliseconds, rounded outwards: the true span lies within
  one.resolve({ ...sent, began: state.options.clock(began), tookMs: Math.max(at - began, 0) + 1 });
}
