// Moves a cluster that was described for containers onto this machine's loopback: a pure function.
//
//   in containers                             here
//   kafka-1:19092, kafka-2:19092             kafka-1:20113, kafka-2:24711, own ports, where the links accept
//   localhost:29092 → published → kafka-1    localhost:29092, the published port, where it is free
//   kafka-1, as kafka-2 sees it              127.0.0.152, whatever the name: the address names the dialer
//   localhost, as kafka-2 sees it: kafka-2   localhost, as kafka-2 sees it: 127.0.0.102, where nobody listens
//
// The brokers themselves listen on ports that are advertised to nobody; the links accept in front of them.
// The last line reproduces the posted cluster's fault: each JVM reads a hosts file of its own
// (-Djdk.net.hosts.file), in which `localhost` is an address that belongs to this node alone, as in its own
// container. A broker with `localhost:9092` as a peer's address is refused, although on this machine a
// process does listen on 127.0.0.1:9092.

import {
  controllerListeners,
  isPlaintext,
  type Listener,
  listenersOf,
  LOOPBACK,
  protocolOf,
} from "../../compose/mod.ts";
import {
  type Addresses,
  addressesOf,
  advertisedAddress,
  type DescribedNode,
  type PortPair,
  replaceAddresses,
} from "./addresses.ts";
import type { LinkOrder } from "./links/links.ts";

export type { DescribedNode, PortPair } from "./addresses.ts";

/** A node as it runs on loopback. */
export interface Moved {
  service: string;
  /** The links in front of its listeners. */
  links: LinkOrder[];
  properties: Record<string, string>;
  /** The lines of its own hosts file. */
  hosts: string;
  client: string | null;
  /** Where the lab itself observes it, past the links. */
  observed: string | null;
  controller: string | null;
  /** Every `host:port` that it gives to clients. */
  advertised: string[];
  differs: string[];
}

/** A listener of a node: `preferred` is the port published for it. */
export interface Wanted {
  service: string;
  port: number;
  preferred: number | null;
}

/** Returns every port that the nodes listen on inside their containers. */
export function wantedPorts(nodes: readonly DescribedNode[]): Wanted[] {
  return nodes.flatMap((node) =>
    listenersOf(node, "listeners").map(({ port }) => ({
      service: node.service,
      port,
      preferred: node.ports.find((one) => one.target === port)?.published ?? null,
    })),
  );
}

/**
 * Returns the nodes with hosts and ports replaced; `portsOf` maps a service and the port inside its container
 * to ports of loopback. Where all of 127.0.0.0/8 is this machine's (`manyLoopbacks`, as on Linux), each node
 * dials from an address of its own.
 *
 * @throws LabError BAD_COMPOSE where an address names no known service or port.
 */
export function moveToLoopback(
  nodes: readonly DescribedNode[],
  portsOf: (service: string, port: number) => PortPair | undefined,
  how: { hostName: string; manyLoopbacks: boolean; hasOwnPorts?: boolean },
): Moved[] {
  const cluster: Cluster = { nodes, addresses: addressesOf(nodes, portsOf), ...how };
  return nodes.map((node, index) => {
    const listeners = readListeners(cluster, node);
    const { bound, advertised, controllerNames, forClients } = listeners;
    const clients = advertised.filter(({ name }) => !controllerNames.has(name));
    const own = bound.find(({ name }) => name === forClients?.name)?.own;
    const controller = bound.find(({ name }) => controllerNames.has(name))?.own;
    return {
      service: node.service,
      links: linksOf(cluster, node, listeners),
      properties: propertiesOf(cluster, node, listeners),
      hosts: hostsFile(cluster, index),
      client: clients.find(({ name }) => name === forClients?.name)?.local ?? null,
      observed: own === undefined ? null : `127.0.0.1:${own}`,
      controller: controller === undefined ? null : `127.0.0.1:${controller}`,
      advertised: clients.map(({ local }) => local),
      differs: [...movedPorts(cluster, node), ...differences(cluster, node, listeners)],
    };
  });
}

interface Cluster {
  nodes: readonly DescribedNode[];
  addresses: Addresses;
  hostName: string;
  manyLoopbacks: boolean;
  /** Whether no published port was asked for. */
  hasOwnPorts?: boolean;
}

/** A node's listeners: where they are bound, and what they are advertised as. */
interface Listeners {
  bound: readonly (Listener & PortPair)[];
  advertised: readonly { name: string; local: string }[];
  controllerNames: ReadonlySet<string>;
  /** Those of the file that are no controller's. */
  candidates: readonly Listener[];
  /** The one that clients are given. */
  forClients: Listener | undefined;
}

