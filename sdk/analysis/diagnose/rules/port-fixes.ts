// Another port of the host for a service whose port is taken.

import type { ComposeService, PublishedPort } from "../../../compose/mod.ts";
import type { Facts, Node } from "../facts.ts";
import { type Fix, fixingAll } from "../fix.ts";
import { ADVERTISED, spelled } from "./listener-fixes.ts";
import { isSelf } from "./reach.ts";

/** The port that the node advertises there, if it is free, or else the next; then it is advertised, too. */
export function anotherPort({ compose, cluster }: Facts, service: ComposeService, port: PublishedPort): Fix {
  const text = `another port for ${service.service}, there and in its advertised.listeners`;
  const taken = new Set(compose?.services.flatMap(({ ports }) => ports.map(({ published }) => published)));
  const node = cluster?.nodes.find(({ container }) => container?.service === service);
  const advertised = node === undefined ? undefined : advertisedPort(node, port.target);
  let published = port.published! + 1;
  while (taken.has(published)) published++;
  if (advertised !== undefined && !taken.has(advertised)) published = advertised;
  if (published > 65_535) return { text, edits: [] };
  const place = { ...service.location, column: 1, service: service.service };
  const { target, published: before } = port;
  const change: Fix = {
    text: `${published}:${target}`,
    edits: [{ action: "publish-port", ...place, published, target, instead: before! }],
  };
  const isAdvertised = node !== undefined && advertised === before;
  const fixes = isAdvertised
    ? [change, node.settings.set(ADVERTISED, advertisedAt(node, before!, published))]
    : [change];
  const all = fixingAll(fixes);
  return { text: `${text}: ${all.text}`, edits: all.edits };
}

/** The port of localhost that is advertised for what listens at a port of the container. */
function advertisedPort({ listeners, advertised }: Node, target: number): number | undefined {
  const name = listeners.find(({ port }) => port === target)?.name;
  return advertised.find((one) => one.name === name && isSelf(one.host))?.port;
}

function advertisedAt({ advertised }: Node, before: number, after: number): string {
  return spelled(
    advertised.map((one) => (isSelf(one.host) && one.port === before ? { ...one, port: after } : one)),
  );
}
