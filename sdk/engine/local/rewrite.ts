// Moves a cluster that was described for containers onto this machine's loopback: a pure function.
//
//   in containers                                here
//   kafka-1:19092, kafka-2:19092 (own hosts)     127.0.0.1:20113, 127.0.0.1:24711 (own ports)
//   localhost:29092 → published → kafka-1:9092   localhost:29092, the port that was published, where it is free
//   localhost, as kafka-2 sees it: kafka-2       localhost, as kafka-2 sees it: 127.0.0.102, where nobody listens
//
// The last line keeps the posted cluster's fault: each JVM reads a hosts file of its own (-Djdk.net.hosts.file), in which
// `localhost` is an address that belongs to this node alone, as in its own container. A broker that is told to fetch from
// `localhost:9092` is refused, although on this machine a process does listen on 127.0.0.1:9092.

import { controllerListeners, type Listener, listenersOf, LOOPBACK } from "../../compose/mod.ts";
import { LabError } from "../../errors.ts";

/** What the rewriting needs to know of a node. */
export interface Described {
  service: string;
  hostNames: readonly string[];
  properties: Readonly<Record<string, string>>;
  ports: readonly { published: number | null; target: number }[];
}

/** A node as it runs on loopback. */
export interface Moved {
  service: string;
  properties: Record<string, string>;
  /** The lines of its own hosts file. */
  hosts: string;
  client: string | null;
  controller: string | null;
  /** Every `host:port` that it tells clients of. */
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
export function wantedPorts(nodes: readonly Described[]): Wanted[] {
  return nodes.flatMap((node) =>
    listenersOf(node, "listeners").map(({ port }) => ({ service: node.service, port, preferred: node.ports.find((one) => one.target === port)?.published ?? null })),
  );
}

/**
 * Returns the nodes with hosts and ports replaced; `portOf` maps a service and the port inside its container to a port of loopback.
 *
 * @throws LabError BAD_COMPOSE where an address names no known service or port.
 */
export function moveToLoopback(nodes: readonly Described[], portOf: (service: string, port: number) => number | undefined, hostName: string): Moved[] {
  const serviceOf = new Map(nodes.flatMap((node) => node.hostNames.map((host) => [host, node.service] as const)));
  const publishedBy = new Map(nodes.flatMap((node) => node.ports.filter((p) => p.published !== null).map((p) => [p.published, { service: node.service, port: p.target }] as const)));

  const inside = (node: Described, host: string, port: number): string => {
    const service = LOOPBACK.has(host) || host === "" ? node.service : serviceOf.get(host);
    const local = service === undefined ? undefined : portOf(service, port);
    if (local === undefined) {
      throw new LabError("BAD_COMPOSE", `Cannot place ${host}:${port} of service ${node.service}: no Kafka service of the file has that host with a listener on that port`, {
        hint: `Known hosts: ${[...serviceOf.keys()].join(", ")}. Is there a typing error in a listener or in controller.quorum.voters?`,
      });
    }
    return `127.0.0.1:${local}`;
  };

  const advertise = (node: Described, listener: Listener): string => {
    if (!LOOPBACK.has(listener.host) && serviceOf.has(listener.host)) return inside(node, listener.host, listener.port);
    const published = publishedBy.get(listener.port);
    if (published !== undefined) return `localhost:${portOf(published.service, published.port)}`;
    const own = listenersOf(node, "listeners").find(({ name }) => name === listener.name);
    const local = portOf(node.service, own?.port ?? listener.port);
    if (local !== undefined) return `localhost:${local}`;
    return inside(node, listener.host, listener.port);
  };

  return nodes.map((node, index) => {
    const controllerNames = controllerListeners(node);
    const bound = listenersOf(node, "listeners").map((one) => ({ ...one, local: `127.0.0.1:${portOf(node.service, one.port)}` }));
    const advertised = listenersOf(node, "advertised.listeners").map((one) => ({ ...one, local: advertise(node, one) }));
    const properties: Record<string, string> = { ...node.properties, listeners: bound.map(({ name, local }) => `${name}://${local}`).join(",") };
    if (advertised.length > 0) properties["advertised.listeners"] = advertised.map(({ name, local }) => `${name}://${local}`).join(",");
    for (const key of ["controller.quorum.voters", "controller.quorum.bootstrap.servers"]) {
      const text = node.properties[key];
      if (text !== undefined) properties[key] = text.split(",").map((one) => replaceHost(one.trim(), (host, port) => inside(node, host, port))).join(",");
    }
    const clients = (advertised.length > 0 ? advertised : bound.filter(({ name }) => !controllerNames.has(name))).filter(({ name }) => !controllerNames.has(name));
    const isPublished = (one: Listener): boolean => node.ports.some(({ published }) => published === one.port);
    const interBroker = node.properties["inter.broker.listener.name"] ?? "PLAINTEXT";
    const differs = movedPorts(node, portOf);
    if (clients.some((one) => one.name === interBroker && LOOPBACK.has(one.host)) && nodes.length > 1) {
      differs.push(`${node.service}: other brokers that dial its ${interBroker} listener at localhost get "connection refused", as in containers, because each broker here resolves localhost to a loopback address of its own`);
    }
    return {
      service: node.service,
      properties,
      hosts: hostsFile(nodes.length > 1 ? `127.0.0.${101 + index}` : "127.0.0.1", hostName, [...serviceOf.keys()]),
      client: (clients.find(isPublished) ?? clients[0])?.local ?? null,
      controller: bound.find(({ name }) => controllerNames.has(name))?.local ?? null,
      advertised: clients.map(({ local }) => local),
      differs,
    };
  });
}

function movedPorts(node: Described, portOf: (service: string, port: number) => number | undefined): string[] {
  return node.ports.flatMap(({ published, target }) => {
    const local = portOf(node.service, target);
    return published === null || local === undefined || local === published ? [] : [`${node.service}: port ${published} is taken on this machine, clients use ${local} instead`];
  });
}

function hostsFile(localhost: string, hostName: string, names: readonly string[]): string {
  return [`${localhost} localhost`, ...new Set([hostName, ...names].filter((name) => name !== "localhost").map((name) => `127.0.0.1 ${name}`))].join("\n") + "\n";
}

/** Replaces the address in `host:port` or `id@host:port`. */
function replaceHost(text: string, to: (host: string, port: number) => string): string {
  const match = text.match(/^(\d+@)?(.+):(\d+)$/);
  if (match === null) throw new LabError("BAD_COMPOSE", `Cannot read the address "${text}": expected host:port or id@host:port`);
  return `${match[1] ?? ""}${to(match[2]!, Number(match[3]))}`;
}
