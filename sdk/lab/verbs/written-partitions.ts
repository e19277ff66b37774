// Whose sends a prediction is for, and to which partitions they go.

import type { ClientSettings } from "../../client/client.ts";
import { readSecurity } from "../../client/security.ts";
import { writeOut } from "../../client/settings.ts";
import type { Security } from "../../model/security.ts";
import { findPartition, type PartitionState, partitionsOfTopic } from "../../model/partition.ts";
import { printable } from "../../model/printable.ts";
import type { Run } from "../run.ts";
import type { Probe } from "../workload/probe.ts";
import type { Writes } from "../workload/writes.ts";
import type { Description } from "./description.ts";
import { isProbe, type PredictOptions } from "./predict-options.ts";

/** The client of a prediction. */
export interface PredictedClient {
  name: string;
  topic: string;
  settings: ClientSettings;
  isWarm: boolean;
  /** The partitions that it writes to, of a topic that has so many. */
  partitionsOf(count: number): number[];
}

export interface ClientParts {
  run: Run;
  endpoints: readonly string[];
  /** The lab's. */
  security?: Security | undefined;
  /** The lab's own. */
  topic: string;
  /** The lab's own; asked for its name, it is made. */
  probe: Probe;
  probes(): readonly Probe[];
  writesOf(name: string): Writes | undefined;
}

/**
 * Returns the client that is meant.
 *
 * @throws RangeError for a name that no probe has, a topic that the client does not write to, or a topic to
 *   which several probes write where none is named
 */
export function predictedClient(parts: ClientParts, { client, topic }: PredictOptions): PredictedClient {
  if (typeof client === "object" && !isProbe(client)) {
    const { name, partition } = client;
    const own = client.topic ?? topic ?? parts.topic;
    assertWritesTo(name, own, topic);
    return {
      name,
      topic: own,
      settings: writeOut(client, parts.endpoints, readSecurity(client.security, parts.security)),
      isWarm: false,
      partitionsOf: (count) => (partition === undefined ? everyOne(count) : [partition]),
    };
  }
  const found = probeOf(parts, client, topic);
  assertWritesTo(found.name, found.topic, topic);
  return ofProbe(parts, found);
}

function ofProbe({ run, writesOf }: ClientParts, probe: Probe): PredictedClient {
  const { name, topic, settings } = probe;
  return {
    name,
    topic,
    settings,
    isWarm: run.history.some(
      (event) =>
        event.kind === "send" && event.client === name && (event.outcome === "ok" || settings.acks === 0),
    ),
    partitionsOf: (count) => writesOf(name)?.partitionsOf(count) ?? everyOne(count),
  };
}

function probeOf(
  { probe, probes, topic: labs }: ClientParts,
  client: string | Probe | undefined,
  topic: string | undefined,
): Probe {
  if (client === undefined) return topic === undefined || topic === labs ? probe : onTopic(probes(), topic);
  if (isProbe(client)) return client;
  const found = probes().find(({ name }) => name === client);
  if (found !== undefined) return found;
  throw new RangeError(
    printable(
      `Cannot predict for ${JSON.stringify(client)}: no probe has that name; there are ${namesOf(probes())}`,
    ),
  );
}

/** The only probe that writes to a topic. */
function onTopic(probes: readonly Probe[], topic: string): Probe {
  const own = probes.filter((one) => one.topic === topic);
  const [first] = own;
  if (first !== undefined && own.length === 1) return first;
  throw new RangeError(
    printable(
      own.length === 0
        ? `Cannot predict for ${topic}: no probe writes to it; name a client, or give the options of one`
        : `Cannot predict for ${topic}: several probes write to it; name one of ${namesOf(own)} as client`,
    ),
  );
}

function assertWritesTo(name: string, own: string, topic: string | undefined): void {
  if (topic !== undefined && topic !== own)
    throw new RangeError(printable(`Cannot predict for ${topic}: ${name} writes to ${own}`));
}

function namesOf(probes: readonly Probe[]): string {
  return probes.map(({ name }) => name).join(", ") || "none";
}

function everyOne(count: number): number[] {
  return Array.from({ length: count }, (_, partition) => partition);
}

/** More partitions are not predicted one by one where nobody asked for them. */
const MOST = 100;

/**
 * Returns the partitions that a prediction is for, as the cluster is now: those asked for, else those that
 * the client writes to. Of very many only the first of each leader, replicas and ISR.
 *
 * @throws LabError NO_SUCH_PARTITION
 */
export function writtenPartitions(
  { brokers, partitions: all }: Pick<Description, "brokers" | "partitions">,
  { topic, partitionsOf }: PredictedClient,
  asked: readonly number[] | undefined,
): { states: PartitionState[]; count: number } {
  // an empty list is what a cluster without a topic says, and what nobody says
  const partitions = all.length > 0 || brokers.some(({ alive }) => alive) ? all : undefined;
  const { length: count } = partitionsOfTopic(partitions, topic);
  const numbers = asked === undefined ? partitionsOf(count) : [...asked].sort((a, b) => a - b);
  const states = numbers.map((partition) => findPartition(partitions, { topic, partition }));
  return { states: asked === undefined && states.length > MOST ? oneOfEach(states) : states, count };
}

function oneOfEach(states: readonly PartitionState[]): PartitionState[] {
  const first = new Map<string, PartitionState>();
  for (const one of states) {
    const key = JSON.stringify([one.leader, one.replicas, one.isr]);
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()];
}
