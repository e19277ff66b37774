// Values that keep a program from starting: by the types and ranges of Kafka's own definitions, and by Spring Boot's.

import { refusalOf, topicNameFault } from "../../kafka/mod.ts";
import type { Facts } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { mapKeyOf } from "../known/spring.ts";
import { isOpen, listOf, type Setting, type Settings } from "../setting.ts";

/** A rule of its own tells of these. */
const ELSEWHERE: ReadonlySet<string> = new Set(["controller.quorum.voters"]);

export const refusedRules: readonly Rule[] = [
  {
    id: "refused-value",
    severity: "error",
    title: "a value that Kafka refuses",
    source:
      "Kafka: ConfigDef.parseType and its validators, by the definitions in the jars of 3.9.2 and 4.4.0 " +
      "(AbstractKafkaConfig, ProducerConfig, ConsumerConfig, AdminClientConfig)",
    check: (facts) => [
      ...(facts.cluster?.nodes ?? []).flatMap(({ settings }) => problemsOf(settings)),
      ...facts.clients.flatMap(({ settings }) => problemsOf(settings)),
      ...adminProblems(facts),
    ],
  },
  {
    id: "topic-name",
    severity: "error",
    title: "a topic's name that Kafka refuses",
    source: "Kafka: Topic.validate (InvalidTopicException)",
    check: (facts) =>
      topicsOf(facts).flatMap((setting): Problem[] => {
        const name = listOf(setting.value).find((one) => topicNameFault(one) !== undefined);
        if (name === undefined || isOpen(setting.value)) return [];
        return [
          {
            at: [setting],
            happens: `No broker has this topic or creates it: "Topic name is invalid: ${topicNameFault(name)}".`,
            fix: `a name of up to 249 letters, digits, ".", "_" and "-", such as ${suggested(name)}`,
          },
        ];
      }),
  },
];

function problemsOf({ label, refused, spell }: Settings): Problem[] {
  return refused
    .filter(({ setting }) => !ELSEWHERE.has(setting.key))
    .map(({ setting, by, reason, allowed, standard }) => ({
      at: [setting],
      happens:
        by === "Kafka"
          ? `${label} does not work: "${reason}".`
          : `The application does not start: "${reason}".`,
      fix:
        standard === null || standard === ""
          ? `allowed is ${allowed}`
          : `${spell(setting.key, standard)} is the default; allowed is ${allowed}`,
    }));
}

/** Spring's admin client is no client of a file's own, so only what its map says is looked at. */
function adminProblems({ spring }: Facts): Problem[] {
  return spring.flatMap(({ path, value, at }): Problem[] => {
    const rest = path.slice("spring.kafka.".length);
    const name = rest.startsWith("admin.") ? mapKeyOf(rest) : null;
    const refusal = name === null || isOpen(value) ? undefined : refusalOf("admin", name, value, null);
    if (name === null || refusal === undefined) return [];
    const setting: Setting = { key: name, written: path, value, origin: "file", at };
    return [
      {
        at: [setting],
        happens: `the admin client does not work: "${refusal.reason}".`,
        fix: `allowed is ${refusal.allowed}`,
      },
    ];
  });
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
