// The addresses at which brokers are found: advertised.listeners and the inter-broker listener.

import { type Listener, LOOPBACK, sendsBrokersHome } from "../../../compose/mod.ts";
import type { Container, Facts, Node } from "../facts.ts";
import type { Rule } from "../finding.ts";
import { type Fix, fixing } from "../fix.ts";
import {
  ADVERTISED,
  forBrokers,
  ownHost,
  listenerForBrokers,
  spelled,
  toAdvertise,
  withProtocols,
} from "./listener-fixes.ts";
import { networkMode } from "../project.ts";
import type { Setting } from "../setting.ts";
import { eachNode, KAFKA_CONFIG, list, onePerPlace } from "./words.ts";

export function isBroker({ roles }: Node): boolean {
  return roles.includes("broker");
}

/** The setting with the advertised addresses; the default is `listeners`. */
export function advertisedSetting({ settings }: Node): Setting {
  return settings.given.get(ADVERTISED) ?? settings.of("listeners");
}

/** Nodes outside containers may share a machine and use localhost, unless a voter is on another host. */
function isElsewhere({ voters }: Node): boolean {
  return voters.some(({ host }) => !LOOPBACK.has(host));
}

/** The brokers that advertise themselves to other brokers at those brokers' own loopback. */
export function sendsBrokersHomeIn({ cluster }: Facts): readonly Node[] {
  if (cluster === null || cluster.isAlone) return [];
  return cluster.brokers.filter(
    (node) =>
      (node.container === null ? isElsewhere(node) : isInNetwork(node.container)) && sendsBrokersHome(node),
  );
}

/** In the host's network localhost is the host, which the nodes share. */
function isInNetwork({ service }: Container): boolean {
  return networkMode(service) === null;
}

/** Where a listener is found: at a port of the host that leads to it, or else by the node's name. */
function addressOf(node: Node, { name, port }: Listener): Pick<Listener, "host" | "port"> {
  const inside = node.listeners.find((listener) => listener.name === name)?.port;
  const outside = node.container?.service.ports.find(({ target }) => target === inside)?.published ?? null;
  const isForBrokers = name === node.interBroker && node.advertised.length > 1;
  return outside === null || isForBrokers
    ? { host: ownHost(node), port }
    : { host: "localhost", port: outside };
}

/** The inter-broker listener that a node listens on is advertised, or else one that is. */
function interBrokerFix(node: Node): Fix {
  const { listeners, interBroker, settings, advertised } = node;
  const own = listeners.find(({ name }) => name === interBroker);
  const host = ownHost(node);
  return own === undefined || host === "HOST" || !settings.given.has(ADVERTISED)
    ? settings.set("inter.broker.listener.name", forBrokers(node))
    : settings.set(ADVERTISED, spelled([{ ...own, host }, ...advertised]));
}

export const advertisedRules: readonly Rule[] = [
  {
    id: "inter-broker-localhost",
    severity: "error",
    title: "brokers advertise localhost to each other",
    source:
      "Kafka: a replica fetches from the leader's endpoint of inter.broker.listener.name " +
      "(ReplicaManager.scala, leader.brokerEndPoint)",
    check: (facts) => {
      const nodes = sendsBrokersHomeIn(facts);
      const [first] = nodes;
      if (first === undefined) return [];
      const { name, host, port } = first.advertised.find((listener) => listener.name === first.interBroker)!;
      const self = first.container === null ? "the machine" : "the container";
      const happens =
        `${first.name} advertises ${host}:${port} to other brokers, which to each of them is ${self} ` +
        "itself: no follower reaches its leader, so replicas leave the ISR " +
        "after replica.lag.time.max.ms although the cluster looks healthy, and when a leader is lost " +
        "no other replica can become leader.";
      return [
        {
          settings: onePerPlace(nodes.map(advertisedSetting)),
          happens,
          fix: listenerForBrokers(nodes, name),
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
      eachNode(facts, (node) => {
        if (!isBroker(node) || !node.advertised.some(({ host }) => host === "0.0.0.0")) return null;
        return {
          settings: [advertisedSetting(node)],
          happens:
            `${node.name} does not start: advertised.listeners "cannot use the nonroutable meta-address ` +
            '0.0.0.0"; without advertised.listeners it advertises its listeners.',
          fix: node.settings.set(
            ADVERTISED,
            spelled(
              node.advertised.map((listener) => ({
                ...listener,
                ...(listener.host === "0.0.0.0" && addressOf(node, listener)),
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
      "Kafka: advertised.listeners, default: listeners; an empty host is the machine's canonical name " +
      "(Endpoints, SocketServerConfigs.java)",
    check: (facts) =>
      eachNode(facts, (node) => {
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
          happens:
            `${node.name} advertises its container's hostname, an id such as 3f2a9c0e1b7d: a client ` +
            "outside reaches the published port, is referred to that name, and cannot resolve it.",
          fix: toAdvertise(node, facts.cluster?.isAlone === true),
        };
      }),
  },
  {
    id: "advertised-unknown-listener",
    severity: "error",
    title: "an advertised listener does not exist",
    source: KAFKA_CONFIG,
    check: (facts) =>
      eachNode(facts, (node) => {
        const unknown = node.advertised.filter(
          ({ name }) => !node.listeners.some((listener) => listener.name === name),
        );
        if (!isBroker(node) || unknown.length === 0) return null;
        return {
          settings: [node.settings.of(ADVERTISED), node.settings.of("listeners")],
          happens:
            `${node.name} does not start: it advertises ${list(unknown.map(({ name }) => name))} and ` +
            `listens on ${list(node.listeners.map(({ name }) => name))}.`,
          fix: fixing(
            node.settings.set(
              "listeners",
              spelled([...node.listeners, ...unknown.map((listener) => ({ ...listener, host: "" }))]),
            ),
            ...withProtocols(
              node,
              unknown.map(({ name }) => name),
            ),
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
      eachNode(facts, (node) => {
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
          happens:
            `${node.name} does not start: the inter-broker listener is ${wanted}, but only ` +
            `${list(known)} ${known.length === 1 ? "is" : "are"} advertised.`,
          fix: interBrokerFix(node),
        };
      }),
  },
  {
    id: "inter-broker-named-twice",
    severity: "error",
    title: "inter.broker.listener.name and security.inter.broker.protocol are both set",
    source: KAFKA_CONFIG,
    check: (facts) =>
      eachNode(facts, ({ name, settings }) => {
        const [byName, byProtocol] = [
          settings.given.get("inter.broker.listener.name"),
          settings.given.get("security.inter.broker.protocol"),
        ];
        if (byName === undefined || byProtocol === undefined) return null;
        return {
          settings: [byProtocol, byName],
          happens:
            `${name} does not start: "only one of inter.broker.listener.name and ` +
            'security.inter.broker.protocol should be set".',
          fix: settings.remove("security.inter.broker.protocol"),
        };
      }),
  },
];
