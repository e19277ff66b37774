// Applications of Kafka Streams: properties with application.id. The same settings configure the clients:
//
//   acks=all, producer.acks=all                      ──▶ the producers
//   session.timeout.ms, consumer.…, main.consumer.…  ──▶ the main consumers
//
// Source: StreamsConfig.getProducerConfigs, getMainConsumerConfigs: the longer prefix wins.

import type { Application, Client } from "../facts.ts";
import { JAVA_COMMON, JAVA_CONSUMER, JAVA_PRODUCER } from "../known/java-names.ts";
import {
  NOT_CONFIGURABLE,
  STREAMS_CLIENT_DEFAULTS,
  STREAMS_DEFAULTS,
  STREAMS_NAMES,
} from "../known/streams.ts";
import { isAll } from "../known/clients.ts";
import { type Location, type Setting, settings, type SettingsOwner } from "../setting.ts";
import type { Text } from "./flat.ts";
import { settingsOfProperties } from "./properties.ts";

/** An application, and its clients. */
export interface ReadApplication {
  readonly application: Application;
  readonly clients: readonly Client[];
}

/** What an application's settings were found in. */
export interface FoundApplication {
  readonly name: string;
  readonly given: readonly Setting[];
  readonly location: Location;
  readonly kafka: string;
  readonly isSpring: boolean;
  /** Whose environment it is. @default nobody's: a file of its own */
  readonly owner?: SettingsOwner;
  spellKey(key: string): string;
  spell(written: string, value: string): string;
}

/** Whether properties are an application's. */
export function isApplication(keys: readonly string[]): boolean {
  return keys.includes("application.id") || keys.some((key) => ONLY_STREAMS.has(key));
}

const ONLY_STREAMS: ReadonlySet<string> = new Set(
  [...STREAMS_NAMES].filter(
    (name) =>
      /^(application\.|processing\.|num\.(standby|stream)|default\.(key|value)\.serde|statestore\.)/.test(
        name,
      ) || name === "cache.max.bytes.buffering",
  ),
);

/** Reads an application's properties; `kafka` is the version of its clients where the caller knows it. */
export function readStreams(source: Text, kafka: string): ReadApplication {
  const given = settingsOfProperties(source);
  return applicationOf({
    name: source.file,
    given,
    location: { file: source.file, line: 1, column: 1 },
    kafka,
    isSpring: false,
    spellKey: (key) => key,
    spell: (written, value) => `${written}=${value}`,
  });
}

/** The application of settings, however they were written. */
export function applicationOf(found: FoundApplication): ReadApplication {
  const set = settings({
    label: found.name,
    given: found.given,
    location: found.location,
    defaults: STREAMS_DEFAULTS,
    kind: "streams",
    kafka: found.kafka === "" ? null : found.kafka,
    ...found.owner,
    spellKey: (key) => found.spellKey(key),
    spell: (_, value, written) => found.spell(written, value),
  });
  const application = { name: found.name, settings: set, isSpring: found.isSpring };
  const clients = (["producer", "consumer"] as const).map((role) =>
    clientOf(role, found, isExactlyOnce(application)),
  );
  return { application, clients };
}

/** Whether the application processes each record exactly once. */
export function isExactlyOnce({ settings: { given } }: Pick<Application, "settings">): boolean {
  return /^exactly_once(_beta|_v2)?$/.test(given.get("processing.guarantee")?.value.trim() ?? "");
}

/** The prefixes whose settings a client has, the strongest last. */
export const PREFIXES: Readonly<Record<Client["role"], readonly string[]>> = {
  producer: ["producer."],
  consumer: ["consumer.", "main.consumer."],
};

/** What the application gives to a client, by the client's own names; the later counts. */
export function givenTo(role: Client["role"], given: readonly Setting[]): Setting[] {
  const own = role === "producer" ? JAVA_PRODUCER : JAVA_CONSUMER;
  const shared = given.filter(({ key }) => own.has(key) || JAVA_COMMON.has(key));
  const prefixed = PREFIXES[role].flatMap((prefix) =>
    given
      .filter(({ key }) => key.startsWith(prefix) && key !== `${prefix}bootstrap.servers`)
      .map((setting) => ({ ...setting, key: setting.key.slice(prefix.length) })),
  );
  return [...shared, ...prefixed];
}

function clientOf(role: Client["role"], found: FoundApplication, exactlyOnce: boolean): Client {
  // what Streams replaces or refuses is the application's problem, not the client's
  const given = givenTo(role, found.given).filter(({ key, value }) => {
    const when = NOT_CONFIGURABLE[role][key];
    if (when === "always" || (when === "exactly-once" && exactlyOnce)) return false;
    // 3.9 hands the first on, 4.x does not; the second is always Streams' own (getMainConsumerConfigs)
    if (key === "group.protocol" || key === "partition.assignment.strategy") return false;
    return !exactlyOnce || !(key === IN_FLIGHT || (key === "acks" && !isAll(value)));
  });
  const spellKey = (key: string): string =>
    found.spellKey(key === "bootstrap.servers" ? key : `${role}.${key}`);
  return {
    kind: "java",
    role,
    isSpring: false,
    settings: settings({
      label: `the ${role} of ${found.isSpring ? "Kafka Streams" : found.name}`,
      given,
      location: found.location,
      defaults: STREAMS_CLIENT_DEFAULTS[role](exactlyOnce),
      kind: role,
      kafka: found.kafka === "" ? null : found.kafka,
      ...found.owner,
      spellKey,
      spell: (_, value, written) => found.spell(written, value),
    }),
  };
}

const IN_FLIGHT = "max.in.flight.requests.per.connection";
