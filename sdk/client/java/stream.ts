// Many records at a steady rate: VerifiableProducer, which reports the outcome of each.

import { LabError } from "../../model/errors.ts";
import type { Stream, Streamed, StreamOptions } from "../client.ts";
import type { Line, LogLine, ToolLine } from "./line.ts";
import { attemptsOf, isAcknowledgement, type OutcomeContext, unacknowledged } from "./outcome.ts";
import type { Program } from "./program.ts";
import { traceWire, type TracedAttempt, type WireTrace } from "./trace.ts";

export interface RecordsOptions extends OutcomeContext {
  /** Starts the process. */
  start(onLine: (line: Line) => void): Promise<Program>;
  acks: -1 | 0 | 1;
  clock(epochMs: number): number;
}

/** @throws LabError UNSUPPORTED, RangeError for what VerifiableProducer has no argument for */
export function assertStreamable({
  perSecond,
  inFlight,
  key,
  partition,
}: Omit<StreamOptions, "topic">): void {
  if (!(perSecond > 0))
    throw new RangeError(`Cannot send ${perSecond} times a second: expected a number above 0`);
  const asked = { inFlight, key, partition };
  const one = (Object.keys(asked) as (keyof typeof asked)[]).find((name) => asked[name] !== undefined);
  if (one !== undefined)
    throw new LabError(
      "UNSUPPORTED",
      `Cannot use ${one} for a Java client in the background: VerifiableProducer has no such argument`,
      {
        hint:
          one === "inFlight"
            ? "It begins its sends at the rate asked for, however many wait."
            : "A kafkajs probe takes it; `send({ key })` of a Java probe takes a key.",
      },
    );
  if (!Number.isInteger(perSecond))
    throw new LabError(
      "UNSUPPORTED",
      `Cannot send ${perSecond} times a second from a Java client: VerifiableProducer takes whole numbers`,
      { hint: "For fewer than one a second call `send()`." },
    );
}

interface Waiting {
  began: number;
  /** The first record of the process connects, too. */
  isFirst: boolean;
  /** How many Produce requests had been written before it. */
  after: number;
}

/** One VerifiableProducer and its records. */
interface StreamState {
  readonly options: RecordsOptions;
  onSent(sent: Streamed): void;
  /** By value. */
  readonly waiting: Map<string, Waiting>;
  /** Since the oldest record that waits. */
  attempts: TracedAttempt[];
  startedAt: number | undefined;
  /** Since when it is in send() for metadata. */
  blockedSince: number | undefined;
  count: number;
  /** Produce requests. */
  written: number;
  lastAt: number;
  isStopped: boolean;
  readonly trace: WireTrace;
}

/** Follows a VerifiableProducer from its start until it is stopped. */
export function streamRecords(options: RecordsOptions, onSent: (sent: Streamed) => void): Stream {
  const state: StreamState = {
    options,
    onSent,
    waiting: new Map(),
    attempts: [],
    startedAt: undefined,
    blockedSince: undefined,
    count: 0,
    written: 0,
    lastAt: 0,
    isStopped: false,
    trace: traceWire({
      onAttempt: (attempt) => void state.attempts.push(attempt),
      onProduce: (_, nth) => void (state.written = nth),
    }),
  };
  const program = options.start((line) => {
    state.trace.read(line);
    onLine(state, line);
  });
  const ended = program
    .then(
      (tool) => tool.ended,
      (error: Error) => error,
    )
    .then((failure) => {
      const error = state.isStopped ? "the load was stopped" : failure.message.split("\n", 1)[0]!;
      for (const [value, one] of state.waiting)
        lose(state, value, one, {
          at: Math.max(state.lastAt, one.began),
          error,
          isUnderWay: state.isStopped,
        });
      return state.isStopped ? undefined : failure;
    });
  return {
    ended,
    async stop({ giveUp }) {
      state.isStopped = true;
      const tool = await program.catch(() => undefined);
      if (giveUp) await tool?.kill();
      else tool?.endGently();
      await ended;
    },
  };
}

function onLine(state: StreamState, line: Line): void {
  if (line.kind === "rest") return;
  state.lastAt = line.epochMs;
  if (line.kind === "log") return onLogged(state, line);
  if (line.name === "startup_complete") state.startedAt = line.epochMs;
  if (line.name === "producer_send_success") acknowledge(state, line);
  if (line.name === "producer_send_error") refuse(state, line);
}

