// The producer and the consumer that Spring Boot configures from application files. Source:
// KafkaProperties.buildProducerProperties, buildConsumerProperties: the `properties` maps override fields.

import type { Client, SpringKey } from "../facts.ts";
import { JAVA_DEFAULTS } from "../known/clients.ts";
import { MAX_YAML_DOCUMENTS } from "../../../runtime/limits.ts";
import { ALLOWED, canonical, converted, FIELD_OF, mapKeyOf, SHARED, typeOfField } from "../known/spring.ts";
import {
  isOpen,
  listOf,
  type Location,
  type RefusedSetting,
  type Setting,
  settings,
  type SettingsOwner,
} from "../setting.ts";
import { leavesOfYaml, type Leaf, type Text, unreadable } from "./flat.ts";
import { isEnvName } from "./kind.ts";
import { leavesOfProperties } from "./properties.ts";
import { applicationOfSpring } from "./spring-streams.ts";
import type { ReadApplication } from "./streams.ts";

/** The Kafka settings of application files. */
export interface ReadSpring {
  readonly keys: readonly SpringKey[];
  readonly clients: readonly Client[];
  readonly topics: readonly Setting[];
  readonly applications: readonly ReadApplication[];
  /** Every key of the files, also those that are the application's own. */
  readonly all: readonly SpringKey[];
}

/**
 * Reads application files, each overriding those before it; a document for a profile makes a variant.
 *
 * Values such as `${NAME:default}` are read as their default; without one they are unknown.
 */
export function readSpring(sources: readonly Text[]): ReadSpring {
  const read = sources.flatMap((source) =>
    /\.ya?ml$/i.test(source.file) ? leavesOfYaml(source, snakeYaml) : leavesOfSections(source),
  );
  const documents = read.map(kafkaKeys);
  const keys = documents.flatMap(({ keys }) => keys);
  const all = read.flat().map((leaf) => ({ ...leaf, value: resolved(leaf.value) }));
  if (keys.length === 0) return { keys: [], clients: [], topics: [], applications: [], all };
  const profiles = [
    ...new Set(documents.map(({ profile }) => profile).filter((profile) => profile !== null)),
  ];
  if (profiles.length > MAX_PROFILES)
    throw unreadable(sources[0]!.file, 1, `it has more than ${MAX_PROFILES} profiles`);
  const variants = profiles.length === 0 ? [null] : profiles;
  const location = { file: sources[0]!.file, line: 1, column: 1 };
  const keysOf = (variant: string | null): SpringKey[] =>
    documents.filter(({ profile }) => profile === null || profile === variant).flatMap(({ keys }) => keys);
  const clients = variants.flatMap((variant) =>
    (["producer", "consumer"] as const).map((role) => clientOf(role, keysOf(variant), location, variant)),
  );
  const name = all.find(({ path }) => path === "spring.application.name");
  const applications = variants.flatMap((variant) => applicationOfSpring(keysOf(variant), name) ?? []);
  const topics = keys
    .filter(({ path }) => canonical(path) === "spring.kafka.template.defaulttopic")
    .map(
      ({ path, value, location }): Setting => ({
        key: "topic",
        written: path,
        value,
        origin: "file",
        location,
      }),
    );
  return { keys, clients, topics, applications, all };
}

/** Each makes a producer and a consumer of its own. */
const MAX_PROFILES = 100;

interface SpringDocument {
  readonly profile: string | null;
  readonly keys: readonly SpringKey[];
}

function kafkaKeys(leaves: readonly Leaf[]): SpringDocument {
  const profile =
    leaves.find(({ path }) => /^spring\.(config\.activate\.on-profile|profiles)$/.test(path))?.value ?? null;
  const keys = leaves
    .filter(({ path }) => path.startsWith("spring.kafka."))
    .map(({ path, value, location }) => ({ path, value: resolved(value), location }));
  return { profile, keys: joined(keys) };
}

// In .properties a line `#---` separates documents.
function leavesOfSections({ file, text }: Text): Leaf[][] {
  const parts = text.split(/^[#!]---[ \t]*$/m);
  if (parts.length > MAX_YAML_DOCUMENTS)
    throw unreadable(file, 1, `it has more than ${MAX_YAML_DOCUMENTS} documents`);
  let line = 1;
  return parts.map((part) => {
    const leaves = leavesOfProperties({ file, text: part }, line);
    line += part.split("\n").length - 1;
    return leaves;
  });
}

// `bootstrap-servers[0]=…` in several lines is one list.
function joined(keys: readonly SpringKey[]): SpringKey[] {
  const result = new Map<string, SpringKey>();
  for (const key of keys) {
    const path = key.path.replace(/\[\d+\]$/, "");
    const before = result.get(path);
    result.set(
      path,
      before === undefined || path === key.path
        ? { ...key, path }
        : { ...before, value: `${before.value},${key.value}` },
    );
  }
  return [...result.values()];
}

function resolved(value: string): string {
  return value.replace(/\$\{[^:}]+:([^}]*)\}/g, "$1");
}

