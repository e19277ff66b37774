#!/usr/bin/env -S npx tsx
// The application of the posted experiment: `GET /sendMessage` produces, a consumer prints. It is what readers break.
//
//   curl :8080/sendMessage ─▶ 200 at once ─▶ producer ─▶ my_topic ─▶ consumer of my-group ─▶ "Received message: …"
//
// It uses kafkajs directly, with every setting written out, and knows nothing of the lab. A cluster that is absent, or leaves, never
// ends it. Two things in it are due to kafkajs 2.2.4: a consumer that it gives up for good is made anew, and so is a producer
// that holds a connection on which nothing was ever answered, since it would fail every send from then on.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Duration, readable, table, toMs } from "@kafka-failure-lab/sdk";
import kafkajs, { type Kafka, type Producer } from "kafkajs";

const NAME = "scripts/app.ts";
const LAB = ["localhost:29091", "localhost:29092", "localhost:29093"];
const VALUE = "Hello, Kafka!";
/** How long the application may take to end. */
const GOODBYE_MS = 2000;

/** Every setting: its default, how it is read from a file or a flag, and its place in --help. */
const SETTINGS = {
  bootstrap: { standard: "localhost:9092", read: addresses, value: "LIST", about: "host:port,… of brokers" },
  topic: { standard: "my_topic", read: text, value: "NAME", about: "" },
  group: { standard: "my-group", read: text, value: "NAME", about: "the consumer's group" },
  acks: { standard: "all", read: acknowledgement, value: "0|1|all", about: "who must have a message before Kafka answers" },
  idempotent: { standard: false, read: yesOrNo, value: "", about: "retries do not duplicate; needs acks all" },
  requestTimeout: { standard: "30s", read: milliseconds, value: "TIME", about: "for each request" },
  connectionTimeout: { standard: "1s", read: milliseconds, value: "TIME", about: "for each connection" },
  retries: { standard: 5, read: count, value: "N", about: "tries after the first" },
  initialRetryTime: { standard: "300ms", read: milliseconds, value: "TIME", about: "before the first of them; the next waits twice as long, and so on" },
  maxRetryTime: { standard: "30s", read: milliseconds, value: "TIME", about: "at most before any of them" },
  sessionTimeout: { standard: "30s", read: milliseconds, value: "TIME", about: "after which Kafka gives up a silent consumer; a crashed one that comes back waits for that" },
  port: { standard: 8080, read: count, value: "N", about: "of 127.0.0.1 to listen on; 0 takes a free one" },
  consumer: { standard: true, read: yesOrNo, value: "", about: "--no-consumer only sends" },
};
type Settings = { [Name in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[Name]["read"]> };

const settings = readSettings(process.argv.slice(2));
const ending = new AbortController();
process.on("unhandledRejection", (reason) => console.error(`Nobody waited for this: ${messageOf(reason)}`)); // kafkajs: reconnects after a disconnect
const server = await listen(settings.port);
console.log(Object.entries({ ...settings, acks: settings.acks === -1 ? "all" : settings.acks }).map(([name, value]) => `${name}=${value}`).join(" "));
console.log(`Listening on http://127.0.0.1:${(server.address() as net.AddressInfo).port}/sendMessage`);

const kafka = makeKafka(settings);
const sender = makeSender(kafka);
server.on("request", answer);
const consuming = settings.consumer ? keepConsuming(kafka) : Promise.resolve();
const connecting = untilConnected();
void hint();
process.on("SIGINT", () => end(130));
process.on("SIGTERM", () => end(0));

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  const reply = (status: number, body: string, headers: http.OutgoingHttpHeaders = {}): void => void response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers }).end(body);
  request.resume();
  if (request.url?.split("?", 1)[0] !== "/sendMessage") return reply(404, "Not found: this application knows GET /sendMessage");
  if (request.method !== "GET") return reply(405, "Not allowed: only GET", { allow: "GET" });
  reply(200, "Message sent to Kafka!"); // as posted: before Kafka has answered
  void sender.send();
}

function makeKafka({ bootstrap, requestTimeout, connectionTimeout, retries, initialRetryTime, maxRetryTime }: Settings): Kafka {
  return new kafkajs.Kafka({
    clientId: "app",
    brokers: bootstrap,
    requestTimeout,
    connectionTimeout,
    retry: { retries, initialRetryTime, maxRetryTime },
    logLevel: kafkajs.logLevel.ERROR,
    logCreator: () => ({ namespace, log }) => console.error(`kafkajs ${namespace}: ${[log["broker"], log["error"] ?? log.message].filter(Boolean).join(" ")}`),
  });
}

interface Sender {
  connect(): Promise<void>;
  /** Sends one message and prints what became of it. */
  send(): Promise<void>;
  close(): Promise<void>;
}

