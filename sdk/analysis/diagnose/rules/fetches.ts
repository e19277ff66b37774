// How much a fetch may bring, and how long it waits, against what the brokers hold and the client allows.

import type { Client, Facts } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { fixingAll } from "../fix.ts";
import { eachConsumer, givenFirst, isUnknown } from "./consumers.ts";
import { clientsOf } from "./names.ts";
import { says, settingOf, time } from "./words.ts";

const LIMIT = "message.max.bytes";
/** What a record batch of 1 MiB takes in the log, so that Kafka's own defaults fit each other. */
const OVERHEAD = 12;
const FRAMING = 512;

export const fetchRules: readonly Rule[] = [
  {
    id: "fetch-limit-below-records",
    severity: "note",
    title: "a fetch may bring less than one record",
    source:
      "Kafka: max.partition.fetch.bytes, fetch.max.bytes, message.max.bytes: the first batch of a " +
      "fetch comes whole (KIP-74); kafkajs: maxBytesPerPartition, maxBytes",
    check: (facts) => eachConsumer(facts, (client) => tooLittle(facts, client)),
  },
  {
    id: "librdkafka-fetch-limits",
    severity: "error",
    title: "librdkafka's limits of a fetch contradict each other",
    source: "librdkafka: rd_kafka_conf_finalize, rd_kafka_conf_warn (rdkafka_conf.c), tried with 2.16",
    check: (facts) => clientsOf(facts, "librdkafka", "consumer").flatMap(contradicting),
  },
];

function tooLittle(facts: Facts, client: Client): Problem | null {
  const keys: readonly string[] =
    client.kind === "kafkajs"
      ? ["maxBytesPerPartition", "maxBytes"]
      : client.kind === "java"
        ? ["max.partition.fetch.bytes", "fetch.max.bytes"]
        : ["max.partition.fetch.bytes"];
  const brokers = facts.cluster?.brokers.slice(0, 1) ?? [];
  const most = brokers[0]?.settings.number(LIMIT) ?? 1_048_588;
  const found = keys
    .flatMap((key) => client.settings.given.get(key) ?? [])
    .filter((setting) => !isUnknown(setting) && client.settings.number(setting.key) + OVERHEAD < most);
  const [first] = found;
  if (first === undefined) return null;
  return {
    settings: [...found, ...settingOf(brokers, LIMIT)],
    happens:
      `Brokers take records of up to ${most} bytes (${LIMIT}), more than ${says(first)}. They are read ` +
      "nevertheless, but each such batch comes alone: the fetch brings nothing else of the partition, " +
      "and nothing of the others.",
    fix: fixingAll(found.map(({ key }) => client.settings.set(key, String(Math.max(most, 1_048_576))))),
  };
}

function contradicting({ settings }: Client): Problem[] {
  const number = (key: string): number => settings.number(key);
  const isGiven = (key: string): boolean => settings.given.has(key);
  const pair = (a: string, b: string): Problem["settings"] => givenFirst(settings.of(a), settings.of(b));
  if (isGiven("fetch.max.bytes") && number("fetch.max.bytes") < number(LIMIT))
    return [
      {
        settings: pair("fetch.max.bytes", LIMIT),
        happens:
          `The consumer does not start: ${says(settings.of("fetch.max.bytes"))} must be at least ` +
          `${says(settings.of(LIMIT))}.`,
        fix: settings.set("fetch.max.bytes", String(Math.max(52_428_800, number(LIMIT)))),
      },
    ];
  if (
    isGiven("receive.message.max.bytes") &&
    number("receive.message.max.bytes") < number("fetch.max.bytes") + FRAMING
  )
    return [
      {
        settings: pair("receive.message.max.bytes", "fetch.max.bytes"),
        happens:
          `The consumer does not start: ${says(settings.of("receive.message.max.bytes"))} must be at ` +
          `least ${says(settings.of("fetch.max.bytes"))} plus ${FRAMING}.`,
        fix: settings.set(
          "receive.message.max.bytes",
          String(Math.max(100_000_000, number("fetch.max.bytes") + FRAMING)),
        ),
      },
    ];
  if (!(number("fetch.wait.max.ms") + 1000 > number("socket.timeout.ms"))) return [];
  return [
    {
      settings: pair("fetch.wait.max.ms", "socket.timeout.ms"),
      severity: "warning",
      happens:
        `On a quiet topic the broker answers a fetch after ${time(number("fetch.wait.max.ms"))}, and ` +
        `socket.timeout.ms is ${time(number("socket.timeout.ms"))}: requests behind the fetch time ` +
        "out, and the consumer disconnects from a healthy broker.",
      fix: isGiven("fetch.wait.max.ms")
        ? settings.set("fetch.wait.max.ms", "500")
        : settings.set("socket.timeout.ms", "60000"),
    },
  ];
}
