// Clients and the brokers of properties files: whether a bootstrap server is one of their listeners.

import type { Address } from "../../../kafka/mod.ts";
import type { Facts, Node } from "../facts.ts";
import type { Problem } from "../finding.ts";
import { allDials } from "./reach.ts";
import { bareHost, hostOf, nodesOfFiles } from "./same-machine.ts";
import { list } from "./words.ts";

/** What is wrong with the bootstrap servers of the clients that are given with a set of properties files. */
export function bootstrapOfFiles(facts: Facts): Problem[] {
  const { cluster, compose } = facts;
  const nodes = nodesOfFiles(cluster);
  if (cluster === null || compose !== null || !cluster.isWhole || nodes.length === 0) return [];
  return allDials(facts).flatMap((dial) =>
    dial.addresses.flatMap((address): Problem[] => {
      const why = whyNothing(nodes, address);
      if (why === null) return [];
      return [
        {
          node: dial.name,
          settings: [dial.setting],
          happens: `${address.host}:${address.port}: ${why}. A client cannot bootstrap there.`,
          fix: dial.set(addressesFor(nodes, address).join(",") || "HOST:PORT"),
        },
      ];
    }),
  );
}

/**
 * Why there is no broker at an address whose host is that of one of the nodes; null where there may be one.
 */
function whyNothing(nodes: readonly Node[], { host, port }: Address): string | null {
  const there = nodes.filter((node) => hostsOf(node).has(bareHost(host)));
  // a port that is forwarded to a listener is not known
  if (there.length === 0 || there.some((node) => clientPorts(node).has(port) || clientPorts(node).has(0)))
    return null;
  const controller = there.find(({ listeners }) => listeners.some((listener) => listener.port === port));
  if (controller !== undefined) return `it is ${controller.name}'s controller listener`;
  const isLocal = bareHost(host) === "localhost";
  if (!there.some(({ roles }) => roles.includes("broker"))) return null;
  const known = [...new Set(there.flatMap((node) => [...clientPorts(node)]))];
  return isLocal ? `no broker of the files listens there (they listen on ${list(known.map(String))})` : null;
}

function hostsOf(node: Node): Set<string> {
  const found = [hostOf(node), ...node.advertised.map(({ host }) => host)];
  return new Set(found.flatMap((host) => (host === null || host === "" ? [] : [bareHost(host)])));
}

/** The ports at which clients are served, also those that are only advertised. */
function clientPorts({ roles, listeners, advertised, controllerNames }: Node): Set<number> {
  if (!roles.includes("broker")) return new Set();
  const own = listeners.filter(({ name }) => !controllerNames.includes(name));
  return new Set(
    [...own, ...advertised.filter(({ name }) => !controllerNames.includes(name))].map(({ port }) => port),
  );
}

function addressesFor(nodes: readonly Node[], like: Address): string[] {
  return nodes
    .filter(({ roles }) => roles.includes("broker"))
    .flatMap(({ advertised, controllerNames }) => {
      const own = advertised.filter(({ name }) => !controllerNames.includes(name));
      const one = own.find(({ host }) => bareHost(host) === bareHost(like.host)) ?? own[0];
      return one === undefined ? [] : [`${one.host || like.host}:${one.port}`];
    });
}
