// A probe: a client with its own settings whose every operation goes into the history with a value that
// occurs nowhere else.

import { setMaxListeners } from "node:events";
import { performance } from "node:perf_hooks";
import { type Duration, toMs } from "../../model/duration.ts";
import type { Client, ClientSettings, Sent, WasRead } from "../../client/client.ts";
import { shownSettings } from "../../client/java/mod.ts";
import { LabError } from "../../model/errors.ts";
import type { Attempt, Broker, Outcome, ReadRecord, SendEvent } from "../../model/history.ts";
import { followStream, type Load, type LoadOptions, makeLoad } from "./load.ts";
import { isNotebook } from "../../notebook/notebook.ts";
import type { Run } from "../run.ts";
import { anySignal } from "../../runtime/signal.ts";

/** How one send ended: the same record whether Kafka took it or not. */
export interface SendResult {
  outcome: Outcome;
  tookMs: number;
  value: string;
  /** The broker that acknowledged. */
  broker?: Broker;
  partition?: number;
  offset?: string;
  /** Every try on the wire. */
  attempts: readonly Attempt[];
  error?: string;
}

/** How a reading ended; `fail` where not everything up to the end could be read. */
export interface ReadResult {
  outcome: Outcome;
  tookMs: number;
  /** What is new since this probe's last reading, partition by partition in offset order. */
  records: readonly ReadRecord[];
  error?: string;
}

export interface SendOptions {
  key?: string;
  partition?: number;
  signal?: AbortSignal;
}

export interface Probe {
  readonly name: string;
  readonly topic: string;
  readonly settings: Readonly<ClientSettings>;
  /** Connects beforehand; `send` does it by itself. Rejects with the client's error. */
  connect(): Promise<void>;
  /** Sends one record. Never rejects for what Kafka does; only where the probe is closed. */
  send(options?: SendOptions): Promise<SendResult>;
  /** Reads what is new through a consumer, as an application would. @default timeout "30s" */
  read(options?: { timeout?: Duration; signal?: AbortSignal }): Promise<ReadResult>;
  /** Sends in the background until stopped. */
  start(options?: LoadOptions): Load;
  /** Gives up what is under way and closes every connection; twice does nothing. */
  close(): Promise<void>;
}

export interface ProbeParts {
  name: string;
  topic: string;
  settings: ClientSettings;
  client: Client;
  run: Run;
  brokerOf(address: string): Broker | null;
  /** What ends every wait, where there is one; loads in the background go on. @default none */
  signal?(): AbortSignal | undefined;
  /** Throws once the lab is closed. @default nothing */
  assertOpen?(): void;
}

export function makeProbe({
  name,
  topic,
  settings,
  client,
  run,
  brokerOf,
  signal: labSignal = () => undefined,
  assertOpen: assertLabOpen = () => {},
}: ProbeParts): Probe {
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // one for each send under way
  const underWay = new Set<Promise<unknown>>();
  /** With the options of each. */
  const loads = new Map<Load, string>();
  const positions = new Map<number, string>();
  let sequence = 0;
  run.record({
    kind: "client",
    atMs: run.now(),
    client: name,
    settings: { topic, ...(settings.client === "java" ? shownSettings(settings) : settings) },
  });

  function assertOpen(): void {
    assertLabOpen();
    if (closing.signal.aborted)
      throw new LabError("LAB_CLOSED", `Cannot use the probe ${name}: it is closed`);
  }

  async function sendOne(options: SendOptions): Promise<SendResult> {
    const value = `${name}-${++sequence}`;
    const began = performance.now();
    const { key, partition } = options;
    const sent = await client.send(
      {
        topic,
        value,
        ...(key === undefined ? {} : { key }),
        ...(partition === undefined ? {} : { partition }),
      },
      options.signal,
    );
    return record(value, sent, sent.began ?? began, sent.tookMs ?? performance.now() - began);
  }

  function record(value: string, sent: Sent, began: number, tookMs: number): SendResult {
    const broker = sent.address === undefined ? null : brokerOf(sent.address);
    const result: SendResult = {
      outcome: sent.outcome,
      tookMs: Math.round(tookMs * 1000) / 1000,
      value,
      ...(broker === null ? {} : { broker }),
      ...(sent.partition === undefined ? {} : { partition: sent.partition }),
      ...(sent.offset === undefined ? {} : { offset: sent.offset }),
      attempts: sent.attempts,
      ...(sent.error === undefined ? {} : { error: sent.error }),
    };
    const { tookMs: rounded, ...rest } = result;
    run.record({
      kind: "send",
      atMs: run.at(began),
      tookMs: rounded,
      client: name,
      topic,
      ...rest,
    } satisfies SendEvent);
    return result;
  }

  async function send(options: SendOptions = {}): Promise<SendResult> {
    assertOpen();
    const givenUp = labSignal();
    givenUp?.throwIfAborted();
    const sending = sendOne({ ...options, signal: anySignal(options.signal, givenUp, closing.signal)! });
    underWay.add(sending);
    const result = await sending.finally(() => underWay.delete(sending));
    givenUp?.throwIfAborted();
    return result;
  }

  async function read({
    timeout = "30s",
    signal,
  }: {
    timeout?: Duration;
    signal?: AbortSignal;
  } = {}): Promise<ReadResult> {
    assertOpen();
    const givenUp = labSignal();
    givenUp?.throwIfAborted();
    const [atMs, began] = [run.now(), performance.now()];
    const was: WasRead = await client.read(topic, {
      from: positions,
      timeoutMs: toMs(timeout),
      signal: anySignal(signal, givenUp, closing.signal)!,
    });
    givenUp?.throwIfAborted();
    for (const { partition, offset } of was.records) positions.set(partition, String(BigInt(offset) + 1n));
    const tookMs = Math.round((performance.now() - began) * 1000) / 1000;
    run.record({ kind: "read", atMs, tookMs, client: name, topic, records: was.records });
    const isComplete = was.error === undefined && was.partitions.every(({ complete }) => complete);
    return {
      outcome: isComplete ? "ok" : "fail",
      tookMs,
      records: was.records,
      ...(was.error === undefined ? {} : { error: was.error }),
    };
  }

  function start(options: LoadOptions = {}): Load {
    assertOpen();
    const load =
      client.stream === undefined
        ? makeLoad(options, (signal) => sendOne({ ...options, signal }), name)
        : followStream(
            (onSent) =>
              client.stream!({ perSecond: 100, ...options, topic }, (sent) =>
                onSent(record(sent.value, sent, sent.began, sent.tookMs)),
              ),
            name,
          );
    // a cell that is run again has lost hold of the load that it began before
    const asked = JSON.stringify(options);
    if (isNotebook())
      for (const [earlier, how] of loads) if (how === asked) void earlier.stop().catch(() => {});
    loads.set(load, asked);
    return {
      ...load,
      acknowledged: async (wanted, { signal, ...how } = {}) =>
        await load.acknowledged(wanted, { ...how, ...given(anySignal(signal, labSignal(), closing.signal)) }),
    };
  }

  return {
    name,
    topic,
    settings,
    async connect() {
      assertOpen();
      await client.connect();
    },
    send,
    read,
    start,
    async close() {
      if (closing.signal.aborted) return;
      closing.abort(new LabError("LAB_CLOSED", `the probe ${name} was closed`));
      await Promise.allSettled([
        ...[...loads.keys()].map((load) => load.stop({ giveUp: true })),
        ...underWay,
      ]);
      await client.close();
    },
  };
}

function given(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
