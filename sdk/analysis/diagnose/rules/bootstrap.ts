// Bootstrap servers: how many a client has, and whether brokers listen there.

import { LOOPBACK } from "../../../compose/mod.ts";
import { type Address, readBootstrap } from "../../../kafka/mod.ts";
import type { Client, Cluster, Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { keyFor, settingFor } from "../known/clients.ts";
import { isOpen, listOf, type Setting } from "../setting.ts";

function bootstrapOf(client: Client): { setting: Setting; addresses: Address[] } {
  const setting = settingFor(client, "bootstrap")!;
  const unique = [
    ...new Set(
      listOf(setting.value).map((address) =>
        address.replace(/^[a-z_]+:\/\//i, "").replace(/^127\.0\.0\.1:/, "localhost:"),
      ),
    ),
  ];
  const read = unique.map((address) => readBootstrap(address.includes(":") ? address : `${address}:9092`));
  // a list that cannot be parsed is reported by refused-value
  const addresses = read.flatMap((one) => ("fault" in one ? [] : [one]));
  if (isOpen(setting.value) || addresses.length < read.length) return { setting, addresses: [] };
  return { setting, addresses };
}

/**
 * Bootstrap addresses of this cluster for this client: all of the kind that it uses now.
 */
function allOf(cluster: Cluster, like: Address): string[] {
  return cluster.brokers.flatMap(({ advertised, controllerNames }) => {
    const forClients = advertised.filter(({ name }) => !controllerNames.includes(name));
    const same =
      forClients.find(({ host }) => LOOPBACK.has(host) === LOOPBACK.has(like.host)) ?? forClients[0];
    return same === undefined ? [] : [`${same.host || "HOST"}:${same.port}`];
  });
}

export const bootstrapRules: readonly Rule[] = [
  {
    id: "one-bootstrap-server",
    severity: "warning",
    title: "the client has one bootstrap server",
    source:
      'Kafka: bootstrap.servers, "you may want more than one, in case a server is down" ' +
      "(CommonClientConfigs.java); kafkajs: brokers (src/cluster/connectionPoolBuilder.js)",
    check: ({ clients, cluster }) =>
      clients.flatMap((client): Problem[] => {
        const { setting, addresses } = bootstrapOf(client);
        const [only] = addresses;
        if (addresses.length !== 1 || only === undefined || cluster?.isAlone === true) return [];
        const key = keyFor(client, "bootstrap")!;
        const many = cluster === null ? 0 : cluster.brokerCount;
        const where = `${only.host}:${only.port}`;
        const tail =
          client.kind === "kafkajs"
            ? "; kafkajs also returns to this list when it has lost all its connections"
            : "";
        if (many > 1) {
          const all = allOf(cluster!, only);
          const value = all.length > 1 ? all.join(",") : `${where},HOST:PORT`;
          return [
            {
              settings: [setting],
              happens:
                `There are ${many} brokers, and the only bootstrap server is ${where}: while it is ` +
                "stopped, killed or slow, a client that starts or restarts cannot connect, although the " +
                `others serve${tail}.`,
              fix: client.settings.spell(key, value),
            },
          ];
        }
        if (LOOPBACK.has(only.host)) return [];
        return [
          {
            settings: [setting],
            severity: "note",
            happens:
              `The only bootstrap server is ${where}: unless that name resolves to several brokers, a ` +
              `client that starts while it is down cannot connect${tail}.`,
            fix: client.settings.spell(key, `${where},HOST:PORT`),
          },
        ];
      }),
  },
  {
    id: "bootstrap-not-a-broker",
    severity: "error",
    title: "no broker listens for clients at the bootstrap server",
    source: "Docker compose: ports; Kafka: controller listeners do not serve clients (KIP-631)",
    check: ({ clients, cluster, compose }) =>
      compose === null || cluster === null
        ? []
        : clients.flatMap((client): Problem[] => {
            const { setting, addresses } = bootstrapOf(client);
            const reached = reachedBy(cluster);
            return addresses.flatMap((address): Problem[] => {
              const why = whyNot(reached, address);
              return why === null
                ? []
                : [
                    {
                      settings: [setting],
                      happens: `${address.host}:${address.port} ${why}: a client cannot bootstrap there.`,
                      fix: client.settings.spell(
                        keyFor(client, "bootstrap")!,
                        allOf(cluster, address).join(","),
                      ),
                    },
                  ];
            });
          }),
  },
];

/** The host ports and the names by which a cluster's nodes are reached. */
interface Reached {
  readonly published: ReadonlyMap<number, { readonly node: Node; readonly target: number }>;
  readonly names: ReadonlyMap<string, Node>;
}

function reachedBy({ nodes }: Cluster): Reached {
  const published = new Map<number, { node: Node; target: number }>();
  const names = new Map<string, Node>();
  for (const node of nodes) {
    if (node.container === null) continue;
    for (const { published: port, target } of node.container.service.ports)
      if (port !== null && !published.has(port)) published.set(port, { node, target });
    for (const name of node.container.names) if (!names.has(name)) names.set(name, node);
  }
  return { published, names };
}

const MOST_NAMED = 20;

function whyNot({ published, names }: Reached, { host, port }: Address): string | null {
  if (LOOPBACK.has(host) && host !== "host.docker.internal") {
    const found = published.get(port);
    if (found === undefined) {
      if (published.size === 0) return null;
      const known = [...published.keys()].slice(0, MOST_NAMED).join(", ");
      const more = published.size > MOST_NAMED ? ", …" : "";
      return `is not published by any broker (published: ${known}${more})`;
    }
    return isController(
      found.node.listeners.find((listener) => listener.port === found.target)?.name,
      found.node,
    )
      ? `is mapped to ${found.node.name}'s controller listener`
      : null;
  }
  const node = names.get(host);
  if (node === undefined) return null;
  const listener = node.listeners.find((one) => one.port === port);
  if (listener === undefined)
    return node.listeners.length === 0
      ? null
      : `is not a listener of ${node.name} (it has ${node.listeners.map((one) => one.port).join(", ")})`;
  return isController(listener.name, node) ? `is ${node.name}'s controller listener` : null;
}

function isController(
  name: string | undefined,
  { controllerNames }: { controllerNames: readonly string[] },
): boolean {
  return name !== undefined && controllerNames.includes(name);
}
