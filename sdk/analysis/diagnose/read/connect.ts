// Workers of Kafka Connect: connect-distributed.properties, connect-standalone.properties, and services of a
// compose file with CONNECT_*. A worker's file also configures the clients of its connectors:
//
//   producer.acks=all ──▶ each source connector's producer
//   consumer.…        ──▶ each sink connector's consumer
//
// Source: Worker.baseProducerConfigs, baseConsumerConfigs.

import type { ComposeService } from "../../../compose/mod.ts";
import type { Client, Worker } from "../facts.ts";
import { CONNECT_CLIENT_DEFAULTS, STORES, WORKER_DEFAULTS } from "../known/connect.ts";
import { type Location, type Setting, type Settings, settings, type SettingsOwner } from "../setting.ts";
import { settingIn } from "./dials.ts";
import type { Text } from "./flat.ts";
import type { Locate } from "./locate.ts";
import { settingsOfProperties } from "./properties.ts";

/** A worker, and what it gives its connectors' clients. */
export interface ReadWorker {
  readonly worker: Worker;
  readonly clients: readonly Client[];
}

/** A worker's settings as they were found, and how its file writes one. */
export interface FoundWorker {
  readonly name: string;
  readonly given: readonly Setting[];
  readonly location: Location;
  readonly kafka: string;
  readonly isInCompose: boolean;
  readonly isComplete: boolean;
  /** Whose environment it is. @default nobody's: a file of its own */
  readonly owner?: SettingsOwner;
  spellKey(key: string): string;
  spell(written: string, value: string): string;
}

/** Whether properties are a worker's; a connector's own are not. */
export function isWorker(keys: readonly string[]): boolean {
  return keys.some((key) => OF_WORKERS.test(key)) && !keys.includes("connector.class");
}

const OF_WORKERS = new RegExp(
  "^((config|offset|status)[.]storage[.](topic|replication[.]factor|partitions|file[.]filename)|" +
    "(key|value)[.]converter|plugin[.]path)$",
);

/** Reads a worker's properties; `kafka` is its version where the caller knows it. */
export function readWorker(source: Text, kafka: string): ReadWorker {
  const given = settingsOfProperties(source);
  return workerOf({
    name: source.file,
    given,
    location: { file: source.file, line: 1, column: 1 },
    kafka,
    isInCompose: false,
    isComplete: true,
    spellKey: (key) => key,
    spell: (written, value) => `${written}=${value}`,
  });
}

/**
 * The worker of a service with `CONNECT_BOOTSTRAP_SERVERS`, or with Debezium's image; null for any other.
 *
 * Confluent's image takes `_` for a dot, `__` for `_` and `___` for `-`; Debezium's takes every `_` for a
 * dot,
 * has further names for a few settings, and puts them over Kafka's own connect-distributed.properties.
 */
export function workerOfService(
  service: ComposeService,
  locate: Locate,
  owner: SettingsOwner = { service: service.service },
  name: string = service.service,
): ReadWorker | null {
  const isDebezium = /(^|\/)debezium\/connect(-base)?(:|@|$)/.test(service.image ?? "");
  const names = Object.keys(service.environment).filter(
    (name) => name.startsWith(PREFIX) || (isDebezium && DEBEZIUM[name] !== undefined),
  );
  const isDialled = names.some((name) => name.endsWith("BOOTSTRAP_SERVERS"));
  if (!isDialled || (!isDebezium && !names.includes(`${PREFIX}BOOTSTRAP_SERVERS`))) return null;
  const given = names.map((name): Setting => {
    const property = isDebezium ? (DEBEZIUM[name] ?? dotted(name)) : propertyOf(name);
    return { ...settingIn({ service, locate }, name), key: property };
  });
  const { location } = given[0]!;
  const isList = Object.entries(service.variables).some(([name, place]) => locate.isList(place, name));
  return workerOf({
    name,
    given: isDebezium ? [...ofKafkasFile(location), ...given] : given,
    location,
    kafka: "",
    isInCompose: true,
    owner,
    // Confluent's image takes the variables only, and does not start without these
    isComplete: /\bcp-[\w-]*connect/.test(service.image ?? "") && names.includes(`${PREFIX}GROUP_ID`),
    spellKey: variableOf,
    spell: (written, value) =>
      isList
        ? `${written}=${value}`
        : `${written}: ${/^[\w.-]+$/.test(value) ? value : JSON.stringify(value)}`,
  });
}