/** The client of a role that Spring Boot makes of these keys. */
export function clientOf(
  role: Client["role"],
  keys: readonly SpringKey[],
  file: Location,
  profile: string | null,
  owner: SettingsOwner = {},
): Client {
  const { given, refused } = clientSettings(role, keys);
  const section = keys.find(({ path }) => path.startsWith(`spring.kafka.${role}.`)) ?? keys[0];
  const isVariable = keys.some(({ written }) => written !== undefined);
  const { file: home } = section?.location ?? file;
  const separator = /\.properties$/i.test(home) || isEnvName(home) ? "=" : ": ";
  const spellKey = (key: string): string => {
    const path = `spring.kafka.${role}.${FIELD_OF[role][key] ?? `properties.${key}`}`;
    return isVariable ? path.replace(/-/g, "").replace(/\./g, "_").toUpperCase() : path;
  };
  return {
    kind: "java",
    role,
    isSpring: true,
    settings: settings({
      label: `the ${role}${profile === null ? "" : ` (profile ${profile})`}`,
      given,
      location: section?.location ?? file,
      // without a bootstrap list Spring's own default counts, not Kafka's
      defaults: { ...JAVA_DEFAULTS, "bootstrap.servers": "localhost:9092" },
      kind: role,
      refused,
      spellKey,
      ...owner,
      spell: (_, value, written) => `${written}${separator}${value}`,
    }),
  };
}

interface Given {
  given: Setting[];
  refused: RefusedSetting[];
}

/**
 * The settings that Spring hands to a client, later ones over earlier ones, and those that it cannot bind.
 */
function clientSettings(role: Client["role"], keys: readonly SpringKey[]): Given {
  const refused: RefusedSetting[] = [];
  const bind = (property: string, field: string, key: SpringKey): Setting[] => {
    const bound = boundField(property, field, key);
    if (!("reason" in bound)) return [bound];
    refused.push(bound);
    return [];
  };
  const named = byCanonical(keys);
  const ofFields = (section: string): Setting[] =>
    Object.entries(FIELD_OF[role]).flatMap(([property, field]) =>
      (named.get(canonical(`spring.kafka.${section}${field}`)) ?? []).flatMap((key) =>
        bind(property, field, key),
      ),
    );
  const shared = ofFields("").filter(({ key }) => SHARED.has(key));
  const commonMap = ofMap(keys, "");
  const fields = ofFields(`${role}.`);
  const polls = (role === "consumer" ? keys : [])
    .filter(({ path }) => canonical(path) === "spring.kafka.consumer.maxpollinterval")
    .flatMap((key) => bind("max.poll.interval.ms", "max-poll-interval", key));
  return { given: [...shared, ...commonMap, ...fields, ...polls, ...ofMap(keys, `${role}.`)], refused };
}

function settingAt(key: string, { path, written = path, value, location }: SpringKey): Setting {
  return { key, written, value, origin: "file", location };
}

/** A field as Spring converts it to its type, or why Spring cannot. */
function boundField(property: string, field: string, key: SpringKey): Setting | RefusedSetting {
  const type = typeOfField(field);
  if (type === undefined || isOpen(key.value))
    return settingAt(property, { ...key, value: listOf(key.value).join(",") });
  const value = converted(type, key.value);
  if (value !== undefined) return settingAt(property, { ...key, value });
  return {
    setting: settingAt(property, key),
    refusedBy: "Spring Boot",
    reason: `Failed to bind properties under '${key.path}': it cannot convert "${key.value}"`,
    allowed: ALLOWED[type],
    standard: null,
  };
}

/** What a `properties` map hands on. */
function ofMap(keys: readonly SpringKey[], section: string): Setting[] {
  return keys.flatMap((key) => {
    const rest = key.path.slice("spring.kafka.".length);
    const name = rest.startsWith(`${section}properties`) ? mapKeyOf(rest) : null;
    return name === null ? [] : [settingAt(name, key)];
  });
}

// SnakeYAML reads YAML 1.1, whose plain `yes` is true, `0x10` and `020` are 16, and `1_000` is 1000.
function snakeYaml(text: string): string {
  if (/^(yes|on|true)$/i.test(text)) return "true";
  if (/^(no|off|false)$/i.test(text)) return "false";
  if (/^[+-]?0[0-7_]+$/.test(text)) return String(Number.parseInt(text.replaceAll("_", ""), 8));
  return /^[+-]?[1-9][\d_]*$/.test(text) ? text.replaceAll("_", "").replace(/^\+/, "") : text;
}

function byCanonical(keys: readonly SpringKey[]): ReadonlyMap<string, readonly SpringKey[]> {
  const result = new Map<string, SpringKey[]>();
  for (const key of keys) {
    const name = canonical(key.path);
    const same = result.get(name);
    if (same === undefined) result.set(name, [key]);
    else same.push(key);
  }
  return result;
}