function readListeners({ addresses }: Cluster, node: DescribedNode): Listeners {
  const controllerNames = controllerListeners(node);
  const bound = listenersOf(node, "listeners").map((one) => ({
    ...one,
    ...addresses.portsOf(node.service, one.port)!,
  }));
  const declared = listenersOf(node, "advertised.listeners");
  const candidates = (declared.length > 0 ? declared : bound).filter(
    ({ name }) => !controllerNames.has(name),
  );
  const isPublished = ({ port }: Listener): boolean => node.ports.some(({ published }) => published === port);
  const forClients = candidates.find(isPublished) ?? candidates[0];
  const advertised = declared.map((one) => ({
    name: one.name,
    local: advertisedAddress(addresses, node, one, one.name === forClients?.name),
  }));
  // a listener that is not advertised is given out by Kafka as it is bound, which would lead past the link
  const silent = bound.filter(
    ({ name }) =>
      !declared.some((one) => one.name === name) && (declared.length === 0 || controllerNames.has(name)),
  );
  const added = silent.map(({ name, link }) => ({
    name,
    local: `${name === forClients?.name ? "127.0.0.1" : node.service}:${link}`,
  }));
  return { bound, advertised: [...advertised, ...added], controllerNames, candidates, forClients };
}

function propertiesOf(
  { addresses }: Cluster,
  node: DescribedNode,
  { bound, advertised }: Listeners,
): Record<string, string> {
  const properties: Record<string, string> = {
    ...node.properties,
    listeners: bound.map(({ name, own }) => `${name}://127.0.0.1:${own}`).join(","),
  };
  if (advertised.length > 0)
    properties["advertised.listeners"] = advertised.map(({ name, local }) => `${name}://${local}`).join(",");
  for (const key of ["controller.quorum.voters", "controller.quorum.bootstrap.servers"]) {
    const text = node.properties[key];
    if (text !== undefined) properties[key] = replaceAddresses(addresses, node, key, text);
  }
  return properties;
}

function linksOf(
  { nodes, manyLoopbacks }: Cluster,
  node: DescribedNode,
  { bound, controllerNames }: Listeners,
): LinkOrder[] {
  return bound.map(({ name, link, own }) => ({
    node: node.service,
    kind: controllerNames.has(name) ? "controller" : "data",
    listeners: [
      { dialer: "", host: "127.0.0.1", port: link },
      ...(manyLoopbacks
        ? nodes.map(({ service }, dialer) => ({ dialer: service, host: listenerHostOf(dialer), port: link }))
        : []),
    ],
    to: own,
    ...(isPlaintext(node, name) ? {} : { protocol: protocolOf(node, name) }),
  }));
}

/** The address at which the links accept for the node with this index. */
function listenerHostOf(index: number): string {
  return `127.0.0.${151 + index}`;
}

/** How the node deviates from one in a container. */
function differences(
  { nodes, manyLoopbacks }: Cluster,
  { service, properties }: DescribedNode,
  { candidates, forClients }: Listeners,
): string[] {
  if (nodes.length === 1) return [];
  const interBroker = properties["inter.broker.listener.name"] ?? "PLAINTEXT";
  const differs: string[] = [];
  if (candidates.some((one) => one.name === interBroker && LOOPBACK.has(one.host)))
    differs.push(
      `${service}: other brokers that dial its ${interBroker} listener at localhost get ` +
        '"connection refused", as in containers, ' +
        "because each broker here resolves localhost to a loopback address of its own",
    );
  else if (forClients?.name === interBroker)
    differs.push(
      `${service}: clients and brokers dial the same ${interBroker} listener at the same address, ` +
        'so network faults on the path "peers" take brokers for clients',
    );
  if (!manyLoopbacks)
    differs.push(
      `${service}: this system has a single loopback address, so network faults take other nodes ` +
        'for clients: nothing acts on the paths "peers" and "controllers" alone',
    );
  return differs;
}

function movedPorts({ addresses, hasOwnPorts }: Cluster, { service, ports }: DescribedNode): string[] {
  if (hasOwnPorts) return [];
  return ports.flatMap(({ published, target }) => {
    const local = addresses.portsOf(service, target)?.link;
    return published === null || local === undefined || local === published
      ? []
      : [`${service}: port ${published} is taken on this machine, clients use ${local} instead`];
  });
}

function hostsFile({ nodes, addresses, hostName, manyLoopbacks }: Cluster, index: number): string {
  const others = [...addresses.serviceOf.keys()].filter((name) => name !== "localhost");
  const link = manyLoopbacks ? listenerHostOf(index) : "127.0.0.1";
  return `${[
    `${nodes.length > 1 ? `127.0.0.${101 + index}` : "127.0.0.1"} localhost`,
    ...(others.includes(hostName) ? [] : [`127.0.0.1 ${hostName}`]),
    ...others.map((name) => `${link} ${name}`),
  ].join("\n")}\n`;
}
