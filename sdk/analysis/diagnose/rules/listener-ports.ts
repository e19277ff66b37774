// The ports of listeners, and which of them the host publishes.

import type { Listener } from "../../../compose/mod.ts";
import type { Rule } from "../finding.ts";
import { ADVERTISED, isBroker } from "./advertised.ts";
import { eachNode } from "./words.ts";

export const listenerPortRules: readonly Rule[] = [
  {
    id: "listener-port-twice",
    severity: "error",
    title: "two listeners have the same port",
    source:
      'Kafka: SocketServerConfigs.listenerListToEndPoints, "each listener must have a different ' +
      'port", tried with 3.9.2 and 4.4.0',
    check: (facts) =>
      eachNode(facts, ({ name, listeners, settings }) => {
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
          fix: `another port for ${twin.name}`,
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
        if (
          container === null ||
          !isBroker(node) ||
          container.service.keys.some(({ key }) => key === "network_mode")
        )
          return null;
        const local = node.advertised.filter(
          ({ name, host }) =>
            ["localhost", "127.0.0.1"].includes(host) && !node.controllerNames.includes(name),
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
          fix: `ports: ["${lost.port}:${inside}"]`,
        };
      }),
  },
];
