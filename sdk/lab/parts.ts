// The verbs of a lab and what they share: observer, target resolver, cluster, net, probes.

import { createTopic } from "../client/admin.ts";
import type { Broker } from "../model/history.ts";
import { attachmentOf } from "./attachment.ts";
import type { Security } from "../model/security.ts";
import { secretFolder } from "../runtime/claims.ts";
import type { LabContext } from "./context.ts";
import type { CommonOptions } from "./lab.ts";
import { type Groups, makeGroups } from "./groups/groups.ts";
import { makeObserver, type Observer } from "./observe/observe.ts";
import type { TopicIds } from "./observe/topic-ids.ts";
import type { Opened } from "./open.ts";
import { type Cluster, makeCluster } from "./verbs/cluster.ts";
import { rollOneOf } from "./verbs/roll.ts";
import type { OpenFaults } from "./faults/open-faults.ts";
import {
  type Inject,
  type InjectParts,
  makeFaultResolver,
  makeInject,
  type ResolveFault,
} from "./verbs/inject.ts";
import { type Disk, makeDisk } from "./verbs/disk.ts";
import { makeNet, type Net } from "./verbs/network.ts";
import { makeTargetResolver } from "./verbs/target-resolver.ts";
import { type Attachment, makeProbes, type Probes } from "./workload/probes.ts";
import { type OwnThread, ownThread } from "./workload/thread/own.ts";
import { makeWatches, type Watches } from "./workload/topic-watch.ts";
import { findTools } from "./workload/tools.ts";

export interface LabParts {
  observer: Observer;
  /** How the lab's clients authenticate and encrypt. */
  security: Security | undefined;
  /** Client addresses, `host:port`, broker 1 first. */
  endpoints: readonly string[];
  topic: string;
  brokerOf(address: string): Broker | null;
  resolve: ResolveFault;
  inject: Inject;
  cluster: Cluster;
  net: Net;
  disk: Disk;
  probes: Probes;
  watches: Watches;
  groups: Groups;
  /** Only on a cluster that the lab has not started. */
  attachment: Attachment | undefined;
  /** Where kafkajs clients run. */
  thread: OwnThread;
}

export interface AssembleOptions {
  opened: Opened;
  faults: OpenFaults;
  topic: CommonOptions["topic"];
  topicIds: TopicIds;
}

/** Makes the verbs of one cluster. */
export function assemble(
  context: LabContext,
  { opened, faults, topic: asked, topicIds }: AssembleOptions,
): LabParts {
  const { run, progress, ending, signal, note } = context;
  const { engine, lab, security } = opened;
  const { name: topic = "my_topic", create: _, ...how } = asked ?? {};
  const { nodes } = engine;
  const { assertOpen } = ending;
  const observer = makeObserver(nodes, security);
  ending.add(() => observer.close());
  const endpoints = nodes.flatMap(({ client }) => client ?? []);
  const brokerOf = (address: string): Broker | null =>
    nodes.find(({ service }) => service === engine.addresses.get(address))?.broker ?? null;
  const brokers = nodes.flatMap(({ broker }) => broker ?? []);
  const resolveTarget = makeTargetResolver({
    brokers,
    nodes,
    observer,
    focus: () => ({ topic, partition: 0 }),
    coordinatorOf: (group) => groups.coordinatorOf(group),
    assertOpen,
  });
  const resolve = makeFaultResolver(resolveTarget, (target) => groups.resolve(target), brokers);
  const shared = { engine, observer, faults, endpoints, security, note, assertOpen, signal };
  const own = { javaClients: () => javaClients(probes), members: () => groups };
  const inject = makeInject({ ...shared, ...own, ...verbsOf(() => cluster), resolve, brokers });
  const attachment = attachmentOf(context, {
    ...shared,
    lab,
    ownTopic: opened.ownTopic,
    createOwn: (name) => cluster.createTopic(name, how),
  });
  const cluster = makeCluster({
    ...{ ...shared, run, inject, resolveTarget, noteTopicId: topicIds.note },
    groups: () => groups.describe(),
    async createTopic(name, how) {
      if (await createTopic(endpoints, { topic: name, ...how }, security))
        attachment?.belongings.madeTopic(name);
    },
  });
  const net = makeNet({ faults, inject });
  const disk = makeDisk({ faults, inject });
  const tools = findTools({ lab, engine, onProgress: progress.say, onNote: note });
  const addressOf = (broker: Broker): string | undefined =>
    nodes.find((node) => node.broker === broker)?.observed ?? undefined;
  const watches = makeWatches({ ...shared, run, topic, addressOf });
  const secretDir = (): string => secretFolder(lab);
  const thread = ownThread({ run, ending, note }, brokerOf);
  const clients = { ...shared, run, topic, secretDir, tools };
  const probes = makeProbes({ ...clients, brokerOf, attachment, thread: thread.current });
  const groups = makeGroups({
    ...{ ...clients, lab, addressOf },
    through: { inject, undo: (hit, how) => faults.undo(hit, how), assertOpen },
    belongings: attachment?.belongings,
  });
  ending.add(() => groups.close());
  const verbs = { resolve, inject, cluster, net, disk, probes, watches, groups };
  return { ...verbs, thread, observer, security, endpoints, topic, brokerOf, attachment };
}

/** The verbs of the cluster that faults are made of; they are made after the faults. */
function verbsOf(cluster: () => Cluster): Pick<InjectParts, "rollOne" | "elect"> {
  return { rollOne: rollOneOf(cluster), elect: (...asked) => cluster().elect(...asked) };
}

/** The names of the probes that are clients in Java. */
function javaClients(probes: Probes): string[] {
  return probes.all().flatMap(({ name, settings }) => (settings.client === "java" ? name : []));
}
