// Where a client begins, and what a long delay does to one that begins.

import { LOOPBACK } from "../../../compose/mod.ts";
import { type Address, readBootstrap } from "../../../kafka/mod.ts";
import type { Client, Cluster, Facts, Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { keyFor, settingFor } from "../known/clients.ts";
import { isOpen, listOf, numberOf, type Setting } from "../setting.ts";
import { time } from "./words.ts";

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
  // of a list that cannot be read, a rule of its own tells
  const addresses = read.flatMap((one) => ("fault" in one ? [] : [one]));
  if (isOpen(setting.value) || addresses.length < read.length) return { setting, addresses: [] };
  return { setting, addresses };
}

/**
 * Addresses by which this client could begin, as this cluster gives them: all of the kind that it uses now.
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
    title: "the client knows one broker to begin with",
    source:
      'Kafka: bootstrap.servers, "you may want more than one, in case a server is down" (CommonClientConfigs.java); kafkajs: brokers (src/cluster/connectionPoolBuilder.js)',
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
            ? "; kafkajs also comes back to this list when it has lost all its connections"
            : "";
        if (many > 1) {
          const all = allOf(cluster!, only);
          const value = all.length > 1 ? all.join(",") : `${where},HOST:PORT`;
          return [
            {
              settings: [setting],
              happens: `There are ${many} brokers and the client begins at ${where} only: while that one is stopped, killed or slow, a client that starts or restarts cannot begin, although the others serve${tail}.`,
              fix: client.settings.spell(key, value),
            },
          ];
        }
        if (LOOPBACK.has(only.host)) return [];
        return [
          {
            settings: [setting],
            severity: "note",
            happens: `The client begins at ${where} only: unless that name stands for several brokers, a client that starts while it is down cannot begin${tail}.`,
            fix: client.settings.spell(key, `${where},HOST:PORT`),
          },
        ];
      }),
  },
  {
    id: "bootstrap-not-a-broker",
    severity: "error",
    title: "the client begins where no broker listens for clients",
    source:
      "Docker compose: ports; Kafka: controllers answer no client's requests on their listener (KIP-631)",
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
                      happens: `${address.host}:${address.port} ${why}: a client that begins there gets nowhere.`,
                      fix: client.settings.spell(
                        keyFor(client, "bootstrap")!,
                        allOf(cluster, address).join(","),
                      ),
                    },
                  ];
            });
          }),
  },
  {
    id: "max-block-against-delay",
    severity: "error",
    title: "a new producer cannot know the topic in time",
    source:
      'Kafka: max.block.ms; KafkaProducer.waitOnMetadata, "Topic … not present in metadata after … ms"; measured by scripts/03-long-delay.ts',
    check: ({ clients, delay }) =>
      delay === null
        ? []
        : clients
            .filter(({ kind, role }) => kind === "java" && role === "producer")
            .flatMap(({ settings }): Problem[] => {
              const block = settings.number("max.block.ms");
              const needs = 3 * delay.ms;
              if (!(block <= needs)) return [];
              return [
                {
                  settings: [settings.of("max.block.ms")],
                  happens: `With answers ${delay.text} late a new producer needs three of them (connection, ApiVersions, Metadata), ${time(needs)}, before it knows the topic; send() gives up after ${time(block)}: "not present in metadata after ${block} ms". A producer that was there before needs one.`,
                  fix: `${settings.spell("max.block.ms", String(4 * delay.ms))}, or a bootstrap server that is not delayed`,
                },
              ];
            }),
  },
  {
    id: "request-timeout-against-delay",
    severity: "error",
    title: "requests end before a late answer comes",
    source:
      "Kafka: request.timeout.ms; the dial through a published port and ApiVersions are two delays (measured by scripts/03-long-delay.ts); kafkajs: requestTimeout (network/requestQueue)",
    check: ({ clients, delay }) =>
      delay === null
        ? []
        : clients
            .filter(({ kind }) => kind !== "librdkafka")
            .flatMap((client): Problem[] => {
              const request = settingFor(client, "requestTimeout")!;
              const [ms, fetchWait] = [
                numberOf(request.value),
                client.kind === "java" && client.role === "consumer"
                  ? client.settings.number("fetch.max.wait.ms")
                  : 0,
              ];
              const key = keyFor(client, "requestTimeout")!;
              const fix = `${client.settings.spell(key, String(2 * delay.ms + 10_000))}${client.kind === "java" && client.role === "producer" ? `, with delivery.timeout.ms of at least ${5 * delay.ms}` : ""}`;
              if (ms < delay.ms + fetchWait)
                return [
                  {
                    settings: [request],
                    happens: `Answers are ${delay.text} late${fetchWait > 0 ? ` and a fetch on a quiet topic waits ${time(fetchWait)} before` : ""}; requests end after ${time(ms)}: "disconnecting due to request timeout", each time.`,
                    fix,
                  },
                ];
              if (ms < 2 * delay.ms)
                return [
                  {
                    settings: [request],
                    severity: "warning",
                    happens: `A connection that is there needs one delay an answer${ms === delay.ms ? `, and ${time(ms)} against ${delay.text} is won or lost by chance` : ""}; a new one through a published port needs two, ${time(2 * delay.ms)}, for its first answer, and requests end after ${time(ms)}: a client that starts cannot begin.`,
                    fix,
                  },
                ];
              return [];
            }),
  },
  {
    id: "delivery-timeout-against-delay",
    severity: "warning",
    title: "a new producer's first record is given up under the delay",
    source:
      "Kafka: delivery.timeout.ms counts from the append; then connection, ApiVersions and Produce to the leader, three delays",
    check: ({ clients, delay }) =>
      delay === null
        ? []
        : clients
            .filter(({ kind, role }) => kind === "java" && role === "producer")
            .flatMap(({ settings }): Problem[] => {
              const delivery = settings.number("delivery.timeout.ms");
              if (!(delivery <= 3 * delay.ms)) return [];
              return [
                {
                  settings: [settings.of("delivery.timeout.ms")],
                  happens: `From the moment it knows the topic a new producer needs three late answers (connection, ApiVersions, Produce), ${time(3 * delay.ms)}, and gives the record up after ${time(delivery)}.`,
                  fix: settings.spell("delivery.timeout.ms", String(5 * delay.ms)),
                },
              ];
            }),
  },
  {
    id: "connection-timeout-against-delay",
    severity: "warning",
    title: "connections are given up before they are made",
    source:
      "kafkajs: connectionTimeout, default 1000 (src/index.js); Kafka: socket.connection.setup.timeout.max.ms, default 30000 (KIP-601)",
    check: ({ clients, delay }: Facts) =>
      delay === null
        ? []
        : clients
            .filter(({ kind }) => kind !== "librdkafka")
            .flatMap(({ kind, settings }): Problem[] => {
              const key = kind === "kafkajs" ? "connectionTimeout" : "socket.connection.setup.timeout.max.ms";
              if (!(settings.number(key) <= delay.ms)) return [];
              return [
                {
                  settings: [settings.of(key)],
                  happens: `Seen from the brokers' own network a connection takes ${delay.text}, and is given up after ${time(settings.number(key))}, for ever. (Through a published port it is accepted at once.)`,
                  fix:
                    kind === "kafkajs"
                      ? settings.spell(key, String(delay.ms + 5000))
                      : `${settings.spell(key, String(delay.ms + 10_000))}, and socket.connection.setup.timeout.ms the same`,
                },
              ];
            }),
  },
];

/** By which ports of the host and by which names a cluster's nodes are reached. */
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
      return `is published by no broker (published are ${known}${published.size > MOST_NAMED ? ", …" : ""})`;
    }
    return isController(
      found.node.listeners.find((listener) => listener.port === found.target)?.name,
      found.node,
    )
      ? `leads to ${found.node.name}'s controller listener`
      : null;
  }
  const node = names.get(host);
  if (node === undefined) return null;
  const listener = node.listeners.find((one) => one.port === port);
  if (listener === undefined)
    return node.listeners.length === 0
      ? null
      : `is no listener of ${node.name} (it has ${node.listeners.map((one) => one.port).join(", ")})`;
  return isController(listener.name, node) ? `is ${node.name}'s controller listener` : null;
}

function isController(
  name: string | undefined,
  { controllerNames }: { controllerNames: readonly string[] },
): boolean {
  return name !== undefined && controllerNames.includes(name);
}
