// Kafka's own client behind the Client port. Java is not embedded here; Kafka brings three programs that use
// the client and can be driven:
//
//   send()   ──▶ ConsoleProducer       one process, warm after its first record; one record at a time
//   start()  ──▶ VerifiableProducer    one process a load; reports the outcome of every record
//   read()   ──▶ VerifiableConsumer    one process a reading
//
// All three log what the client does on the wire (client-log4j*.properties), from which attempts and the
// history's log lines are read. A process takes about half a second until its client exists; that is never
// part of a send's time.

import path from "node:path";
import { performance } from "node:perf_hooks";
import { LONGEST_MS } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import type { Broker } from "../../model/history.ts";
import type { Security } from "../../model/security.ts";
import type { Client, JavaSettings } from "../client.ts";
import { fileNameOf } from "../file-name.ts";
import { wallClock } from "./clock.ts";
import { isNotable, type Line, type LogLine, type ToolLine } from "./line.ts";
import type { OutcomeContext } from "./outcome.ts";
import { type Program, startProgram, writeProperties } from "./program.ts";
import { readTopic } from "./read.ts";
import { propertiesFile, type Purpose } from "./settings.ts";
import { NO_KEY, sendSingly } from "./single.ts";
import { followRefusals } from "./refusals.ts";
import { assertStreamable, streamRecords } from "./stream.ts";
import { majorOf, type ToolName, type Tools } from "./tools.ts";

export interface JavaClientOptions {
  name: string;
  topic: string;
  settings: JavaSettings;
  /** Finds Kafka's tools; asked once a process. @throws LabError NO_JAVA, NO_KAFKA, UNSUPPORTED, … */
  tools(): Promise<Tools>;
  /** What `settings.security` shows of, with its secrets. */
  security?: Security | undefined;
  /** The folder for logs, and for properties files without secrets. */
  dir: string;
  /** A folder that is this user's alone, for files with secrets, which are removed as their process ends. */
  secretDir(): string;
  /** A number that no other process of the run has: the values of its records begin with it. */
  nextPrefix(): number;
  /** Turns a `performance.now()` value into milliseconds since the run's start. */
  at(performanceNow: number): number;
  brokerOf(address: string): Broker | null;
  onLog(line: { atMs: number; level: string; logger: string; text: string }): void;
  onNote(text: string): void;
}

/** One client and the processes that it runs in. */
interface ClientState {
  readonly options: JavaClientOptions;
  readonly context: OutcomeContext;
  /** `performance.now()` of milliseconds since the epoch. */
  clock(epochMs: number): number;
  readonly programs: Set<Program>;
  /** Writes a notable line into the history, repeated ones once a second. */
  log(line: LogLine): void;
  /** How many processes were started. */
  count: number;
  isClosed: boolean;
}

/** Makes a Java client; no process is started before the first call. */
export function javaClient(options: JavaClientOptions): Client {
  const { topic, settings } = options;
  const state = stateOf(options);
  const { context, clock } = state;
  const { acks } = settings;
  const single = sendSingly({ ...context, acks, clock, start: (onLine) => startSingle(state, onLine) });
  return {
    // Kafka accepts a longer time than a timer can run
    connect: () =>
      single.connect(Math.min(Number(settings.properties["max.block.ms"] ?? 60_000), LONGEST_MS)),
    async send({ value, key, partition }, signal) {
      assertSendable({ key, partition });
      return await single.send({ value, ...(key === undefined ? {} : { key }) }, signal);
    },
    stream(how, onSent) {
      assertStreamable(how);
      const start = startStream(state, how.perSecond);
      return streamRecords({ ...context, acks, clock, start }, onSent);
    },
    read: (_, how) =>
      readTopic({
        topic,
        addresses: settings.bootstrap,
        security: options.security,
        isolation: isolationOf(settings),
        ...how,
        start: (onLine) => startReader(state, onLine),
      }),
    async close() {
      state.isClosed = true;
      await Promise.all([...state.programs].map((program) => program.kill()));
    },
  };
}

function stateOf(options: JavaClientOptions): ClientState {
  const clock = wallClock();
  const at = (epochMs: number): number => options.at(clock(epochMs));
  return {
    options,
    context: { at, brokerOf: options.brokerOf },
    clock,
    programs: new Set(),
    log: onceASecond((line) =>
      options.onLog({ atMs: at(line.epochMs), level: line.level, logger: line.logger, text: line.text }),
    ),
    count: 0,
    isClosed: false,
  };
}

type OnLine = (line: Line) => void;

function startSingle(state: ClientState, onLine: OnLine): Promise<Program> {
  const { name, dir, settings } = state.options;
  const file = path.join(dir, `${fileNameOf(name)}-java-reader.properties`);
  writeProperties(file, `parse.key=true\nkey.separator=\\t\nnull.marker=\\u0001\n`);
  const args = ["--reader-config", file, ...compression(settings)];
  return launch(state, { tool: "ConsoleProducer", purpose: "single", args, onLine });
}

