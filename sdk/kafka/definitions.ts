// What Kafka's ConfigDefs say of each setting of brokers, topics and clients: type, default, valid values.
//
// definitions.json and worker-definitions.json are made from the jars by scripts/config-defs.ts; where
// versions differ, they have both.
// Sources: AbstractKafkaConfig.CONFIG_DEF, LogConfig, ProducerConfig, ConsumerConfig, AdminClientConfig;
// DistributedConfig, StandaloneConfig, SinkConnectorConfig, SourceConnectorConfig, StreamsConfig.

import table from "./definitions.json" with { type: "json" };
import workers from "./worker-definitions.json" with { type: "json" };

/** Whose settings: of Connect, those of distributed and standalone workers, and of connectors. */
export type Kind =
  | "broker"
  | "topic"
  | "producer"
  | "consumer"
  | "admin"
  | "connect"
  | "standalone"
  | "sink"
  | "source"
  | "streams";

/** A check that Kafka does in code of its own; see rules.ts. */
export type Rule =
  | "connect-protocol"
  | "controllers"
  | "gzip-level"
  | "metadata-version"
  | "offset-reset"
  | "partitions"
  | "replication-factor"
  | "share-acknowledgement"
  | "share-acquire"
  | "thread-pool"
  | "throttled-replicas"
  | "unchecked"
  | "voters";

/** One setting as a ConfigDef defines it. */
export interface Definition {
  readonly type: "BOOLEAN" | "CLASS" | "DOUBLE" | "INT" | "LIST" | "LONG" | "PASSWORD" | "SHORT" | "STRING";
  /** Absent where there is none, or it is null. */
  readonly default?: string;
  /** The least and the greatest value, as Kafka writes them; null for no limit. */
  readonly range?: readonly [least: string | null, greatest: string | null];
  /** The texts that are valid; of a list, its entries. */
  readonly in?: readonly string[];
  /** Upper and lower case are the same. */
  readonly anyCase?: true;
  /** An empty text or list is refused. */
  readonly nonEmpty?: true;
  /** A list with an entry twice, or with an empty one, is refused. */
  readonly distinct?: true;
  readonly rule?: Rule;
}

/** The table as definitions.json holds it. */
export interface Table {
  readonly versions: readonly string[];
  readonly settings: Readonly<
    Record<Kind, Readonly<Record<string, Definition | readonly (Definition | null)[]>>>
  >;
}

const { versions } = table;
const settings = { ...table.settings, ...workers.settings } as unknown as Table["settings"];

/** The Kafka versions whose definitions are known, oldest first. */
export const DEFINED_VERSIONS: readonly string[] = Object.freeze([...versions]);

/**
 * Returns the definitions of a setting that a Kafka version may have: one where the version is known, else
 * one of each. None where Kafka does not know the setting, which it then passes over with a warning.
 *
 * A version is taken by its major number: what 3.9 defines stands for every 3.x.
 *
 * @param kafka a version or an image's tag; null or a text without a number where it is not known
 */
export function definitionsOf(kind: Kind, name: string, kafka: string | null): readonly Definition[] {
  const found = Object.hasOwn(settings[kind], name) ? settings[kind][name]! : [];
  if (!isList(found)) return [found];
  const at = columnOf(kafka);
  const all = at === null ? found : [found[at] ?? null];
  return all.includes(null) ? [] : (all as readonly Definition[]);
}

/** The names of all settings of a kind, of all versions together or of one. */
export function settingNames(kind: Kind, version?: string): string[] {
  return Object.keys(settings[kind]).filter(
    (name) => version === undefined || definitionsOf(kind, name, version).length > 0,
  );
}

function columnOf(kafka: string | null): number | null {
  const major = /^(\d+)/.exec(kafka ?? "")?.[1];
  if (major === undefined) return null;
  const at = versions.findIndex((version) => Number.parseInt(version, 10) >= Number(major));
  return at === -1 ? versions.length - 1 : at;
}

function isList(found: Definition | readonly (Definition | null)[]): found is readonly (Definition | null)[] {
  return Array.isArray(found);
}