function onLogged(state: StreamState, { logger, text, epochMs }: LogLine): void {
  if (!logger.endsWith(".KafkaProducer")) return;
  if (text.startsWith("Requesting metadata update for topic")) state.blockedSince ??= epochMs;
  const value = /^Attempting to append record .*, value=([\d.]+), timestamp=/.exec(text)?.[1];
  if (value !== undefined && !state.waiting.has(value)) begin(state, value, epochMs);
}

function begin(state: StreamState, value: string, at: number): Waiting {
  const isFirst = state.count === 0;
  const one: Waiting = {
    began: (isFirst ? state.startedAt : state.blockedSince) ?? at,
    isFirst,
    after: state.written,
  };
  state.count++;
  state.blockedSince = undefined;
  state.waiting.set(value, one);
  return one;
}

function acknowledge(state: StreamState, { epochMs, facts }: ToolLine): void {
  const { acks } = state.options;
  const value = String(facts["value"]);
  const partition = Number(facts["partition"]);
  const offset = BigInt(Number(facts["offset"]));
  const one = state.waiting.get(value) ?? begin(state, value, epochMs);
  const mine = attemptsSince(state, one);
  if (acks === 0)
    return settle(state, value, one, epochMs, {
      outcome: "info",
      attempts: attemptsOf(mine.filter(explains(one)), state.options),
      error: "acks=0: the broker does not answer",
    });
  const by = mine.findLast(
    (attempt) =>
      isAcknowledgement(attempt, partition) &&
      (offset < 0n || attempt.answers!.get(partition)!.offset <= offset),
  );
  const shown = mine.filter((attempt) => attempt === by || explains(one)(attempt));
  settle(state, value, one, epochMs, {
    outcome: "ok",
    ...(by === undefined ? {} : { address: by.address }),
    partition,
    ...(offset < 0n ? {} : { offset: String(offset) }),
    attempts: attemptsOf(shown, state.options),
  });
}

function refuse(state: StreamState, { epochMs, facts }: ToolLine): void {
  const value = String(facts["value"]);
  if (state.isStopped && !state.waiting.has(value)) return; // begun after the end was asked for
  const one = state.waiting.get(value) ?? begin(state, value, epochMs);
  const error = `${String(facts["exception"]).replace(/^.*\./, "")}: ${String(facts["message"])}`;
  lose(state, value, one, { at: epochMs, error });
}

function lose(
  state: StreamState,
  value: string,
  one: Waiting,
  how: { at: number; error: string; isUnderWay?: boolean },
): void {
  const failed = {
    attempts: attemptsSince(state, one).filter(
      (attempt) => explains(one)(attempt) || attempt.api === "Produce",
    ),
    produced: state.written - one.after,
    acks: state.options.acks,
    error: how.error,
    isConnected: state.trace.isConnected,
  };
  const sent = unacknowledged(failed, state.options);
  settle(state, value, one, how.at, how.isUnderWay === true ? { ...sent, isUnderWay: true } : sent);
}

function attemptsSince({ attempts }: StreamState, { began, after }: Waiting): TracedAttempt[] {
  return attempts.filter(
    (attempt) => attempt.epochMs + attempt.tookMs >= began && (attempt.nth ?? Infinity) > after,
  );
}

/**
 * A success belongs to many records; only failures, and for the first record the way to the broker, explain
 * anything.
 */
function explains({ isFirst }: Waiting): (attempt: TracedAttempt) => boolean {
  return ({ error, api }) => error !== undefined || (isFirst && api !== "Produce");
}

function settle(
  state: StreamState,
  value: string,
  { began }: Waiting,
  at: number,
  sent: Omit<Streamed, "value" | "began" | "tookMs">,
): void {
  state.waiting.delete(value);
  const oldest = state.waiting.values().next().value?.began ?? at;
  if ((state.attempts[0]?.epochMs ?? oldest) + 1000 < oldest)
    state.attempts = state.attempts.filter((attempt) => attempt.epochMs + attempt.tookMs >= oldest);
  const { clock } = state.options;
  state.onSent({ ...sent, value, began: clock(began), tookMs: Math.max(at - began, 0) + 1 });
}
