// Where an address of the compose file is found on this machine's loopback.

import { type KafkaService, type Listener, listenersOf, LOOPBACK } from "../../compose/mod.ts";
import { LabError } from "../../model/errors.ts";

/** What the rewriting needs to know of a node. */
export interface DescribedNode {
  service: string;
  hostNames: readonly string[];
  properties: Readonly<Record<string, string>>;
  ports: readonly { published: number | null; target: number }[];
  /** Where the properties were written. */
  origins?: KafkaService["origins"];
}

/** Where a listener of a container is found here. */
export interface PortPair {
  /** The port that everybody dials. */
  link: number;
  /** The port that the broker listens on. */
  own: number;
}

/** The hosts and ports of the file, and what they become. */
export interface Addresses {
  /** Maps a service and the port inside its container to ports of loopback. */
  portsOf(service: string, port: number): PortPair | undefined;
  /** The services by host name. */
  readonly serviceOf: ReadonlyMap<string, string>;
  /** The service and the port inside its container, by published port. */
  readonly publishedBy: ReadonlyMap<number | null, { service: string; port: number }>;
}

export function addressesOf(nodes: readonly DescribedNode[], portsOf: Addresses["portsOf"]): Addresses {
  const published = nodes.flatMap(({ service, ports }) =>
    ports.filter((one) => one.published !== null).map((one) => ({ service, ...one })),
  );
  return {
    portsOf,
    serviceOf: new Map(
      nodes.flatMap(({ hostNames, service }) => hostNames.map((host) => [host, service] as const)),
    ),
    publishedBy: new Map(
      published.map(({ service, target, published }) => [published, { service, port: target }] as const),
    ),
  };
}

/**
 * The address by which another node reaches `host:port`.
 *
 * @throws LabError BAD_COMPOSE where it names no known service or port
 */
export function addressInside(
  { portsOf, serviceOf }: Addresses,
  node: DescribedNode,
  key: string,
  { host, port }: { host: string; port: number },
): string {
  const service = LOOPBACK.has(host) || host === "" ? node.service : serviceOf.get(host);
  const local = service === undefined ? undefined : portsOf(service, port)?.link;
  if (local !== undefined) return `${service}:${local}`;
  const known = [...serviceOf.keys()].join(", ");
  throw new LabError(
    "BAD_COMPOSE",
    `Cannot place ${host}:${port} of service ${node.service}: ` +
      "no Kafka service of the file has that host with a listener on that port",
    {
      ...node.origins?.[key],
      hint: `Known hosts: ${known}. Is there a typing error in a listener or in controller.quorum.voters?`,
    },
  );
}

/**
 * What a listener that the file advertises is advertised as here.
 *
 * @throws LabError BAD_COMPOSE where a published port leads to no listener
 */
export function advertisedAddress(
  addresses: Addresses,
  node: DescribedNode,
  listener: Listener,
  isForClients: boolean,
): string {
  const { portsOf, serviceOf, publishedBy } = addresses;
  if (!LOOPBACK.has(listener.host) && serviceOf.has(listener.host)) {
    const address = addressInside(addresses, node, "advertised.listeners", listener);
    // this machine's clients do not know the name
    return isForClients ? address.replace(/^.*:/, "127.0.0.1:") : address;
  }
  const published = publishedBy.get(listener.port);
  if (published !== undefined) {
    const pair = portsOf(published.service, published.port);
    if (pair === undefined) throw nothingThere(node, listener, published);
    return `localhost:${pair.link}`;
  }
  const own = listenersOf(node, "listeners").find(({ name }) => name === listener.name);
  const local = portsOf(node.service, own?.port ?? listener.port)?.link;
  if (local !== undefined) return `localhost:${local}`;
  return addressInside(addresses, node, "advertised.listeners", listener);
}

function nothingThere(
  { service, origins }: DescribedNode,
  { name, host, port }: Listener,
  published: { service: string; port: number },
): LabError {
  const why =
    `service ${service} advertises ${name} at ${host}:${port}, and that port of the host is published from ` +
    `port ${published.port} of ${published.service}, where no listener is`;
  return new LabError("BAD_COMPOSE", `Cannot place ${host}:${port}: ${why}`, {
    ...origins?.["advertised.listeners"],
    hint: "Which port does the listener have inside the container? `ports` has to lead there.",
  });
}

/** Replaces every address in a list of `host:port` or `id@host:port`. */
export function replaceAddresses(
  addresses: Addresses,
  node: DescribedNode,
  key: string,
  text: string,
): string {
  return text
    .split(",")
    .map((one) =>
      replaceHost(one.trim(), node, key, (host, port) => addressInside(addresses, node, key, { host, port })),
    )
    .join(",");
}

/** Replaces the address in `host:port` or `id@host:port`. */
function replaceHost(
  text: string,
  { service, origins }: DescribedNode,
  key: string,
  to: (host: string, port: number) => string,
): string {
  const match = text.match(/^(\d+@)?(.+):(\d+)$/);
  if (match === null)
    throw new LabError(
      "BAD_COMPOSE",
      `Cannot read ${key} of service ${service}: ${JSON.stringify(text)} is not host:port or id@host:port`,
      { ...origins?.[key] },
    );
  return `${match[1] ?? ""}${to(match[2]!, Number(match[3]))}`;
}
