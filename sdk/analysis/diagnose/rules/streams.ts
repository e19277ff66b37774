// Applications of Kafka Streams: what they need to start, and their own topics.

import { topicNameFault } from "../../../kafka/mod.ts";
import type { Application, Facts } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { fixing, fixingAll } from "../fix.ts";
import { NOT_CONFIGURABLE } from "../known/streams.ts";
import { givenTo, isExactlyOnce, PREFIXES } from "../read/streams.ts";
import { isOpen, type Setting } from "../setting.ts";
import { aboveBrokers, brokersIn, hasSeveralBrokers } from "./replicas-of-others.ts";
import { lacking } from "./required.ts";
import { list } from "./words.ts";
import { best } from "./replica-fixes.ts";

const FACTOR = "replication.factor";
const STREAMS =
  "Kafka: StreamsConfig (NON_CONFIGURABLE_CONSUMER_DEFAULT_CONFIGS and the like), tried with 3.9.2 and 4.4.0";

/** A problem for each application for which the function finds one. */
export function eachApplication(facts: Facts, find: (application: Application) => Problem | null): Problem[] {
  return facts.applications.flatMap((application) => {
    const problem = find(application);
    return problem === null ? [] : [{ ...problem, node: application.name }];
  });
}

export const streamsRules: readonly Rule[] = [
  {
    id: "streams-missing-setting",
    severity: "error",
    title: "an application of Kafka Streams lacks a setting without a default",
    source:
      'Kafka: ConfigDef.parseValue, "Missing required configuration"; StreamsConfig, ' +
      "tried with 3.9.2 and 4.4.0",
    check: (facts) => eachApplication(facts, missing),
  },
  {
    id: "streams-application-id",
    severity: "error",
    title: "the application id is not part of a valid topic name",
    source:
      "Kafka: InternalTopicManager creates APPLICATION_ID-STORE-changelog; Topic.validate " +
      "(InvalidTopicException)",
    check: (facts) =>
      eachApplication(facts, ({ settings }) => {
        const id = settings.given.get("application.id");
        const fault = id === undefined || isOpen(id.value) ? undefined : topicNameFault(`${id.value}-x`);
        if (id === undefined || id.value === "" || fault === undefined) return null;
        return {
          settings: [id],
          happens:
            "The names of the application's own topics begin with it, and no broker creates " +
            `them: "${fault}".`,
          fix: settings.set("application.id", id.value.replace(/[^\w.-]+/g, "-").slice(0, 200)),
        };
      }),
  },
  {
    id: "streams-replicas-above-brokers",
    severity: "error",
    title: "Streams' own topics want more replicas than there are brokers",
    source: 'Kafka: InternalTopicManager.makeReady, "Could not create topic …" (StreamsException)',
    check: (facts) =>
      eachApplication(facts, ({ settings }) => {
        const [factor] = aboveBrokers(facts, settings, [FACTOR]);
        if (factor === undefined) return null;
        return {
          settings: [factor],
          happens:
            `The application stops: its changelog and repartition topics want ${factor.value} ` +
            "replicas, and there " +
            `${facts.cluster!.brokerCount === 1 ? "is" : "are"} ${brokersIn(facts)} ` +
            "(INVALID_REPLICATION_FACTOR).",
          fix: settings.set(FACTOR, String(best(facts))),
        };
      }),
  },
  {
    id: "streams-topic-one-replica",
    severity: "error",
    title: "Streams' own topics have one replica",
    source:
      "Kafka: replication.factor, default -1: the brokers' default.replication.factor (StreamsConfig, " +
      "KIP-733)",
    check: (facts) =>
      eachApplication(facts, ({ settings }) => {
        const factor = settings.of(FACTOR);
        if (settings.number(FACTOR) !== 1 || !hasSeveralBrokers(facts, settings)) return null;
        return {
          settings: [factor],
          happens:
            "Changelog and repartition topics have one replica although there are several brokers: " +
            "while the " +
            "broker of one is down, the application's tasks that need it stand still; if its disk is " +
            "lost, so is " +
            "the state of the stores.",
          fix: fixing(settings.set(FACTOR, String(best(facts))), ", before the topics are created"),
        };
      }),
  },
  {
    id: "streams-ignored-setting",
    severity: "warning",
    title: "Streams ignores a setting of its clients",
    source: STREAMS,
    check: (facts) => eachApplication(facts, ignored),
  },
];

function missing({ name, settings, isSpring }: Application): Problem | null {
  // Spring Boot has a bootstrap list of its own, and its profiles' files are not all here
  if (isSpring) return null;
  const examples: Readonly<Record<string, string>> = {
    "application.id": "my-app",
    "bootstrap.servers": "HOST:PORT",
  };
  return lacking(name, settings, Object.keys(examples), (key) => examples[key]!);
}

/** What Streams' own value of a setting is, where it has one. */
const OWN: Readonly<Record<string, string>> = {
  "enable.auto.commit": "false",
  "isolation.level": "read_committed",
  "enable.idempotence": "true",
};

function ignored(application: Application): Problem | null {
  const { settings } = application;
  const exactlyOnce = isExactlyOnce(application);
  const found = (["consumer", "producer"] as const).flatMap((role): Setting[] =>
    givenTo(role, [...settings.given.values()]).filter(({ key, value }) => {
      const when = NOT_CONFIGURABLE[role][key];
      const isIgnored = when === "always" || (when === "exactly-once" && exactlyOnce);
      return isIgnored && !isOpen(value) && value.trim().toLowerCase() !== OWN[key];
    }),
  );
  // main.consumer. is put over Streams' own values, and nothing looks at it
  const seen = found.filter(({ written }) => !written.startsWith(PREFIXES.consumer[1]!));
  const [first] = seen;
  if (first === undefined) return null;
  return {
    settings: seen,
    happens:
      `Streams sets ${list([...new Set(seen.map(({ key }) => key))])} itself` +
      `${exactlyOnce ? " with exactly-once processing" : ""}, and ignores the value with a line in the log.`,
    fix: fixingAll([...new Set(seen.map(({ written }) => written))].map((key) => settings.remove(key))),
  };
}
