// The clients' thread, seen from the lab: a client behind the Client port whose work is done there.

import { performance } from "node:perf_hooks";
import process from "node:process";
import type { Worker } from "node:worker_threads";
import type { Client, KafkajsSettings, Sent, Stream, Streamed, WasRead } from "../../../client/client.ts";
import type { Attempt } from "../../../model/history.ts";
import type { Security } from "../../../model/security.ts";
import { assertLoad } from "../load.ts";
import { clocks, copied, offsetOf, type Order, type Report, restored } from "./messages.ts";
import { startWorker } from "./start.ts";

export interface ThreadOptions {
  /** The moment of a `performance.now()` value, in milliseconds since the run's start. */
  at(performanceNow: number): number;
  brokerOf(address: string): number | null;
  /** Called when the thread's event loop stood still; `beganMs` by this thread's `performance.now()`. */
  onStall(stall: { beganMs: number; tookMs: number }): void;
}

export interface ThreadClientOptions {
  name: string;
  settings: KafkajsSettings;
  /** As kafkajsClient's. */
  routes?: ReadonlyMap<string, string> | undefined;
  groups?: string | undefined;
  security?: Security | undefined;
  onStray(error: Error): void;
}

/** A thread in which kafkajs clients run. */
export interface ClientsThread {
  /** A client of the thread, and the names of its records' values. */
  client(options: ThreadClientOptions): Client & { nextValue(): string };
  /** Ends the thread; what was under way is settled as with an unknown outcome. */
  close(): Promise<void>;
}

interface ThreadState {
  readonly worker: Worker;
  readonly options: ThreadOptions;
  /** Adds to the thread's `performance.now()` to have this thread's. */
  readonly offsetMs: number;
  readonly calls: Map<number, (report: Settled) => void>;
  readonly streams: Map<number, (sent: Streamed) => void>;
  /** Clients that were used and are not closed. */
  readonly open: Set<number>;
  readonly strays: Map<number, (error: Error) => void>;
  ended: Error | undefined;
  lastId: number;
}

type Settled = Omit<Extract<Report, { report: "settled" }>, "report" | "call">;

/**
 * Starts the thread.
 *
 * Rejects where the runtime cannot start it: then clients run in the lab's own thread.
 */
export async function startThread(options: ThreadOptions): Promise<ClientsThread> {
  const { worker, itsClocks } = await startWorker();
  const state: ThreadState = {
    worker,
    options,
    offsetMs: offsetOf(clocks(process.hrtime.bigint), itsClocks),
    calls: new Map(),
    streams: new Map(),
    open: new Set(),
    strays: new Map(),
    ended: undefined,
    lastId: 0,
  };
  worker.on("message", (report: Report) => hear(state, report));
  worker.on("error", (error) => end(state, error));
  worker.on("exit", () => end(state, new Error("the clients' thread has ended")));
  return {
    client: (how) => clientOf(state, how),
    async close() {
      end(state, new Error("the lab was closed"));
      await worker.terminate();
    },
  };
}

function hear(state: ThreadState, report: Report): void {
  switch (report.report) {
    case "settled":
      return settle(state, report.call, report);
    case "sent":
      for (const { call, sent } of report.sends) state.streams.get(call)?.(here(state, sent));
      return;
    case "stray":
      return state.strays.get(report.client)?.(restored(report.error));
    case "stall":
      return state.options.onStall({ ...report, beganMs: report.beganMs + state.offsetMs });
    case "ready":
      return;
    default:
      return report satisfies never;
  }
}

function settle(state: ThreadState, call: number, report: Settled): void {
  const resolve = state.calls.get(call);
  state.calls.delete(call);
  keepAlive(state);
  resolve?.(report);
}

/** An open client that was used keeps its program alive, as its sockets would; an unused thread does not. */
function keepAlive({ calls, open, worker, ended }: ThreadState): void {
  if (ended === undefined && calls.size + open.size > 0) worker.ref();
  else worker.unref();
}

function end(state: ThreadState, error: Error): void {
  state.ended ??= error;
  for (const call of [...state.calls.keys()]) settle(state, call, { error: copied(error) });
}

type Calling = Extract<Order, { call: number }>;
type WithoutCall<O> = O extends unknown ? Omit<O, "call"> : never;

