// Many records at a steady rate: VerifiableProducer, which tells of each what became of it.

import { LabError } from "../../model/errors.ts";
import type { Stream, Streamed, StreamOptions } from "../client.ts";
import type { Line, ToolLine } from "./line.ts";
import { attemptsOf, isAcknowledgement, type OutcomeContext, unacknowledged } from "./outcome.ts";
import type { Program } from "./program.ts";
import { traceWire, type TracedAttempt } from "./trace.ts";

export interface RecordsOptions extends OutcomeContext {
  /** Starts the process. */
  start(onLine: (line: Line) => void): Promise<Program>;
  acks: -1 | 0 | 1;
  clock(epochMs: number): number;
}

/** @throws LabError UNSUPPORTED, RangeError for what VerifiableProducer cannot be told */
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
      `Cannot use ${one} for a Java client in the background: Kafka's VerifiableProducer has no such argument`,
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
      `Cannot send ${perSecond} times a second from a Java client: Kafka's VerifiableProducer takes whole numbers`,
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

/** Follows a VerifiableProducer from its start until it is stopped. */
export function streamRecords(
  { start, acks, clock, ...places }: RecordsOptions,
  onSent: (sent: Streamed) => void,
): Stream {
  const waiting = new Map<string, Waiting>();
  let attempts: TracedAttempt[] = []; // since the oldest record that waits
  let startedAt: number | undefined;
  let blockedSince: number | undefined; // in send(), for metadata
  let count = 0;
  let written = 0; // Produce requests
  let lastAt = 0;
  let isStopped = false;
  const trace = traceWire({
    onAttempt: (attempt) => void attempts.push(attempt),
    onProduce: (_, nth) => void (written = nth),
  });

  function begin(value: string, at: number): Waiting {
    const one: Waiting = {
      began: count === 0 ? (startedAt ?? at) : (blockedSince ?? at),
      isFirst: count === 0,
      after: written,
    };
    count++;
    blockedSince = undefined;
    waiting.set(value, one);
    return one;
  }

  function hear(line: Line): void {
    trace(line);
    if (line.kind === "rest") return;
    lastAt = line.epochMs;
    if (line.kind === "log") {
      if (!line.logger.endsWith(".KafkaProducer")) return;
      if (line.text.startsWith("Requesting metadata update for topic")) blockedSince ??= line.epochMs;
      const value = /^Attempting to append record .*, value=([\d.]+), timestamp=/.exec(line.text)?.[1];
      if (value !== undefined && !waiting.has(value)) begin(value, line.epochMs);
      return;
    }
    if (line.name === "startup_complete") startedAt = line.epochMs;
    if (line.name === "producer_send_success") acknowledge(line);
    if (line.name === "producer_send_error") refuse(line);
  }

  function acknowledge({ epochMs, facts }: ToolLine): void {
    const [value, partition, offset] = [
      String(facts["value"]),
      Number(facts["partition"]),
      BigInt(Number(facts["offset"])),
    ];
    const one = waiting.get(value) ?? begin(value, epochMs);
    const mine = since(one);
    if (acks === 0)
      return settle(value, one, epochMs, {
        outcome: "info",
        attempts: attemptsOf(mine.filter(explains(one)), places),
        error: "acks=0: the broker does not answer",
      });
    const by = mine.findLast(
      (attempt) =>
        isAcknowledgement(attempt, partition) &&
        (offset < 0n || attempt.answers!.get(partition)!.offset <= offset),
    );
    const shown = mine.filter((attempt) => attempt === by || explains(one)(attempt));
    settle(value, one, epochMs, {
      outcome: "ok",
      ...(by === undefined ? {} : { address: by.address }),
      partition,
      ...(offset < 0n ? {} : { offset: String(offset) }),
      attempts: attemptsOf(shown, places),
    });
  }

  function refuse({ epochMs, facts }: ToolLine): void {
    const value = String(facts["value"]);
    if (isStopped && !waiting.has(value)) return; // begun after the end was asked for
    const one = waiting.get(value) ?? begin(value, epochMs);
    const error = `${String(facts["exception"]).replace(/^.*\./, "")}: ${String(facts["message"])}`;
    lose(value, one, epochMs, error);
  }

  function lose(value: string, one: Waiting, at: number, error: string): void {
    const mine = since(one);
    settle(
      value,
      one,
      at,
      unacknowledged(
        {
          attempts: mine.filter((attempt) => explains(one)(attempt) || attempt.api === "Produce"),
          produced: written - one.after,
          acks,
          error,
        },
        places,
      ),
    );
  }

  const since = ({ began, after }: Waiting): TracedAttempt[] =>
    attempts.filter(
      (attempt) => attempt.epochMs + attempt.tookMs >= began && (attempt.nth ?? Infinity) > after,
    );

  /**
   * A success belongs to many records; only failures, and for the first record the way to the broker, explain
   * anything.
   */
  const explains =
    ({ isFirst }: Waiting) =>
    (attempt: TracedAttempt): boolean =>
      attempt.error !== undefined || (isFirst && attempt.api !== "Produce");

  function settle(
    value: string,
    { began }: Waiting,
    at: number,
    sent: Omit<Streamed, "value" | "began" | "tookMs">,
  ): void {
    waiting.delete(value);
    const oldest = waiting.values().next().value?.began ?? at;
    if ((attempts[0]?.epochMs ?? oldest) + 1000 < oldest)
      attempts = attempts.filter((attempt) => attempt.epochMs + attempt.tookMs >= oldest);
    onSent({ ...sent, value, began: clock(began), tookMs: Math.max(at - began, 0) + 1 });
  }

  const program = start(hear);
  const ended = program
    .then(
      (tool) => tool.ended,
      (error: Error) => error,
    )
    .then((failure) => {
      for (const [value, one] of waiting)
        lose(
          value,
          one,
          Math.max(lastAt, one.began),
          isStopped ? "the load was stopped" : failure.message.split("\n", 1)[0]!,
        );
      return isStopped ? undefined : failure;
    });
  return {
    ended,
    async stop({ giveUp }) {
      isStopped = true;
      const tool = await program.catch(() => undefined);
      if (giveUp) await tool?.kill();
      else tool?.endGently();
      await ended;
    },
  };
}
