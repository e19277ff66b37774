// The training run behind a class-data archive: one throw-away broker that does once what every lab's brokers
// will do.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type ProcessRecord, recorded } from "../../../runtime/guardian/records.mjs";
import { guardRejections } from "../../../client/rejections.ts";
import { propertiesText } from "../../../runtime/properties-file.ts";
import { run } from "../../../runtime/command.ts";
import { sharedFile } from "./base-archive.ts";
import { brokerFlags } from "./flags.ts";
import { formatLogDir, randomId } from "./format.ts";
import type { Java } from "./java.ts";
import type { SuppliedKafka } from "./supply.ts";

/** What a training run needs. */
export interface TrainOptions {
  java: Java;
  kafka: SuppliedKafka;
  /** The folder of the version's bootstrap checkpoint. */
  bootstrap: string;
  /** An empty folder, removed by the caller. */
  work: string;
  /** Where the archive is to be written. */
  into: string;
  /** The archive of Java's own classes to lay it on. @default the one that Java brings */
  base?: string;
  /** An argument that names the process in the process table. */
  marker: string;
  /** What is recorded of the process, by which a guardian finds it. @default none */
  record?: ProcessRecord;
  signal?: AbortSignal;
}

/** The longest time that a training run may take. */
const PATIENCE_MS = 120_000;

/** Runs the broker, uses it, ends it, and resolves with what went wrong, if anything did. */
export async function train(options: TrainOptions): Promise<string | undefined> {
  const { java, kafka, work, into, base, marker } = options;
  const over = new AbortController();
  const signal = AbortSignal.any([
    over.signal,
    AbortSignal.timeout(PATIENCE_MS),
    ...(options.signal === undefined ? [] : [options.signal]),
  ]);
  const [client, controller] = await freePorts();
  const data = join(work, "data");
  await formatLogDir({ dir: data, clusterId: randomId(), nodeId: 1, bootstrap: options.bootstrap });
  await writeFile(join(work, "server.properties"), properties(data, client, controller));
  const argv: [string, ...string[]] = [
    java.path,
    ...brokerFlags({ logging: kafka.logging }),
    ...(base === undefined ? [] : [sharedFile(base)]),
    `-XX:ArchiveClassesAtExit=${into}`,
    marker,
    "-cp",
    kafka.classPath.join(delimiter),
    "kafka.Kafka",
    join(work, "server.properties"),
  ];
  const log = await open(join(work, "broker.log"), "w");
  const [program, ...args] = recorded(options.record, argv);
  const broker = spawn(program, args, { stdio: ["ignore", log.fd, log.fd], cwd: work, detached: true });
  const ended = once(broker, "exit");
  try {
    await log.close();
    const failure = await Promise.race([
      exercise(client, signal).then(() => undefined, String),
      ended.then(() => "it ended by itself"),
    ]);
    options.signal?.throwIfAborted();
    if (failure !== undefined) return `the training broker failed: ${await lastLine(work, failure)}`;
    broker.kill("SIGTERM");
    await before(signal, ended).catch(() => options.signal?.throwIfAborted());
    return (await holds(options)) ? undefined : `Java wrote no archive: ${await lastLine(work, "")}`;
  } finally {
    over.abort();
    await end(broker, ended);
  }
}

async function end(broker: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (broker.exitCode !== null || broker.signalCode !== null || broker.pid === undefined) return;
  broker.kill("SIGKILL");
  await ended;
}

/** Says whether the archive is there and Java takes it. */
async function holds({ java, kafka, into, record, signal }: TrainOptions): Promise<boolean> {
  if (
    await stat(into).then(
      () => false,
      () => true,
    )
  )
    return false;
  const flags = brokerFlags({ logging: kafka.logging });
  const result = await run(
    recorded(record, [
      java.path,
      ...flags,
      "-Xshare:on",
      `-XX:SharedArchiveFile=${into}`,
      "-cp",
      kafka.classPath.join(delimiter),
      "-version",
    ]),
    { signal, timeoutMs: PATIENCE_MS },
  );
  return result.exitCode === 0;
}

async function lastLine(work: string, otherwise: string): Promise<string> {
  const text = await readFile(join(work, "broker.log"), "utf8").catch(() => "");
  const lines = text.split("\n").filter((line) => line.includes("ERROR") || line.includes("Error"));
  return lines.at(-1) ?? otherwise;
}

function properties(data: string, client: number, controller: number): string {
  return propertiesText({
    "node.id": "1",
    "process.roles": "broker,controller",
    "controller.quorum.voters": `1@localhost:${controller}`,
    "controller.listener.names": "CONTROLLER",
    listeners: `PLAINTEXT://localhost:${client},CONTROLLER://localhost:${controller}`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": data,
    "log.cleaner.dedupe.buffer.size": "2097152",
    "offsets.topic.num.partitions": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
  });
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(async (server) => {
      await once(server.listen(0, "127.0.0.1"), "listening");
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : 0;
    }),
  );
  for (const server of servers) server.close();
  const [first = 0, second = 0] = ports;
  return [first, second];
}

/**
 * Makes a topic, writes to it and reads it through a group, so that the classes for all of that are loaded.
 */
async function exercise(port: number, signal: AbortSignal): Promise<void> {
  const { Kafka, logLevel } = await import("kafkajs");
  const release = guardRejections(() => {});
  const kafka = new Kafka({
    clientId: "training",
    brokers: [`localhost:${port}`],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  const producer = kafka.producer({ idempotent: true, retry: { retries: 5 } });
  const consumer = kafka.consumer({ groupId: "training" });
  try {
    await untilDone(() => admin.connect(), signal);
    await untilDone(
      () => admin.createTopics({ topics: [{ topic: "training", numPartitions: 1, replicationFactor: 1 }] }),
      signal,
    );
    await producer.connect();
    await producer.send({ topic: "training", acks: -1, messages: [{ key: "key", value: "value" }] });
    // kafkajs' consumer dies where the group has no coordinator yet: wait for that first
    await untilDone(() => admin.fetchOffsets({ groupId: "training", topics: ["training"] }), signal);
    await consumer.subscribe({ topic: "training", fromBeginning: true });
    await before(
      signal,
      new Promise<void>(
        (resolve, reject) => void consumer.run({ eachMessage: async () => resolve() }).catch(reject),
      ),
    );
    await admin.describeCluster();
    await admin.deleteTopics({ topics: ["training"] });
  } finally {
    await Promise.allSettled([admin.disconnect(), producer.disconnect(), consumer.disconnect()]);
    await release();
  }
}

/** Tries every 50 ms until it succeeds; at the signal rejects with the last failure's text. */
async function untilDone(step: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  for (;;) {
    const failure = await step().then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (failure === undefined) return;
    if (signal.aborted) throw new Error(`it does not serve: ${String(failure.error)}`);
    await wait(50);
  }
}

/** Waits for a promise, unless the signal comes first. */
async function before<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener("abort", (abort = () => reject(signal.reason)), { once: true }),
  );
  return await Promise.race([promise, aborted]).finally(() => signal.removeEventListener("abort", abort));
}
