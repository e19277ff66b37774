#!/usr/bin/env -S npx tsx
// The application of the posted experiment: `GET /sendMessage` produces, a consumer prints, and a listener
// prints what became of each record. Readers run it while they break its cluster.
//
//   curl :8080/sendMessage ─▶ 200 ─▶ producer ─▶ my_topic ─▶ consumer (my-group) ─▶ "Received message: …"
//
// It uses kafkajs directly, with every setting written out, and does not use the lab. It keeps running
// without a cluster. Three parts exist because of kafkajs 2.2.4: a consumer that kafkajs does not restart is
// created again; so is a producer whose connection never got a response, because every later send on it
// fails; so is a producer whose send does not end.

import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { print, printable, readable } from "@kafka-failure-lab/sdk";
import { printError } from "@kafka-failure-lab/sdk/scenario";
import type { Kafka } from "kafkajs";
import { makeKafka, makeSender } from "./app/sender.ts";
import { labAddresses } from "./app/labs.ts";
import { fail, messageOf, readSettings } from "./app/settings.ts";

/** How long closing may take. */
const GOODBYE_MS = 2000;

const settings = readSettings(process.argv.slice(2));
const ending = new AbortController();
// kafkajs: reconnects after a disconnect
process.on("unhandledRejection", (reason) => printError(`Unhandled rejection: ${messageOf(reason)}`));
const server = await listen(settings.port);
print(
  Object.entries({ ...settings, acks: settings.acks === -1 ? "all" : settings.acks })
    .map(([name, value]) => `${name}=${value}`)
    .join(" "),
);
print(`Listening on http://127.0.0.1:${(server.address() as net.AddressInfo).port}/sendMessage`);

const kafka = makeKafka(settings);
const sender = makeSender(kafka, settings);
server.on("request", answer);
const consuming = settings.consumer ? keepConsuming(kafka) : Promise.resolve();
const connecting = untilConnected();
void hint();
process.on("SIGINT", () => end(130));
process.on("SIGTERM", () => end(0));

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  const reply = (status: number, body: string, headers: http.OutgoingHttpHeaders = {}): void =>
    void response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers }).end(body);
  request.resume();
  if (request.url?.split("?", 1)[0] !== "/sendMessage")
    return reply(404, "Not found: this application knows GET /sendMessage");
  if (request.method !== "GET") return reply(405, "Not allowed: only GET", { allow: "GET" });
  reply(200, "Message sent to Kafka!"); // as posted: before Kafka has answered
  void sender.send();
}

async function untilConnected(): Promise<void> {
  print(`Producer: connecting to ${settings.bootstrap.join(", ")}`);
  await untilDone("Producer", async () => {
    await sender.connect();
    print("Producer: connected");
  });
}

/**
 * Consumes until the application ends: kafkajs restarts a consumer after most crashes, and only its CRASH
 * event tells of the others.
 */
async function keepConsuming(kafka: Kafka): Promise<void> {
  await untilDone("Consumer", async (isFine) => {
    const { group: groupId, sessionTimeout } = settings;
    // 500 ms is Kafka's own default; with the 5 s of kafkajs it would leave the group too late when the
    // application ends
    const consumer = kafka.consumer({
      groupId,
      sessionTimeout,
      heartbeatInterval: Math.min(3000, sessionTimeout / 3),
      maxWaitTimeInMs: 500,
    });
    consumer.on("consumer.group_join", () => (isFine(), print(`Consumer: joined ${groupId}`)));
    const done = new AbortController();
    const ended = new Promise<never>((_, reject) => {
      consumer.on("consumer.crash", ({ payload: { error, restart } }) =>
        restart ? print(`Consumer: crashed, kafkajs restarts it: ${messageOf(error)}`) : reject(error),
      );
      ending.signal.addEventListener("abort", () => reject(ending.signal.reason), { signal: done.signal });
    });
    ended.catch(() => {}); // it may reject before it is awaited
    try {
      await consumer.connect();
      await consumer.subscribe({ topic: settings.topic });
      await consumer.run({
        eachMessage: async ({ message }) =>
          print(printable(`Received message: ${message.value?.toString() ?? "null"}`)),
      });
      await ended;
    } finally {
      done.abort();
      await consumer.disconnect().catch(() => {});
    }
  });
}

/**
 * Repeats a step until it succeeds. Waits between the tries double from 0.5 s to 10 s; `isFine()` resets
 * them.
 */
async function untilDone(who: string, step: (isFine: () => void) => Promise<void>): Promise<void> {
  for (let waitMs = 500; !ending.signal.aborted; waitMs = Math.min(2 * waitMs, 10_000)) {
    try {
      return await step(() => (waitMs = 250));
    } catch (error) {
      if (ending.signal.aborted) return;
      print(`${who}: ${messageOf(error)}; trying again in ${readable(waitMs)}`);
      await wait(waitMs, undefined, { signal: ending.signal }).catch(() => {});
    }
  }
}

/** Prints the `--bootstrap` option if brokers of the lab answer on this machine that the settings lack. */
async function hint(): Promise<void> {
  const answering = (
    await Promise.all(labAddresses().map(async (address) => ((await answers(address)) ? [address] : [])))
  ).flat();
  const known = settings.bootstrap.map((address) => address.replace("127.0.0.1:", "localhost:"));
  if (answering.every((address) => known.includes(address))) return;
  print(`Hint: brokers of the lab answer on this machine: --bootstrap ${answering.join(",")}`);
}

function answers(address: string): Promise<boolean> {
  const [host = "", port = ""] = address.split(":");
  return new Promise((resolve) => {
    const socket = net.connect({ host, port: Number(port), timeout: 1000 });
    const settle = (does: boolean): void => (socket.destroy(), resolve(does));
    socket
      .once("connect", () => settle(true))
      .once("timeout", () => settle(false))
      .once("error", () => settle(false));
  });
}

async function listen(port: number): Promise<http.Server> {
  const server = http.createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
    return server;
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    fail(
      `Cannot listen on 127.0.0.1:${port}: ${taken ? "the port is taken" : messageOf(error)}\nDoes ` +
        "another application run? --port takes another one, --port 0 a free one.",
    );
  }
}

/** Closes everything within two seconds: kafkajs would wait for responses without a limit. */
function end(code: number): void {
  if (ending.signal.aborted) return;
  print("Ending");
  ending.abort(new Error("the application ends"));
  server.close();
  server.closeAllConnections();
  const goodbye = Promise.allSettled([sender.close(), consuming, connecting]);
  void Promise.race([goodbye, wait(GOODBYE_MS)]).then(() => process.exit(code));
}
