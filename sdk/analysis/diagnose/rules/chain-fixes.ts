// What mends a broken chain: another bootstrap list, or a listener of its own for the clients that have none.

import type { Address } from "../../../kafka/mod.ts";
import type { Dial, Facts, Node } from "../facts.ts";
import { alsoIn, type Fix, fixing } from "../fix.ts";
import { listOf } from "../setting.ts";
import { ADVERTISED, freePort, MAP, ownHost, spelled, withProtocols } from "./listener-fixes.ts";
import { isSelf, networkOf, type Where } from "./reach.ts";

/**
 * The bootstrap list that a client at that place can use, one address a broker; of two listeners that it
 * reaches, the one with the same kind of host. Empty where it reaches none.
 */
export function reachableList({ cluster, compose }: Facts, where: Where, like: Address): string {
  if (cluster === null || compose === null) return "";
  const network = networkOf(cluster, compose);
  const found = cluster.brokers.flatMap((node) => {
    const reached = node.advertised.filter(
      (listener) => !node.controllerNames.includes(listener.name) && reaches(network, where, node, listener),
    );
    const same = reached.find(({ host }) => isSelf(host) === isSelf(like.host)) ?? reached[0];
    return same === undefined ? [] : [`${same.host}:${same.port}`];
  });
  return found.join(",");
}

function reaches(
  network: ReturnType<typeof networkOf>,
  where: Where,
  node: Node,
  { host, port }: Address,
): boolean {
  if (host === "" || where.kind === "unknown") return false;
  const target = network.targetOf(where, { host, port });
  return target.kind === "listener" && target.node === node;
}

/** A node whose listener leads a client astray, and the address that it advertises there. */
export interface Misleading {
  readonly node: Node;
  readonly advertised: Address;
}

/** A listener more: all that has to change on the nodes, and the lists of those who dial the old one. */
export function anotherListener(nodes: readonly Misleading[], where: Where, dials: readonly Dial[]): Fix {
  const all = nodes.map((one) => listenerOn(one, where));
  const own = all.map(({ address }) => address).join(",");
  // clients on the host keep the published port
  const lists = where.kind === "host" ? [] : dials.map((dial) => dial.set(own));
  const [first, ...others] = all.map(({ fix }) => fix);
  const { edits } = alsoIn(first!, [...others, ...lists]);
  return { text: `a listener of their own: ${first!.text}`, edits };
}

function listenerOn({ node, advertised: broken }: Misleading, where: Where): { fix: Fix; address: string } {
  const { settings, container } = node;
  const inside = where.kind !== "host";
  const port = freePort(node.listeners, 19_092);
  const name = inside ? "INTERNAL" : "EXTERNAL";
  const taken = node.listeners.some((listener) => listener.name === name);
  const listener = taken ? `${name}2` : name;
  const host = inside ? ownHost(node) : "localhost";
  const old = node.advertised.find((one) => one.host === broken.host && one.port === broken.port)?.name;
  const leads = (name: string | undefined): number | null | undefined =>
    container?.service.ports.find(({ target }) =>
      node.listeners.some((one) => one.port === target && (name === undefined || one.name === name)),
    )?.published;
  const published = leads(old) ?? leads(undefined);
  const outside = inside ? port : (published ?? broken.port);
  const fix = fixing(
    settings.set("listeners", spelled([...node.listeners, { name: listener, host: "", port }])),
    "; ",
    settings.set(ADVERTISED, spelled([...node.advertised, { name: listener, host, port: outside }])),
    ...withProtocols(node, [listener]),
    "; ",
    inside ? `clients in containers dial ${host}:${port}` : portFix(node, outside, port),
  );
  // one that is encrypted or authenticates is not replaced by one that does neither
  const isPlain = old === undefined || protocolOf(node, old) === "PLAINTEXT";
  return { fix: isPlain ? fix : { text: fix.text, edits: [] }, address: `${host}:${outside}` };
}

function protocolOf({ settings }: Node, name: string): string {
  const pairs = listOf(settings.of(MAP).value);
  return pairs.find((pair) => pair.startsWith(`${name}:`))?.slice(name.length + 1) ?? name;
}

function portFix({ container, name }: Node, published: number, target: number): Fix {
  const place = container === null ? [] : [{ ...container.service.location, column: 1, service: name }];
  return {
    text: `ports: ["${published}:${target}"]`,
    edits: place.map((one) => ({ action: "publish-port", ...one, published, target })),
  };
}
