// A probe: a client with its own settings whose every operation goes into the history with a unique value.
//
//   send ─▶ client ─▶ sent ─▶ probe-records.ts ─▶ history
//                       └───▶ SendResult

import { setMaxListeners } from "node:events";
import { performance } from "node:perf_hooks";
import type { Client, ClientSettings, WasRead } from "../../client/client.ts";
import { type Duration, toMs } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import type { Broker } from "../../model/history.ts";
import { anySignal } from "../../runtime/signal.ts";
import type { Run } from "../run.ts";
import { type Load, type LoadOptions, wasEnded } from "./load.ts";
import { makeLoads } from "./probe-loads.ts";
import { probeRecords, type ProbeRecords } from "./probe-records.ts";
import type { ReadResult, SendResult } from "./results.ts";
import { makeWrites, type Writes } from "./writes.ts";

export type { ReadResult, SendResult } from "./results.ts";

/** Options of `probe.send`. */
export interface SendOptions {
  /** The record's key. @default none */
  key?: string;
  /** The record's partition. @default the probe's, else chosen by the client's partitioner */
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
  /** The partition that it was given; absent: the client's partitioner chooses. */
  readonly partition?: number;
  /** Every setting of its client, defaults included; times in milliseconds. */
  readonly settings: Readonly<ClientSettings>;
  /** Connects now; otherwise the first send connects. Rejects with the client's error. */
  connect(): Promise<void>;
  /**
   * Sends one record with a unique value. Errors of Kafka do not reject: they are in the result, whose
   * outcome is `ok` (acknowledged), `fail` (not written) or `info` (unknown).
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
  /**
   * Of every record for which its send or load names no other. @default chosen by the client's partitioner
   */
  partition?: number | undefined;
  settings: ClientSettings;
  client: Client;
  run: Run;
  brokerOf(address: string): Broker | null;
  /** Ends every wait; loads in the background continue. @default none */
  signal?(): AbortSignal | undefined;
  /** Throws if the lab is closed. @default never throws */
  assertOpen?(): void;
  /** Where it writes. @default kept for nobody */
  writes?: Writes;
}

/** What the operations of one probe share. */
interface ProbeContext extends ProbeParts {
  records: ProbeRecords;
  writes: Writes;
  closing: AbortController;
  /** @throws LabError LAB_CLOSED if the lab or the probe is closed */
  assertOpen(): void;
  /** The lab's signal, which ends every wait. */
  signal(): AbortSignal | undefined;
}

type SendOne = (options: SendOptions) => Promise<SendResult>;

export function makeProbe(parts: ProbeParts): Probe {
  const { name, topic, partition, settings, client } = parts;
  const context = makeContext(parts);
  const { closing, assertOpen } = context;
  const sendOne = makeSendOne(context);
  const sends = makeSends(context, sendOne);
  const loads = makeLoads({ ...context, sendOne });
  context.records.client();
  return {
    name,
    topic,
    ...(partition !== undefined && { partition }),
    settings,
    async connect() {
      assertOpen();
      await client.connect();
    },
    send: sends.send,
    read: makeRead(context),
    start: loads.start,
    async close() {
      if (closing.signal.aborted) return;
      closing.abort(new LabError("LAB_CLOSED", `the probe ${name} was closed`));
      await Promise.allSettled([...loads.stopAll(), ...sends.underWay]);
      await client.close();
    },
  };
}

function makeContext(parts: ProbeParts): ProbeContext {
  const { name, signal = () => undefined, assertOpen = () => {} } = parts;
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // one for each send under way
  return {
    ...parts,
    records: probeRecords(parts),
    writes: parts.writes ?? makeWrites(parts.partition),
    closing,
    signal,
    assertOpen() {
      assertOpen();
      if (closing.signal.aborted)
        throw new LabError("LAB_CLOSED", `Cannot use the probe ${name}: it is closed`);
    },
  };
}

/** One send with a value of its own, recorded. */
function makeSendOne({ name, topic, partition: own, client, records, closing }: ProbeContext): SendOne {
  let sequence = 0;
  return async ({ key, partition = own, signal }) => {
    const value = client.nextValue?.() ?? `${name}-${++sequence}`;
    const began = performance.now();
    const record = {
      topic,
      value,
      ...(key === undefined ? {} : { key }),
      ...(partition === undefined ? {} : { partition }),
    };
    const sent = await client.send(record, signal);
    const isUnderWay = wasEnded(sent, signal, closing.signal);
    const timing = { began: sent.began ?? began, tookMs: sent.tookMs ?? performance.now() - began };
    return records.send(value, isUnderWay ? { ...sent, isUnderWay } : sent, timing, partition);
  };
}

/** `probe.send()`, and the sends under way. */
function makeSends(
  { closing, signal, assertOpen, writes }: ProbeContext,
  sendOne: SendOne,
): { send: Probe["send"]; underWay: ReadonlySet<Promise<unknown>> } {
  const underWay = new Set<Promise<unknown>>();
  return {
    underWay,
    async send(options = {}) {
      assertOpen();
      const givenUp = signal();
      givenUp?.throwIfAborted();
      writes.sent(options);
      const sending = sendOne({ ...options, signal: anySignal(options.signal, givenUp, closing.signal)! });
      underWay.add(sending);
      const result = await sending.finally(() => underWay.delete(sending));
      givenUp?.throwIfAborted();
      return result;
    },
  };
}

/** `probe.read()`: each call goes on where the last one ended. */
function makeRead({ topic, client, run, records, closing, signal, assertOpen }: ProbeContext): Probe["read"] {
  const positions = new Map<number, string>();
  return async (options = {}) => {
    assertOpen();
    const givenUp = signal();
    givenUp?.throwIfAborted();
    const [atMs, began] = [run.now(), performance.now()];
    const was: WasRead = await client.read(topic, {
      from: positions,
      timeoutMs: toMs(options.timeout ?? "30s"),
      signal: anySignal(options.signal, givenUp, closing.signal)!,
    });
    givenUp?.throwIfAborted();
    for (const { partition, offset } of was.records) positions.set(partition, String(BigInt(offset) + 1n));
    return records.read(was, { atMs, tookMs: performance.now() - began });
  };
}
