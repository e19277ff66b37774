// The verbs of a lab and what they share: observer, target resolver, cluster, net, probes.

import { createTopic } from "../client/admin.ts";
import type { Broker } from "../model/history.ts";
import type { LabContext } from "./context.ts";
import { makeObserver, type Observer } from "./observe/observe.ts";
import type { Opened } from "./open.ts";
import { type Cluster, makeCluster } from "./verbs/cluster.ts";
import type { OpenFaults } from "./faults/open-faults.ts";
import { type Inject, makeFaultResolver, makeInject, type ResolveFault } from "./verbs/inject.ts";
import { makeNet, type Net } from "./verbs/network.ts";
import { makeTargetResolver } from "./verbs/target-resolver.ts";
import { makeProbes, type Probes } from "./workload/probes.ts";
import { findTools } from "./workload/tools.ts";

export interface LabParts {
  observer: Observer;
  /** Client addresses, `host:port`, broker 1 first. */
  endpoints: readonly string[];
  topic: string;
  brokerOf(address: string): Broker | null;
  resolve: ResolveFault;
  inject: Inject;
  cluster: Cluster;
  net: Net;
  probes: Probes;
}

export interface AssembleOptions {
  opened: Opened;
  faults: OpenFaults;
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
  const resolve = makeFaultResolver(resolveTarget, brokers);
  const inject = makeInject({ engine, faults, resolve, brokers, endpoints, assertOpen, note, signal });
  const cluster = makeCluster({
    engine,
    observer,
    faults,
    inject,
    resolveTarget,
    createTopic: (name, how) => createTopic(endpoints, { topic: name, ...how }),
    assertOpen,
    signal,
  });
  const net = makeNet({ faults, inject });
  const tools = findTools({ lab, engine, onProgress: progress.say, onNote: note });
  const probes = makeProbes({ run, topic, endpoints, brokerOf, tools, note, assertOpen, signal });
  return { observer, endpoints, topic, brokerOf, resolve, inject, cluster, net, probes };
}
