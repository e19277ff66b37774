// Kafka's own client behind the Client port. Java is not embedded here; Kafka brings three programs that use
// the client and can be driven:
//
//   send()   ──▶ ConsoleProducer       one process, warm from its first record on; a record a line, one at a time
//   start()  ──▶ VerifiableProducer    one process a load; tells of every record what became of it
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
import type { Client, JavaSettings } from "../client.ts";
import { wallClock } from "./clock.ts";
import { isNotable, type Line, type LogLine } from "./line.ts";
import { type Program, startProgram, writeProperties } from "./program.ts";
import { readTopic } from "./read.ts";
import { propertiesFile, type Purpose } from "./settings.ts";
import { NO_KEY, sendSingly } from "./single.ts";
import { assertStreamable, streamRecords } from "./stream.ts";
import { majorOf, type ToolName, type Tools } from "./tools.ts";

export interface JavaClientOptions {
  name: string;
  topic: string;
  settings: JavaSettings;
  /** Finds Kafka's tools; asked once a process. @throws LabError NO_JAVA, NO_KAFKA, UNSUPPORTED, … */
  tools(): Promise<Tools>;
  /** The folder for properties files and logs. */
  dir: string;
  /** A number that no other process of the run has: the values of its records begin with it. */
  nextPrefix(): number;
  /** Turns a `performance.now()` value into milliseconds since the run's start. */
  at(performanceNow: number): number;
  brokerOf(address: string): Broker | null;
  onLog(line: { atMs: number; level: string; logger: string; text: string }): void;
  onNote(text: string): void;
}

/** Makes a Java client; no process is started before the first call. */
export function javaClient(options: JavaClientOptions): Client {
  const { name, topic, settings, dir, brokerOf } = options;
  const programs = new Set<Program>();
  const clock = wallClock();
  const places = { at: (epochMs: number) => options.at(clock(epochMs)), brokerOf };
  const note = quietly((line) =>
    options.onLog({ atMs: places.at(line.epochMs), level: line.level, logger: line.logger, text: line.text }),
  );
  let count = 0;
  let isClosed = false;

  /** Starts a tool with arguments of its own and resolves when its process is there, not its client. */
  async function launch(
    tool: ToolName,
    purpose: Purpose,
    own: readonly string[],
    onLine: (line: Line) => void,
  ): Promise<Program> {
    const tools = await options.tools();
    if (isClosed) throw new LabError("LAB_CLOSED", `Cannot start the Java client ${name}: it was closed`);
    const major = majorOf(tools);
    const service = `${name.replace(/[^\w.-]/g, "_")}-java-${++count}`;
    const began = performance.now();
    const program = startProgram({
      tools,
      tool,
      args: ["--bootstrap-server", settings.bootstrap.join(","), "--topic", topic, ...own],
      properties: propertiesFile(settings, { purpose, name, major }),
      propertiesArg:
        major >= 4 ? "--command-config" : purpose === "read" ? "--consumer.config" : "--producer.config",
      service,
      dir,
      onLine(line) {
        if (line.kind === "log" && isNotable(line)) note(line);
        const isReady =
          tool === "ConsoleProducer"
            ? line.kind === "log" && line.text === "Kafka producer started"
            : line.kind === "tool" && line.name === "startup_complete";
        if (isReady && line.kind !== "rest")
          options.onNote(
            `${name}: ${tool} ${tools.kafka} was ready ${Math.round(clock(line.epochMs) - began)} ms after its start (${service}), which no send's time holds`,
          );
        onLine(line);
      },
      onNote: options.onNote,
    });
    programs.add(program);
    void program.ended.then(() => programs.delete(program));
    return program;
  }

  function readerConfig(): string {
    const file = path.join(dir, `${name.replace(/[^\w.-]/g, "_")}-java-reader.properties`);
    writeProperties(file, `parse.key=true\nkey.separator=\\t\nnull.marker=\\u0001\n`);
    return file;
  }

  const single = sendSingly({
    ...places,
    acks: settings.acks,
    clock,
    start: (onLine) =>
      launch(
        "ConsoleProducer",
        "single",
        ["--reader-config", readerConfig(), ...compression(settings)],
        onLine,
      ),
  });

  return {
    // Kafka takes a longer time than a timer can run
    connect: () =>
      single.connect(Math.min(Number(settings.properties["max.block.ms"] ?? 60_000), LONGEST_MS)),
    async send({ value, key, partition }, signal) {
      if (partition !== undefined)
        throw new LabError(
          "UNSUPPORTED",
          "Cannot choose the partition of a Java client's record: none of Kafka's tools takes one",
          { hint: "Records with one key go to one partition; a kafkajs probe takes a partition." },
        );
      if (key !== undefined && (/[\t\n\r]/.test(key) || key === NO_KEY))
        throw new TypeError(
          `Cannot use the key ${JSON.stringify(key)} with a Java client: it is a part of a line`,
        );
      return await single.send({ value, ...(key === undefined ? {} : { key }) }, signal);
    },
    stream(how, onSent) {
      assertStreamable(how);
      const args = ["--throughput", String(how.perSecond), "--value-prefix", String(options.nextPrefix())];
      return streamRecords(
        {
          ...places,
          acks: settings.acks,
          clock,
          start: (onLine) => launch("VerifiableProducer", "stream", args, onLine),
        },
        onSent,
      );
    },
    read: (_, how) =>
      readTopic({
        topic,
        addresses: settings.bootstrap,
        ...how,
        start: (onLine) =>
          launch(
            "VerifiableConsumer",
            "read",
            ["--group-id", `${name}-read-${Date.now()}-${count}`, "--verbose", "--reset-policy", "earliest"],
            onLine,
          ),
      }),
    async close() {
      isClosed = true;
      await Promise.all([...programs].map((program) => program.kill()));
    },
  };
}

/** ConsoleProducer takes this one property from its command line only, and "none" where it is not there. */
function compression({ properties }: JavaSettings): string[] {
  const type = properties["compression.type"];
  return type === undefined ? [] : ["--compression-codec", type];
}

const AGAIN_MS = 1_000;

/**
 * Tells a line again only after a second: an outage repeats its few lines many times a second. Numbers that
 * count do not make another line.
 */
function quietly(report: (line: LogLine) => void): (line: LogLine) => void {
  const reportedAt = new Map<string, number>();
  return (line) => {
    const shape = `${line.logger} ${line.text.replace(/correlation id \d+|\d+ ?ms\b|\(\d+ attempts left\)/g, "#")}`;
    if (line.epochMs - (reportedAt.get(shape) ?? -Infinity) < AGAIN_MS) return;
    reportedAt.set(shape, line.epochMs);
    report(line);
  };
}
