// Settings that are probably misspelt.

import type { Client } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import type { Fix } from "../fix.ts";
import { BROKER_NAMES } from "../known/broker-names.ts";
import { JAVA_COMMON, JAVA_CONSUMER, JAVA_PRODUCER } from "../known/java-names.ts";
import { isOpen, type Setting } from "../setting.ts";
import { clientsOf, isSetRightly, JAVA, nearest, onceAFile } from "./names.ts";

export const misspeltBrokerRules: readonly Rule[] = [
  {
    id: "misspelt-broker-setting",
    severity: "warning",
    title: "an unknown broker setting",
    source: "Kafka: AbstractConfig.logUnused; what is in no ConfigDef is dropped with a warning in the log",
    check: ({ cluster }) =>
      (cluster?.nodes ?? []).flatMap(({ name, settings }) =>
        [...settings.given.values()].flatMap((setting): Problem[] => {
          const near =
            BROKER_NAMES.has(setting.key) || setting.origin !== "file"
              ? null
              : nearest(setting.key, BROKER_NAMES);
          // what is set under its right name, too, has its effect
          if (near === null || isSetRightly(settings, near)) return [];
          return [
            {
              node: name,
              settings: [setting],
              happens: `Kafka has no setting ${setting.key} and ignores it, so ${near} keeps its default.`,
              fix: settings.rename(setting.key, near),
            },
          ];
        }),
      ),
  },
];

/** The setting in the other client's section of an application file. */
function inSection({ written, location }: Setting, role: Client["role"]): Fix {
  const key = written.replace(`.${role}.`, role === "producer" ? ".consumer." : ".producer.");
  const place = { ...location, service: null };
  return {
    text: key,
    edits: [{ action: "rename", ...place, key: written, to: key }],
  };
}

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
                      fix: inSection(setting, role),
                    },
                  ]
                : [];
            }
            const near = isOpen(setting.key) ? null : nearest(setting.key, JAVA);
            return near === null || isSetRightly(settings, near)
              ? []
              : [
                  {
                    settings: [setting],
                    happens:
                      `Kafka's client has no setting ${setting.key} and ignores it with a warning, so ` +
                      `${near} keeps its default.`,
                    fix: settings.rename(setting.key, near),
                  },
                ];
          }),
        ),
      ),
  },
];