function makeSender(kafka: Kafka): Sender {
  const { topic, acks, idempotent } = settings;
  const make = (): Producer => kafka.producer({ idempotent, createPartitioner: kafkajs.Partitioners.DefaultPartitioner, ...(idempotent ? { maxInFlightRequests: 1 } : {}) });
  const sends = new Set<Promise<void>>();
  let producer = make();
  let connected: Promise<void> | undefined;

  const connect = (): Promise<void> =>
    (connected ??= producer.connect().catch((error: unknown) => {
      connected = undefined;
      throw error;
    }));

  async function send(): Promise<void> {
    const began = performance.now();
    const took = (): string => `${Math.round(performance.now() - began)} ms`;
    try {
      await connect();
      await producer.send({ topic, acks, messages: [{ key: "key", value: VALUE }] });
      console.log(`Message sent successfully in ${took()}`);
    } catch (error) {
      console.log(`Failed to send message in ${took()}: ${messageOf(error)}`);
      if (messageOf(error).includes("Broker not connected")) replace();
    }
  }

  function replace(): void {
    void producer.disconnect().catch(() => {});
    producer = make();
    connected = undefined;
  }

  return {
    connect,
    send() {
      const one = send().finally(() => sends.delete(one));
      sends.add(one);
      return one;
    },
    async close() {
      await Promise.all(sends);
      await producer.disconnect();
    },
  };
}

async function untilConnected(): Promise<void> {
  console.log(`Producer: connecting to ${settings.bootstrap.join(", ")}`);
  await untilDone("Producer", async () => {
    await sender.connect();
    console.log("Producer: connected");
  });
}

/** Consumes until the application ends: kafkajs restarts a consumer after most crashes, and only its CRASH event tells of the others. */
async function keepConsuming(kafka: Kafka): Promise<void> {
  await untilDone("Consumer", async (isFine) => {
    const { group: groupId, sessionTimeout } = settings;
    // 500 ms is Kafka's own default; with the 5 s of kafkajs it would leave the group too late when the application ends
    const consumer = kafka.consumer({ groupId, sessionTimeout, heartbeatInterval: Math.min(3000, sessionTimeout / 3), maxWaitTimeInMs: 500 });
    consumer.on("consumer.group_join", () => (isFine(), console.log(`Consumer: joined ${groupId}`)));
    const done = new AbortController();
    const ended = new Promise<never>((_, reject) => {
      consumer.on("consumer.crash", ({ payload: { error, restart } }) => (restart ? console.log(`Consumer: crashed, kafkajs restarts it: ${messageOf(error)}`) : reject(error)));
      ending.signal.addEventListener("abort", () => reject(ending.signal.reason), { signal: done.signal });
    });
    ended.catch(() => {}); // it may come before anybody waits for it
    try {
      await consumer.connect();
      await consumer.subscribe({ topic: settings.topic });
      await consumer.run({ eachMessage: async ({ message }) => console.log(`Received message: ${message.value?.toString() ?? "null"}`) });
      await ended;
    } finally {
      done.abort();
      await consumer.disconnect().catch(() => {});
    }
  });
}

/** Tries for ever, each time waiting twice as long up to 10 s; a step that says it is fine begins with short waits again. */
async function untilDone(who: string, step: (isFine: () => void) => Promise<void>): Promise<void> {
  for (let waitMs = 500; !ending.signal.aborted; waitMs = Math.min(2 * waitMs, 10_000)) {
    try {
      return await step(() => (waitMs = 250));
    } catch (error) {
      if (ending.signal.aborted) return;
      console.log(`${who}: ${messageOf(error)}; trying again in ${readable(waitMs)}`);
      await wait(waitMs, undefined, { signal: ending.signal }).catch(() => {});
    }
  }
}

/** Where brokers of the lab answer that the application was not told of, says how to tell it. */
async function hint(): Promise<void> {
  const answering = (await Promise.all(LAB.map(async (address) => ((await answers(address)) ? [address] : [])))).flat();
  const known = settings.bootstrap.map((address) => address.replace("127.0.0.1:", "localhost:"));
  if (answering.every((address) => known.includes(address))) return;
  console.log(`Hint: brokers of the lab answer on this machine: --bootstrap ${answering.join(",")}`);
}

function answers(address: string): Promise<boolean> {
  const [host = "", port = ""] = address.split(":");
  return new Promise((resolve) => {
    const socket = net.connect({ host, port: Number(port), timeout: 1000 });
    const settle = (does: boolean): void => (socket.destroy(), resolve(does));
    socket.once("connect", () => settle(true)).once("timeout", () => settle(false)).once("error", () => settle(false));
  });
}

async function listen(port: number): Promise<http.Server> {
  const server = http.createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
    return server;
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    fail(`Cannot listen on 127.0.0.1:${port}: ${taken ? "the port is taken" : messageOf(error)}\nDoes another application run? --port takes another one, --port 0 a free one.`);
  }
}

