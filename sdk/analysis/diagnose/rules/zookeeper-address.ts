// The address of ZooKeeper, where its service is in the same file.

import type { ComposeProject, ComposeService } from "../../../compose/mod.ts";
import type { Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { isOpen, listOf } from "../setting.ts";
import { eachNode } from "./words.ts";

const CONNECT = "zookeeper.connect";

export const zookeeperAddressRules: readonly Rule[] = [
  {
    id: "zookeeper-address",
    severity: "error",
    title: "no ZooKeeper listens at zookeeper.connect",
    source:
      "Kafka up to 3.9: zookeeper.connect; ZooKeeper: clientPort, 2181; kafka-images: " +
      "ZOOKEEPER_CLIENT_PORT; bitnami: ZOO_PORT_NUMBER",
    check: (facts) =>
      facts.compose === null ? [] : eachNode(facts, (node) => lostAddress(facts.compose!, node)),
  },
];

function lostAddress(project: ComposeProject, node: Node): Problem | null {
  const setting = node.settings.given.get(CONNECT);
  if (setting === undefined || node.isKraft || isOpen(setting.value)) return null;
  const [, hosts = "", root = ""] = /^([^/]*)(.*)$/.exec(setting.value) ?? [];
  const servers = project.services.filter(isZooKeeper);
  const named = listOf(hosts).map((address) => {
    const [, host = "", port = "2181"] = /^([^:]+)(?::(\d+))?$/.exec(address) ?? [];
    return { host, port: Number(port), server: servers.find((one) => namesOf(one).includes(host)) };
  });
  const [only] = servers;
  const first = named[0];
  if (first === undefined || only === undefined || node.container === null) return null;
  const is = (port: number, server: ComposeService): string => `${server.service}:${port}${root}`;
  const wrong = named.find(({ port, server }) => server !== undefined && (portOf(server) ?? port) !== port);
  if (wrong !== undefined)
    return {
      settings: [setting],
      happens:
        `${node.name} does not start: it dials ${wrong.host}:${wrong.port}, and ` +
        `${wrong.server!.service} listens at ${portOf(wrong.server!) ?? "another port"}.`,
      fix: node.settings.set(
        CONNECT,
        named.map((one) => `${one.host}:${(one.server && portOf(one.server)) ?? one.port}`).join(",") + root,
      ),
    };
  // of several, the others may be in another file
  const isLost = named.length === 1 && servers.length === 1 && isNowhere(project, first.host);
  if (!isLost) return null;
  return {
    settings: [setting],
    happens:
      `${node.name} does not start: no service has the name ${first.host}, and ${only.service} is ` +
      "ZooKeeper.",
    fix: node.settings.set(CONNECT, is(portOf(only) ?? first.port, only)),
  };
}

function isZooKeeper({ image }: ComposeService): boolean {
  return /(^|\/)(cp-)?zookeeper([:@]|$)/.test(image ?? "");
}

/** The port that clients dial; undefined where a file may set it. */
function portOf({ image, environment, mounts }: ComposeService): number | undefined {
  if (mounts.some(({ target }) => /\.(cfg|properties)$|\/conf\/?$/.test(target))) return undefined;
  // lines of the file itself, and lists of servers with a port for clients
  if ("ZOO_CFG_EXTRA" in environment || environment["ZOO_SERVERS"]?.includes(";") === true) return undefined;
  const variables = /\/cp-zookeeper/.test(image ?? "")
    ? ["ZOOKEEPER_CLIENT_PORT"]
    : ["ZOO_PORT_NUMBER", "ZOO_PORT"];
  const text = variables.flatMap((name) => environment[name] ?? [])[0] ?? "2181";
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function namesOf({ service, containerName, hostname, aliases }: ComposeService): string[] {
  return [service, ...[containerName, hostname].filter((name) => name !== null), ...aliases];
}

function isNowhere({ services, idle = [] }: ComposeProject, host: string): boolean {
  const all = [...services, ...idle.map(({ service }) => service)];
  const isAddress = /[.:]|^(localhost|ignored)$/.test(host);
  return !isAddress && !all.some((service) => namesOf(service).includes(host) || hasLinks(service));
}

function hasLinks({ keys }: ComposeService): boolean {
  return keys.some(({ key }) => key === "links" || key === "external_links" || key === "extra_hosts");
}
