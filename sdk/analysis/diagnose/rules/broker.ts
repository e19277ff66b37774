// A broker's timers that contradict each other.

import type { Facts, Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { fixing } from "../fix.ts";
import { kraftNodes, setOn, settingOf, time, where } from "./words.ts";

function pairOf(nodes: readonly Node[], a: string, b: string): Problem["settings"] {
  return [...settingOf(nodes, a), ...settingOf(nodes, b)];
}

/** One problem for all nodes in which the two settings contradict each other. */
function misfit(
  nodes: readonly Node[],
  [a, b]: readonly [string, string],
  isWrong: (a: number, b: number) => boolean,
  describe: (a: number, b: number, nodes: readonly [Node, ...Node[]]) => Omit<Problem, "settings">,
): Problem[] {
  const found = where(nodes, a, (value, { settings }) => isWrong(value, settings.number(b)));
  const [first] = found;
  return first === undefined
    ? []
    : [
        {
          settings: pairOf(found, a, b),
          ...describe(first.settings.number(a), first.settings.number(b), [first, ...found.slice(1)]),
        },
      ];
}

const brokers = ({ cluster }: Facts): readonly Node[] => cluster?.brokers ?? [];

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
        kraftNodes(facts),
        ["broker.session.timeout.ms", "broker.heartbeat.interval.ms"],
        (session, interval) => session < 2 * interval,
        (session, interval, nodes) => ({
          happens:
            `Heartbeats come every ${time(interval)} and the session ends after ${time(session)}: one ` +
            "late heartbeat fences a healthy broker, and its partitions repeatedly lose their leader.",
          fix: fixing(
            setOn(nodes, "broker.session.timeout.ms", Math.round(4.5 * interval)),
            " on every controller",
          ),
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
        (lag, wait, nodes) => ({
          happens:
            `${nodes[0].name} does not start: a follower's fetch waits up to ${time(wait)}, ` +
            `longer than the ${time(lag)} after which it leaves the ISR.`,
          fix: setOn(nodes, "replica.lag.time.max.ms", 30000),
        }),
      ),
      ...misfit(
        brokers(facts),
        ["replica.socket.timeout.ms", "replica.fetch.wait.max.ms"],
        (socket, wait) => wait > socket,
        (socket, wait, nodes) => ({
          happens:
            `${nodes[0].name} does not start: a follower's fetch waits up to ${time(wait)}, ` +
            `longer than its socket's ${time(socket)}.`,
          fix: setOn(nodes, "replica.socket.timeout.ms", 30000),
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
            (lag, wait, nodes) => ({
              happens:
                `A follower fetches every ${time(wait)} on a quiet topic and leaves the ISR after ` +
                `${time(lag)}: one slow answer or a pause of the JVM shrinks the ISR, and with ` +
                "min.insync.replicas writes with acks=all fail.",
              fix: setOn(nodes, "replica.lag.time.max.ms", 30000),
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
        (max, min, nodes) => ({
          happens:
            `No session is both at least ${time(min)} and at most ${time(max)}: every consumer is ` +
            "rejected with INVALID_SESSION_TIMEOUT.",
          fix: setOn(nodes, "group.max.session.timeout.ms", 1800000),
        }),
      ),
  },
];
