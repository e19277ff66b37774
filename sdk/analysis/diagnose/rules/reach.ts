// Who reaches which listener: a client's place, the address that it dials, and what is there.
//
//   client ──dials──▶ address ──name or published port──▶ node's listener ──advertises──▶ address ──▶ …
//
// Sources: Kafka, KIP-103: a broker answers with the address that the listener which was dialled advertises;
// Docker: a service's names are known to containers only, and a container's localhost is the container.

import type { ComposeProject, ComposeService, Listener } from "../../../compose/mod.ts";
import type { Address } from "../../../kafka/mod.ts";
import type { Cluster, Dial, Facts, Node } from "../facts.ts";
import { settingFor, keyFor } from "../known/clients.ts";
import { isOpen } from "../setting.ts";
import { addressesIn } from "../addresses.ts";
import { oncePer } from "../once.ts";
import { hasExternalNetwork, isNamedIn, isPartOfProject, networkMode, networksOf } from "../project.ts";
import { contained } from "./contained.ts";

/**
 * Where a client runs: on the host, or in a container; `service` is null for a container that is not
 * known.
 */
export type Where =
  | { readonly kind: "host" }
  | { readonly kind: "container"; readonly service: ComposeService | null }
  | { readonly kind: "unknown" };

/** What an address leads to. */
export type Target =
  | { readonly kind: "listener"; readonly node: Node; readonly listener: Listener }
  | { readonly kind: "nothing"; readonly why: string; readonly fix?: string }
  | { readonly kind: "unknown" };

const UNKNOWN: Target = { kind: "unknown" };

/** Hosts that mean who says them. */
export function isSelf(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1|\[::1\])$/i.test(host);
}

/** Every client's bootstrap list: those of the compose file, and those of files. */
export function allDials({ clients, dials }: Facts): Dial[] {
  const ofFiles = clients
    .filter(({ isInCompose }) => isInCompose !== true)
    .flatMap((client): Dial[] => {
      const setting = settingFor(client, "bootstrap");
      if (setting === null || isOpen(setting.value)) return [];
      const addresses = addressesIn(setting.value);
      return addresses.length === 0
        ? []
        : [
            {
              name: client.settings.label,
              service: null,
              setting,
              addresses,
              set: (list) => client.settings.set(keyFor(client, "bootstrap")!, list),
            },
          ];
    });
  return [...ofFiles, ...dials];
}

/** A client of a file that dials localhost runs on the host; one that dials a service's name does not. */
export function whereOf({ service, addresses }: Dial): Where {
  if (service === null)
    return addresses.some(({ host }) => isSelf(host)) ? { kind: "host" } : { kind: "container", service };
  const mode = networkMode(service);
  if (mode === null) return { kind: "container", service };
  return mode === "host" ? { kind: "host" } : { kind: "unknown" };
}

/** A project's nodes by what they are dialled at. */
export interface Network {
  targetOf(where: Where, address: Address): Target;
  /** Whether a name may be one that only the project's networks know. */
  isForeignName(host: string): boolean;
}

/** The network of a cluster within its project. */
export function networkOf(cluster: Cluster, project: ComposeProject): Network {
  return networkIn(project)(cluster);
}

const networkIn: (project: ComposeProject) => (cluster: Cluster) => Network = oncePer((project) =>
  oncePer((cluster) => makeNetwork(cluster, project)),
);

function makeNetwork(cluster: Cluster, project: ComposeProject): Network {
  const nodes = contained(cluster.nodes);
  const byName = new Map(nodes.flatMap((node) => node.container.names.map((name) => [name, node])));
  const isNamed = isNamedIn(project);
  const published = new Map<number, { node: Node; target: number }>();
  for (const node of nodes) {
    const { service } = node.container;
    if (networkMode(service) === "host")
      for (const { port } of node.listeners) published.set(port, { node, target: port });
    for (const { published: port, target, protocol } of service.ports)
      if (port !== null && port !== 0 && protocol === "tcp" && !published.has(port))
        published.set(port, { node, target });
  }
  // what is in a file that was not there may have the name
  const isAll = !hasExternalNetwork(project) && !isPartOfProject(project);
  const isForeignName = (host: string): boolean =>
    isAll && !/[.:]/.test(host) && !isNamed(host) && !isOpen(host);
  return {
    isForeignName,
    targetOf: (where, address) => {
      if (where.kind === "unknown" || isOpen(address.host)) return UNKNOWN;
      const atHost = where.kind === "host" ? isSelf(address.host) : address.host === "host.docker.internal";
      if (atHost) return targetAtHost(published, address);
      if (where.kind === "host")
        return byName.has(address.host)
          ? { kind: "nothing", why: `only containers know the name ${address.host}` }
          : UNKNOWN;
      if (isSelf(address.host)) return targetAtSelf(nodes, where.service, address, published);
      const node = byName.get(address.host);
      if (node !== undefined) return apart(project, where.service, node) ?? targetAtNode(node, address);
      if (where.service !== null && isForeignName(address.host))
        return { kind: "nothing", why: `no service has the name ${address.host}` };
      return UNKNOWN;
    },
  };
}

/** Null where a service and a node may have a network in common. */
function apart(project: ComposeProject, service: ComposeService | null, node: Node): Target | null {
  if (service === null || node.container === null || service === node.container.service) return null;
  const [from, to] = [networksOf(project, service), networksOf(project, node.container.service)];
  if (from === null || to === null || [...from].some((one) => to.has(one))) return null;
  return {
    kind: "nothing",
    why: `${service.service} and ${node.name} are in different networks, so that no name leads to it`,
    fix: `networks: [${[...from, ...to].join(", ")}] of ${service.service}`,
  };
}

const MOST_NAMED = 20;

function targetAtHost(
  published: ReadonlyMap<number, { node: Node; target: number }>,
  { port }: Address,
): Target {
  const found = published.get(port);
  if (found !== undefined) {
    const listener = found.node.listeners.find((one) => one.port === found.target);
    return listener === undefined ? UNKNOWN : { kind: "listener", node: found.node, listener };
  }
  if (published.size === 0) return UNKNOWN;
  const known = [...published.keys()].slice(0, MOST_NAMED).join(", ");
  const more = published.size > MOST_NAMED ? ", …" : "";
  return { kind: "nothing", why: `it is not published by any broker (published: ${known}${more})` };
}

function targetAtNode(node: Node, { port }: Address): Target {
  const listener = node.listeners.find((one) => one.port === port);
  if (listener !== undefined) return { kind: "listener", node, listener };
  if (node.listeners.length === 0) return UNKNOWN;
  const has = node.listeners.map((one) => one.port).join(", ");
  return { kind: "nothing", why: `it is not a listener of ${node.name} (it has ${has})` };
}

/** Localhost within a container: its own Kafka, or nothing if the port is one of Kafka's elsewhere. */
function targetAtSelf(
  nodes: readonly Node[],
  service: ComposeService | null,
  address: Address,
  published: ReadonlyMap<number, { node: Node; target: number }>,
): Target {
  if (service === null) return UNKNOWN;
  const own = nodes.find(({ container }) => container?.service === service);
  if (own !== undefined) return targetAtNode(own, address);
  const isKafkas =
    published.has(address.port) ||
    nodes.some(({ listeners }) => listeners.some(({ port }) => port === address.port));
  return isKafkas
    ? {
        kind: "nothing",
        why: `${address.host} within ${service.service} is ${service.service} itself, where no Kafka runs`,
      }
    : UNKNOWN;
}
