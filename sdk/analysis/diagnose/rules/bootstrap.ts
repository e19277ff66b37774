// Bootstrap servers: how many a client has. Whether brokers listen there is chain.ts's.

import { LOOPBACK } from "../../../compose/mod.ts";
import { type Address, readBootstrap } from "../../../kafka/mod.ts";
import type { Client, Cluster, Facts } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { keyFor, settingFor } from "../known/clients.ts";
import { isOpen, listOf, type Setting } from "../setting.ts";
import { podNetworkOf } from "./kubernetes/network.ts";

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

/** In a Kubernetes cluster a Service's name leads to any pod that is ready. */
function mayBeManyPods(facts: Facts, only: Address): boolean {
  const target = podNetworkOf(facts)?.targetOf(only, null);
  if (target === undefined) return facts.kubernetes != null;
  return target.kind !== "nodes" || target.by !== null;
}

export const bootstrapRules: readonly Rule[] = [
  {
    id: "one-bootstrap-server",
    severity: "warning",
    title: "the client has one bootstrap server",
    source:
      'Kafka: bootstrap.servers, "you may want more than one, in case a server is down" ' +
      "(CommonClientConfigs.java); kafkajs: brokers (src/cluster/connectionPoolBuilder.js)",
    check: (facts) =>
      facts.clients.flatMap((client): Problem[] => {
        const { cluster } = facts;
        const { setting, addresses } = bootstrapOf(client);
        const [only] = addresses;
        if (addresses.length !== 1 || only === undefined || cluster?.isAlone === true) return [];
        if (mayBeManyPods(facts, only)) return [];
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
              fix: client.settings.set(key, value),
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
            fix: client.settings.set(key, `${where},HOST:PORT`),
          },
        ];
      }),
  },
];
