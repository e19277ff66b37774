// Where a node listens, and where it tells others to find it.

import { type Listener, LOOPBACK, sendsBrokersHome } from "../../../compose/mod.ts";
import { type Facts, isAtLeast, type Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { listOf, type Setting } from "../setting.ts";
import { list, onePerPlace } from "./words.ts";

const ADVERTISED = "advertised.listeners";
const MAP = "listener.security.protocol.map";
const KAFKA_CONFIG = "Kafka: KafkaConfig.validateValues (KafkaConfig.scala), tried with 3.9.2 and 4.4.0";

function each(facts: Facts, find: (node: Node) => Problem | null): Problem[] {
  return (facts.cluster?.nodes ?? []).flatMap((node) => find(node) ?? []);
}

function isBroker({ roles }: Node): boolean {
  return roles.includes("broker");
}

/** Where the advertised addresses stand: what is not advertised is advertised as it listens. */
function advertisedSetting({ settings }: Node): Setting {
  return settings.given.get(ADVERTISED) ?? settings.of("listeners");
}

function spelled(listeners: readonly Listener[]): string {
  return listeners.map(({ name, host, port }) => `${name}://${host}:${port}`).join(",");
}

/** Outside containers several nodes may share a machine, and localhost; not where a voter is elsewhere. */
function isElsewhere({ voters }: Node): boolean {
  return voters.some(({ host }) => !LOOPBACK.has(host));
}

/** The names of listeners that have a protocol. */
function mapped({ settings }: Node): ReadonlySet<string> {
  return new Set(listOf(settings.of(MAP).value).map((pair) => pair.split(":")[0]!.toUpperCase()));
}

export const listenerRules: readonly Rule[] = [
  {
    id: "inter-broker-localhost",
    severity: "error",
    title: "brokers are told to find each other at localhost",
    source:
      "Kafka: a replica fetches from the leader's endpoint of inter.broker.listener.name (ReplicaManager.scala, leader.brokerEndPoint)",
    check: ({ cluster }) => {
      if (cluster === null || cluster.isAlone) return [];
      const nodes = cluster.brokers.filter(
        (node) => (node.container !== null || isElsewhere(node)) && sendsBrokersHome(node),
      );
      const [first] = nodes;
      if (first === undefined) return [];
      const { name, host, port } = first.advertised.find((listener) => listener.name === first.interBroker)!;
      const self = first.container === null ? "the machine" : "the container";
      const happens =
        `${first.name} tells other brokers to fetch from ${host}:${port}, which to each of them is ${self} itself: no follower ever reaches its leader, so replicas fall out of the ISR ` +
        "after replica.lag.time.max.ms although the cluster looks healthy, and when a leader is lost nobody can take over.";
      const inside = `INTERNAL://${first.container?.names[0] ?? "HOST"}:19092`;
      return [
        {
          settings: onePerPlace(nodes.map(advertisedSetting)),
          happens,
          fix: `a listener of their own for brokers: ${first.settings.spell(ADVERTISED, `${inside},${spelled(first.advertised)}`)}, the same in listeners and ${MAP}, and ${first.settings.spell("inter.broker.listener.name", "INTERNAL")} in the place of ${name}`,
        },
      ];
    },
  },
  {
    id: "advertised-wildcard",
    severity: "error",
    title: "0.0.0.0 is advertised",
    source: KAFKA_CONFIG,
    check: (facts) =>
      each(facts, (node) => {
        if (!isBroker(node) || !node.advertised.some(({ host }) => host === "0.0.0.0")) return null;
        return {
          settings: [advertisedSetting(node)],
          happens: `${node.name} does not start: advertised.listeners "cannot use the nonroutable meta-address 0.0.0.0"; what is not advertised is advertised as in listeners.`,
          fix: node.settings.spell(
            ADVERTISED,
            spelled(
              node.advertised.map((listener) => ({
                ...listener,
                host: listener.host === "0.0.0.0" ? (node.container?.names[0] ?? "HOST") : listener.host,
              })),
            ),
          ),
        };
      }),
  },
  {
    id: "listeners-not-advertised",
    severity: "warning",
    title: "listeners without advertised.listeners",
    source:
      "Kafka: advertised.listeners, default: listeners; an empty host is the machine's canonical name (Endpoints, SocketServerConfigs.java)",
    check: (facts) =>
      each(facts, (node) => {
        const { container, settings, advertised } = node;
        if (
          container === null ||
          !isBroker(node) ||
          settings.given.has(ADVERTISED) ||
          container.service.ports.length === 0
        )
          return null;
        if (!advertised.some(({ host }) => host === "")) return null;
        return {
          settings: [settings.of("listeners")],
          happens: `${node.name} advertises the name that its container gives itself, an id such as 3f2a9c0e1b7d: a client outside reaches the published port, is told to go on at that name, and cannot resolve it.`,
          fix: settings.spell(
            ADVERTISED,
            `PLAINTEXT://localhost:${container.service.ports[0]!.published ?? 9092}`,
          ),
        };
      }),
  },
  {
    id: "advertised-unknown-listener",
    severity: "error",
    title: "a listener is advertised that does not exist",
    source: KAFKA_CONFIG,
    check: (facts) =>
      each(facts, (node) => {
        const unknown = node.advertised.filter(
          ({ name }) => !node.listeners.some((listener) => listener.name === name),
        );
        if (!isBroker(node) || unknown.length === 0) return null;
        return {
          settings: [node.settings.of(ADVERTISED), node.settings.of("listeners")],
          happens: `${node.name} does not start: it advertises ${list(unknown.map(({ name }) => name))} and listens on ${list(node.listeners.map(({ name }) => name))}.`,
          fix: node.settings.spell(
            "listeners",
            spelled([...node.listeners, ...unknown.map((listener) => ({ ...listener, host: "" }))]),
          ),
        };
      }),
  },
  {
    id: "inter-broker-not-advertised",
    severity: "error",
    title: "the inter-broker listener is not advertised",
    source: KAFKA_CONFIG,
    check: (facts) =>
      each(facts, (node) => {
        const known = node.advertised.map(({ name }) => name);
        if (
          !isBroker(node) ||
          known.length === 0 ||
          (node.interBroker !== null && known.includes(node.interBroker))
        )
          return null;
        const wanted = node.interBroker ?? node.settings.of("security.inter.broker.protocol").value;
        return {
          settings: [node.settings.of("inter.broker.listener.name"), node.settings.of(ADVERTISED)],
          happens: `${node.name} does not start: brokers find each other by the listener ${wanted}, and advertised are ${list(known)} only.`,
          fix: node.settings.spell("inter.broker.listener.name", known[0]!),
        };
      }),
  },
  {
    id: "inter-broker-named-twice",
    severity: "error",
    title: "inter.broker.listener.name and security.inter.broker.protocol are both set",
    source: KAFKA_CONFIG,
    check: (facts) =>
      each(facts, ({ name, settings: { given } }) => {
        const [byName, byProtocol] = [
          given.get("inter.broker.listener.name"),
          given.get("security.inter.broker.protocol"),
        ];
        if (byName === undefined || byProtocol === undefined) return null;
        return {
          settings: [byProtocol, byName],
          happens: `${name} does not start: "only one of inter.broker.listener.name and security.inter.broker.protocol should be set".`,
          fix: "remove security.inter.broker.protocol",
        };
      }),
  },
  {
    id: "no-controller-listener",
    severity: "error",
    title: "the controller has no listener",
    source: KAFKA_CONFIG,
    check: (facts) =>
      each(facts, (node) => {
        if (!node.isKraft) return null;
        const listens = node.listeners.some(({ name }) => node.controllerNames.includes(name));
        const isController = node.roles.includes("controller");
        if (isController ? listens : node.controllerNames.length > 0) return null;
        const why =
          node.controllerNames.length === 0
            ? "controller.listener.names is not set"
            : `${list(node.controllerNames)} is not among its listeners`;
        return {
          settings: [node.settings.of("controller.listener.names"), node.settings.of("listeners")],
          happens: `${node.name} does not start: ${why}, so ${isController ? "no voter could reach it" : "it does not know how to reach the controllers"}.`,
          fix: node.settings.spell("controller.listener.names", "CONTROLLER"),
        };
      }),
  },
  {
    id: "controller-listener-on-broker",
    severity: "error",
    title: "a node that is only a broker listens as a controller",
    source: KAFKA_CONFIG,
    check: (facts) =>
      each(facts, (node) => {
        const listens = node.listeners.find(({ name }) => node.controllerNames.includes(name));
        if (!node.isKraft || node.roles.includes("controller") || listens === undefined) return null;
        return {
          settings: [node.settings.of("listeners"), node.settings.of("controller.listener.names")],
          happens: `${node.name} does not start: as a broker alone it must not have the controller listener ${listens.name} in its listeners.`,
          fix: `listeners without ${listens.name}`,
        };
      }),
  },
  {
    id: "listener-without-protocol",
    severity: "error",
    title: "a listener is not in the security map",
    source:
      "Kafka: listener.security.protocol.map; without any, a controller listener is PLAINTEXT (KafkaConfig.effectiveListenerSecurityProtocolMap)",
    check: (facts) =>
      each(facts, (node) => {
        const has = mapped(node);
        const isGiven = node.settings.given.has(MAP);
        const secured = node.listeners.some(({ name }) => /^(SSL|SASL_)/.test(name));
        const names = new Set([
          ...node.listeners.map(({ name }) => name),
          ...(node.isKraft ? node.controllerNames : []),
        ]);
        const missing = [...names].filter(
          (name) =>
            !has.has(name.toUpperCase()) && (isGiven || secured || !node.controllerNames.includes(name)),
        );
        if (missing.length === 0 || node.settings.of(MAP).value.includes("${")) return null;
        const value = [
          ...listOf(isGiven ? node.settings.of(MAP).value : ""),
          ...missing.map((name) => `${name}:PLAINTEXT`),
        ].join(",");
        return {
          settings: [node.settings.of(MAP), node.settings.of("listeners")],
          happens: `${node.name} does not start: "no security protocol defined for listener ${missing[0]}".`,
          fix: node.settings.spell(MAP, value),
        };
      }),
  },
  {
    id: "controller-listener-advertised",
    severity: "error",
    title: "a controller listener is advertised",
    source:
      "Kafka up to 3.8: KafkaConfig.validateAdvertisedListenersDoesNotContainControllerListenersForKRaftBroker; allowed since 3.9 (KIP-853)",
    check: (facts) =>
      each(facts, (node) => {
        const controllerListener = node.settings.given.has(ADVERTISED)
          ? node.advertised.find(({ name }) => node.controllerNames.includes(name))
          : undefined;
        if (controllerListener === undefined || isAtLeast(node.version, 3, 9) !== false) return null;
        return {
          settings: [node.settings.of(ADVERTISED)],
          happens: `${node.name} does not start: up to Kafka 3.8 (this is ${node.version.text}) advertised.listeners must not contain ${controllerListener.name}, which clients never use.`,
          fix: node.settings.spell(
            ADVERTISED,
            spelled(node.advertised.filter((listener) => listener !== controllerListener)),
          ),
        };
      }),
  },
  {
    id: "listener-port-twice",
    severity: "error",
    title: "two listeners have one port",
    source:
      'Kafka: SocketServerConfigs.listenerListToEndPoints, "each listener must have a different port", tried with 3.9.2 and 4.4.0',
    check: (facts) =>
      each(facts, ({ name, listeners, settings }) => {
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
    title: "clients on the host are sent to a port that is not published",
    source: "Docker compose: ports; Kafka: clients go on at advertised.listeners (Metadata)",
    check: (facts) =>
      each(facts, (node) => {
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
          happens: `${node.name} sends clients to localhost:${lost.port}, but that port of the host does not lead to its listener ${lost.name} (port ${inside} in the container): they get ECONNREFUSED, or another broker.`,
          fix: `ports: ["${lost.port}:${inside}"]`,
        };
      }),
  },
];
