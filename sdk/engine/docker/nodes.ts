// Where the nodes in containers are reached from this machine: a pure function of Kafka's configuration and
// what docker published.

import {
  bothNames,
  controllerListeners,
  type KafkaService,
  type Listener,
  advertisedBy,
  listenersOf,
  LOOPBACK,
  publicProperties,
} from "../../compose/mod.ts";
import type { Node } from "../engine.ts";
import type { ContainerFacts } from "./inspect.ts";

export interface Placed {
  nodes: readonly Node[];
  /** Every `host:port` that clients may be given for a node, and the node's service. */
  addresses: ReadonlyMap<string, string>;
  /** What a reader should know of addresses that this machine's clients cannot use. */
  notes: readonly string[];
}

/**
 * Finds each node's address for clients, and that of its controller listener within the containers' network.
 */
export function placeNodes(
  services: readonly KafkaService[],
  containers: readonly Pick<ContainerFacts, "service" | "ports" | "addresses">[],
): Placed {
  const addresses = new Map<string, string>();
  const notes: string[] = [];
  const nodes = services.map((service): Node => {
    const container = containers.find((one) => one.service === service.service);
    const controllers = controllerListeners(service);
    const bound = listenersOf(service, "listeners");
    const advertised = listenersOf(service, "advertised.listeners");
    const clients = (advertised.length > 0 ? advertised : bound).filter(({ name }) => !controllers.has(name));
    const reached = clients.flatMap((listener) => {
      const port = bound.find(({ name }) => name === listener.name)?.port ?? listener.port;
      const published = container?.ports.find(
        (one) => one.target === port && one.protocol === "tcp" && one.published !== null,
      );
      return published === undefined
        ? []
        : [{ listener, host: hostOf(published.hostIp), port: published.published! }];
    });
    const own = reached.find(({ listener }) => LOOPBACK.has(listener.host)) ?? reached[0];
    for (const { host, port } of clients)
      for (const name of bothNames(`${host}:${port}`)) addresses.set(name, service.service);
    if (own !== undefined) {
      for (const name of bothNames(`${own.host}:${own.port}`)) addresses.set(name, service.service);
      if (!isSame(own.listener, own))
        notes.push(
          `${service.service}: it advertises ${own.listener.host}:${own.listener.port} to clients, ` +
            `but this machine reaches it at ${own.host}:${own.port}`,
        );
    } else if (service.roles.includes("broker"))
      notes.push(
        `${service.service}: no port of a client listener is published, ` +
          "so this machine's clients cannot reach it",
      );
    const control = bound.find(({ name }) => controllers.has(name));
    const [address] = container?.addresses ?? [];
    return {
      service: service.service,
      broker: service.broker,
      nodeId: service.nodeId,
      roles: service.roles,
      client: own === undefined ? null : `${own.host}:${own.port}`,
      observed: own === undefined ? null : `${own.host}:${own.port}`,
      controller: control === undefined || address === undefined ? null : `${address}:${control.port}`,
      advertised: advertisedBy(service),
      properties: publicProperties(service),
    };
  });
  return { nodes, addresses, notes };
}

function hostOf(hostIp: string | null): string {
  return hostIp === null || hostIp === "0.0.0.0" || hostIp === "::" || hostIp === "127.0.0.1"
    ? "localhost"
    : hostIp;
}

function isSame(listener: Listener, { host, port }: { host: string; port: number }): boolean {
  return (
    listener.port === port && (listener.host === host || (LOOPBACK.has(listener.host) && LOOPBACK.has(host)))
  );
}
