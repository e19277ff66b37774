// The verbs of a lab and what they share: observer, target resolver, cluster, net, probes.

import { createTopic } from "../client/admin.ts";
import type { Broker } from "../model/history.ts";
import type { LabContext } from "./context.ts";
import { makeObserver, type Observer } from "./observe/observe.ts";
import type { Opened } from "./open.ts";
import { type Cluster, makeCluster } from "./verbs/cluster.ts";
import type { Faults } from "./verbs/faults.ts";
import { makeNet, type Net } from "./verbs/network.ts";
import { makeTargetResolver, type TargetResolver } from "./verbs/target-resolver.ts";
import { makeProbes, type Probes } from "./workload/probes.ts";
import { findTools } from "./workload/tools.ts";

export interface LabParts {
  observer: Observer;
  /** Client addresses, `host:port`, broker 1 first. */
  endpoints: readonly string[];
  topic: string;
  brokerOf(address: string): Broker | null;
  resolveTarget: TargetResolver;
  cluster: Cluster;
  net: Net;
  probes: Probes;
}

export interface AssembleOptions {
  opened: Opened;
  faults: Faults;
  topic: string;
}

/** Makes the verbs of one cluster. */
export function assemble(
  { run, progress, ending, signal, note }: LabContext,
  { opened: { engine, lab }, faults, topic }: AssembleOptions,
): LabParts {
  const { nodes } = engine;
  const { assertOpen } = ending;
  const observer = makeObserver(nodes);
  ending.add(() => observer.close());
  const endpoints = nodes.flatMap(({ client }) => client ?? []);
  const brokerOf = (address: string): Broker | null =>
    nodes.find(({ service }) => service === engine.addresses.get(address))?.broker ?? null;
  const brokers = nodes.flatMap(({ broker }) => broker ?? []);
  const resolveTarget = makeTargetResolver({
    brokers,
    observer,
    focus: () => ({ topic, partition: 0 }),
    assertOpen,
  });
  const cluster = makeCluster({
    engine,
    observer,
    faults,
    resolveTarget,
    createTopic: (name, how) => createTopic(endpoints, { topic: name, ...how }),
    assertOpen,
    signal,
  });
  const net = makeNet({ engine, faults, resolveTarget, brokers, assertOpen, note, signal });
  const tools = findTools({ lab, engine, onProgress: progress.say, onNote: note });
  const probes = makeProbes({ run, topic, endpoints, brokerOf, tools, note, assertOpen, signal });
  return { observer, endpoints, topic, brokerOf, resolveTarget, cluster, net, probes };
}
