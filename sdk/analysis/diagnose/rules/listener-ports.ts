// The ports of listeners, and which of them the host publishes.

import type { Listener } from "../../../compose/mod.ts";
import type { Facts, Node } from "../facts.ts";
import type { Fix } from "../fix.ts";
import type { Rule } from "../finding.ts";
import { isBroker } from "./advertised.ts";
import { ADVERTISED, spelled } from "./listener-fixes.ts";
import { isSelf } from "./reach.ts";
import { eachNode } from "./words.ts";

/** The port at which voters dial the listener, if no other has it. */
function anotherPort({ listeners, voters, nodeId, controllerNames, settings }: Node, twin: Listener): Fix {
  const text = `another port for ${twin.name}`;
  const port = voters.find(({ id }) => id === nodeId)?.port;
  const isFree = port !== undefined && !listeners.some((listener) => listener.port === port);
  const isControllers = controllerNames.includes(twin.name);
  // elsewhere it is advertised or published, too
  if (!isFree || !isControllers) return { text, edits: [] };
  const value = spelled(listeners.map((one) => (one === twin ? { ...one, port } : one)));
  const { text: line, edits } = settings.set("listeners", value);
  return { text: `${text}: ${line}`, edits };
}

/** Publishes the advertised port; if another service has it, the port that is published is advertised. */
function published({ compose }: Facts, node: Node, lost: Listener, inside: number): Fix {
  const { container, name, advertised, settings } = node;
  const { port } = lost;
  const text = `ports: ["${port}:${inside}"]`;
  const service = container!.service;
  const isTaken = compose?.services.some(
    (other) => other !== service && other.ports.some((one) => one.published === port),
  );
  if (isTaken === true) {
    const own = service.ports.find(({ target }) => target === inside)?.published ?? null;
    return own === null
      ? { text, edits: [] }
      : settings.set(
          ADVERTISED,
          spelled(advertised.map((one) => (one === lost ? { ...one, port: own } : one))),
        );
  }
  const place = { ...service.location, column: 1, service: name };
  return { text, edits: [{ action: "publish-port", ...place, published: port, target: inside }] };
}

export const listenerPortRules: readonly Rule[] = [
  {
    id: "listener-port-twice",
    severity: "error",
    title: "two listeners have the same port",
    source:
      'Kafka: SocketServerConfigs.listenerListToEndPoints, "each listener must have a different ' +
      'port", tried with 3.9.2 and 4.4.0',
    check: (facts) =>
      eachNode(facts, (node) => {
        const { name, listeners, settings } = node;
        const ofFamily = (listener: Listener): string =>
          `${listener.port}${listener.host.includes(":") ? " v6" : ""}`;
        const twin = listeners.find(
          (listener, i) =>
            listener.port !== 0 && listeners.findIndex((other) => ofFamily(other) === ofFamily(listener)) < i,
        );
        if (twin === undefined) return null;
        return {
          settings: [settings.of("listeners")],
          happens: `${name} does not start: two of its listeners use port ${twin.port}.`,
          fix: anotherPort(node, twin),
        };
      }),
  },
  {
    id: "advertised-port-not-published",
    severity: "warning",
    title: "the advertised port is not published on the host",
    source: "Docker compose: ports; Kafka: clients go on at advertised.listeners (Metadata)",
    check: (facts) =>
      eachNode(facts, (node) => {
        const { container } = node;
        const isDialled = (name: string): boolean =>
          node.listeners.some(
            (listener) =>
              listener.name === name &&
              container!.service.ports.some(({ target }) => target === listener.port),
          );
        if (
          container === null ||
          container.isPod === true ||
          !isBroker(node) ||
          container.service.keys.some(({ key }) => key === "network_mode")
        )
          return null;
        // one of several that brokers use is for them, and a single broker finds itself at localhost
        const own = node.advertised.length > 1 ? node.interBroker : null;
        const local = node.advertised.filter(
          ({ name, host }) =>
            isSelf(host) && !node.controllerNames.includes(name) && (name !== own || isDialled(name)),
        );
        const lost = local.find(({ name, port }) => {
          const inside = node.listeners.find((listener) => listener.name === name)?.port;
          return !container.service.ports.some(
            ({ published, target }) =>
              (published ?? port) === port && (inside === undefined || target === inside),
          );
        });
        if (lost === undefined || (facts.cluster?.isAlone === true && container.service.ports.length === 0))
          return null;
        const inside = node.listeners.find(({ name }) => name === lost.name)?.port ?? lost.port;
        return {
          settings: [node.settings.of(ADVERTISED)],
          happens:
            `${node.name} refers clients to localhost:${lost.port}, but that port of the host is not ` +
            `mapped to its listener ${lost.name} (port ${inside} in the container): they get ` +
            "ECONNREFUSED, or another broker.",
          fix: published(facts, node, lost, inside),
        };
      }),
  },
];
