// Shared by the rules: how times and lists are written, and how fast a cluster fails over.

import type { Cluster, Facts, Node } from "../facts.ts";
import type { Problem } from "../finding.ts";
import { alsoIn, type Fix, fixing } from "../fix.ts";
import { isOpen, type Setting, type Settings } from "../setting.ts";

/** Milliseconds in a sentence: `500 ms`, `9 s`, `9.3 s`, `5 min`. */
export function time(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms >= 120_000 && ms % 60_000 === 0) return `${ms / 60_000} min`;
  return `${Math.round(ms / 100) / 10} s`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** A setting in a sentence: `acks=1`, or `acks=all (the default)`. */
export function says({ key, value, origin }: Setting): string {
  return (
    `${key}=${value}` +
    { file: "", default: " (the default)", image: " (the image's own)", operator: " (by the operator)" }[
      origin
    ]
  );
}

/** The same setting of several nodes; once if they share it through a YAML anchor. */
export function settingOf(nodes: readonly Node[], key: string): Setting[] {
  return onePerPlace(nodes.map(({ settings }) => settings.of(key)));
}

/** One setting for each location. */
export function onePerPlace(found: readonly Setting[]): Setting[] {
  const seen = new Map<string, Setting>();
  for (const setting of found) {
    const { file, line, column } = setting.location;
    const location = `${file}:${line}:${column}:${setting.key}`;
    if (!seen.has(location)) seen.set(location, setting);
  }
  return [...seen.values()];
}

/** The nodes whose setting is a number for which this is true. */
export function where(
  nodes: readonly Node[],
  key: string,
  holds: (value: number, node: Node) => boolean,
): Node[] {
  return nodes.filter((node) => {
    const value = node.settings.number(key);
    return !Number.isNaN(value) && holds(value, node);
  });
}

/** The fix that removes settings. */
export function removing(settings: Settings, found: readonly Setting[]): Fix {
  const { edits } = fixing(...found.map(({ key }) => settings.remove(key)));
  return { text: `remove ${list(found.map(({ written }) => written))}`, edits };
}

/** The fix that writes one value on several nodes. */
export function setOn(nodes: readonly Node[], key: string, value: string | number): Fix {
  const [first, ...others] = nodes.map(({ settings }) => settings.set(key, String(value)));
  return alsoIn(first!, others);
}

/** The same, for a setting that all brokers should have alike. */
export function onEvery(nodes: readonly Node[], key: string, value: string | number): Fix {
  return fixing(setOn(nodes, key, value), " on every broker");
}

/** Whether a value is known before the program runs. */
export function isKnown({ value }: Setting): boolean {
  return !isOpen(value);
}

/** How long a killed leader's partitions can be without a leader. */
export interface Failover {
  /** If the killed broker is not the active controller: its session ends. */
  readonly ms: number;
  /** If it is: the other voters detect it and elect a controller, and the session is counted anew. */
  readonly controllerMs: number;
  readonly session: Setting | null;
}

/**
 * The time from a leader's death to a new leader, by the cluster's timers, or without a cluster by Kafka's
 * defaults.
 *
 * broker.session.timeout.ms, to which a lost active controller adds controller.quorum.fetch.timeout.ms and an
 * election (ClusterControlManager.activate).
 */
export function failoverOf(cluster: Cluster | null): Failover {
  const node = cluster?.controllers[0] ?? cluster?.brokers[0];
  const number = (key: string, standard: number): number => {
    const value = node?.settings.number(key) ?? NaN;
    return Number.isNaN(value) ? standard : value;
  };
  const ms = number("broker.session.timeout.ms", 9000);
  return {
    ms,
    controllerMs:
      ms +
      number("controller.quorum.fetch.timeout.ms", 2000) +
      number("controller.quorum.election.timeout.ms", 1000),
    session: node?.settings.of("broker.session.timeout.ms") ?? null,
  };
}

/** The brokers of a cluster in which another broker could take over. */
export function failoverBrokers({ cluster }: Facts): readonly Node[] {
  return cluster === null || cluster.isAlone ? [] : cluster.brokers;
}

/** The nodes that run without ZooKeeper. */
export function kraftNodes({ cluster }: Facts): readonly Node[] {
  return (cluster?.nodes ?? []).filter(({ isKraft }) => isKraft);
}

/** A problem for each node for which the function finds one. */
export function eachNode(facts: Facts, find: (node: Node) => Problem | null): Problem[] {
  return (facts.cluster?.nodes ?? []).flatMap((node) => {
    const problem = find(node);
    return problem === null ? [] : { ...problem, node: node.name };
  });
}

/** For each of a list what it has with the first before it with which it has anything. */
export function withEarlier<T>(all: readonly T[], find: (one: T, earlier: T) => Problem[]): Problem[] {
  return all.flatMap((one, i) => {
    for (const earlier of all.slice(0, i)) {
      const found = find(one, earlier);
      if (found.length > 0) return found;
    }
    return [];
  });
}

export const KAFKA_CONFIG =
  "Kafka: KafkaConfig.validateValues (KafkaConfig.scala), tried with 3.9.2 and 4.4.0";
