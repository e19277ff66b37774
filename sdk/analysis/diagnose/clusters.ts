// Several clusters in one file: each is judged by itself, with the clients that dial it.

import type { Client, Cluster, Dial, Facts, Node } from "./facts.ts";
import { addressesIn } from "./addresses.ts";
import { settingFor } from "./known/clients.ts";
import { networkMode } from "./project.ts";
import { listOf, type Settings } from "./setting.ts";
import { clusterOf } from "./read/mod.ts";

/**
 * The facts of each cluster. Nodes are of one cluster if they have a voter, a controller to bootstrap from,
 * or a
 * ZooKeeper in common; a node that names none may be of any.
 *
 * What is of no cluster (Spring's keys, what was not judged, …) is with the first.
 */
export function factsByCluster(facts: Facts): Facts[] {
  const groups = groupsOf(facts.cluster?.nodes ?? []);
  if (groups.length < 2) return [facts];
  const clusters = groups.map((nodes) => clusterOf(nodes, facts.compose));
  const homes = homesOf(clusters);
  const homeOf = (addresses: readonly { host: string; port: number }[]): number =>
    addresses
      .map(({ host, port }) => homes.get(host) ?? homes.get(`${host}:${port}`))
      .find((home) => home !== undefined) ?? -1;
  const ofClient = (client: Client): number =>
    homeOf(addressesIn(settingFor(client, "bootstrap")?.value ?? ""));
  const ofSettings = ({ settings }: { settings: Settings }): number =>
    homeOf(addressesIn(settings.given.get("bootstrap.servers")?.value ?? ""));
  const ofDial = ({ addresses }: Dial): number => homeOf(addresses);
  // a connector's file does not say which worker it is for
  const homesOfWorkers = new Set(facts.workers.map(ofSettings));
  const ofConnectors = homesOfWorkers.size === 1 ? [...homesOfWorkers][0]! : -1;
  const each = clusters.map((cluster, i): Facts => {
    const own = {
      ...facts,
      cluster,
      clients: facts.clients.filter((client) => ofClient(client) === i),
      workers: facts.workers.filter((worker) => ofSettings(worker) === i),
      applications: facts.applications.filter((application) => ofSettings(application) === i),
      dials: facts.dials.filter((dial) => ofDial(dial) === i),
      connectors: ofConnectors === i ? facts.connectors : [],
    };
    return i === 0
      ? own
      : { ...own, spring: [], beans: [], topics: [], notJudged: [], unread: [], isFurther: true };
  });
  // a client of none of them is judged as against Kafka's defaults
  const others = {
    clients: facts.clients.filter((client) => ofClient(client) === -1),
    workers: facts.workers.filter((worker) => ofSettings(worker) === -1),
    applications: facts.applications.filter((application) => ofSettings(application) === -1),
    connectors: ofConnectors === -1 ? facts.connectors : [],
  };
  return Object.values(others).every((list) => list.length === 0)
    ? each
    : [...each, { ...each[1]!, cluster: null, ...others, dials: [] }];
}

/** The cluster of a container's name, and of an address that a node advertises. */
function homesOf(clusters: readonly Cluster[]): ReadonlyMap<string, number> {
  const homes = new Map<string, number>();
  clusters.forEach(({ nodes }, i) => {
    const names = nodes.flatMap(({ container, advertised }) => [
      ...(container?.names ?? []),
      ...advertised.map(({ host, port }) => `${host}:${port}`),
    ]);
    for (const name of names) if (!homes.has(name)) homes.set(name, i);
  });
  return homes;
}

function groupsOf(nodes: readonly Node[]): Node[][] {
  const groups: { links: Set<string>; nodes: Node[] }[] = [];
  for (const node of nodes) {
    const links = linksOf(node);
    const related = groups.filter(
      (group) =>
        links.size === 0 || group.links.size === 0 || [...links].some((link) => group.links.has(link)),
    );
    const merged = {
      links: new Set([...links, ...related.flatMap((group) => [...group.links])]),
      nodes: [...related.flatMap((group) => group.nodes), node],
    };
    groups.splice(0, groups.length, ...groups.filter((group) => !related.includes(group)), merged);
  }
  return groups.map((group) => nodes.filter((node) => group.nodes.includes(node)));
}

/** What makes nodes one cluster; a node's own names are links, too, because others name it. */
function linksOf({ voters, nodeId, container, name, settings }: Node): Set<string> {
  const textOf = (key: string): string => settings.given.get(key)?.value ?? "";
  const isHosts = container === null || networkMode(container.service) === "host";
  const ofVoters = voters.map(({ id, host, port }) => {
    if (!isHere(host)) return host;
    // in the host's network localhost is one for all
    if (isHosts) return `localhost:${port}`;
    return id === nodeId ? `self ${name}` : "here";
  });
  const ofBootstrap = listOf(textOf("controller.quorum.bootstrap.servers")).map((address) =>
    address.replace(/:\d+$/, ""),
  );
  const [hosts = "", root = ""] = /^([^/]*)(\/.*)?$/.exec(textOf("zookeeper.connect"))?.slice(1) ?? [];
  const ofZooKeeper = listOf(hosts).map((address) => `zookeeper ${address}${root}`);
  const found = [...ofVoters, ...ofBootstrap, ...ofZooKeeper];
  return new Set(
    found.length === 0 ? [] : [...found, ...(ofVoters.length > 0 ? (container?.names ?? []) : [])],
  );
}

function isHere(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1)$/.test(host);
}
