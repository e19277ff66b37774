// The chain from a client to a broker: dial, publish, bind, advertise. The first link is the bootstrap list,
// the last the address that the broker answers with.

import type { Address } from "../../../kafka/mod.ts";
import type { Cluster, Dial, Facts, Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { alsoIn, type Fix } from "../fix.ts";
import { networkMode } from "../project.ts";
import type { Setting } from "../setting.ts";
import { advertisedSetting, sendsBrokersHomeIn } from "./advertised.ts";
import { anotherListener, reachableList } from "./chain-fixes.ts";
import { ADVERTISED } from "./listener-fixes.ts";
import { bootstrapOfFiles } from "./clients-of-files.ts";
import { lostPodDials, podsReferredInVain } from "./kubernetes/chain.ts";
import { allDials, isSelf, type Network, networkOf, type Target, type Where, whereOf } from "./reach.ts";
import { eachNode, list, onePerPlace } from "./words.ts";

export const chainRules: readonly Rule[] = [
  {
    id: "bootstrap-not-a-broker",
    severity: "error",
    title: "no broker listens for clients at the bootstrap server",
    source:
      "Docker compose: ports; Kubernetes: Services, DNS for Services and Pods; Kafka: controller listeners " +
      "do not serve clients (KIP-631)",
    check: (facts) => [...bootstrapOfFiles(facts), ...lostDials(facts), ...lostPodDials(facts)],
  },
  {
    id: "advertised-unreachable",
    severity: "error",
    title: "the broker refers a client to an address that it cannot reach",
    source:
      "Kafka: KIP-103, the broker answers with the advertised address of the listener that was dialled; " +
      "clients go on there (Metadata, KafkaApis.handleTopicMetadataRequest)",
    check: (facts) => [...unreachable(facts), ...podsReferredInVain(facts)],
  },
  {
    id: "published-for-containers-only",
    severity: "note",
    title: "a published port leads to a listener that is advertised to containers",
    source: "Kafka: KIP-103; Docker: names of services are known to containers only",
    check: publishedForContainers,
  },
];

function lostDials(facts: Facts): Problem[] {
  return chainsOf(facts).flatMap(({ dial, address, ending }): Problem[] =>
    ending.kind !== "nothing"
      ? []
      : [
          {
            node: dial.name,
            settings: [dial.setting],
            happens: `${address.host}:${address.port}: ${ending.why}. A client cannot bootstrap there.`,
            fix: ending.fix ?? dial.set(reachableList(facts, whereOf(dial), address) || "HOST:PORT"),
          },
        ],
  );
}

/** What becomes of one address that a client dials. */
interface Chain {
  readonly dial: Dial;
  readonly where: Where;
  readonly address: Address;
  readonly ending:
    | { readonly kind: "nothing"; readonly why: string; readonly fix?: string }
    | { readonly kind: "broker"; readonly node: Node; readonly listener: string }
    | { readonly kind: "unknown" };
}

function chainsOf(facts: Facts): Chain[] {
  const { cluster, compose } = facts;
  if (cluster === null || compose === null) return [];
  const network = networkOf(cluster, compose);
  return allDials(facts).flatMap((dial) => {
    const where = whereOf(dial);
    return dial.addresses.map((address): Chain => {
      // in a list for the host, another name may be one of its hosts file
      const isDoubtful = where.kind === "host" && !isSelf(address.host);
      const target = network.targetOf(isDoubtful ? { kind: "container", service: null } : where, address);
      return { dial, where, address, ending: isDoubtful ? doubted(endingOf(target)) : endingOf(target) };
    });
  });
}

function endingOf(target: Target): Chain["ending"] {
  if (target.kind !== "listener") return target;
  const { node, listener } = target;
  return node.controllerNames.includes(listener.name)
    ? { kind: "nothing", why: `it is ${node.name}'s controller listener` }
    : { kind: "broker", node, listener: listener.name };
}

function doubted(ending: Chain["ending"]): Chain["ending"] {
  return ending.kind === "broker" ? { kind: "unknown" } : ending;
}

interface Broken {
  readonly node: Node;
  readonly advertised: Address;
  readonly why: string;
}

/** The brokers that a client is referred to in vain, by the name of the listener that it dialled. */
function brokenBy(cluster: Cluster, network: Network, where: Where, name: string): Broken[] {
  return cluster.brokers.flatMap((node) => {
    const advertised = node.advertised.find((listener) => listener.name === name);
    // an empty host has a rule of its own
    if (advertised === undefined || advertised.host === "") return [];
    const why = whyLost(network, where, node, advertised);
    return why === null ? [] : [{ node, advertised, why }];
  });
}

function whyLost(network: Network, where: Where, node: Node, advertised: Address): string | null {
  if (isSelf(advertised.host)) {
    // on the host, a rule about published ports tells of it
    if (where.kind !== "container" || where.service === node.container?.service) return null;
    return `${advertised.host} within a container is that container itself`;
  }
  const target = network.targetOf(where, advertised);
  return target.kind === "nothing" ? target.why : null;
}

function unreachable(facts: Facts): Problem[] {
  const { cluster, compose } = facts;
  if (cluster === null || compose === null) return [];
  const network = networkOf(cluster, compose);
  const causes = new Map<string, { broken: Broken[]; chains: Chain[]; listener: string }>();
  for (const chain of chainsOf(facts)) {
    if (chain.ending.kind !== "broker") continue;
    const { listener } = chain.ending;
    // reported by inter-broker-localhost, with these clients
    if (sendsBrokersHomeIn(facts).some(({ interBroker }) => interBroker === listener)) continue;
    const broken = brokenBy(cluster, network, chain.where, listener);
    if (broken.length === 0) continue;
    const key = `${chain.where.kind} ${listener} ${broken.map(({ node }) => node.name).join(" ")}`;
    const cause = causes.get(key) ?? { broken, chains: [], listener };
    cause.chains.push(chain);
    causes.set(key, cause);
  }
  return [...causes.values()].map(({ broken, chains, listener }) =>
    problemOf(facts, broken, chains, listener),
  );
}

function problemOf(
  facts: Facts,
  broken: readonly Broken[],
  chains: readonly Chain[],
  listener: string,
): Problem {
  const [{ node, advertised, why }, { dial, where, address }] = [broken[0]!, chains[0]!];
  const others = onePerPlace(chains.map((chain) => chain.dial.setting));
  const clients = [...new Set(chains.map((chain) => chain.dial.name))];
  const there = onePerPlace(broken.map((one) => advertisedSetting(one.node)));
  const better = reachableList(facts, where, address);
  const isBetter = better !== "";
  const dials = [...new Map(chains.map((chain) => [chain.dial.setting, chain.dial])).values()];
  const happens =
    `${list(clients)} ${clients.length === 1 ? "dials" : "dial"} ${address.host}:${address.port}, and ` +
    `${node.name} answers with ${advertised.host}:${advertised.port}, what its listener ${listener} ` +
    `advertises: ${why}. The client bootstraps, and then sends and reads nothing.`;
  return isBetter
    ? {
        settings: [...others, ...there],
        happens,
        fix: alsoIn(dial.set(better), dialsFor(facts, chains.slice(1))),
      }
    : { settings: [...there, ...others], happens, fix: anotherListener(broken, where, dials) };
}

/** The other clients that go the same way, each with the addresses that it reaches. */
function dialsFor(facts: Facts, chains: readonly Chain[]): Fix[] {
  return chains.map(({ dial, where, address }) => dial.set(reachableList(facts, where, address)));
}

function another(node: Node, advertised: Address): Fix {
  return anotherListener([{ node, advertised }], { kind: "host" }, []);
}

/** The listener that a client on the host reaches already, if there is one. */
function forHost(network: Network, node: Node): string | null {
  const found = node.advertised.find(
    ({ name, host, port }) =>
      !node.controllerNames.includes(name) &&
      isSelf(host) &&
      network.targetOf({ kind: "host" }, { host, port }).kind === "listener",
  );
  return found === undefined ? null : `clients on the host dial ${found.host}:${found.port}`;
}

// Without a client that is known to dial it, this is for information.
function publishedForContainers(facts: Facts): Problem[] {
  const { cluster, compose } = facts;
  if (cluster === null || compose === null) return [];
  const network = networkOf(cluster, compose);
  const fromHost = chainsOf(facts).some(({ where }) => where.kind === "host");
  return fromHost
    ? []
    : eachNode(facts, (node) => {
        const { container } = node;
        if (container === null || networkMode(container.service) !== null) return null;
        const found = container.service.ports.flatMap(({ published, target }) => {
          const listener = node.listeners.find(({ port }) => port === target);
          const advertised = node.advertised.find(({ name }) => name === listener?.name);
          if (published === null || advertised === undefined || listener === undefined) return [];
          if (node.controllerNames.includes(listener.name)) return [];
          return container.names.includes(advertised.host) &&
            network.targetOf({ kind: "host" }, advertised).kind === "nothing"
            ? [{ published, advertised }]
            : [];
        });
        const [first] = found;
        if (first === undefined) return null;
        const { host, port } = first.advertised;
        return {
          settings: [node.settings.of(ADVERTISED)] as Setting[],
          happens:
            `Port ${first.published} of the host leads to a listener that is advertised as ` +
            `${host}:${port}: ` +
            `containers use it, but a client on the host cannot resolve ${host} unless its hosts file has ` +
            `it.`,
          fix: forHost(network, node) ?? another(node, first.advertised),
        };
      });
}
