// Settings that are probably misspelt.

import type { Problem, Rule } from "../finding.ts";
import { BROKER_NAMES } from "../known/broker-names.ts";
import { JAVA_COMMON, JAVA_CONSUMER, JAVA_PRODUCER } from "../known/java-names.ts";
import { isOpen } from "../setting.ts";
import { clientsOf, JAVA, nearest, onceAFile } from "./names.ts";

export const misspeltBrokerRules: readonly Rule[] = [
  {
    id: "misspelt-broker-setting",
    severity: "warning",
    title: "an unknown broker setting",
    source: "Kafka: AbstractConfig.logUnused; what is in no ConfigDef is dropped with a warning in the log",
    check: ({ cluster }) =>
      (cluster?.nodes ?? []).flatMap(({ settings }) =>
        [...settings.given.values()].flatMap((setting): Problem[] => {
          const near =
            BROKER_NAMES.has(setting.key) || setting.origin !== "file"
              ? null
              : nearest(setting.key, BROKER_NAMES);
          if (near === null) return [];
          return [
            {
              settings: [setting],
              happens: `Kafka has no setting ${setting.key} and ignores it, so ${near} keeps its default.`,
              fix: settings.spell(near, setting.value),
            },
          ];
        }),
      ),
  },
];

export const misspeltClientRules: readonly Rule[] = [
  {
    id: "misspelt-client-setting",
    severity: "warning",
    title: "an unknown client setting",
    source: 'Kafka: AbstractConfig.logUnused, "configurations … were supplied but are not used yet"',
    check: (facts) =>
      onceAFile(
        clientsOf(facts, "java").flatMap(({ settings, role }) =>
          [...settings.given.values()].flatMap((setting): Problem[] => {
            const own = role === "producer" ? JAVA_PRODUCER : JAVA_CONSUMER;
            if (JAVA.has(setting.key)) {
              const isOther =
                setting.written.includes(`.${role}.`) &&
                !JAVA_COMMON.has(setting.key) &&
                !own.has(setting.key);
              return isOther
                ? [
                    {
                      settings: [setting],
                      happens:
                        `${setting.key} is a setting of a ` +
                        `${role === "producer" ? "consumer" : "producer"}; here it has no effect.`,
                      fix: setting.written.replace(
                        `.${role}.`,
                        role === "producer" ? ".consumer." : ".producer.",
                      ),
                    },
                  ]
                : [];
            }
            const near = isOpen(setting.key) ? null : nearest(setting.key, JAVA);
            return near === null
              ? []
              : [
                  {
                    settings: [setting],
                    happens:
                      `Kafka's client has no setting ${setting.key} and ignores it with a warning, so ` +
                      `${near} keeps its default.`,
                    fix: settings.spell(near, setting.value),
                  },
                ];
          }),
        ),
      ),
  },
];
