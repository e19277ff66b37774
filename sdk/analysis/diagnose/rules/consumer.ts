// Sessions, heartbeats, polls and offsets of consumers.

import { type Client, type Facts, isAtLeast } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { keyFor, settingFor } from "../known/clients.ts";
import { listOf, numberOf, type Setting } from "../setting.ts";
import { list, says, settingOf, time } from "./words.ts";

const GROUP =
  "Kafka: GroupCoordinatorService.joinGroup answers INVALID_SESSION_TIMEOUT (GroupCoordinatorConfig.java: 6000 to 1800000)";

function consumers({ clients }: Facts): readonly Client[] {
  return clients.filter(({ role }) => role === "consumer");
}

function each(facts: Facts, find: (client: Client) => Problem | null): Problem[] {
  return consumers(facts).flatMap((client) => find(client) ?? []);
}

/** In the protocol of KIP-848 the broker decides session and heartbeat. */
function isClassic({ kind, settings }: Client): boolean {
  return kind === "kafkajs" || settings.of("group.protocol").value.toLowerCase() !== "consumer";
}

function sessionOf(client: Client): { setting: Setting; ms: number; key: string } {
  const setting = settingFor(client, "session")!;
  return { setting, ms: numberOf(setting.value), key: keyFor(client, "session")! };
}

/** The broker's bound: from the cluster where there is one, else Kafka's default. */
function boundOf({ cluster }: Facts, key: string, standard: number): { settings: Setting[]; ms: number } {
  const brokers = cluster?.brokers.slice(0, 1) ?? [];
  return { settings: settingOf(brokers, key), ms: brokers[0]?.settings.number(key) ?? standard };
}