function startStream(state: ClientState, perSecond: number): (onLine: OnLine) => Promise<Program> {
  const prefix = state.options.nextPrefix();
  const args = ["--throughput", String(perSecond), "--value-prefix", String(prefix)];
  return (onLine) => launch(state, { tool: "VerifiableProducer", purpose: "stream", args, onLine });
}

function startReader(state: ClientState, onLine: OnLine): Promise<Program> {
  const group = `${state.options.name}-read-${Date.now()}-${state.count}`;
  const args = ["--group-id", group, "--verbose", "--reset-policy", "earliest"];
  return launch(state, { tool: "VerifiableConsumer", purpose: "read", args, onLine });
}

interface Launch {
  tool: ToolName;
  purpose: Purpose;
  /** The tool's own. */
  args: readonly string[];
  onLine: OnLine;
}

/** Starts a tool; resolves when its process exists, before its client does. */
async function launch(state: ClientState, { tool, purpose, args, onLine }: Launch): Promise<Program> {
  const { name, topic, settings, security, dir, secretDir, onNote } = state.options;
  const tools = await state.options.tools();
  if (state.isClosed) throw new LabError("LAB_CLOSED", `Cannot start the Java client ${name}: it was closed`);
  const major = majorOf(tools);
  const service = `${fileNameOf(name)}-java-${++state.count}`;
  const began = performance.now();
  const refusal = followRefusals(security, (error) => program.refuse(error));
  const program: Program = startProgram({
    tools,
    tool,
    args: ["--bootstrap-server", settings.bootstrap.join(","), "--topic", topic, ...args],
    properties: propertiesFile(settings, { purpose, name, major, security }),
    ...(security === undefined ? {} : { secretDir: secretDir() }),
    propertiesArg: propertiesArg(major, purpose),
    service,
    dir,
    onLine(line) {
      if (line.kind === "log" && isNotable(line)) state.log(line);
      if (line.kind === "log") refusal.read(line);
      if (line.kind !== "rest" && isReady(tool, line)) {
        const tookMs = Math.round(state.clock(line.epochMs) - began);
        const ready = `${tool} ${tools.kafka} was ready ${tookMs} ms after its start (${service})`;
        onNote(`${name}: ${ready}, which is not part of any send's time`);
      }
      onLine(line);
    },
    onNote,
  });
  state.programs.add(program);
  void program.ended.then(() => state.programs.delete(program));
  return program;
}

function propertiesArg(major: number, purpose: Purpose): string {
  if (major >= 4) return "--command-config";
  return purpose === "read" ? "--consumer.config" : "--producer.config";
}

function isReady(tool: ToolName, line: LogLine | ToolLine): boolean {
  return tool === "ConsoleProducer"
    ? line.kind === "log" && line.text === "Kafka producer started"
    : line.kind === "tool" && line.name === "startup_complete";
}

/** @throws LabError UNSUPPORTED; TypeError for a key that cannot be a part of a line */
function assertSendable(record: { key: string | undefined; partition: number | undefined }): void {
  const { key, partition } = record;
  assertNoPartition(partition);
  if (key !== undefined && (/[\t\n\r]/.test(key) || key === NO_KEY))
    throw new TypeError(
      `Cannot use the key ${JSON.stringify(key)} with a Java client: it is a part of a line`,
    );
}

/** @throws LabError UNSUPPORTED for any partition */
export function assertNoPartition(partition: number | undefined): void {
  if (partition !== undefined)
    throw new LabError(
      "UNSUPPORTED",
      "Cannot choose the partition of a Java client's record: none of Kafka's tools takes one",
      { hint: "Records with one key go to one partition; a kafkajs probe takes a partition." },
    );
}

/** A Java consumer's, with Kafka's default. */
function isolationOf({ properties }: JavaSettings): "read_committed" | "read_uncommitted" {
  return properties["isolation.level"] === "read_committed" ? "read_committed" : "read_uncommitted";
}

/** ConsoleProducer takes this property from its command line only, and uses "none" where it is absent. */
function compression({ properties }: JavaSettings): string[] {
  const type = properties["compression.type"];
  return type === undefined ? [] : ["--compression-codec", type];
}

const REPEAT_MS = 1_000;

/**
 * Reports a repeated line only once a second: an outage repeats its few lines many times a second. Lines that
 * differ only in numbers that count are the same line.
 */
function onceASecond(report: (line: LogLine) => void): (line: LogLine) => void {
  const reportedAt = new Map<string, number>();
  const counts = /correlation id \d+|\d+ ?ms\b|\(\d+ attempts left\)/g;
  return (line) => {
    const shape = `${line.logger} ${line.text.replace(counts, "#")}`;
    if (line.epochMs - (reportedAt.get(shape) ?? -Infinity) < REPEAT_MS) return;
    reportedAt.set(shape, line.epochMs);
    report(line);
  };
}
