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

/** The result of one send, whether Kafka accepted the record or not. */
export interface SendResult {
  /** `ok` acknowledged, `fail` not written, `info` unknown. */
  outcome: Outcome;
  /** From the call to the outcome, in milliseconds. */
  tookMs: number;
  /** The record's unique value: `probe-57`. */
  value: string;
  /** The broker that acknowledged; absent without an acknowledgement. */
  broker?: Broker;
  /** The record's partition; absent without an acknowledgement. */
  partition?: number;
  /** The record's offset; absent without an acknowledgement, and with acks 0. */
  offset?: string;
  /** Every attempt on the wire. */
  attempts: readonly Attempt[];
  /** The client's last error; absent if there was none. */
  error?: string;
}

/** The result of a read; `fail` if not everything up to the end was read. */
export interface ReadResult {
  /** `ok` if everything up to the end was read. */
  outcome: Outcome;
  /** In milliseconds. */
  tookMs: number;
  /** The records since this probe's last read, partition by partition, in offset order. */
  records: readonly ReadRecord[];
  /** The client's error; absent if there was none. */
  error?: string;
}

/** Options of `probe.send`. */
export interface SendOptions {
  /** The record's key. @default none */
  key?: string;
  /** The record's partition. @default chosen by the client's partitioner */
  partition?: number;
  /** Abandons the send: it ends as `info` or `fail`. */
  signal?: AbortSignal;
}

/** A client of the lab: every send has a unique value and is recorded in the history. */
export interface Probe {
  /** Its name in the history; unique in the run. */
  readonly name: string;
  /** The topic that it sends to. */
  readonly topic: string;
  /** Every setting of its client, defaults included; times in milliseconds. */
  readonly settings: Readonly<ClientSettings>;
  /** Connects now; otherwise the first send connects. Rejects with the client's error. */
  connect(): Promise<void>;
  /**
   * Sends one record with a unique value. Errors of Kafka do not reject: they are in the result, whose outcome
   * is `ok` (acknowledged), `fail` (not written) or `info` (unknown).
   *
   * @throws LabError LAB_CLOSED if the probe or the lab is closed
   * @example
   * const { outcome, partition, tookMs } = await lab.probe.send({ key: "a" });
   * console.log(outcome, partition, tookMs > 0); // ok 0 true
   */
  send(options?: SendOptions): Promise<SendResult>;
  /**
   * Reads the records since the last read, through a consumer as an application does.
   *
   * @default timeout "30s"
   * @throws LabError LAB_CLOSED if the probe or the lab is closed
   */
  read(options?: { timeout?: Duration; signal?: AbortSignal }): Promise<ReadResult>;
  /**
   * Sends in the background until the load or the lab is stopped.
   *
   * @throws RangeError for a rate that is not above 0
   * @example
   * const load = lab.probe.start({ perSecond: 50, inFlight: 5 });
   * await load.acknowledged(20);
   * const { ok, fail } = await load.stop();
   * console.log(ok >= 20, fail); // true 0
   */
  start(options?: LoadOptions): Load;
  /** Abandons the sends in flight and closes every connection. May be called twice. */
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
