// What Spring's listener containers make of a consumer: who commits, and how many threads there are.

import type { Client, Facts, SpringKey } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { canonical } from "../known/spring.ts";
import { numberOf, type Setting } from "../setting.ts";
import { isUnknown } from "./consumers.ts";
import { settingOf } from "./words.ts";

const CONTAINER = "Spring for Apache Kafka: KafkaMessageListenerContainer";

export const springListenerRules: readonly Rule[] = [
  {
    id: "spring-ack-mode-without-effect",
    severity: "warning",
    title: "the listener's ack mode has no effect",
    source: `${CONTAINER} (determineAckMode, determineAutoCommit, doProcessCommits)`,
    check: (facts) => listeners(facts).flatMap((client) => ackMode(facts, client)),
  },
  {
    id: "spring-record-ack-of-batches",
    severity: "error",
    title: "a batch listener cannot acknowledge records",
    source: `${CONTAINER}, "Cannot use AckMode.RECORD with a batch listener"`,
    check: ({ spring }) => {
      const [type, mode] = [keyOf(spring, "type"), keyOf(spring, "ack-mode")];
      if (type?.value.trim().toLowerCase() !== "batch" || mode?.value.trim().toLowerCase() !== "record")
        return [];
      return [
        {
          settings: [mode, type],
          happens: 'No listener starts: "Cannot use AckMode.RECORD with a batch listener".',
          fix: setTo(mode, "batch"),
        },
      ];
    },
  },
  {
    id: "spring-concurrency-above-partitions",
    severity: "note",
    title: "more consumers than a new topic has partitions",
    source:
      "Spring for Apache Kafka: ConcurrentMessageListenerContainer (one consumer for each thread); " +
      "Kafka: num.partitions, default 1 (ServerLogConfigs)",
    check: (facts) => {
      const concurrency = keyOf(facts.spring, "concurrency");
      const broker = facts.cluster?.brokers[0];
      if (concurrency === undefined || isUnknown(concurrency) || broker === undefined) return [];
      const [threads, partitions] = [numberOf(concurrency.value), broker.settings.number("num.partitions")];
      if (!(threads > partitions) || !broker.settings.isTrue("auto.create.topics.enable")) return [];
      const brokers = facts.cluster!.brokers;
      const one = partitions === 1 ? "one partition" : `${partitions} partitions`;
      return [
        {
          settings: [concurrency, ...settingOf(brokers, "num.partitions")],
          happens:
            `A topic that is created at its first use gets ${one}: of the ${threads} consumers of a ` +
            `listener ${threads - partitions} never ${threads - partitions === 1 ? "gets" : "get"} ` +
            "anything to read.",
          fix: setTo(concurrency, String(partitions)),
        },
      ];
    },
  },
];

function listeners({ clients }: Facts): readonly Client[] {
  return clients.filter(({ isSpring, role }) => isSpring && role === "consumer");
}

/** A key below spring.kafka.listener as a setting. */
function keyOf(spring: readonly SpringKey[], name: string): Setting | undefined {
  const key = spring.find(({ path }) => canonical(path) === canonical(`spring.kafka.listener.${name}`));
  if (key === undefined) return undefined;
  const { path, written = path, value, location } = key;
  return { key: path, written, value, origin: "file", location };
}

/** No client's setting, so that the edit is made here. */
function setTo({ written, location }: Setting, value: string): Problem["fix"] {
  const separator = location.file.endsWith(".properties") ? "=" : ": ";
  return {
    text: `${written}${separator}${value}`,
    edits: [{ action: "set", ...location, service: null, key: written, value }],
  };
}

function ackMode({ spring }: Facts, { settings }: Client): Problem[] {
  const [mode, async] = [keyOf(spring, "ack-mode"), keyOf(spring, "async-acks")];
  const auto = settings.given.get("enable.auto.commit");
  if (auto?.value.trim().toLowerCase() !== "true") return [];
  const isAsync = async?.value.trim().toLowerCase() === "true";
  const written = mode?.value.trim() ?? "batch";
  const isManual = canonical(written).startsWith("manual");
  if (!isManual && !isAsync && canonical(written) === "record") return [];
  const basis = [auto, ...(mode === undefined ? [] : [mode]), ...(isAsync ? [async!] : [])];
  const fix = settings.set("enable.auto.commit", "false");
  if (isManual || isAsync) {
    const effective = isManual ? written.toUpperCase().replaceAll("-", "_") : "MANUAL";
    return [
      {
        settings: basis,
        severity: "error",
        happens:
          'No listener starts: "Consumer cannot be configured for auto commit for ackMode ' +
          `${effective}"${isManual ? "" : " (async-acks makes it MANUAL)"}.`,
        fix,
      },
    ];
  }
  return [
    {
      settings: basis,
      ...(mode === undefined && { severity: "note" }),
      happens:
        "The client auto-commits (auto.commit.interval.ms, 5 s by default), so ack-mode " +
        `${written}${mode === undefined ? ", the default," : ""} commits nothing: a killed consumer ` +
        "repeats the records since the last auto-commit.",
      fix,
    },
  ];
}
