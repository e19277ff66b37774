// Keys that Spring Boot does not bind where they stand, and beans that make the file moot.

import type { Facts, SpringKey } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import type { Fix } from "../fix.ts";
import { JAVA_COMMON, JAVA_CONSUMER, JAVA_PRODUCER } from "../known/java-names.ts";
import { canonical, FIELD_OF, isBound } from "../known/spring.ts";
import { isOpen, numberOf, type Setting } from "../setting.ts";
import { SHORT_POLL_MS } from "./rebalances.ts";
import { boundOf } from "./sessions.ts";
import { list, time } from "./words.ts";

const BINDING =
  "Spring Boot: KafkaProperties.java (2.7.18 to 4.1.1); unknown keys are dropped: " +
  "@ConfigurationProperties(ignoreUnknownFields = true)";
const PREFIX = "spring.kafka.";

function settingOf({ path, value, location }: SpringKey): Setting {
  return { key: path, written: path, value, origin: "file", location };
}

export const springRules: readonly Rule[] = [
  {
    id: "spring-ignored-key",
    severity: "error",
    title: "Spring Boot does not bind this key",
    source: BINDING,
    check: (facts) =>
      facts.spring
        .filter(({ path }) => !isBound(path.slice(PREFIX.length)))
        .map((key): Problem => {
          const place = placeFor(key.path.slice(PREFIX.length));
          const property = place?.property;
          const harm = property === undefined ? null : harmOf(facts, property, numberOf(key.value));
          const effect =
            property === undefined
              ? "it has no effect."
              : `${property} keeps its default, whatever is written here.`;
          return {
            settings: [settingOf(key)],
            happens:
              `Spring Boot does not bind ${key.path} and silently ignores it: ${effect}` +
              `${harm === null ? "" : ` Bound, ${harm}`}`,
            // a value that would do harm is not given an effect
            fix: movedTo(key, harm === null ? place : null),
          };
        }),
  },
  {
    id: "spring-own-factory",
    severity: "warning",
    title: "a factory of the application replaces Spring Boot's",
    source:
      "Spring Boot: KafkaAutoConfiguration: kafkaTemplate, kafkaProducerFactory and " +
      "kafkaConsumerFactory are @ConditionalOnMissingBean",
    check: (facts) =>
      (["producer", "consumer"] as const).flatMap((role): Problem[] => {
        const keys = facts.spring.filter(
          ({ path }) =>
            path.startsWith(`${PREFIX}${role}.`) ||
            /^spring\.kafka\.(bootstrap-?servers|properties)/i.test(path),
        );
        const bean = facts.beans.find((one) => one.role === role && !one.usesSpringsProperties);
        const read = new Set(bean?.reads.map(canonical));
        const unread = keys.filter(({ path }) => !read.has(canonical(path)));
        const own = unread.find(({ path }) => path.startsWith(`${PREFIX}${role}.`)) ?? unread[0];
        const used = keys.filter((key) => !unread.includes(key)).map(({ path }) => path);
        const build = `kafkaProperties.build${role === "producer" ? "Producer" : "Consumer"}Properties(null)`;
        if (bean !== undefined && own !== undefined) {
          const factory: Setting = {
            key: bean.what,
            written: `@Bean ${bean.what}`,
            value: "hand-made",
            origin: "file",
            location: bean.location,
          };
          return [
            {
              settings: [factory, settingOf(own)],
              happens:
                used.length === 0
                  ? `This ${bean.what} replaces Spring Boot's auto-configured one, so the ${role} ignores ` +
                    `${own.location.file}: neither ${own.path} nor any other setting there applies.`
                  : `This ${bean.what} replaces Spring Boot's auto-configured one. Of ` +
                    `${own.location.file} it reads ${list(used)}; ` +
                    `${list(unread.map(({ path }) => path))} ` +
                    `${unread.length === 1 ? "does" : "do"} not apply to the ${role}.`,
              fix: `remove the bean, or build its map from ${build}`,
            },
          ];
        }
        if (!facts.ownFactory || facts.beans.length > 0 || own === undefined) return [];
        return [
          {
            settings: [settingOf(own)],
            severity: "note",
            happens:
              "If the application defines its own " +
              `${role === "producer" ? "ProducerFactory or KafkaTemplate" : "ConsumerFactory"}, it ` +
              `replaces Spring Boot's, and the ${role} settings of this file do not apply. To check, ` +
              "also give the source file.",
            fix: `build the factory's map from ${build}`,
          },
        ];
      }),
  },
];

/** What a consumer's timeout would do if Spring Boot bound it; null where it may have an effect. */
function harmOf(facts: Facts, property: string, ms: number): string | null {
  if (property === "max.poll.interval.ms" && ms < SHORT_POLL_MS)
    return `it would remove a consumer from its group that takes ${time(ms)} between two polls.`;
  if (property !== "session.timeout.ms") return null;
  const min = boundOf(facts, "group.min.session.timeout.ms", 6000).ms;
  return ms < min
    ? `the brokers would reject every consumer: they allow no session below ${time(min)} ` +
        "(INVALID_SESSION_TIMEOUT)."
    : null;
}

/** The key under its right path, or nowhere; one that is a variable of a service is for the reader. */
function movedTo({ path, written, value, location }: SpringKey, place: PropertyPath | null): Fix {
  const at = { ...location, service: null };
  const text = place === null ? `remove ${path}` : `${place.path}: ${value}`;
  if (written !== undefined || isOpen(value)) return { text, edits: [] };
  return {
    text,
    edits: [
      place === null
        ? { action: "remove", ...at, key: path }
        : { action: "rename", ...at, key: path, to: place.path },
    ],
  };
}

interface PropertyPath {
  readonly path: string;
  readonly property: string;
}

/** Where a key that is not bound would be. */
function placeFor(rest: string): PropertyPath | null {
  const [, side, name = rest] =
    /^(producer|consumer|admin|streams|listener|template)\.(.*)$/.exec(rest) ?? [];
  const property = name.toLowerCase().replaceAll(/[-_]/g, ".");
  const isProducers = JAVA_PRODUCER.has(property);
  const isConsumers = JAVA_CONSUMER.has(property);
  if (!isProducers && !isConsumers && !JAVA_COMMON.has(property)) return null;
  const role = isProducers
    ? "producer"
    : isConsumers
      ? "consumer"
      : side === "producer" || side === "consumer"
        ? side
        : null;
  const field =
    role === null
      ? { "bootstrap.servers": "bootstrap-servers", "client.id": "client-id" }[property]
      : FIELD_OF[role][property];
  return {
    path: `${PREFIX}${role === null ? "" : `${role}.`}${field ?? `properties.${property}`}`,
    property,
  };
}
