// A broker's timers that contradict each other, and settings of other versions.

import { isAtLeast, type Facts, type Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { REMOVED_IN_4 } from "../known/broker.ts";
import { list, onePerPlace, settingOf, time, where } from "./words.ts";

function pairOf(nodes: readonly Node[], a: string, b: string): Problem["settings"] {
  return [...settingOf(nodes, a), ...settingOf(nodes, b)];
}

/** One problem for all nodes in which the two settings contradict each other. */
function misfit(
  nodes: readonly Node[],
  [a, b]: readonly [string, string],
  isWrong: (a: number, b: number) => boolean,
  describe: (a: number, b: number, node: Node) => Omit<Problem, "settings">,
): Problem[] {
  const found = where(nodes, a, (value, { settings }) => isWrong(value, settings.number(b)));
  const [first] = found;
  return first === undefined
    ? []
    : [
        {
          settings: pairOf(found, a, b),
          ...describe(first.settings.number(a), first.settings.number(b), first),
        },
      ];
}

const brokers = ({ cluster }: Facts): readonly Node[] => cluster?.brokers ?? [];
const kraft = ({ cluster }: Facts): readonly Node[] =>
  (cluster?.nodes ?? []).filter(({ isKraft }) => isKraft);

export const brokerRules: readonly Rule[] = [
  {
    id: "broker-session-against-heartbeat",
    severity: "warning",
    title: "broker.session.timeout.ms is too short for the heartbeat interval",
    source:
      "Kafka: broker.session.timeout.ms, broker.heartbeat.interval.ms (KRaftConfigs.java); 4.4's " +
      "KafkaConfig logs an error above half",
    check: (facts) =>
      misfit(
        kraft(facts),
        ["broker.session.timeout.ms", "broker.heartbeat.interval.ms"],
        (session, interval) => session < 2 * interval,
        (session, interval, { settings }) => ({
          happens:
            `Heartbeats come every ${time(interval)} and the session ends after ${time(session)}: one ` +
            "late heartbeat fences a healthy broker, and its partitions repeatedly lose their leader.",
          fix:
            `${settings.spell("broker.session.timeout.ms", String(Math.round(4.5 * interval)))} on ` +
            "every controller",
        }),
      ),
  },
  {
    id: "replica-lag-against-fetch-wait",
    severity: "error",
    title: "replica.fetch.wait.max.ms is above another timeout",
    source:
      "Kafka: KafkaConfig.validateValues (replica.fetch.wait.max.ms <= replica.lag.time.max.ms and <= " +
      "replica.socket.timeout.ms), tried with 3.9.2 and 4.4.0",
    check: (facts) => [
      ...misfit(
        brokers(facts),
        ["replica.lag.time.max.ms", "replica.fetch.wait.max.ms"],
        (lag, wait) => wait > lag,
        (lag, wait, { name, settings }) => ({
          happens:
            `${name} does not start: a follower's fetch waits up to ${time(wait)}, longer than the ` +
            `${time(lag)} after which it leaves the ISR.`,
          fix: settings.spell("replica.lag.time.max.ms", "30000"),
        }),
      ),
      ...misfit(
        brokers(facts),
        ["replica.socket.timeout.ms", "replica.fetch.wait.max.ms"],
        (socket, wait) => wait > socket,
        (socket, wait, { name, settings }) => ({
          happens:
            `${name} does not start: a follower's fetch waits up to ${time(wait)}, longer than its ` +
            `socket's ${time(socket)}.`,
          fix: settings.spell("replica.socket.timeout.ms", "30000"),
        }),
      ),
    ],
  },
  {
    id: "replica-lag-short",
    severity: "warning",
    title: "replicas leave the ISR after a short pause",
    source: "Kafka: replica.lag.time.max.ms, default 30000; raised from 10000 because of flapping (KIP-537)",
    check: (facts) =>
      facts.cluster?.isAlone !== false
        ? []
        : misfit(
            brokers(facts),
            ["replica.lag.time.max.ms", "replica.fetch.wait.max.ms"],
            (lag, wait) => lag >= wait && lag < 4 * wait,
            (lag, wait, { settings }) => ({
              happens:
                `A follower fetches every ${time(wait)} on a quiet topic and leaves the ISR after ` +
                `${time(lag)}: one slow answer or a pause of the JVM shrinks the ISR, and with ` +
                "min.insync.replicas writes with acks=all fail.",
              fix: settings.spell("replica.lag.time.max.ms", "30000"),
            }),
          ),
  },
  {
    id: "group-session-range",
    severity: "error",
    title: "the allowed range of session timeouts is empty",
    source:
      "Kafka: group.min.session.timeout.ms, group.max.session.timeout.ms " +
      "(GroupCoordinatorService.joinGroup: INVALID_SESSION_TIMEOUT)",
    check: (facts) =>
      misfit(
        brokers(facts),
        ["group.max.session.timeout.ms", "group.min.session.timeout.ms"],
        (max, min) => min > max,
        (max, min, { settings }) => ({
          happens:
            `No session is both at least ${time(min)} and at most ${time(max)}: every consumer is ` +
            "rejected with INVALID_SESSION_TIMEOUT.",
          fix: settings.spell("group.max.session.timeout.ms", "1800000"),
        }),
      ),
  },
  {
    id: "zookeeper-in-kraft",
    severity: "warning",
    title: "ZooKeeper settings on a KRaft node",
    source:
      "Kafka: zookeeper.* acts in KRaft only with zookeeper.metadata.migration.enable (3.4 to 3.9), " +
      "and is gone with 4.0",
    check: (facts) =>
      kraft(facts).flatMap(({ name, settings, version }): Problem[] => {
        const found = [...settings.given.values()].filter(
          ({ key, origin }) => origin === "file" && key.startsWith("zookeeper."),
        );
        if (
          found.length === 0 ||
          (settings.given.get("zookeeper.metadata.migration.enable")?.value === "true" &&
            isAtLeast(version, 4, 0) !== true)
        )
          return [];
        return [
          {
            settings: onePerPlace(found),
            happens:
              `${name} has process.roles, so it ignores ${list(found.map(({ key }) => key))} and ` +
              "whatever ZooKeeper holds.",
            fix: `remove ${list(found.map(({ written }) => written))}`,
          },
        ];
      }),
  },
  {
    id: "zookeeper-with-kafka-4",
    severity: "error",
    title: "Kafka 4 has no ZooKeeper mode",
    source:
      'Kafka 4.0 upgrade notes; KIP-500; tried: 4.4.0 says "missing required configuration process.roles"',
    check: ({ cluster }) =>
      (cluster?.nodes ?? [])
        .filter(({ isKraft, version }) => !isKraft && isAtLeast(version, 4, 0) === true)
        .map(({ name, settings, version }) => ({
          settings: [settings.given.get("zookeeper.connect") ?? settings.of("process.roles")],
          happens:
            `${name} does not start: Kafka ${version.text} needs process.roles, node.id and ` +
            "controllers, and has no ZooKeeper mode.",
          fix:
            `${settings.spell("process.roles", "broker,controller")}, node.id and ` +
            "controller.quorum.voters; data of a ZooKeeper cluster must be migrated with 3.9 first",
        })),
  },
  {
    id: "zookeeper-mode",
    severity: "note",
    title: "the cluster needs ZooKeeper",
    source: "Kafka: ZooKeeper mode is deprecated since 3.5 and removed in 4.0 (KIP-833)",
    check: ({ cluster }) => {
      const nodes = (cluster?.nodes ?? []).filter(
        ({ isKraft, version }) => !isKraft && isAtLeast(version, 4, 0) !== true,
      );
      if (nodes.length === 0) return [];
      return [
        {
          settings: onePerPlace(
            nodes.map(
              ({ settings }) => settings.given.get("zookeeper.connect") ?? settings.of("process.roles"),
            ),
          ),
          happens:
            "Without process.roles, leaders are elected through ZooKeeper: most of these rules are " +
            "about KRaft, and this cluster cannot run Kafka 4.",
          fix: "migrate to KRaft with 3.9",
        },
      ];
    },
  },
  {
    id: "removed-in-kafka-4",
    severity: "warning",
    title: "a setting that Kafka 4 has removed",
    source: "Kafka 4.0 upgrade notes; in 3.9.2's ConfigDef and not in 4.4.0's",
    check: ({ cluster }) =>
      (cluster?.nodes ?? [])
        .filter(({ version }) => isAtLeast(version, 4, 0) === true)
        .flatMap(({ name, settings, version }): Problem[] => {
          const found = [...settings.given.values()].filter(
            ({ key, origin }) => origin === "file" && REMOVED_IN_4.has(key),
          );
          return found.length === 0
            ? []
            : [
                {
                  settings: found,
                  happens:
                    `Kafka ${version.text} ignores ${list(found.map(({ key }) => key))} with a warning ` +
                    `in the log: ${name} uses the built-in behaviour.`,
                  fix: `remove ${list(found.map(({ written }) => written))}`,
                },
              ];
        }),
  },
  {
    id: "control-plane-in-kraft",
    severity: "error",
    title: "control.plane.listener.name in KRaft",
    source:
      'Kafka up to 3.9: KafkaConfig, "control.plane.listener.name is not supported in KRaft mode", ' +
      "tried with 3.9.2",
    check: (facts) =>
      kraft(facts).flatMap(({ name, settings, version }): Problem[] => {
        const found = settings.given.get("control.plane.listener.name");
        if (found === undefined || isAtLeast(version, 4, 0) === true) return [];
        return [
          {
            settings: [found],
            happens:
              `${name} does not start: controllers have listeners of their own in KRaft ` +
              "(controller.listener.names).",
            fix: `remove ${found.written}`,
          },
        ];
      }),
  },
];
