// Producers and consumers from properties files and from JSON.

import type { Client } from "../facts.ts";
import { DEFAULTS, RD_ALIASES } from "../known/clients.ts";
import { JAVA_CONSUMER, JAVA_PRODUCER } from "../known/java-names.ts";
import { RD_CONSUMER, RD_PRODUCER } from "../known/librdkafka-names.ts";
import { type Setting, settings } from "../setting.ts";
import { leavesOfJson, type Text } from "./flat.ts";
import { leavesOfProperties, settingsOfProperties } from "./properties.ts";

type Role = Client["role"];

/**
 * Reads a Java client's properties; a file that has settings of both, or of neither, is a producer's and a
 * consumer's.
 */
export function readJava(source: Text): Client[] {
  const given = settingsOfProperties(source);
  const keys = given.map(({ key }) => key);
  const roles = rolesOf(source.file, keys, { producer: JAVA_PRODUCER, consumer: JAVA_CONSUMER });
  return roles.map((role) =>
    clientOf("java", role, source.file, given, (_, value, written) => `${written}=${value}`),
  );
}

/**
 * Reads librdkafka's settings: a JSON object, flat or with `producer`, `consumer`, `global` and `topic` in
 * it, or a properties file.
 */
export function readLibrdkafka(source: Text): Client[] {
  const leaves = /\.json$/i.test(source.file) ? leavesOfJson(source) : leavesOfProperties(source);
  const isNested = leaves.some(({ path }) => /^(producer|consumer)\./.test(path));
  const bare = leaves.map((leaf) => ({
    ...leaf,
    path: leaf.path.replace(/^(producer|consumer|global|topic|default\.topic\.config)\./, ""),
  }));
  const roles = isNested
    ? ROLES.filter((role) => leaves.some(({ path }) => path.startsWith(`${role}.`)))
    : rolesOf(
        source.file,
        bare.map(({ path }) => path),
        { producer: RD_PRODUCER, consumer: RD_CONSUMER },
      );
  return roles.map((role) => {
    const other = role === "producer" ? "consumer." : "producer.";
    const given = bare
      .filter((_, i) => !leaves[i]!.path.startsWith(other))
      .map(
        ({ path, value, location }): Setting => ({
          key: RD_ALIASES[path] ?? path,
          written: path,
          value,
          origin: "file",
          location,
        }),
      );
    const isJson = /\.json$/i.test(source.file);
    return clientOf(
      "librdkafka",
      role,
      source.file,
      given,
      (_, value, written) => (isJson ? `"${written}": ${literal(value)}` : `${written}=${value}`),
      (key) => (isNested ? `${role}.${key}` : key),
    );
  });
}

/**
 * Reads kafkajs's settings: `new Kafka({…})`'s, with `producer`, `consumer`, `send`, `subscribe` and `run` in
 * it for what the calls are given, or all flat.
 */
export function readKafkajs(source: Text): Client[] {
  const leaves = leavesOfJson(source).map((leaf) => ({
    ...leaf,
    path: leaf.path.replace(/^(kafka|client|config)\./, ""),
  }));
  const keys = new Set(
    leaves.map(({ path }) =>
      path.replace(/^(producer|consumer|send|subscribe|run)\./, "").replace(/^retry\..*/, "retry"),
    ),
  );
  const says = (role: Role): boolean =>
    leaves.some(({ path }) => SECTIONS[role].some((section) => path.startsWith(`${section}.`))) ||
    ONLY[role].some((key) => keys.has(key));
  const said = ROLES.filter(says);
  return (said.length === 0 ? ROLES : said).map((role) => {
    const sections = SECTIONS[role];
    const shared = leaves.filter(({ path }) => !/^(producer|consumer|send|subscribe|run|admin)\./.test(path));
    const own = sections.flatMap((section) =>
      leaves
        .filter(({ path }) => path.startsWith(`${section}.`))
        .map((leaf) => ({ leaf, path: leaf.path.slice(section.length + 1) })),
    );
    const given = [...shared.map((leaf) => ({ leaf, path: leaf.path })), ...own].map(
      ({ leaf, path }): Setting => ({
        key: path,
        written: leaf.path,
        value: leaf.value,
        origin: "file",
        location: leaf.location,
      }),
    );
    // kafkajs gives a consumer 5 retries of its own wherever the call has no `retry` (src/index.js)
    const consumersOwn = given.filter(
      ({ key, written }) =>
        role !== "consumer" ||
        key !== "retry.retries" ||
        written !== "retry.retries" ||
        own.some(({ path }) => path.startsWith("retry.")),
    );
    const hasSections = leaves.some(({ path }) => /^(producer|consumer)\./.test(path));
    return clientOf(
      "kafkajs",
      role,
      source.file,
      consumersOwn,
      (_, value, written) => kafkajsLine(written, value),
      (key) => (hasSections && !OF_CLIENT.test(key) ? `${sectionFor(role, key)}.${key}` : key),
    );
  });
}

const ROLES: readonly Role[] = ["producer", "consumer"];
const SECTIONS: Readonly<Record<Role, readonly string[]>> = {
  producer: ["producer", "send"],
  consumer: ["consumer", "subscribe", "run"],
};
const ONLY: Readonly<Record<Role, readonly string[]>> = {
  producer: ["idempotent", "transactionalId", "transactionTimeout", "acks", "timeout", "createPartitioner"],
  consumer: [
    "groupId",
    "sessionTimeout",
    "heartbeatInterval",
    "rebalanceTimeout",
    "maxWaitTimeInMs",
    "fromBeginning",
    "readUncommitted",
  ],
};

/** What `new Kafka()` is given, not the producer or the consumer. */
const OF_CLIENT =
  /^(brokers|ssl|sasl|clientId|logLevel|(connection|authentication|request)Timeout|enforceRequestTimeout)$/;

/** The call that is given a setting. */
function sectionFor(role: Role, key: string): string {
  if (role === "producer") return /^(acks|timeout|compression)$/.test(key) ? "send" : role;
  if (/^(topics?|fromBeginning)$/.test(key)) return "subscribe";
  return /^(autoCommit|eachBatch|partitionsConsumed)/.test(key) ? "run" : role;
}

function rolesOf(
  file: string,
  keys: readonly string[],
  only: Readonly<Record<Role, ReadonlySet<string>>>,
): readonly Role[] {
  const named = ROLES.filter((role) => new RegExp(role, "i").test(/[^/\\]*$/.exec(file)?.[0] ?? ""));
  if (named.length === 1) return named;
  const said = ROLES.filter((role) => keys.some((key) => only[role].has(key)));
  return said.length === 0 ? ROLES : said;
}

function clientOf(
  kind: Client["kind"],
  role: Role,
  file: string,
  given: readonly Setting[],
  spell: (key: string, value: string, written: string) => string,
  pathOf: (key: string) => string = (key) => key,
): Client {
  const location = { file, line: 1, column: 1 };
  return {
    kind,
    role,
    isSpring: false,
    settings: settings({
      label: `the ${role}`,
      given,
      location,
      defaults: DEFAULTS[kind],
      ...(kind === "java" && { kind: role }),
      spellKey: (key) => key,
      pathOf,
      spell,
    }),
  };
}

function literal(value: string): string {
  return /^(-?\d+|true|false)$/.test(value) ? value : JSON.stringify(value);
}

function kafkajsLine(written: string, value: string): string {
  const path = written.split(".");
  const last = path.at(-1)!;
  const shown = last === "brokers" ? JSON.stringify(value.split(",")) : literal(value);
  return path.slice(0, -1).reduceRight((inner, outer) => `${outer}: { ${inner} }`, `${last}: ${shown}`);
}
