// Keys that Spring Boot does not bind where they stand, and beans that make the file moot.

import type { SpringKey } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { JAVA_COMMON, JAVA_CONSUMER, JAVA_PRODUCER } from "../known/java-names.ts";
import { canonical, FIELD_OF, isBound } from "../known/spring.ts";
import type { Setting } from "../setting.ts";

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
    check: ({ spring }) =>
      spring
        .filter(({ path }) => !isBound(path.slice(PREFIX.length)))
        .map((key): Problem => {
          const place = placeFor(key.path.slice(PREFIX.length));
          const property = place?.property;
          const effect =
            property === undefined
              ? "it has no effect."
              : `${property} keeps its default, whatever is written here.`;
          return {
            settings: [settingOf(key)],
            happens: `Spring Boot does not bind ${key.path} and silently ignores it: ${effect}`,
            fix: place === null ? `remove ${key.path}` : `${place.path}: ${key.value}`,
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
        const own = keys.find(({ path }) => path.startsWith(`${PREFIX}${role}.`)) ?? keys[0];
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
                `This ${bean.what} replaces Spring Boot's auto-configured one, so the ${role} ignores ` +
                `${own.location.file}: neither ${own.path} nor any other setting there applies.`,
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
  {
    id: "spring-ack-mode-without-effect",
    severity: "warning",
    title: "the listener's ack mode has no effect",
    source: "Spring for Apache Kafka: KafkaMessageListenerContainer (determineAutoCommit, doProcessCommits)",
    check: (facts) =>
      facts.clients
        .filter(({ isSpring, role }) => isSpring && role === "consumer")
        .flatMap(({ settings }): Problem[] => {
          const mode = facts.spring.find(
            ({ path }) => canonical(path) === canonical("spring.kafka.listener.ack-mode"),
          );
          const auto = settings.given.get("enable.auto.commit");
          if (
            mode === undefined ||
            auto?.value.toLowerCase() !== "true" ||
            canonical(mode.value) === "record"
          )
            return [];
          const [basis, fix] = [[auto, settingOf(mode)], settings.spell("enable.auto.commit", "false")];
          if (canonical(mode.value).startsWith("manual"))
            return [
              {
                settings: basis,
                severity: "error",
                happens:
                  'No listener starts: "Consumer cannot be configured for auto commit for ackMode ' +
                  `${mode.value.toUpperCase().replaceAll("-", "_")}".`,
                fix,
              },
            ];
          return [
            {
              settings: basis,
              happens:
                "The client auto-commits (auto.commit.interval.ms, 5 s by default), so ack-mode " +
                `${mode.value} commits nothing: a killed consumer repeats the records since the last ` +
                "auto-commit.",
              fix,
            },
          ];
        }),
  },
];

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
