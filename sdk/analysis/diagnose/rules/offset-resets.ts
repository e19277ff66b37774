// Where a group goes on whose offset is not there: a new group, a new partition, expired offsets.

import type { Client, Facts, Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { settingFor } from "../known/clients.ts";
import type { Setting } from "../setting.ts";
import { consumers, eachConsumer, isOfConnect, msOf } from "./consumers.ts";
import { onEvery, settingOf, time } from "./words.ts";

const RETENTION = "offsets.retention.minutes";
const DAY_MIN = 1440;
/** Long enough for records that are kept for good. */
const YEAR_MIN = 525_600;

export const offsetResetRules: readonly Rule[] = [
  {
    id: "offset-reset-none",
    severity: "note",
    title: "a consumer without an offset fails",
    source:
      "Kafka: auto.offset.reset=none (ConsumerConfig.java): NoOffsetForPartitionException; librdkafka: " +
      'error, and "Invalid value" for none, tried with 2.16',
    check: (facts) => eachConsumer(facts, failing),
  },
  {
    id: "offset-reset-new-partitions",
    severity: "note",
    title: "the first records of a new partition are skipped",
    source:
      "Kafka: auto.offset.reset=latest, metadata.max.age.ms (ConsumerConfig.java); KAFKA-12478, " +
      "KIP-842; librdkafka: topic.metadata.refresh.interval.ms",
    check: (facts) => eachConsumer(facts, skipping),
  },
  {
    id: "offsets-expire-before-records",
    severity: "note",
    title: "a group's offsets expire before the records",
    source:
      "Kafka: offsets.retention.minutes, default 10080 (GroupCoordinatorConfig.java), counted from " +
      "when the group became empty (KIP-211); log.retention.* (ServerLogConfigs)",
    check: expiring,
  },
];

function failing(client: Client): Problem | null {
  const { kind, settings } = client;
  const reset = kind === "kafkajs" ? undefined : settings.given.get("auto.offset.reset");
  const value = reset?.value.trim().toLowerCase();
  if (reset === undefined) return null;
  if (kind === "librdkafka" && value === "none")
    return {
      settings: [reset],
      severity: "error",
      happens: 'The consumer does not start: "Invalid value "none""; librdkafka calls it error.',
      fix: settings.set("auto.offset.reset", "earliest"),
    };
  if (value !== (kind === "java" ? "none" : "error")) return null;
  return {
    settings: [reset],
    happens: `A new group has no offsets, nor has a partition that is added to a topic: ${
      kind === "java" ? "poll() throws NoOffsetForPartitionException" : "the consumer gets _AUTO_OFFSET_RESET"
    }, and the program has to set each position itself.`,
    fix: settings.set("auto.offset.reset", "earliest"),
  };
}

function skipping(client: Client): Problem | null {
  const { kind, settings } = client;
  const reset = settingFor(client, "offsetReset")!;
  const isLatest = /^(latest|largest|end)$/i.test(reset.value.trim());
  // kafkajs and whoever says nothing have it by default, which is no decision
  if (reset.origin === "default" || kind === "kafkajs" || !isLatest || isOfConnect(client)) return null;
  const age = settingFor(client, "metadataAge")!;
  return {
    settings: [reset, age],
    happens:
      `When a topic gets more partitions, the consumer learns of them up to ${time(msOf(age))} later ` +
      `(${age.key}) and begins at their end: what was written to them until then is skipped silently.`,
    fix: settings.set(reset.key, "earliest"),
  };
}

function expiring(facts: Facts): Problem[] {
  const brokers = (facts.cluster?.brokers ?? []).flatMap((node) => {
    const [offsets, records] = [node.settings.number(RETENTION), recordsKept(node)];
    return records !== null && offsets < Math.min(records.minutes, YEAR_MIN)
      ? [{ node, offsets, records }]
      : [];
  });
  const [first] = brokers;
  if (first === undefined) return [];
  const { offsets, records } = first;
  const nodes = brokers.map(({ node }) => node);
  const reset = consumers(facts)
    .map((client) => settingFor(client, "offsetReset")!)
    .find(({ value }) => /^(latest|largest|end|false)$/i.test(value.trim()));
  const kept = records.minutes === Infinity ? "for good" : `for ${span(records.minutes)}`;
  return [
    {
      settings: [
        ...settingOf(nodes, RETENTION),
        ...(records.setting.origin === "default" ? [] : [records.setting]),
        ...(reset === undefined ? [] : [reset]),
      ],
      // a night or a weekend without consumers is no rare event
      ...(offsets < DAY_MIN && { severity: "warning" }),
      happens:
        `A group without members loses its offsets after ${span(offsets)}, and records are kept ` +
        `${kept}: a consumer that comes back later continues by auto.offset.reset, so that it skips ` +
        "what it has not read (latest) or reads everything again (earliest).",
      fix: onEvery(nodes, RETENTION, Math.min(YEAR_MIN, Math.ceil(records.minutes))),
    },
  ];
}

/** How long a broker keeps records by default; null where the file says something that is not known. */
function recordsKept({ settings }: Node): { minutes: number; setting: Setting } | null {
  const given = settings.given.get("log.retention.ms") ?? settings.given.get("log.retention.minutes");
  const setting = given ?? settings.of("log.retention.hours");
  const amount = settings.number(setting.key);
  const unit = { "log.retention.ms": 1 / 60_000, "log.retention.minutes": 1 }[setting.key] ?? 60;
  if (Number.isNaN(amount)) return null;
  return { minutes: amount < 0 ? Infinity : amount * unit, setting };
}

function span(minutes: number): string {
  if (minutes % DAY_MIN === 0) return `${minutes / DAY_MIN} d`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.round(minutes)} min`;
}