export const consumerRules: readonly Rule[] = [
  {
    id: "session-below-minimum",
    severity: "error",
    title: "the session timeout is below the broker's minimum",
    source: GROUP,
    check: (facts) =>
      each(facts, (client) => {
        const { setting, ms, key } = sessionOf(client);
        const min = boundOf(facts, "group.min.session.timeout.ms", 6000);
        if (!isClassic(client) || !(ms < min.ms)) return null;
        return {
          settings: [setting, ...min.settings],
          happens: `The group refuses the consumer (INVALID_SESSION_TIMEOUT): it asks for a session of ${time(ms)}, and group.min.session.timeout.ms is ${time(min.ms)}. It never reads anything.`,
          fix: client.settings.spell(key, String(Math.max(min.ms, 10_000))),
        };
      }),
  },
  {
    id: "session-above-maximum",
    severity: "error",
    title: "the session timeout is above the broker's maximum",
    source: GROUP,
    check: (facts) =>
      each(facts, (client) => {
        const { setting, ms, key } = sessionOf(client);
        const max = boundOf(facts, "group.max.session.timeout.ms", 1_800_000);
        if (!isClassic(client) || !(ms > max.ms)) return null;
        return {
          settings: [setting, ...max.settings],
          happens: `The group refuses the consumer (INVALID_SESSION_TIMEOUT): it asks for a session of ${time(ms)}, and group.max.session.timeout.ms is ${time(max.ms)}. It never reads anything.`,
          fix: client.settings.spell(key, String(Math.min(max.ms, 45_000))),
        };
      }),
  },
  {
    id: "heartbeat-not-below-session",
    severity: "error",
    title: "heartbeats are as far apart as the session is long",
    source:
      'Kafka: Heartbeat.java, "heartbeat must be set lower than the session timeout", tried with 3.9.2 and 4.4.0; kafkajs: src/consumer/index.js',
    check: (facts) =>
      each(facts, (client) => {
        const { setting, ms } = sessionOf(client);
        const heartbeat = settingFor(client, "heartbeat")!;
        const interval = numberOf(heartbeat.value);
        if (!isClassic(client) || !(interval >= ms)) return null;
        const happens =
          client.kind === "librdkafka"
            ? "The session ends before the next heartbeat: the consumer is expelled again and again."
            : "The consumer does not start.";
        return {
          settings: heartbeat.origin === "default" ? [setting, heartbeat] : [heartbeat, setting],
          happens: `${says(heartbeat)} is not below ${says(setting)}. ${happens}`,
          fix: client.settings.spell(heartbeat.key, String(Math.max(1, Math.floor(ms / 3)))),
        };
      }),
  },
  {
    id: "heartbeat-over-third",
    severity: "warning",
    title: "the session leaves no room for lost heartbeats",
    source:
      'Kafka: heartbeat.interval.ms, "typically should be set no higher than 1/3 of that value" (CommonClientConfigs.java); kafkajs: src/consumer/index.js says the same',
    check: (facts) =>
      each(facts, (client) => {
        const { setting, ms } = sessionOf(client);
        const heartbeat = settingFor(client, "heartbeat")!;
        const interval = numberOf(heartbeat.value);
        if (!isClassic(client) || !(interval > ms / 3 && interval < ms)) return null;
        return {
          settings: heartbeat.origin === "default" ? [setting, heartbeat] : [heartbeat, setting],
          happens: `Heartbeats every ${time(interval)} in a session of ${time(ms)}: ${ms / interval < 2 ? "one" : "two"} that are late or lost (a paused coordinator, a slow network) expel the consumer, and the whole group rebalances.`,
          fix: client.settings.spell(heartbeat.key, String(Math.floor(ms / 3))),
        };
      }),
  },
  {
    id: "poll-interval-below-session",
    severity: "note",
    title: "the poll loop is allowed less time than the session",
    source:
      'Kafka: max.poll.interval.ms is also the rebalance timeout (KIP-62); librdkafka: rdkafka_conf.c, "must be >= session.timeout.ms"',
    check: (facts) =>
      consumers(facts)
        .filter(({ kind }) => kind !== "kafkajs")
        .flatMap((client): Problem[] => {
          const { setting, ms } = sessionOf(client);
          const poll = client.settings.of("max.poll.interval.ms");
          if (!isClassic(client) || !(client.settings.number("max.poll.interval.ms") < ms)) return [];
          const basis = poll.origin === "default" ? [setting, poll] : [poll, setting];
          const fix = client.settings.spell("max.poll.interval.ms", String(Math.max(300_000, ms)));
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
              happens: `A consumer that takes longer than ${time(client.settings.number("max.poll.interval.ms"))} between polls leaves its group, but one that is killed keeps its partitions for ${time(ms)}: nobody reads them in that time.`,
              fix,
            },
          ];
        }),
  },
  {
    id: "poll-loop-too-slow",
    severity: "error",
    title: "the poll loop takes longer than it may",
    source:
      "Kafka: max.poll.interval.ms, max.poll.records (KIP-62, KIP-41); kafkajs: heartbeats are sent between messages (consumer/runner.js)",
    check: (facts) =>
      facts.recordMs === null
        ? []
        : each(facts, (client) => {
            const record = facts.recordMs!;
            if (client.kind === "librdkafka") return null;
            if (client.kind === "kafkajs") {
              const { setting, ms, key } = sessionOf(client);
              return !(record >= ms)
                ? null
                : {
                    settings: [setting],
                    happens: `One record takes ${time(record)} and no heartbeat is sent meanwhile: after ${time(ms)} the consumer is expelled and reads the same records again, for ever.`,
                    fix: client.settings.spell(key, String(Math.ceil(record * 2))),
                  };
            }
            const [records, interval] = [
              client.settings.number("max.poll.records"),
              client.settings.number("max.poll.interval.ms"),
            ];
            if (!(records * record > interval)) return null;
            return {
              settings: [client.settings.of("max.poll.records"), client.settings.of("max.poll.interval.ms")],
              happens: `A poll of ${records} records at ${time(record)} each takes ${time(records * record)}, longer than max.poll.interval.ms (${time(interval)}): the consumer leaves its group, cannot commit, and gets the same records again.`,
              fix: client.settings.spell(
                "max.poll.records",
                String(Math.max(1, Math.floor(interval / record / 2))),
              ),
            };
          }),
  },
  {
    id: "offset-reset-latest",
    severity: "warning",
    title: "a lost offset skips records",
    source:
      "Kafka: auto.offset.reset, default latest (ConsumerConfig.java); offsets are lost with __consumer_offsets and out of range after an unclean election",
    check: (facts) =>
      each(facts, (client) => {
        const reset = settingFor(client, "offsetReset")!;
        const [broker] = facts.cluster?.isAlone === false ? facts.cluster.brokers : [];
        if (broker === undefined || !/^(latest|largest|end|false)$/i.test(reset.value.trim())) return null;
        const unclean = broker.settings.isTrue("unclean.leader.election.enable");
        const alone = broker.settings.number("offsets.topic.replication.factor") === 1;
        if (!unclean && !alone) return null;
        const [why, when] = unclean
          ? [
              "unclean.leader.election.enable",
              "After an unclean election the group's offset may be beyond the log's end",
            ]
          : [
              "offsets.topic.replication.factor",
              "When the broker that alone holds the group's offsets loses its disk, they are gone",
            ];
        return {
          settings: [reset, broker.settings.of(why)],
          happens: `${when}: with ${says(reset)} the consumer then goes on at the end, and every record in between is never read, without an error.`,
          fix: client.settings.spell(reset.key, client.kind === "kafkajs" ? "true" : "earliest"),
        };
      }),
  },
  {
    id: "uncommitted-reads",
    severity: "warning",
    title: "transactions are written, and aborted ones are read",
    source:
      "Kafka: isolation.level, default read_uncommitted (ConsumerConfig.java; KIP-98); kafkajs: readUncommitted",
    check: (facts) => {
      const id = facts.clients
        .filter(({ role }) => role === "producer")
        .map((client) => settingFor(client, "transactionalId"))
        .find((setting) => setting !== null);
      return id === undefined
        ? []
        : each(facts, ({ kind, settings }) => {
            const level = settings.of(kind === "kafkajs" ? "readUncommitted" : "isolation.level");
            if (!["read_uncommitted", "true"].includes(level.value.toLowerCase().replaceAll("-", "_")))
              return null;
            return {
              settings: [level, id],
              happens:
                "A transaction that is aborted, as each one is whose producer dies in it, is read all the same: its records are processed, and again when the producer repeats them.",
              fix:
                kind === "kafkajs"
                  ? settings.spell("readUncommitted", "false")
                  : settings.spell("isolation.level", "read_committed"),
            };
          });
    },
  },
  {
    id: "fetch-wait-above-request-timeout",
    severity: "error",
    title: "a fetch waits longer than a request may take",
    source: "Kafka: fetch.max.wait.ms, request.timeout.ms (ConsumerConfig.java)",
    check: (facts) =>
      consumers(facts)
        .filter(({ kind }) => kind === "java")
        .flatMap(({ settings }): Problem[] => {
          const [wait, request] = [
            settings.number("fetch.max.wait.ms"),
            settings.number("request.timeout.ms"),
          ];
          if (!(wait >= request)) return [];
          return [
            {
              settings: [settings.of("fetch.max.wait.ms"), settings.of("request.timeout.ms")],
              happens: `On a quiet topic the broker answers a fetch after ${time(wait)}, and the consumer hangs up after ${time(request)}: it disconnects again and again, with no broker at fault.`,
              fix: settings.spell("fetch.max.wait.ms", "500"),
            },
          ];
        }),
  },
  {
    id: "group-protocol-settings",
    severity: "error",
    title: "settings that the new group protocol does not take",
    source:
      'KIP-848; tried: kafka-clients 4.4.0 throws "cannot be set when group.protocol=CONSUMER", 3.9.2 drops them; librdkafka: CONFIGURATION.md',
    check: (facts) =>
      each(facts, (client) => {
        const found = [
          "session.timeout.ms",
          "heartbeat.interval.ms",
          "partition.assignment.strategy",
        ].flatMap((key) => client.settings.given.get(key) ?? []);
        if (isClassic(client) || found[0] === undefined) return null;
        return {
          settings: [found[0], client.settings.of("group.protocol"), ...found.slice(1)],
          happens: `With group.protocol=consumer the broker decides (group.consumer.session.timeout.ms): clients from 4.0 on do not start with ${list(found.map(({ key }) => key))}, older ones drop it.`,
          fix: `remove ${list(found.map(({ written }) => written))}`,
        };
      }),
  },
  {
    id: "group-protocol-not-offered",
    severity: "error",
    title: "the brokers do not speak the new group protocol",
    source:
      "KIP-848: on by default since 4.0; in 3.7 to 3.9 with group.coordinator.rebalance.protocols=classic,consumer",
    check: (facts) =>
      each(facts, (client) => {
        const [broker] = facts.cluster?.brokers ?? [];
        if (isClassic(client) || broker === undefined || isAtLeast(broker.version, 4, 0) !== false)
          return null;
        if (
          listOf(broker.settings.given.get("group.coordinator.rebalance.protocols")?.value ?? "").includes(
            "consumer",
          )
        )
          return null;
        return {
          settings: [client.settings.of("group.protocol")],
          happens: `${broker.name} runs Kafka ${broker.version.text}, which refuses group.protocol=consumer (UNSUPPORTED_VERSION): the consumer never joins.`,
          fix: client.settings.spell("group.protocol", "classic"),
        };
      }),
  },
];
