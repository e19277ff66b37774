// The probes of one lab: makes them, each with its client, and knows them all until the end.

import { javaClient, type Tools } from "../../client/java/mod.ts";
import { kafkajsClient } from "../../client/kafkajs.ts";
import type { Broker } from "../../model/history.ts";
import { asProbeFactory, probeName, type ProbeFactory } from "./probe-factory.ts";
import { makeProbe, type Probe } from "./probe.ts";
import type { Run } from "../run.ts";
import { type ProbeOptions, writeOut } from "../../client/settings.ts";

export interface Probes {
  /** The lab's own probe, and the maker of others. */
  readonly probe: ProbeFactory;
  /** Those that were made, in order. */
  all(): readonly Probe[];
  /** Where they send to, the lab's own topic first. */
  topics(): readonly string[];
  close(): Promise<void>;
}

export interface ProbesParts {
  run: Run;
  /** The lab's own. */
  topic: string;
  endpoints: readonly string[];
  brokerOf(address: string): Broker | null;
  /** Finds what Kafka's own client needs, when the first one is made. */
  tools(): Promise<Tools>;
  note(text: string): void;
  /** Throws once the lab is closed. */
  assertOpen(): void;
  signal(): AbortSignal | undefined;
}

/** No client is made before it is asked for. */
export function makeProbes(parts: ProbesParts): Probes {
  const { run, endpoints, brokerOf, tools, note, assertOpen, signal } = parts;
  const made: Probe[] = [];
  const topics = new Set([parts.topic]);
  let javaPrefix = 0;

  function makeOne(options: ProbeOptions = {}): Probe {
    assertOpen();
    const settings = writeOut(options, endpoints);
    const name = probeName(options.name, made);
    const topic = options.topic ?? parts.topic;
    topics.add(topic);
    const common = { name, at: run.at, brokerOf };
    const client =
      settings.client === "kafkajs"
        ? kafkajsClient({
            ...common,
            settings,
            onStray: (error) => note(`unhandled rejection in kafkajs: ${error.message}`),
          })
        : javaClient({
            ...common,
            settings,
            topic,
            tools,
            dir: run.dir,
            nextPrefix: () => ++javaPrefix,
            onLog: (line) => run.record({ kind: "log", source: name, ...line }),
            onNote: note,
          });
    const probe = makeProbe({ name, topic, settings, client, run, brokerOf, signal, assertOpen });
    made.push(probe);
    return probe;
  }

  return {
    probe: asProbeFactory(makeOne),
    all: () => made,
    topics: () => [...topics],
    close: async () => void (await Promise.all(made.map((probe) => probe.close()))),
  };
}
