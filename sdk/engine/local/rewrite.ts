// Moves a cluster that was described for containers onto this machine's loopback: a pure function.
//
//   in containers                                here
//   kafka-1:19092, kafka-2:19092 (own hosts)     kafka-1:20113, kafka-2:24711 (own ports), where links accept for the brokers
//   localhost:29092 → published → kafka-1:9092   localhost:29092, the port that was published, where it is free
//   kafka-1, as kafka-2 sees it                  127.0.0.152, whatever the name: the address tells the links who dials
//   localhost, as kafka-2 sees it: kafka-2       localhost, as kafka-2 sees it: 127.0.0.102, where nobody listens
//
// The brokers themselves listen on ports that nobody is told of; links/ stands in front of them. The last
// line keeps the posted cluster's fault: each JVM reads a hosts file of its own (-Djdk.net.hosts.file), in
// which `localhost` is an address that belongs to this node alone, as in its own container. A broker that is
// told to fetch from `localhost:9092` is refused, although on this machine a process does listen on
// 127.0.0.1:9092.

import {
  controllerListeners,
  type KafkaService,
  type Listener,
  listenersOf,
  LOOPBACK,
} from "../../compose/mod.ts";
import { LabError } from "../../model/errors.ts";
import type { LinkOrder } from "./links/links.ts";

/** What the rewriting needs to know of a node. */
export interface DescribedNode {
  service: string;
  hostNames: readonly string[];
  properties: Readonly<Record<string, string>>;
  ports: readonly { published: number | null; target: number }[];
  /** Where the properties were written. */
  origins?: KafkaService["origins"];
}

/** A node as it runs on loopback. */
export interface Moved {
  service: string;
  /** What stands in front of its listeners. */
  links: LinkOrder[];
  properties: Record<string, string>;
  /** The lines of its own hosts file. */
  hosts: string;
  client: string | null;
  /** Where the lab itself looks at it, past the links. */
  observed: string | null;
  controller: string | null;
  /** Every `host:port` that it tells clients of. */
  advertised: string[];
  differs: string[];
}

