// What mends listeners: all settings of a listener are written together, since each is refused without the
// others.

import { type Listener, LOOPBACK } from "../../../compose/mod.ts";
import type { Node } from "../facts.ts";
import { type Fix, fixing, fixingAll } from "../fix.ts";
import { listOf } from "../setting.ts";

export const ADVERTISED = "advertised.listeners";
export const MAP = "listener.security.protocol.map";

export function spelled(listeners: readonly Listener[]): string {
  return listeners.map(({ name, host, port }) => `${name}://${host}:${port}`).join(",");
}

/** The name by which others find a node: its container's, or that at which voters dial it. */
export function ownHost({ container, voters, nodeId }: Node): string {
  const voter = voters.find(({ id, host }) => id === nodeId && !LOOPBACK.has(host));
  return container?.names[0] ?? voter?.host ?? "HOST";
}

/** The map with a protocol for each of these listeners; nothing where they have one by default. */
export function withProtocols(
  { settings, controllerNames }: Node,
  names: readonly string[],
): (string | Fix)[] {
  const pairs = listOf(settings.of(MAP).value);
  const missing = names.filter((name) => !pairs.some((pair) => pair.startsWith(`${name}:`)));
  const isNeeded = settings.given.has(MAP) || missing.some((name) => !controllerNames.includes(name));
  if (missing.length === 0 || !isNeeded || settings.of(MAP).value.includes("${")) return [];
  return ["; ", settings.set(MAP, [...pairs, ...missing.map((name) => `${name}:PLAINTEXT`)].join(","))];
}

/** The listener that brokers can use among those that are advertised, preferably not one of the loopback. */
export function forBrokers({ advertised, controllerNames }: Node): string {
  const all = advertised.filter(({ name }) => !controllerNames.includes(name));
  const found = all.find(({ host }) => !LOOPBACK.has(host)) ?? all[0] ?? advertised[0]!;
  return found.name;
}

/** A listener of their own for brokers: one that they reach, or a new one. */
export function listenerForBrokers(nodes: readonly Node[], instead: string): Fix {
  const fixes = nodes.map((node) => forBrokersOf(node));
  return {
    text: `a separate listener for brokers: ${fixes[0]!.text}, instead of ${instead}`,
    edits: fixes.some(({ edits }) => edits.length === 0) ? [] : fixing(...fixes).edits,
  };
}

function forBrokersOf(node: Node): Fix {
  const { settings, advertised, listeners } = node;
  const name = forBrokers(node);
  if (advertised.some((one) => one.name === name && !LOOPBACK.has(one.host) && one.host !== ""))
    return settings.set("inter.broker.listener.name", name);
  const port = freePort(listeners, 19_092);
  const own = advertised.some((one) => one.name === "INTERNAL") ? "INTERNAL2" : "INTERNAL";
  const host = ownHost(node);
  return fixing(
    settings.set(ADVERTISED, spelled([{ name: own, host, port }, ...advertised])),
    "; ",
    settings.set("listeners", spelled([{ name: own, host: "", port }, ...listeners])),
    ...withProtocols(node, [own]),
    "; ",
    settings.set("inter.broker.listener.name", own),
  );
}

export function freePort(listeners: readonly Listener[], first: number): number {
  const ports = new Set(listeners.map(({ port }) => port));
  let port = first;
  while (ports.has(port)) port += 10_000;
  return port;
}

/**
 * Each listener by the name under which it is found: a published one on the host, the others in the network.
 */
export function toAdvertise(node: Node, isAlone: boolean): Fix {
  const { settings, listeners, controllerNames, container } = node;
  const all = listeners.filter(({ name }) => !controllerNames.includes(name));
  const published = (port: number): number | null =>
    container?.service.ports.find(({ target }) => target === port)?.published ?? null;
  const listed = all.map(({ name, port }): Listener => {
    const outside = published(port);
    return outside === null
      ? { name, host: ownHost(node), port }
      : { name, host: "localhost", port: outside };
  });
  const line = settings.set(ADVERTISED, spelled(listed));
  const forOthers = listed.find(({ host }) => !LOOPBACK.has(host));
  if (isAlone || settings.given.has("security.inter.broker.protocol")) return line;
  // other brokers need one that they reach
  if (forOthers === undefined) return { text: line.text, edits: [] };
  const isReached = listed.some(({ name, host }) => name === node.interBroker && !LOOPBACK.has(host));
  return isReached ? line : fixingAll([line, settings.set("inter.broker.listener.name", forOthers.name)]);
}
