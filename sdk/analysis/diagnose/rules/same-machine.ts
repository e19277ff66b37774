// Several properties files of one cluster: which nodes share a machine, and what they cannot share there.

import { type Listener, LOOPBACK } from "../../../compose/mod.ts";
import { addressesIn } from "../addresses.ts";
import type { Cluster, Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { isOpen, listOf } from "../setting.ts";
import { advertisedSetting, isBroker } from "./advertised.ts";
import { ADVERTISED } from "./listener-fixes.ts";
import { list, onePerPlace, settingOf, withEarlier } from "./words.ts";

const BOOTSTRAP = "controller.quorum.bootstrap.servers";

/** The nodes that properties files describe. */
export function nodesOfFiles(cluster: Cluster | null): readonly Node[] {
  return (cluster?.nodes ?? []).filter(({ container, pod }) => container === null && pod === undefined);
}

/**
 * The host at which others find a node: its voter's, else what it advertises or binds; null if none is
 * named.
 */
export function hostOf({ voters, nodeId, advertised, listeners }: Node): string | null {
  const ofVoters = voters.filter(({ id }) => id === nodeId);
  const named = [...ofVoters, ...advertised, ...listeners].map(({ host }) => host);
  const host = named.find((one) => !isWildcard(one) && !isOpen(one));
  return host === undefined ? null : bareHost(host);
}

/** One name for this machine. */
export function bareHost(host: string): string {
  return LOOPBACK.has(host) && host !== "host.docker.internal" ? "localhost" : host.toLowerCase();
}

function isWildcard(host: string): boolean {
  return host === "" || host === "0.0.0.0" || host === "::";
}

export const sameMachineRules: readonly Rule[] = [
  {
    id: "port-of-another-node",
    severity: "error",
    title: "two nodes of one machine listen on the same port",
    source: "Kafka: SocketServer binds each listener (BindException: Address already in use)",
    check: ({ cluster }) => onOneMachine(cluster, portTaken),
  },
  {
    id: "folder-of-another-node",
    severity: "error",
    title: "two nodes of one machine have the same folder",
    source:
      'Kafka: LogManager.lockLogDirs, "Failed to acquire lock on file .lock"; ' +
      "log.dirs, default /tmp/kafka-logs",
    check: ({ cluster }) => onOneMachine(cluster, folderTaken),
  },
  {
    id: "advertised-twice",
    severity: "error",
    title: "two brokers advertise the same address",
    source: "Kafka: KIP-103; clients connect to each broker at what it advertises (Metadata)",
    check: ({ cluster }) => withEarlier(nodesOfFiles(cluster).filter(isBroker), advertisedTwice),
  },
  {
    id: "controller-address",
    severity: "error",
    title: "nodes dial a controller where none listens",
    source:
      "Kafka: controller.quorum.voters, controller.quorum.bootstrap.servers (QuorumConfig): every " +
      "other node " +
      "dials these addresses",
    check: ({ cluster }) => [...votersMissed(cluster), ...controllersMissed(cluster)],
  },
];

interface Twins {
  readonly node: Node;
  readonly other: Node;
  readonly host: string;
}

/** What nodes of one machine have with one before them there. */
function onOneMachine(cluster: Cluster | null, find: (twins: Twins) => Problem[]): Problem[] {
  const machines = new Map<string, Node[]>();
  for (const node of nodesOfFiles(cluster)) {
    const host = hostOf(node);
    if (host !== null) machines.set(host, [...(machines.get(host) ?? []), node]);
  }
  return [...machines].flatMap(([host, nodes]) =>
    withEarlier(nodes, (node, other) => (isTwin(node, other) ? [] : find({ node, other, host }))),
  );
}

/** Reported by duplicate-node-id: another id is another voter, with an address of its own. */
function isTwin(node: Node, other: Node): boolean {
  return node.nodeId !== null && node.nodeId === other.nodeId;
}

function sharedPort(node: Node, other: Node): Listener | undefined {
  const overlaps = (a: Listener, b: Listener): boolean =>
    a.port === b.port &&
    a.port !== 0 &&
    (isWildcard(a.host) || isWildcard(b.host) || bareHost(a.host) === bareHost(b.host));
  return node.listeners.find((listener) => other.listeners.some((one) => overlaps(listener, one)));
}

function portTaken({ node, other, host }: Twins): Problem[] {
  const shared = sharedPort(node, other);
  if (shared === undefined) return [];
  return [
    {
      node: node.name,
      settings: onePerPlace([node.settings.of("listeners"), other.settings.of("listeners")]),
      happens:
        `${node.name} and ${other.name} are on ${host}, and both listen on port ${shared.port}: the ` +
        "second does not start.",
      fix: `another port for ${shared.name}, also where it is advertised and dialled`,
    },
  ];
}

function foldersOf({ settings }: Node): string[] {
  const given = settings.given.get("log.dirs") ?? settings.given.get("log.dir");
  const metadata = settings.given.get("metadata.log.dir");
  return [...listOf(given?.value ?? "/tmp/kafka-logs"), ...listOf(metadata?.value ?? "")]
    .filter((folder) => /^(\/|[A-Za-z]:)/.test(folder) && !isOpen(folder))
    .map((folder) => folder.replace(/(?<=.)[/\\]+$/, ""));
}

function folderTaken({ node, other, host }: Twins): Problem[] {
  const shared = foldersOf(node).find((folder) => foldersOf(other).includes(folder));
  if (shared === undefined) return [];
  return [
    {
      node: node.name,
      settings: onePerPlace(settingOf([node, other], "log.dirs")),
      happens:
        `${node.name} and ${other.name} are on ${host}, and both keep their data in ${shared}: the second ` +
        "does not start, because the folder is locked.",
      fix: node.settings.set("log.dirs", `${shared}-${node.nodeId ?? 2}`),
    },
  ];
}

function advertisedTwice(node: Node, other: Node): Problem[] {
  // reported by port-of-another-node, whose fix changes it, too
  if (isTwin(node, other)) return [];
  if (hostOf(node) === hostOf(other) && sharedPort(node, other) !== undefined) return [];
  const shared = node.advertised.find(
    ({ host, port }) =>
      host !== "" &&
      port !== 0 &&
      !isOpen(host) &&
      other.advertised.some((one) => bareHost(one.host) === bareHost(host) && one.port === port),
  );
  if (shared === undefined) return [];
  return [
    {
      node: node.name,
      settings: onePerPlace([advertisedSetting(node), advertisedSetting(other)]),
      happens:
        `${node.name} and ${other.name} both advertise ${shared.host}:${shared.port}: whoever asks for ` +
        "one reaches " +
        "the other, which answers NOT_LEADER_OR_FOLLOWER for the partitions that it does not lead.",
      fix: `an address of its own in ${ADVERTISED} of each`,
    },
  ];
}

/** The ports at which a controller listens. */
function controllerPorts({ listeners, controllerNames }: Node): number[] {
  return listeners.filter(({ name }) => controllerNames.includes(name)).map(({ port }) => port);
}

function votersMissed(cluster: Cluster | null): Problem[] {
  const nodes = nodesOfFiles(cluster);
  return nodes.flatMap((node) =>
    node.voters.flatMap(({ id, host, port }): Problem[] => {
      const target = nodes.find(({ nodeId, roles }) => nodeId === id && roles.includes("controller"));
      const ports = target === undefined ? [] : controllerPorts(target);
      if (target === undefined || ports.length === 0 || ports.includes(port) || ports.includes(0)) return [];
      return [
        {
          node: node.name,
          settings: onePerPlace([
            node.settings.of("controller.quorum.voters"),
            target.settings.of("listeners"),
          ]),
          happens:
            `${node.name} dials voter ${id} at ${host}:${port}, but ${target.name} listens for ` +
            "controllers at " +
            `${list(ports.map(String))}: the voter is never reached.`,
          fix: `${id}@${host}:${ports[0]!} in controller.quorum.voters of every node`,
        },
      ];
    }),
  );
}

/** With dynamic voters (KIP-853); judged where every controller is among the files. */
function controllersMissed(cluster: Cluster | null): Problem[] {
  const nodes = nodesOfFiles(cluster);
  const controllers = nodes.filter(({ roles }) => roles.includes("controller"));
  if (controllers.length === 0 || controllers.some((node) => hostOf(node) === null)) return [];
  return nodes.flatMap((node): Problem[] => {
    const setting = node.settings.of(BOOTSTRAP);
    const wrong = addressesIn(setting.value).find(({ host, port }) => {
      const there = controllers.filter((one) => hostOf(one) === bareHost(host));
      return there.length > 0 && !there.some((one) => controllerPorts(one).includes(port));
    });
    if (wrong === undefined) return [];
    const known = controllers.flatMap((one) => {
      const host = hostOf(one);
      return host === null ? [] : controllerPorts(one).map((port) => `${host}:${port}`);
    });
    return [
      {
        node: node.name,
        settings: [setting],
        happens:
          `${node.name} dials a controller at ${wrong.host}:${wrong.port}, where no controller of the ` +
          "files " +
          `listens (${list(known)}): it finds no quorum there.`,
        fix: node.settings.set(BOOTSTRAP, known.join(",")),
      },
    ];
  });
}
