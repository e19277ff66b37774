// Values that keep a program from starting: by types and ranges of Kafka's definitions, and by Spring Boot's.

import { entriesOf, readBootstrap, refusalOf, topicNameFault } from "../../../kafka/mod.ts";
import type { Client, Facts } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { type Fix, fixing } from "../fix.ts";
import { settingFor } from "../known/clients.ts";
import { mapKeyOf } from "../known/spring.ts";
import { isOpen, listOf, type Setting, type Settings } from "../setting.ts";
import { FACTOR, fitting, MIN } from "./replica-fixes.ts";

/** A rule of its own tells of these. */
const ELSEWHERE: ReadonlySet<string> = new Set(["controller.quorum.voters"]);

export const refusedRules: readonly Rule[] = [
  {
    id: "refused-value",
    severity: "error",
    title: "an invalid value",
    source:
      "Kafka: ConfigDef.parseType and its validators, by the definitions in the jars of 3.9.2 and 4.4.0 " +
      "(AbstractKafkaConfig, ProducerConfig, ConsumerConfig, AdminClientConfig, DistributedConfig, " +
      "StandaloneConfig, SinkConnectorConfig, SourceConnectorConfig, StreamsConfig); " +
      "Spring Boot: DurationStyle, DataSize",
    check: (facts) => [
      ...(facts.cluster?.nodes ?? []).flatMap(({ name, settings }) =>
        problemsOf(settings).map((problem) => ({ ...problem, node: name })),
      ),
      ...[...facts.workers, ...facts.connectors, ...facts.applications, ...facts.clients].flatMap(
        ({ settings }) => problemsOf(settings),
      ),
      ...facts.clients.filter(({ kind }) => kind !== "java").flatMap(addressProblems),
      ...adminProblems(facts),
    ],
  },
  {
    id: "topic-name",
    severity: "error",
    title: "an invalid topic name",
    source: "Kafka: Topic.validate (InvalidTopicException)",
    check: (facts) =>
      topicsOf(facts).flatMap((setting): Problem[] => {
        const name = listOf(setting.value).find((one) => topicNameFault(one) !== undefined);
        if (name === undefined || isOpen(setting.value)) return [];
        const fault = topicNameFault(name);
        return [
          {
            settings: [setting],
            happens: `No broker creates this topic: "Topic name is invalid: ${fault}".`,
            fix: `a name of up to 249 letters, digits, ".", "_" and "-", such as ${suggested(name)}`,
          },
        ];
      }),
  },
];

function problemsOf(all: Settings): Problem[] {
  const { label, refused } = all;
  return refused
    .filter(({ setting }) => !ELSEWHERE.has(setting.key))
    .map(({ setting, refusedBy, reason, allowed, standard }) => ({
      settings: [setting],
      happens:
        refusedBy === "Kafka"
          ? `${label} does not work: ${quoted(reason)}.`
          : `The application does not start: ${quoted(reason)}.`,
      fix:
        standard === null || standard === ""
          ? `allowed: ${allowed}`
          : fixing(wanted(all, setting.key, standard), ` is the default; allowed is ${allowed}`),
    }));
}

/** The default; for what has to fit the replicas, what fits. */
function wanted(all: Settings, key: string, standard: string): Fix {
  if (key !== MIN) return all.set(key, standard);
  const factor = all.number(FACTOR);
  return all.set(key, Number.isNaN(factor) ? standard : String(fitting(Number(standard), factor)));
}

/** Spring's admin client is no client of a file's own, so only what its map says is looked at. */
function adminProblems({ spring }: Facts): Problem[] {
  return spring.flatMap(({ path, value, location }): Problem[] => {
    const rest = path.slice("spring.kafka.".length);
    const name = rest.startsWith("admin.") ? mapKeyOf(rest) : null;
    const refusal = name === null || isOpen(value) ? undefined : refusalOf("admin", name, value, null);
    if (name === null || refusal === undefined) return [];
    const setting: Setting = { key: name, written: path, value, origin: "file", location };
    return [
      {
        settings: [setting],
        happens: `the admin client does not work: ${quoted(refusal.reason)}.`,
        fix: `allowed: ${refusal.allowed}`,
      },
    ];
  });
}

/** Other clients have no ConfigDefs, but ports end at 65535 for them, too. */
function addressProblems(client: Client): Problem[] {
  const setting = settingFor(client, "bootstrap");
  const { label } = client.settings;
  if (setting === null || isOpen(setting.value)) return [];
  const fault = entriesOf(setting.value)
    .filter((entry) => /:-?\d+$/.test(entry))
    .map(readBootstrap)
    .flatMap((read) => ("fault" in read ? [read.fault] : []))[0];
  if (fault === undefined) return [];
  return [
    {
      settings: [setting],
      happens: `${label} cannot connect: ${fault.replace("bootstrap.servers", setting.written)}.`,
      fix: "allowed: host:port,… with ports from 0 to 65535",
    },
  ];
}

/** What a program says, in quotes; what it does silently is described. */
function quoted(reason: string): string {
  return reason.startsWith("Kafka takes") ? reason : `"${reason.replace(/\.$/, "")}"`;
}

function topicsOf({ topics, clients }: Facts): Setting[] {
  const kafkajs = clients
    .filter(({ kind }) => kind === "kafkajs")
    .flatMap(({ settings }) => ["topic", "topics"].flatMap((key) => settings.given.get(key) ?? []));
  return [...topics, ...kafkajs];
}

function suggested(name: string): string {
  return name
    .replace(/[^\w.-]+/g, "-")
    .slice(0, 249)
    .replace(/^(\.{1,2})?$/, "my-topic");
}
