// Kafka's listeners as its properties name them.

import { LabError } from "../model/errors.ts";
import { entriesOf, readListener } from "../kafka/mod.ts";

export interface Listener {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** What the functions here need to know of a node. */
interface Listening {
  readonly service: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** Hosts that mean the machine, or the container, that says them. */
export const LOOPBACK: ReadonlySet<string> = new Set([
  "localhost",
  "127.0.0.1",
  "::1",
  "[::1]",
  "0.0.0.0",
  "host.docker.internal",
]);

/**
 * Reads `listeners` or `advertised.listeners` of a node; none where it is not set.
 *
 * @throws LabError BAD_COMPOSE for what is not NAME://host:port, and for a port above 65535
 */
export function listenersOf(node: Listening, key: "listeners" | "advertised.listeners"): Listener[] {
  return entriesOf(node.properties[key] ?? "").map((text) => {
    const listener = readListener(text);
    if (!("fault" in listener)) return listener;
    throw new LabError("BAD_COMPOSE", `Cannot read ${key} of service ${node.service}: ${listener.fault}`, {
      hint: `"${text}" has to be NAME://host:port, with a port from 0 to 65535.`,
    });
  });
}

/** What a node advertises to clients and brokers: `host:port` by the listener's name. */
export function advertisedBy(node: Listening): Record<string, string> {
  return Object.fromEntries(
    listenersOf(node, "advertised.listeners").map(({ name, host, port }) => [name, `${host}:${port}`]),
  );
}

/** The names of the listeners that only controllers use. */
export function controllerListeners({ properties }: Listening): ReadonlySet<string> {
  return new Set((properties["controller.listener.names"] ?? "").split(",").map((name) => name.trim()));
}

/**
 * The security protocol of a listener. Kafka's own default map gives every listener the protocol of its name;
 * names and protocols count in any case.
 */
export function protocolOf({ properties }: Pick<Listening, "properties">, listener: string): string {
  const pairs = (properties["listener.security.protocol.map"] ?? "")
    .split(",")
    .map((pair) => pair.split(":"));
  const found = pairs.find(([name = ""]) => name.trim().toUpperCase() === listener.toUpperCase());
  return found?.[1]?.trim() ?? listener;
}

/** Whether a listener's connections are encrypted. */
export function isTls(node: Pick<Listening, "properties">, listener: string): boolean {
  return /SSL/i.test(protocolOf(node, listener));
}

/** Whether a listener neither encrypts nor authenticates. */
export function isPlaintext(node: Pick<Listening, "properties">, listener: string): boolean {
  return !/SSL|SASL/i.test(protocolOf(node, listener));
}

/**
 * The name of the listener by which brokers find a node: configured, or else the first with the protocol
 * (AbstractKafkaConfig, getInterBrokerListenerNameAndSecurityProtocol); null where it is not advertised.
 */
export function interBrokerListener({
  name,
  protocol,
  advertised,
}: {
  name: string;
  protocol: string;
  advertised: readonly Listener[];
}): string | null {
  if (name !== "") return name;
  return advertised.some((listener) => listener.name === protocol) ? protocol : null;
}

/**
 * Whether a node advertises itself to other brokers at their own loopback address, so that none of them ever
 * fetches from it (ReplicaManager.scala, leader.brokerEndPoint).
 */
export function sendsBrokersHome({
  advertised,
  interBroker,
}: {
  advertised: readonly Listener[];
  interBroker: string | null;
}): boolean {
  return advertised.some(
    ({ name, host }) => name === interBroker && LOOPBACK.has(host) && host !== "host.docker.internal",
  );
}

/** Whether other brokers can fetch from a node, as far as its properties show. */
export function isReachableByBrokers(node: Listening): boolean {
  const { properties } = node;
  const given = listenersOf(node, "advertised.listeners");
  const advertised =
    given.length > 0
      ? given
      : listenersOf(node, "listeners").filter(({ name }) => !controllerListeners(node).has(name));
  const interBroker = interBrokerListener({
    name: properties["inter.broker.listener.name"] ?? "",
    protocol: properties["security.inter.broker.protocol"] ?? "PLAINTEXT",
    advertised,
  });
  return !sendsBrokersHome({ advertised, interBroker });
}

/** `localhost:1` and `127.0.0.1:1` are one address. */
export function bothNames(address: string): string[] {
  const at = address.lastIndexOf(":");
  const port = address.slice(at + 1);
  return LOOPBACK.has(address.slice(0, at)) ? [`localhost:${port}`, `127.0.0.1:${port}`] : [address];
}
