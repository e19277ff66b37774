// Controller listeners, and the security protocols of listeners.

import { isAtLeast, type Node } from "../facts.ts";
import type { Rule } from "../finding.ts";
import { type Fix, fixing } from "../fix.ts";
import { listOf } from "../setting.ts";
import { ADVERTISED, freePort, spelled, withProtocols } from "./listener-fixes.ts";
import { eachNode, KAFKA_CONFIG, list } from "./words.ts";

const MAP = "listener.security.protocol.map";

/** The names of listeners that have a protocol. */
function mapped({ settings }: Node): ReadonlySet<string> {
  return new Set(listOf(settings.of(MAP).value).map((pair) => pair.split(":")[0]!.toUpperCase()));
}

/** A listener that voters dial becomes the controller's; otherwise a new one does. */
function controllerListener(node: Node, isController: boolean): Fix {
  const { settings, listeners, voters, nodeId, advertised } = node;
  const name = (value: string): Fix => settings.set("controller.listener.names", value);
  if (!isController) return fixing(name("CONTROLLER"), ...withProtocols(node, ["CONTROLLER"]));
  const port = voters.find(({ id }) => id === nodeId)?.port;
  const dialled = listeners.find((listener) => listener.port === port || listener.name === "CONTROLLER");
  if (
    dialled !== undefined &&
    !advertised.some((one) => one.name === dialled.name && settings.given.has(ADVERTISED))
  )
    return name(dialled.name);
  if (dialled !== undefined) return { text: name("CONTROLLER").text, edits: [] };
  const own = { name: "CONTROLLER", host: "", port: port ?? freePort(listeners, 9093) };
  const isNamed = settings.given.get("controller.listener.names")?.value === own.name;
  return fixing(
    ...(isNamed ? [] : [name(own.name), "; "]),
    settings.set("listeners", spelled([...listeners, own])),
    ...withProtocols(node, [own.name]),
  );
}

export const controllerListenerRules: readonly Rule[] = [
  {
    id: "no-controller-listener",
    severity: "error",
    title: "the controller has no listener",
    source: KAFKA_CONFIG,
    check: (facts) =>
      eachNode(facts, (node) => {
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
          happens:
            `${node.name} does not start: ${why}, so ` +
            `${isController ? "voters cannot reach it" : "it cannot reach the controllers"}.`,
          fix: controllerListener(node, isController),
        };
      }),
  },
  {
    id: "controller-listener-on-broker",
    severity: "error",
    title: "a node without the controller role has a controller listener",
    source: KAFKA_CONFIG,
    check: (facts) =>
      eachNode(facts, (node) => {
        const listens = node.listeners.find(({ name }) => node.controllerNames.includes(name));
        if (!node.isKraft || node.roles.includes("controller") || listens === undefined) return null;
        return {
          settings: [node.settings.of("listeners"), node.settings.of("controller.listener.names")],
          happens:
            `${node.name} does not start: without the controller role its listeners must not contain ` +
            `the controller listener ${listens.name}.`,
          fix: {
            text: `listeners without ${listens.name}`,
            edits: node.settings.set(
              "listeners",
              spelled(node.listeners.filter(({ name }) => !node.controllerNames.includes(name))),
            ).edits,
          },
        };
      }),
  },
  {
    id: "listener-without-protocol",
    severity: "error",
    title: "a listener has no security protocol",
    source:
      "Kafka: listener.security.protocol.map; without any, a controller listener is PLAINTEXT " +
      "(KafkaConfig.effectiveListenerSecurityProtocolMap)",
    check: (facts) =>
      eachNode(facts, (node) => {
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
          fix: node.settings.set(MAP, value),
        };
      }),
  },
  {
    id: "controller-listener-advertised",
    severity: "error",
    title: "a controller listener is advertised",
    source:
      "Kafka up to 3.8: " +
      "KafkaConfig.validateAdvertisedListenersDoesNotContainControllerListenersForKRaftBroker; " +
      "allowed since 3.9 (KIP-853)",
    check: (facts) =>
      eachNode(facts, (node) => {
        const advertised = node.settings.given.has(ADVERTISED)
          ? node.advertised.find(({ name }) => node.controllerNames.includes(name))
          : undefined;
        if (advertised === undefined || isAtLeast(node.version, 3, 9) !== false) return null;
        return {
          settings: [node.settings.of(ADVERTISED)],
          happens:
            `${node.name} does not start: up to Kafka 3.8 (this is ${node.version.text}) ` +
            `advertised.listeners must not contain ${advertised.name}, which clients never use.`,
          fix: node.settings.set(
            ADVERTISED,
            spelled(node.advertised.filter((listener) => listener !== advertised)),
          ),
        };
      }),
  },
];
