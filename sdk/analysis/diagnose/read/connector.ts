// Connectors' own files: the JSON that is sent to a worker, the properties that connect-standalone.sh takes,
// and Strimzi's KafkaConnector. Some of their settings are Connect's:
//
//   errors.*, topics, tasks.max          ──▶ SinkConnectorConfig, SourceConnectorConfig
//   producer.override.acks=all           ──▶ the connector's producer, over the worker's `producer.`
//
// Source: ConnectorConfig, Worker.baseProducerConfigs, baseConsumerConfigs.

import type { Client, Connector, Worker } from "../facts.ts";
import { CONNECT_CLIENT_DEFAULTS, CONNECTOR_DEFAULTS } from "../known/connect.ts";
import { type Location, type Setting, settings, type SettingsOwner } from "../setting.ts";
import { type Leaf, leavesOfJson, type Text } from "./flat.ts";
import { leavesOfProperties } from "./properties.ts";

const CLASS = "connector.class";
/** Where the JSON of Connect's REST interface has the settings, with the connector's name beside them. */
const CONFIG = "config.";

/** Whether a file is a connector's own. */
export function isConnector(source: Text): boolean {
  return leavesOf(source).some(({ path }) => isClass(path));
}

/** Whether a key of a file is a connector's class. */
export function isClass(path: string): boolean {
  return path === CLASS || path === CONFIG + CLASS;
}

function leavesOf(source: Text): Leaf[] {
  return /\.json$/i.test(source.file) ? leavesOfJson(source) : leavesOfProperties(source);
}

/** A connector as it was found, and how its file writes a setting. */
export interface FoundConnector {
  readonly name: string;
  readonly given: readonly Setting[];
  readonly location: Location;
  readonly owner?: SettingsOwner;
  /** The path under which a key is added. */
  pathOf(key: string): string;
  spell(written: string, value: string): string;
}

/** Reads a connector's file. */
export function readConnector(source: Text): FoundConnector {
  const leaves = leavesOf(source);
  const isJson = /\.json$/i.test(source.file);
  const prefix = leaves.some(({ path }) => path === CONFIG + CLASS) ? CONFIG : "";
  const own = leaves.filter(({ path }) => path.startsWith(prefix));
  return {
    name: leaves.find(({ path }) => path === "name")?.value ?? source.file,
    given: own.map(
      ({ path, value, location }): Setting => ({
        key: path.slice(prefix.length),
        written: path,
        value,
        origin: "file",
        location,
      }),
    ),
    location: own[0]?.location ?? { file: source.file, line: 1, column: 1 },
    pathOf: (key) => prefix + key,
    spell: (written, value) => {
      const key = written.slice(prefix.length);
      return isJson ? `${JSON.stringify(key)}: ${JSON.stringify(value)}` : `${key}=${value}`;
    },
  };
}

/** The connector, judged by Connect's definitions of its kind. */
export function connectorOf(found: FoundConnector): Connector {
  const { name, given, location, owner, pathOf, spell } = found;
  const role = roleOf(given);
  return {
    name,
    role,
    settings: settings({
      label: `the connector ${name}`,
      given,
      location,
      defaults: CONNECTOR_DEFAULTS[role ?? "sink"],
      kind: role ?? "sink",
      ...owner,
      spellKey: (key) => key,
      pathOf,
      spell: (key, value, written) => spell(written === key ? pathOf(key) : written, value),
    }),
  };
}

function roleOf(given: readonly Setting[]): Connector["role"] {
  const has = (key: string): boolean => given.some((one) => one.key === key);
  const name = given.find(({ key }) => key === CLASS)?.value ?? "";
  if (has("topics") || has("topics.regex") || /Sink(Connector)?$/.test(name)) return "sink";
  return /Source(Connector)?$|^io\.debezium\./.test(name) ? "source" : null;
}

const ROLES = { sink: ["consumer"], source: ["producer"] } as const;

/** The clients whose settings a connector overrides; those of `workers` are what it overrides. */
export function clientsOfConnector(found: FoundConnector, workers: readonly Worker[]): Client[] {
  const role = roleOf(found.given);
  const roles = role === null ? (["producer", "consumer"] as const) : ROLES[role];
  const [worker] = workers.length === 1 ? workers : [];
  return roles.flatMap((one): Client[] => {
    const prefix = `${one}.override.`;
    const own = found.given.filter(({ key }) => key.startsWith(prefix));
    if (own.length === 0) return [];
    const below = [...(worker?.settings.given.values() ?? [])].filter(({ key }) => key.startsWith(`${one}.`));
    const { location, owner, pathOf, spell } = found;
    return [
      {
        kind: "java",
        role: one,
        isSpring: false,
        isConnectors: true,
        isInCompose: true,
        settings: settings({
          label: `the ${one} of ${found.name}`,
          given: [...below, ...own].map((setting) => ({ ...setting, key: bareKey(setting.key, one) })),
          location,
          defaults: CONNECT_CLIENT_DEFAULTS[one],
          kind: one,
          ...owner,
          spellKey: (key) => prefix + key,
          pathOf: (key) => pathOf(prefix + key),
          spell: (key, value, written) =>
            spell(written === prefix + key ? pathOf(prefix + key) : written, value),
        }),
      },
    ];
  });
}

function bareKey(key: string, role: Client["role"]): string {
  const rest = key.slice(role.length + 1);
  return rest.startsWith("override.") ? rest.slice("override.".length) : rest;
}