/** Debezium's further names (connect-base, docker-entrypoint.sh). */
const DEBEZIUM: Readonly<Record<string, string>> = {
  BOOTSTRAP_SERVERS: "bootstrap.servers",
  GROUP_ID: "group.id",
  CONFIG_STORAGE_TOPIC: "config.storage.topic",
  OFFSET_STORAGE_TOPIC: "offset.storage.topic",
  STATUS_STORAGE_TOPIC: "status.storage.topic",
  KEY_CONVERTER: "key.converter",
  VALUE_CONVERTER: "value.converter",
  OFFSET_FLUSH_INTERVAL_MS: "offset.flush.interval.ms",
  ADVERTISED_HOST_NAME: "rest.advertised.host.name",
};

/** What Kafka's own connect-distributed.properties has in place of a default. */
function ofKafkasFile(location: Location): Setting[] {
  return STORES.map((store) => {
    const key = `${store}.storage.replication.factor`;
    return { key, written: variableOf(key), value: "1", origin: "image", location };
  });
}

const PREFIX = "CONNECT_";

function propertyOf(name: string): string {
  return dotted(name).replaceAll("...", "-").replaceAll("..", "_");
}

function dotted(name: string): string {
  return name.slice(PREFIX.length).toLowerCase().replaceAll("_", ".");
}

function variableOf(key: string): string {
  return PREFIX + key.toUpperCase().replaceAll("_", "__").replaceAll("-", "___").replaceAll(".", "_");
}

/** The worker of settings, however they were written, and the clients of its connectors. */
export function workerOf(found: FoundWorker): ReadWorker {
  const keys = found.given.map(({ key }) => key);
  const mode = isStandalone(keys) ? "standalone" : "distributed";
  const kind = mode === "standalone" ? "standalone" : "connect";
  const set = settings({
    label: found.name,
    given: found.given,
    location: found.location,
    defaults: WORKER_DEFAULTS[kind],
    kind,
    kafka: found.kafka === "" ? null : found.kafka,
    ...found.owner,
    spellKey: (key) => found.spellKey(key),
    spell: (_, value, written) => found.spell(written, value),
  });
  return {
    worker: {
      name: found.name,
      mode,
      settings: set,
      isInCompose: found.isInCompose && found.owner?.manifest === undefined,
      isComplete: found.isComplete,
    },
    clients: (["producer", "consumer"] as const).map((role) => clientOf(role, found)),
  };
}

function isStandalone(keys: readonly string[]): boolean {
  return (
    keys.includes("offset.storage.file.filename") &&
    !keys.some((key) => key === "group.id" || /^(config|offset|status)\.storage\.topic$/.test(key))
  );
}

/** The clients of all connectors, as far as the worker configures them. */
function clientOf(role: Client["role"], found: FoundWorker): Client {
  const prefix = `${role}.`;
  const own = found.given.filter(({ key }) => key.startsWith(prefix));
  const bootstrap = found.given.filter(({ key }) => key === "bootstrap.servers");
  const given = [...bootstrap, ...own.map((one) => ({ ...one, key: one.key.slice(prefix.length) }))];
  const spellKey = (key: string): string =>
    found.spellKey(key === "bootstrap.servers" ? key : `${prefix}${key}`);
  return {
    kind: "java",
    role,
    isSpring: false,
    isConnectors: true,
    ...(found.isInCompose && { isInCompose: true }),
    settings: clientSettings(role, found, given, spellKey),
  };
}

function clientSettings(
  role: Client["role"],
  { name, location, spell, kafka, isInCompose, owner }: FoundWorker,
  given: readonly Setting[],
  spellKey: (key: string) => string,
): Settings {
  return settings({
    label: isInCompose ? name : `the ${role} of a connector`,
    given,
    location,
    defaults: CONNECT_CLIENT_DEFAULTS[role],
    kind: role,
    kafka: kafka === "" ? null : kafka,
    ...owner,
    spellKey,
    spell: (_, value, written) => spell(written, value),
  });
}