/** Ends in order, but within two seconds: kafkajs would wait for answers that may never come. */
function end(code: number): void {
  if (ending.signal.aborted) return;
  console.log("Ending");
  ending.abort(new Error("the application ends"));
  server.close();
  server.closeAllConnections();
  const goodbye = Promise.allSettled([sender.close(), consuming, connecting]);
  void Promise.race([goodbye, wait(GOODBYE_MS)]).then(() => process.exit(code));
}

function readSettings(argv: readonly string[]): Settings {
  try {
    return read(argv);
  } catch (error) {
    fail(`${messageOf(error)}\n${NAME} --help lists the settings.`);
  }
}

function read(argv: readonly string[]): Settings {
  const options: Record<string, { type: "boolean" | "string"; short?: string }> = { settings: { type: "string" }, help: { type: "boolean", short: "h" } };
  for (const [name, { standard }] of Object.entries(SETTINGS)) {
    options[flagOf(name)] = { type: typeof standard === "boolean" ? "boolean" : "string" };
    if (typeof standard === "boolean") options[`no-${flagOf(name)}`] = { type: "boolean" };
  }
  const { values } = parseArgs({ args: [...argv], strict: true, options });
  if (values["help"]) {
    console.log(help());
    process.exit(0);
  }
  const file = typeof values["settings"] === "string" ? fromFile(values["settings"]) : {};
  const found = Object.fromEntries(Object.entries(SETTINGS).map(([name, { standard, read }]) => {
    const flag = values[`no-${flagOf(name)}`] === true ? false : values[flagOf(name)];
    return [name, read(flag ?? file[name] ?? standard, flag === undefined ? name : `--${flagOf(name)}`)];
  })) as Settings;
  if (found.idempotent && found.acks !== -1) throw new TypeError(`Cannot send idempotently with acks ${found.acks}: it needs acks all`);
  return found;
}

/** Reads a file of settings; one that nothing would read is an error, since to be ignored silently is what cost the posted experiment a day. */
function fromFile(path: string): Readonly<Record<string, unknown>> {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new TypeError(`Cannot read the settings in ${path}: ${messageOf(error)}`);
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw new TypeError(`Cannot read the settings in ${path}: expected an object such as {"bootstrap": "localhost:9092"}`);
  const stranger = Object.keys(given).find((name) => !(name in SETTINGS));
  if (stranger !== undefined) throw new TypeError(`Cannot use the setting ${stranger} in ${path}: there are ${Object.keys(SETTINGS).join(", ")}`);
  return given as Record<string, unknown>;
}

function addresses(value: unknown, name: string): string[] {
  const list = Array.isArray(value) ? value : String(value).split(",").map((one) => one.trim()).filter((one) => one !== "");
  if (list.length === 0 || !list.every((one) => /^[^\s:]+:\d+$/.test(String(one)))) throw new TypeError(`Cannot use ${name} ${JSON.stringify(value)}: expected host:port,… such as localhost:9092`);
  return list.map(String);
}

function text(value: unknown, name: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new TypeError(`Cannot use ${name} ${JSON.stringify(value)}: expected a name`);
}

function acknowledgement(value: unknown, name: string): -1 | 0 | 1 {
  const found = ({ all: -1, "-1": -1, "0": 0, "1": 1 } as const)[String(value)];
  if (found === undefined) throw new TypeError(`Cannot use ${name} ${JSON.stringify(value)}: expected 0, 1 or all`);
  return found;
}

function milliseconds(value: unknown, name: string): number {
  try {
    return toMs((/^\d+$/.test(String(value)) ? Number(value) : value) as Duration);
  } catch (error) {
    throw new TypeError(`${name}: ${messageOf(error)}`);
  }
}

function count(value: unknown, name: string): number {
  if (/^\d{1,9}$/.test(String(value))) return Number(value);
  throw new TypeError(`Cannot use ${name} ${JSON.stringify(value)}: expected a whole number, 0 or more`);
}

function yesOrNo(value: unknown, name: string): boolean {
  if (typeof value === "boolean") return value;
  throw new TypeError(`Cannot use ${name} ${JSON.stringify(value)}: expected true or false`);
}

function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function help(): string {
  const rows = Object.entries(SETTINGS).map(([name, { standard, value, about }]) => [`--${flagOf(name)} ${value}`, [about, typeof standard === "boolean" ? "" : `(default ${standard})`].filter(Boolean).join(" ")]);
  const lines = table([...rows, ["--settings FILE", 'JSON with the same names: {"requestTimeout": "10m"}; flags win'], ["-h, --help", "this text"]]);
  return [`${NAME}: GET /sendMessage sends "${VALUE}" to Kafka; a consumer prints what it receives`, "", ...lines.map((line) => `  ${line}`), "", `The lab's three-brokers cluster: --bootstrap ${LAB.join(",")}`].join("\n");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
