// The probes of one lab: makes them, each with its client, and knows them all until the end.

import { assertNoPartition, javaClient, type Tools } from "../../client/java/mod.ts";
import type { Client, ClientSettings } from "../../client/client.ts";
import { kafkajsClient, type KafkajsOptions } from "../../client/kafkajs.ts";
import type { Broker } from "../../model/history.ts";
import { asProbeFactory, probeName, type ProbeFactory } from "./probe-factory.ts";
import { makeProbe, type Probe } from "./probe.ts";
import type { Run } from "../run.ts";
import { readSecurity } from "../../client/security.ts";
import type { Security } from "../../model/security.ts";
import type { ClientsThread } from "./thread/host.ts";
import { type ProbeOptions, writeOut } from "../../client/settings.ts";
import type { Belongings } from "../belongings.ts";
import { whenReady } from "./when-ready.ts";
import { makeWrites, type Writes } from "./writes.ts";

export interface Probes {
  /** The lab's own probe, and the maker of others. */
  readonly probe: ProbeFactory;
  /** Those that were made, in order. */
  all(): readonly Probe[];
  /** Where a probe of that name writes. */
  writesOf(name: string): Writes | undefined;
  /** Where they send to, the lab's own topic first. */
  topics(): readonly string[];
  close(): Promise<void>;
}

/** What probes need on a cluster that the lab has not started. */
export interface Attachment {
  /** Where a client of kafkajs dials in place of a broker. */
  routes: ReadonlyMap<string, string>;
  /** What names of consumer groups begin with. */
  groups: string;
  belongings: Belongings;
  /** Where a topic's partitions stood when the lab came. */
  begin(topic: string): Promise<ReadonlyMap<number, string>>;
  /** Whether the lab creates its own topic when a probe needs it. */
  isOwnTopic: boolean;
  /** @throws LabError UNSUPPORTED where a fault is open that a client in Java does not pass */
  assertJava(): void;
}

export interface ProbesParts {
  /** Absent where the lab has started the cluster, or its containers are on this machine. */
  attachment?: Attachment | undefined;
  run: Run;
  /** The lab's own. */
  topic: string;
  endpoints: readonly string[];
  /** The lab's. @default neither encrypts nor authenticates */
  security?: Security | undefined;
  /** A folder that is this user's alone, for files with secrets. */
  secretDir(): string;
  brokerOf(address: string): Broker | null;
  /** Finds what Kafka's own client needs, when the first one is made. */
  tools(): Promise<Tools>;
  /** Where kafkajs clients run; undefined: in this thread. */
  thread(): ClientsThread | undefined;
  note(text: string): void;
  /** Throws once the lab is closed. */
  assertOpen(): void;
  signal(): AbortSignal | undefined;
}

const stray = (error: Error): string => `unhandled rejection in kafkajs: ${error.message}`;

/** No client is made before it is asked for. */
export function makeProbes(parts: ProbesParts): Probes {
  const { run, endpoints, brokerOf, assertOpen, signal, attachment } = parts;
  const made: Probe[] = [];
  const topics = new Set(attachment?.isOwnTopic ? [] : [parts.topic]);
  const writes = new Map<string, Writes>();
  const clientOf = clientsOf(parts);

  function makeOne(options: ProbeOptions = {}): Probe {
    assertOpen();
    const security = readSecurity(options.security, parts.security);
    const asked = attachment === undefined ? options : withoutCreation(options);
    const settings = writeOut(asked, endpoints, security);
    const { partition } = options;
    if (settings.client === "java") {
      assertNoPartition(partition);
      attachment?.assertJava();
    }
    const name = probeName(options.name, made);
    const topic = options.topic ?? parts.topic;
    topics.add(topic);
    const own = makeWrites(partition);
    writes.set(name, own);
    const client = clientOf(name, topic, settings, security);
    const probe = makeProbe({
      name,
      topic,
      partition,
      settings,
      client:
        attachment === undefined
          ? client
          : whenReady(client, { ready: () => attachment.belongings.ready(topic), begin: attachment.begin }),
      run,
      brokerOf,
      signal,
      assertOpen,
      writes: own,
    });
    made.push(probe);
    return probe;
  }

  return {
    probe: asProbeFactory(makeOne),
    all: () => made,
    writesOf: (name) => writes.get(name),
    topics: () => [...topics],
    close: async () => void (await Promise.all(made.map((probe) => probe.close()))),
  };
}

/** Returns a function that makes a probe's client. */
function clientsOf(
  parts: ProbesParts,
): (name: string, topic: string, settings: ClientSettings, security: Security | undefined) => Client {
  const { run, brokerOf, tools, note, attachment } = parts;
  const links = attachment && { routes: attachment.routes, groups: attachment.groups };
  let javaPrefix = 0;
  /** In the clients' thread, else in this one. */
  const kafkajsOf = (options: KafkajsOptions): Client => {
    const { name, settings, security, onStray = () => {} } = options;
    return parts.thread()?.client({ name, settings, security, ...links, onStray }) ?? kafkajsClient(options);
  };
  return (name, topic, settings, security) => {
    const common = { name, at: run.at, brokerOf, security };
    return settings.client === "kafkajs"
      ? kafkajsOf({ ...common, settings, ...links, onStray: (error) => note(stray(error)) })
      : javaClient({
          ...common,
          settings,
          topic,
          tools,
          dir: run.dir,
          secretDir: parts.secretDir,
          nextPrefix: () => ++javaPrefix,
          onLog: (line) => run.record({ kind: "log", source: name, ...line }),
          onNote: note,
        });
  };
}

/** On somebody's cluster a probe creates no topic by sending to it, unless it is asked to. */
function withoutCreation(options: ProbeOptions): ProbeOptions {
  return options.client === "java" ? options : { allowAutoTopicCreation: false, ...options };
}
