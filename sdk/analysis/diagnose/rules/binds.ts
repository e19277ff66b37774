// Where listeners are bound: at an address of the container, and one that others reach.

import type { Listener } from "../../../compose/mod.ts";
import type { Facts } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { networkMode } from "../project.ts";
import { isOpen } from "../setting.ts";
import { spelled } from "./listener-fixes.ts";
import { type Contained, contained } from "./contained.ts";
import { unboundInPods } from "./kubernetes/addresses.ts";
import { allDials, isSelf, type Network, networkOf, whereOf } from "./reach.ts";
import { list } from "./words.ts";

export const bindRules: readonly Rule[] = [
  {
    id: "listener-not-bindable",
    severity: "error",
    title: "a listener's host is not an address of its container",
    source:
      'Kafka: SocketServer.openServerSocket, "Socket server failed to bind to …: Cannot assign requested ' +
      'address"; listeners are what the broker binds, advertised.listeners what it tells (KIP-103)',
    check: (facts) => [
      ...unboundInPods(facts),
      ...withNetwork(facts, (node, network) => {
        const all = node.listeners.map((listener) => ({
          listener,
          why: whyNotBound(node, listener, facts, network),
        }));
        const { listener: lost, why } = all.find((one) => one.why !== null) ?? {};
        if (lost === undefined || why == null) return null;
        return {
          settings: [node.settings.of("listeners")],
          happens:
            `${node.name} does not start: ${lost.name} binds ${lost.host}:${lost.port}, and ` + `${why}.`,
          fix: node.settings.set("listeners", withoutHost(node.listeners, lost)),
        };
      }),
    ],
  },
  {
    id: "listener-on-loopback",
    severity: "error",
    title: "a listener is bound to the container's loopback",
    source:
      "Kafka: SocketServer.openServerSocket binds the host of `listeners`; Docker forwards a published " +
      "port " +
      "to the container's own address, not to its loopback",
    check: (facts) =>
      withNetwork(facts, (node, network) => {
        const bound = node.listeners.filter(({ host }) => isSelf(host));
        const lost = bound.map((listener) => ({ listener, who: whoNeeds(facts, node, listener, network) }));
        const [first] = lost.filter(({ who }) => who.length > 0);
        if (first === undefined) return null;
        const { listener, who } = first;
        return {
          settings: [node.settings.of("listeners")],
          happens:
            `${node.name} binds ${listener.name} to ${listener.host}:${listener.port}, which only this ` +
            `container reaches: ${list(who)} cannot connect.`,
          fix: node.settings.set("listeners", withoutHost(node.listeners, listener)),
        };
      }),
  },
];

function withNetwork(facts: Facts, find: (node: Contained, network: Network) => Problem | null): Problem[] {
  const { cluster, compose } = facts;
  if (cluster === null || compose === null) return [];
  const network = networkOf(cluster, compose);
  return contained(cluster.nodes)
    .filter(({ container }) => networkMode(container.service) === null)
    .flatMap((node) => {
      const problem = find(node, network);
      return problem === null ? [] : { ...problem, node: node.name };
    });
}

function whyNotBound(
  { container }: Contained,
  { host }: Listener,
  { cluster }: Facts,
  network: Network,
): string | null {
  if (host === "" || isOpen(host) || isSelf(host) || /^(0\.0\.0\.0|::)$/.test(host)) return null;
  if (container.names.includes(host)) return null;
  const other = contained(cluster?.nodes).find((node) => node.container.names.includes(host));
  if (other !== undefined) return `${host} is ${other.name}`;
  if (host === "host.docker.internal") return "that is the host's address";
  if (/^\d+(\.\d+){3}$/.test(host))
    return hasAddress(container, host) ? null : "the container does not have that address";
  return network.isForeignName(host) ? "the container does not know that name" : null;
}

/** Whether `networks` gives the service this address. */
function hasAddress({ service: { keys } }: Contained["container"], host: string): boolean {
  const networks = keys.find(({ key }) => key === "networks")?.value;
  return JSON.stringify(networks ?? null).includes(`"${host}"`);
}

/** Who dials the listener from elsewhere. */
function whoNeeds(facts: Facts, node: Contained, listener: Listener, network: Network): string[] {
  const isControllers = node.controllerNames.includes(listener.name);
  const others = contained(facts.cluster?.nodes).filter((other) => other !== node);
  const published = node.container.service.ports.find(({ target }) => target === listener.port);
  const needs = isControllers ? others : listener.name === node.interBroker ? brokersOf(others) : [];
  const clients = allDials(facts).filter((dial) =>
    dial.addresses.some((address) => {
      const target = network.targetOf(whereOf(dial), address);
      const isHere = dial.service === node.container.service;
      return !isHere && target.kind === "listener" && target.node === node && target.listener === listener;
    }),
  );
  return [
    ...needs.map(({ name }) => name),
    ...new Set(clients.map(({ name }) => name)),
    ...(published?.published == null ? [] : [`clients at the published port ${published.published}`]),
  ];
}

function brokersOf(nodes: readonly Contained[]): readonly Contained[] {
  return nodes.filter(({ roles }) => roles.includes("broker"));
}

function withoutHost(listeners: readonly Listener[], lost: Listener): string {
  return spelled(listeners.map((one) => (one === lost ? { ...one, host: "" } : one)));
}
