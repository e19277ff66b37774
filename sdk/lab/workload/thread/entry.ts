// The clients' thread: kafkajs clients and their loads, away from what the lab's own thread does at once
// (a notebook compiles a cell for 0.7 s, a long history is judged).
//
//   host.ts ── orders ──▶ this thread: kafkajs, load.ts ──▶ sockets
//           ◀─ reports ──

import { performance } from "node:perf_hooks";
import process from "node:process";
import { parentPort } from "node:worker_threads";
import type { Client, Streamed } from "../../../client/client.ts";
import { kafkajsClient } from "../../../client/kafkajs.ts";
import { Security } from "../../../model/security.ts";
import { stallsOf } from "../../../runtime/stalls.ts";
import { type Load, makeLoad, wasEnded } from "../load.ts";
import { clocks, copied, type Order, type Report } from "./messages.ts";

interface Known {
  client: Client;
  nextValue(): string;
}

const clients = new Map<number, Known>();
/** What may be given up, by call. */
const givingUp = new Map<number, AbortController>();
const loads = new Map<number, Load>();
let sends: { call: number; sent: Streamed }[] = [];

const report = (one: Report): void => parentPort!.postMessage(one);

parentPort!.on("message", (order: Order) => {
  switch (order.order) {
    case "make":
      return make(order);
    case "giveUp":
      return givingUp.get(order.call)?.abort(new Error(order.reason));
    case "stop":
      return void stop(order);
    case "stream":
      return stream(order);
    case "connect":
    case "close":
    case "send":
    case "read":
      return void settle(order);
    default:
      return order satisfies never;
  }
});
stallsOf(({ beganMs, tookMs }) => report({ report: "stall", beganMs, tookMs }));
report({ report: "ready", clocks: clocks(process.hrtime.bigint) });

function make(order: Extract<Order, { order: "make" }>): void {
  const { client, name, settings, routes, groups, security, offsetMs, sequence } = order;
  const count = new Int32Array(sequence);
  clients.set(client, {
    nextValue: () => `${name}-${Atomics.add(count, 0, 1) + 1}`,
    client: kafkajsClient({
      name,
      settings,
      routes,
      groups,
      security: security && new Security(security),
      at: (now) => Math.round((now + offsetMs) * 1000) / 1000,
      brokerOf: () => null, // the lab's thread knows
      onStray: (error) => report({ report: "stray", client, error: copied(error) }),
    }),
  });
}

type Settling = Extract<Order, { order: "connect" | "close" | "send" | "read" }>;

/** Does one thing and reports how it ended. */
async function settle(order: Settling): Promise<void> {
  const { call } = order;
  try {
    const value = await act(order);
    report({ report: "settled", call, ...(value === undefined ? {} : { value }) });
  } catch (error) {
    report({ report: "settled", call, error: copied(error) });
  } finally {
    givingUp.delete(call);
  }
}

async function act(order: Settling): Promise<Extract<Report, { report: "settled" }>["value"]> {
  const { client } = clients.get(order.client)!;
  if (order.order !== "send" && order.order !== "read") return void (await client[order.order]());
  const { signal } = abortable(order.call);
  if (order.order === "send") return await timed(() => client.send(order.record, signal));
  const { topic, from, timeoutMs } = order;
  return await client.read(topic, { ...(from === undefined ? {} : { from }), timeoutMs, signal });
}

function abortable(call: number): AbortController {
  const controller = new AbortController();
  givingUp.set(call, controller);
  return controller;
}

/** This thread's clock says when a send began and how long it took. */
async function timed<Result>(
  act: () => Promise<Result>,
): Promise<Result & { began: number; tookMs: number }> {
  const began = performance.now();
  const result = await act();
  return { ...result, began, tookMs: performance.now() - began };
}

function stream({ client: number, call, how }: Extract<Order, { order: "stream" }>): void {
  const { client, nextValue } = clients.get(number)!;
  const { topic, key, partition } = how;
  const load = makeLoad(
    how,
    async (signal) => {
      const value = nextValue();
      const record = {
        topic,
        value,
        ...(key === undefined ? {} : { key }),
        ...(partition === undefined ? {} : { partition }),
      };
      const sent = await timed(() => client.send(record, signal)).catch((error: unknown) => {
        report({ report: "settled", call, error: copied(error) });
        throw error;
      });
      const isUnderWay = wasEnded(sent, signal);
      note({ call, sent: { ...sent, value, ...(isUnderWay ? { isUnderWay } : {}) } });
      return sent;
    },
    `client ${number}`,
  );
  loads.set(call, load);
}

/** Reports what was settled in one turn together: a message costs more than what is in it. */
function note(one: (typeof sends)[number]): void {
  if (sends.push(one) === 1) setImmediate(flush);
}

function flush(): void {
  if (sends.length > 0) report({ report: "sent", sends });
  sends = [];
}

async function stop({ call, giveUp }: Extract<Order, { order: "stop" }>): Promise<void> {
  await loads
    .get(call)
    ?.stop({ giveUp })
    .catch(() => {}); // reported when it failed
  loads.delete(call);
  flush();
  report({ report: "settled", call });
}