/** Where a listener of a container is found here. */
export interface PortPair {
  /** The port that everybody dials. */
  link: number;
  /** The port that the broker listens on. */
  own: number;
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
 * Returns the nodes with hosts and ports replaced; `placeOf` maps a service and the port inside its container
 * to ports of loopback. Where all of 127.0.0.0/8 is this machine's (`manyLoopbacks`, as on Linux), each node
 * dials from an address of its own.
 *
 * @throws LabError BAD_COMPOSE where an address names no known service or port.
 */
export function moveToLoopback(
  nodes: readonly DescribedNode[],
  placeOf: (service: string, port: number) => PortPair | undefined,
  { hostName, manyLoopbacks }: { hostName: string; manyLoopbacks: boolean },
): Moved[] {
  const portOf = (service: string, port: number): number | undefined => placeOf(service, port)?.link;
  const listenerHostOf = (index: number): string => (manyLoopbacks ? `127.0.0.${151 + index}` : "127.0.0.1");
  const serviceOf = new Map(
    nodes.flatMap((node) => node.hostNames.map((host) => [host, node.service] as const)),
  );
  const publishedBy = new Map(
    nodes.flatMap((node) =>
      node.ports
        .filter((p) => p.published !== null)
        .map((p) => [p.published, { service: node.service, port: p.target }] as const),
    ),
  );

  const inside = (node: DescribedNode, key: string, host: string, port: number): string => {
    const service = LOOPBACK.has(host) || host === "" ? node.service : serviceOf.get(host);
    const local = service === undefined ? undefined : portOf(service, port);
    if (local === undefined) {
      throw new LabError(
        "BAD_COMPOSE",
        `Cannot place ${host}:${port} of service ${node.service}: no Kafka service of the file has that host with a listener on that port`,
        {
          ...node.origins?.[key],
          hint: `Known hosts: ${[...serviceOf.keys()].join(", ")}. Is there a typing error in a listener or in controller.quorum.voters?`,
        },
      );
    }
    return `${service}:${local}`;
  };

  const advertise = (node: DescribedNode, listener: Listener, isForClients: boolean): string => {
    if (!LOOPBACK.has(listener.host) && serviceOf.has(listener.host)) {
      const address = inside(node, "advertised.listeners", listener.host, listener.port);
      return isForClients ? address.replace(/^.*:/, "127.0.0.1:") : address; // this machine's clients do not know the name
    }
    const published = publishedBy.get(listener.port);
    if (published !== undefined) return `localhost:${portOf(published.service, published.port)}`;
    const own = listenersOf(node, "listeners").find(({ name }) => name === listener.name);
    const local = portOf(node.service, own?.port ?? listener.port);
    if (local !== undefined) return `localhost:${local}`;
    return inside(node, "advertised.listeners", listener.host, listener.port);
  };

  return nodes.map((node, index) => {
    const controllerNames = controllerListeners(node);
    const bound = listenersOf(node, "listeners").map((one) => ({
      ...one,
      ...placeOf(node.service, one.port)!,
    }));
    const isPublished = (one: Listener): boolean =>
      node.ports.some(({ published }) => published === one.port);
    const declared = listenersOf(node, "advertised.listeners");
    const candidates = (declared.length > 0 ? declared : bound).filter(
      ({ name }) => !controllerNames.has(name),
    );
    const forClients = candidates.find(isPublished) ?? candidates[0];
    const advertised = declared.map((one) => ({
      ...one,
      local: advertise(node, one, one.name === forClients?.name),
    }));
    const properties: Record<string, string> = {
      ...node.properties,
      listeners: bound.map(({ name, own }) => `${name}://127.0.0.1:${own}`).join(","),
    };
    // of a listener that is not advertised, Kafka tells where it is bound, which would lead past the link
    const silent = bound
      .filter(
        ({ name }) =>
          !declared.some((one) => one.name === name) && (declared.length === 0 || controllerNames.has(name)),
      )
      .map(({ name, link }) => ({
        name,
        local: `${name === forClients?.name ? "127.0.0.1" : node.service}:${link}`,
      }));
    const all = [...advertised, ...silent];
    if (all.length > 0)
      properties["advertised.listeners"] = all.map(({ name, local }) => `${name}://${local}`).join(",");
    for (const key of ["controller.quorum.voters", "controller.quorum.bootstrap.servers"]) {
      const text = node.properties[key];
      if (text !== undefined)
        properties[key] = text
          .split(",")
          .map((one) => replaceHost(one.trim(), node, key, (host, port) => inside(node, key, host, port)))
          .join(",");
    }
    const interBroker = node.properties["inter.broker.listener.name"] ?? "PLAINTEXT";
    const differs = movedPorts(node, portOf);
    if (candidates.some((one) => one.name === interBroker && LOOPBACK.has(one.host)) && nodes.length > 1) {
      differs.push(
        `${node.service}: other brokers that dial its ${interBroker} listener at localhost get "connection refused", as in containers, because each broker here resolves localhost to a loopback address of its own`,
      );
    } else if (forClients?.name === interBroker && nodes.length > 1) {
      differs.push(
        `${node.service}: clients and brokers dial the same ${interBroker} listener at the same address, so network faults on the path "peers" take brokers for clients`,
      );
    }
    if (!manyLoopbacks && nodes.length > 1)
      differs.push(
        `${node.service}: this system has a single loopback address, so network faults take other nodes for clients: nothing acts on the paths "peers" and "controllers" alone`,
      );
    const clients = all.filter(({ name }) => !controllerNames.has(name));
    const clientListener = bound.find(({ name }) => name === forClients?.name);
    return {
      service: node.service,
      links: bound.map(
        ({ name, link, own }): LinkOrder => ({
          node: node.service,
          kind: controllerNames.has(name) ? "controller" : "data",
          listeners: [
            { dialer: "", host: "127.0.0.1", port: link },
            ...(manyLoopbacks
              ? nodes.map(({ service }, dialer) => ({
                  dialer: service,
                  host: listenerHostOf(dialer),
                  port: link,
                }))
              : []),
          ],
          to: own,
        }),
      ),
      properties,
      hosts: hostsFile({
        localhost: nodes.length > 1 ? `127.0.0.${101 + index}` : "127.0.0.1",
        hostName,
        listenerHost: listenerHostOf(index),
        names: [...serviceOf.keys()],
      }),
      client: clients.find(({ name }) => name === forClients?.name)?.local ?? null,
      observed: clientListener === undefined ? null : `127.0.0.1:${clientListener.own}`,
      controller:
        bound.filter(({ name }) => controllerNames.has(name)).map(({ own }) => `127.0.0.1:${own}`)[0] ?? null,
      advertised: clients.map(({ local }) => local),
      differs,
    };
  });
}

function movedPorts(
  node: DescribedNode,
  portOf: (service: string, port: number) => number | undefined,
): string[] {
  return node.ports.flatMap(({ published, target }) => {
    const local = portOf(node.service, target);
    return published === null || local === undefined || local === published
      ? []
      : [`${node.service}: port ${published} is taken on this machine, clients use ${local} instead`];
  });
}

function hostsFile({
  localhost,
  hostName,
  listenerHost,
  names,
}: {
  localhost: string;
  hostName: string;
  listenerHost: string;
  names: readonly string[];
}): string {
  const others = names.filter((name) => name !== "localhost");
  return `${[
    `${localhost} localhost`,
    ...(others.includes(hostName) ? [] : [`127.0.0.1 ${hostName}`]),
    ...others.map((name) => `${listenerHost} ${name}`),
  ].join("\n")}\n`;
}

/** Replaces the address in `host:port` or `id@host:port`. */
function replaceHost(
  text: string,
  { service, origins }: DescribedNode,
  key: string,
  to: (host: string, port: number) => string,
): string {
  const match = text.match(/^(\d+@)?(.+):(\d+)$/);
  if (match === null)
    throw new LabError(
      "BAD_COMPOSE",
      `Cannot read ${key} of service ${service}: ${JSON.stringify(text)} is not host:port or id@host:port`,
      { ...origins?.[key] },
    );
  return `${match[1] ?? ""}${to(match[2]!, Number(match[3]))}`;
}