/** Gives an order and resolves with its report; a signal gives it up. */
function ask(
  state: ThreadState,
  order: WithoutCall<Exclude<Calling, { order: "giveUp" | "stop" }>>,
  signal?: AbortSignal,
): Promise<Settled> {
  const call = ++state.lastId;
  if (order.order !== "close") state.open.add(order.client);
  const giveUp = (): void => {
    const { reason } = signal as { reason: unknown };
    post(state, {
      order: "giveUp",
      call,
      reason: reason instanceof Error ? reason.message : "given up",
    });
  };
  return new Promise<Settled>((resolve) => {
    register(state, call, resolve);
    post(state, { ...order, call } as Order);
    if (signal?.aborted) giveUp();
    else signal?.addEventListener("abort", giveUp, { once: true });
  }).finally(() => signal?.removeEventListener("abort", giveUp));
}

function register(state: ThreadState, call: number, resolve: (report: Settled) => void): void {
  if (state.ended !== undefined) return resolve({ error: copied(state.ended) });
  state.calls.set(call, resolve);
  keepAlive(state);
}

function post({ worker, ended }: ThreadState, order: Order): void {
  if (ended === undefined) worker.postMessage(order);
}

function clientOf(state: ThreadState, how: ThreadClientOptions): ReturnType<ClientsThread["client"]> {
  const { name, settings, routes, groups, onStray } = how;
  const security = how.security?.options();
  const client = ++state.lastId;
  const sequence = new SharedArrayBuffer(4);
  const count = new Int32Array(sequence);
  const { at } = state.options;
  const now = performance.now();
  const offsetMs = at(now) - now + state.offsetMs;
  const facts = { name, settings, routes, groups, security };
  post(state, { order: "make", client, ...facts, offsetMs, sequence });
  state.strays.set(client, onStray);
  return {
    nextValue: () => `${name}-${Atomics.add(count, 0, 1) + 1}`,
    async connect() {
      valueOf(await ask(state, { order: "connect", client }));
    },
    async send(record, signal) {
      if (state.ended !== undefined) return { outcome: "fail", attempts: [], error: state.ended.message };
      const { value, error } = await ask(state, { order: "send", client, record }, signal);
      if (error?.code !== undefined) throw restored(error); // the cluster refuses the client
      if (error !== undefined) return { outcome: "info", attempts: [], error: error.message };
      return here(state, value as Sent);
    },
    async read(topic, { from, timeoutMs, signal }) {
      return valueOf(await ask(state, { order: "read", client, topic, from, timeoutMs }, signal)) as WasRead;
    },
    stream(options, onSent) {
      assertLoad(options);
      return streamOf(state, client, { options, onSent });
    },
    async close() {
      if (state.ended !== undefined) return;
      await ask(state, { order: "close", client });
      state.strays.delete(client);
      state.open.delete(client);
      keepAlive(state);
    },
  };
}

function streamOf(
  state: ThreadState,
  client: number,
  {
    options,
    onSent,
  }: { options: Parameters<NonNullable<Client["stream"]>>[0]; onSent(sent: Streamed): void },
): Stream {
  const call = ++state.lastId;
  state.open.add(client);
  state.streams.set(call, onSent);
  const ended = new Promise<Error | undefined>((resolve) => {
    register(state, call, ({ error }) => {
      state.streams.delete(call);
      resolve(error === undefined ? undefined : restored(error));
    });
    post(state, { order: "stream", client, call, how: options });
  });
  return {
    ended,
    async stop({ giveUp }) {
      post(state, { order: "stop", call, giveUp });
      await ended;
    },
  };
}

/** @throws Error where it failed */
function valueOf({ value, error }: Settled): Settled["value"] {
  if (error !== undefined) throw restored(error);
  return value;
}

/** A send by this thread's clock, with the brokers that only the lab knows. */
function here<S extends Sent>({ options, offsetMs }: ThreadState, sent: S): S {
  const attempts = sent.attempts.map((one): Attempt => ({ ...one, broker: options.brokerOf(one.address) }));
  return { ...sent, attempts, ...(sent.began === undefined ? {} : { began: sent.began + offsetMs }) };
}
