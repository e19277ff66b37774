// The poll loop, offsets and fetches of consumers.

import type { Client } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { settingFor } from "../known/clients.ts";
import { consumers, eachConsumer, sessionOf } from "./consumers.ts";
import { says, time } from "./words.ts";

/** librdkafka hands out one record at a time, and its heartbeats have a thread of their own. */
function oneRecord({ settings }: Client, record: number): Problem | null {
  const interval = settings.number("max.poll.interval.ms");
  if (!(record > interval)) return null;
  return {
    settings: [settings.of("max.poll.interval.ms")],
    happens:
      `Processing one record takes ${time(record)}, longer than max.poll.interval.ms ` +
      `(${time(interval)}): the ` +
      "consumer leaves its group, cannot commit, and reads the same record again.",
    fix: settings.set("max.poll.interval.ms", String(Math.ceil(2 * record))),
  };
}

export const consumerRules: readonly Rule[] = [
  {
    id: "poll-loop-too-slow",
    severity: "error",
    title: "the poll loop takes longer than allowed",
    source:
      "Kafka: max.poll.interval.ms, max.poll.records (KIP-62, KIP-41); kafkajs: heartbeats are sent " +
      "between messages (consumer/runner.js)",
    check: (facts) =>
      facts.recordMs === null
        ? []
        : eachConsumer(facts, (client) => {
            const record = facts.recordMs!;
            if (client.kind === "librdkafka") return oneRecord(client, record);
            if (client.kind === "kafkajs") {
              const { setting, ms, key } = sessionOf(client);
              return !(record >= ms)
                ? null
                : {
                    settings: [setting],
                    happens:
                      `Processing one record takes ${time(record)}, without heartbeats of its own: after ` +
                      `${time(ms)} the consumer is removed from its group and reads the same records ` +
                      "again, forever.",
                    fix:
                      "call heartbeat(), which eachMessage and eachBatch are given, while a record is " +
                      `processed, or ${client.settings.spell(key, String(Math.ceil(record * 2)))}`,
                  };
            }
            const [records, interval] = [
              client.settings.number("max.poll.records"),
              client.settings.number("max.poll.interval.ms"),
            ];
            if (!(records * record > interval)) return null;
            return {
              settings: [client.settings.of("max.poll.records"), client.settings.of("max.poll.interval.ms")],
              happens:
                `A poll of ${records} records at ${time(record)} each takes ${time(records * record)}, ` +
                `longer than max.poll.interval.ms (${time(interval)}): the consumer leaves its group, ` +
                "cannot commit, and reads the same records again.",
              fix: client.settings.set(
                "max.poll.records",
                String(Math.max(1, Math.floor(interval / record / 2))),
              ),
            };
          }),
  },
  {
    id: "offset-reset-latest",
    severity: "warning",
    title: "a consumer whose offset is lost skips records",
    source:
      "Kafka: auto.offset.reset, default latest (ConsumerConfig.java); offsets are lost with " +
      "__consumer_offsets and out of range after an unclean election",
    check: (facts) =>
      eachConsumer(facts, (client) => {
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
              "When the only broker with the group's offsets loses its disk, they are lost",
            ];
        return {
          settings: [reset, broker.settings.of(why)],
          happens:
            `${when}: with ${says(reset)} the consumer then continues at the end of the log, and ` +
            "silently skips every record in between.",
          fix: client.settings.set(reset.key, client.kind === "kafkajs" ? "true" : "earliest"),
        };
      }),
  },
  {
    id: "uncommitted-reads",
    severity: "warning",
    title: "the consumer reads aborted transactions",
    source:
      "Kafka: isolation.level, default read_uncommitted (ConsumerConfig.java; KIP-98); kafkajs: " +
      "readUncommitted",
    check: (facts) => {
      const id = facts.clients
        .filter(({ role }) => role === "producer")
        .map((client) => settingFor(client, "transactionalId"))
        .find((setting) => setting !== null);
      return id === undefined
        ? []
        : eachConsumer(facts, ({ kind, settings }) => {
            const level = settings.of(kind === "kafkajs" ? "readUncommitted" : "isolation.level");
            if (!["read_uncommitted", "true"].includes(level.value.toLowerCase().replaceAll("-", "_")))
              return null;
            return {
              settings: [level, id],
              happens:
                "Records of aborted transactions (each one whose producer dies is aborted) are read: " +
                "they are processed, and again when the producer repeats them.",
              fix:
                kind === "kafkajs"
                  ? settings.set("readUncommitted", "false")
                  : settings.set("isolation.level", "read_committed"),
            };
          });
    },
  },
  {
    id: "fetch-wait-above-request-timeout",
    severity: "error",
    title: "fetch.max.wait.ms is not below request.timeout.ms",
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
              happens:
                `On a quiet topic the broker answers a fetch after ${time(wait)}, and the consumer's ` +
                `request times out after ${time(request)}: it disconnects repeatedly from a healthy ` +
                "broker.",
              fix: settings.set("fetch.max.wait.ms", "500"),
            },
          ];
        }),
  },
];
