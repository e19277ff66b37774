// Sessions, heartbeats and poll intervals of consumers.

import type { Facts } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { settingFor } from "../known/clients.ts";
import { numberOf, type Setting } from "../setting.ts";
import { consumers, eachConsumer, isClassic, sessionOf } from "./consumers.ts";
import { says, settingOf, time } from "./words.ts";

const GROUP =
  "Kafka: GroupCoordinatorService.joinGroup answers INVALID_SESSION_TIMEOUT " +
  "(GroupCoordinatorConfig.java: 6000 to 1800000)";

/** The broker's bound: the cluster's if there is one, else Kafka's default. */
export function boundOf(
  { cluster }: Facts,
  key: string,
  standard: number,
): { settings: Setting[]; ms: number } {
  const brokers = cluster?.brokers.slice(0, 1) ?? [];
  return { settings: settingOf(brokers, key), ms: brokers[0]?.settings.number(key) ?? standard };
}

export const sessionRules: readonly Rule[] = [
  {
    id: "session-below-minimum",
    severity: "error",
    title: "the session timeout is below the broker's minimum",
    source: GROUP,
    check: (facts) =>
      eachConsumer(facts, (client) => {
        const { setting, ms, key } = sessionOf(client);
        const min = boundOf(facts, "group.min.session.timeout.ms", 6000);
        if (!isClassic(client) || !(ms < min.ms)) return null;
        return {
          settings: [setting, ...min.settings],
          happens:
            "The coordinator rejects the consumer (INVALID_SESSION_TIMEOUT): it requests a session of " +
            `${time(ms)}, and group.min.session.timeout.ms is ${time(min.ms)}. It never reads.`,
          fix: client.settings.set(key, String(Math.max(min.ms, 10_000))),
        };
      }),
  },
  {
    id: "session-above-maximum",
    severity: "error",
    title: "the session timeout is above the broker's maximum",
    source: GROUP,
    check: (facts) =>
      eachConsumer(facts, (client) => {
        const { setting, ms, key } = sessionOf(client);
        const max = boundOf(facts, "group.max.session.timeout.ms", 1_800_000);
        if (!isClassic(client) || !(ms > max.ms)) return null;
        return {
          settings: [setting, ...max.settings],
          happens:
            "The coordinator rejects the consumer (INVALID_SESSION_TIMEOUT): it requests a session of " +
            `${time(ms)}, and group.max.session.timeout.ms is ${time(max.ms)}. It never reads.`,
          fix: client.settings.set(key, String(Math.min(max.ms, 45_000))),
        };
      }),
  },
  {
    id: "heartbeat-not-below-session",
    severity: "error",
    title: "the heartbeat interval is not below the session timeout",
    source:
      'Kafka: Heartbeat.java, "heartbeat must be set lower than the session timeout", tried with ' +
      "3.9.2 and 4.4.0; kafkajs: src/consumer/index.js",
    check: (facts) =>
      eachConsumer(facts, (client) => {
        const { setting, ms } = sessionOf(client);
        const heartbeat = settingFor(client, "heartbeat")!;
        const interval = numberOf(heartbeat.value);
        if (!isClassic(client) || !(interval >= ms)) return null;
        const happens =
          client.kind === "librdkafka"
            ? "The session ends before the next heartbeat: the consumer is repeatedly removed from its group."
            : "The consumer does not start.";
        return {
          settings: heartbeat.origin === "default" ? [setting, heartbeat] : [heartbeat, setting],
          happens: `${says(heartbeat)} is not below ${says(setting)}. ${happens}`,
          fix: client.settings.set(heartbeat.key, String(Math.max(1, Math.floor(ms / 3)))),
        };
      }),
  },
  {
    id: "heartbeat-over-third",
    severity: "warning",
    title: "the session tolerates too few lost heartbeats",
    source:
      'Kafka: heartbeat.interval.ms, "typically should be set no higher than 1/3 of that value" ' +
      "(CommonClientConfigs.java); kafkajs: src/consumer/index.js says the same",
    check: (facts) =>
      eachConsumer(facts, (client) => {
        const { setting, ms } = sessionOf(client);
        const heartbeat = settingFor(client, "heartbeat")!;
        const interval = numberOf(heartbeat.value);
        if (!isClassic(client) || !(interval > ms / 3 && interval < ms)) return null;
        return {
          settings: heartbeat.origin === "default" ? [setting, heartbeat] : [heartbeat, setting],
          happens:
            `Heartbeats every ${time(interval)} in a session of ${time(ms)}: ` +
            `${ms / interval < 2 ? "one" : "two"} late or lost heartbeat` +
            `${ms / interval < 2 ? " removes" : "s remove"} the consumer from its group (a paused ` +
            "coordinator, a slow network), and the whole group rebalances.",
          fix: client.settings.set(heartbeat.key, String(Math.floor(ms / 3))),
        };
      }),
  },
  {
    id: "poll-interval-below-session",
    severity: "note",
    title: "max.poll.interval.ms is below the session timeout",
    source:
      "Kafka: max.poll.interval.ms is also the rebalance timeout (KIP-62); librdkafka: " +
      'rdkafka_conf.c, "must be >= session.timeout.ms"',
    check: (facts) =>
      consumers(facts)
        .filter(({ kind }) => kind !== "kafkajs")
        .flatMap((client): Problem[] => {
          const { setting, ms } = sessionOf(client);
          const poll = client.settings.of("max.poll.interval.ms");
          if (!isClassic(client) || !(client.settings.number("max.poll.interval.ms") < ms)) return [];
          const basis = poll.origin === "default" ? [setting, poll] : [poll, setting];
          const fix = client.settings.set("max.poll.interval.ms", String(Math.max(300_000, ms)));
          if (client.kind === "librdkafka")
            return [
              {
                settings: basis,
                severity: "error",
                happens: `The consumer does not start: ${says(poll)} must be at least ${says(setting)}.`,
                fix,
              },
            ];
          return [
            {
              settings: basis,
              happens:
                "A consumer that takes longer than " +
                `${time(client.settings.number("max.poll.interval.ms"))} between polls leaves its ` +
                `group, but a killed one keeps its partitions for ${time(ms)}: nobody reads them during ` +
                "that time.",
              fix,
            },
          ];
        }),
  },
];
