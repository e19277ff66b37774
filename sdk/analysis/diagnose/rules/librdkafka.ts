// What is particular to librdkafka.

import type { Problem, Rule } from "../finding.ts";
import { fixing } from "../fix.ts";
import { RD_COMMON, RD_CONSUMER, RD_PRODUCER } from "../known/librdkafka-names.ts";
import { clientsOf, JAVA, nearest, onceAFile } from "./names.ts";
import { says, time } from "./words.ts";

const RD: ReadonlySet<string> = new Set([...RD_COMMON, ...RD_PRODUCER, ...RD_CONSUMER]);

export const librdkafkaRules: readonly Rule[] = [
  {
    id: "librdkafka-unknown-property",
    severity: "error",
    title: "unknown librdkafka property",
    source: 'librdkafka: CONFIGURATION.md (2.15); rd_kafka_conf_set answers "No such configuration property"',
    check: (facts) =>
      onceAFile(
        clientsOf(facts, "librdkafka").flatMap(({ settings }) =>
          [...settings.given.values()].flatMap((setting): Problem[] => {
            if (RD.has(setting.key) || RD.has(setting.written)) return [];
            const near = nearest(setting.key, RD);
            if (near === null && !JAVA.has(setting.key)) return [];
            return [
              {
                settings: [setting],
                happens:
                  `The client does not start: "No such configuration property: ${setting.key}"` +
                  `${near === null ? ", a property of the Java client" : ""}.`,
                fix: near === null ? settings.remove(setting.key) : settings.rename(setting.key, near),
              },
            ];
          }),
        ),
      ),
  },
  {
    id: "librdkafka-message-timeout",
    severity: "error",
    title: "message.timeout.ms does not fit linger.ms or the transaction",
    source: "librdkafka: rd_kafka_topic_conf_finalize (rdkafka_conf.c), CONFIGURATION.md",
    check: (facts) =>
      clientsOf(facts, "librdkafka", "producer").flatMap(({ settings }): Problem[] => {
        const message = settings.of("message.timeout.ms");
        const [ms, linger, transaction] = ["message.timeout.ms", "linger.ms", "transaction.timeout.ms"].map(
          (key) => settings.number(key),
        );
        if (ms !== 0 && ms! <= linger! && settings.given.has("linger.ms"))
          return [
            {
              settings: [message, settings.of("linger.ms")],
              happens:
                `The producer does not start: ${message.written} (${time(ms!)}) must be greater than ` +
                `linger.ms (${time(linger!)}).`,
              fix: settings.set("message.timeout.ms", "300000"),
            },
          ];
        if (!settings.given.has("transactional.id") || message.origin === "default" || !(ms! > transaction!))
          return [];
        return [
          {
            settings: [message, settings.of("transaction.timeout.ms")],
            happens:
              `The producer does not start: ${message.written} (${time(ms!)}) must not exceed ` +
              `transaction.timeout.ms (${time(transaction!)}).`,
            fix: settings.set("message.timeout.ms", String(transaction)),
          },
        ];
      }),
  },
  {
    id: "librdkafka-offset-before-processing",
    severity: "note",
    title: "offsets are committed before the record is processed",
    source: "librdkafka: enable.auto.offset.store, enable.auto.commit (CONFIGURATION.md)",
    check: (facts) =>
      clientsOf(facts, "librdkafka", "consumer").flatMap(({ settings }): Problem[] => {
        if (!settings.isTrue("enable.auto.commit") || !settings.isTrue("enable.auto.offset.store")) return [];
        return [
          {
            settings: [settings.of("enable.auto.offset.store"), settings.of("enable.auto.commit")],
            happens:
              "The offset of a record is stored when the application receives it (" +
              `${says(settings.of("enable.auto.offset.store"))}): if the application dies while ` +
              "processing it, the record is skipped.",
            fix: fixing(
              settings.set("enable.auto.offset.store", "false"),
              ", and store offsets after processing",
            ),
          },
        ];
      }),
  },
  {
    id: "librdkafka-never-commits",
    severity: "error",
    title: "auto commit without an interval",
    source:
      'librdkafka: auto.commit.interval.ms, "0 = disable" (CONFIGURATION.md); rd_kafka_cgrp_new starts the ' +
      "timer only above 0 (rdkafka_cgrp.c)",
    check: (facts) =>
      clientsOf(facts, "librdkafka", "consumer").flatMap(({ settings }): Problem[] => {
        if (!settings.isTrue("enable.auto.commit") || settings.number("auto.commit.interval.ms") !== 0)
          return [];
        return [
          {
            settings: [settings.of("auto.commit.interval.ms"), settings.of("enable.auto.commit")],
            happens:
              "0 switches the automatic commits off, which it does not in Kafka's own client: offsets are " +
              "committed only in a rebalance and when the consumer is closed; after a kill all " +
              "since then is read again.",
            fix: settings.set("auto.commit.interval.ms", "5000"),
          },
        ];
      }),
  },
];
