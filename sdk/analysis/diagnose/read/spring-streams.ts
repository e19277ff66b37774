// The application of Kafka Streams that Spring Boot configures. Sources:
// KafkaProperties.buildStreamsProperties
// (what is common, then the section `streams`, whose `properties` override);
// KafkaStreamsAnnotationDrivenConfiguration (spring.application.name in place of an id).

import type { SpringKey } from "../facts.ts";
import { canonical, mapKeyOf } from "../known/spring.ts";
import { listOf, type Setting, type SettingsOwner } from "../setting.ts";
import { applicationOf, type ReadApplication } from "./streams.ts";

const FIELDS: Readonly<Record<string, string>> = {
  "application-id": "application.id",
  "bootstrap-servers": "bootstrap.servers",
  "client-id": "client.id",
  "replication-factor": "replication.factor",
  "state-dir": "state.dir",
};

/** The fields that are read. */
export const STREAMS_FIELDS: readonly string[] = Object.keys(FIELDS);

const PROPERTY_OF = new Map(Object.entries(FIELDS).map(([field, property]) => [canonical(field), property]));
const SECTION = "spring.kafka.streams.";

/**
 * The application of these keys; null where none is of `spring.kafka.streams`. `name` is the whole
 * application's.
 */
export function applicationOfSpring(
  keys: readonly SpringKey[],
  name: SpringKey | undefined,
  owner: SettingsOwner = {},
): ReadApplication | null {
  const first = keys.find(({ path }) => path.startsWith(SECTION));
  if (first === undefined) return null;
  const isVariable = first.written !== undefined;
  const isLine = isVariable || /\.properties$/i.test(first.location.file);
  const spellKey = (key: string): string => {
    const field = Object.entries(FIELDS).find(([, property]) => property === key)?.[0];
    const path = `${SECTION}${field ?? `properties.${key}`}`;
    return isVariable ? path.replace(/-/g, "").replace(/\./g, "_").toUpperCase() : path;
  };
  return applicationOf({
    name: first.location.file,
    given: [
      ...(name === undefined ? [] : [settingAt("application.id", name)]),
      ...ofSection(keys, "spring.kafka."),
      ...ofSection(keys, SECTION),
    ],
    location: first.location,
    kafka: "",
    isSpring: true,
    owner,
    spellKey,
    spell: (written, value) => `${written}${isLine ? "=" : ": "}${value}`,
  });
}

function ofSection(keys: readonly SpringKey[], section: string): Setting[] {
  const found = keys.filter(({ path }) => path.startsWith(section));
  const fields = found.flatMap((key) => {
    const property = PROPERTY_OF.get(canonical(key.path.slice(section.length)));
    return property === undefined
      ? []
      : [settingAt(property, { ...key, value: listOf(key.value).join(",") })];
  });
  const maps = found.flatMap((key) => {
    const rest = key.path.slice(section.length);
    const property = rest.startsWith("properties") ? mapKeyOf(rest) : null;
    return property === null ? [] : [settingAt(property, key)];
  });
  return [...fields, ...maps];
}

function settingAt(key: string, { path, written = path, value, location }: SpringKey): Setting {
  return { key, written, value, origin: "file", location };
}
