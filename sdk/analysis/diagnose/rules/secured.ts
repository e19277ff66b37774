// What a node's settings say of a listener's security: its protocol, its own settings, its mechanisms, and
// how far the files show what Kafka is started with.
//
// Sources: KafkaConfig.effectiveListenerSecurityProtocolMap, Csv.parseCsvMap, ListenerName.configPrefix,
// AbstractConfig.valuesWithPrefixOverride.

import { hasOwnCommand } from "../../../compose/mod.ts";
import type { Node } from "../facts.ts";
import { oncePer } from "../once.ts";
import { isOpen, listOf, type Setting } from "../setting.ts";

export const MAP = "listener.security.protocol.map";
export const MECHANISMS = "sasl.enabled.mechanisms";
/** The mechanism with which nodes dial controllers. */
export const CONTROLLERS = "sasl.mechanism.controller.protocol";

/** Kafka's security protocols. */
export const PROTOCOLS: ReadonlySet<string> = new Set(["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]);

/** The pairs of a protocol map, as written; the text before the last colon is the name. */
export function pairsOf(map: string): [name: string, protocol: string][] {
  return listOf(map).map((pair) => {
    const colon = pair.lastIndexOf(":");
    return colon === -1 ? [pair, ""] : [pair.slice(0, colon).trim(), pair.slice(colon + 1).trim()];
  });
}

/** A listener's security protocol in capitals, or null where it is not known. */
export function protocolOf(node: Node, listener: string): string | null {
  return protocolsOf(node).get(listener.toUpperCase()) ?? null;
}

const protocolsOf: (node: Node) => ReadonlyMap<string, string> = oncePer((node) => {
  const map = node.settings.of(MAP);
  if (isOpen(map.value)) return new Map();
  // of two pairs with one name the later counts
  const known = new Map(
    pairsOf(map.value)
      .map(([name, protocol]) => [name.toUpperCase(), protocol.toUpperCase()] as const)
      .filter(([, protocol]) => PROTOCOLS.has(protocol)),
  );
  if (node.settings.given.has(MAP) || !node.isKraft) return known;
  const isSecured = [...node.controllerNames, ...node.listeners.map(({ name }) => name)].some((name) =>
    /^(SSL|SASL_)/.test(name),
  );
  if (!isSecured)
    for (const name of node.controllerNames)
      if (!known.has(name.toUpperCase())) known.set(name.toUpperCase(), "PLAINTEXT");
  return known;
});

export function isSasl(protocol: string | null): boolean {
  return protocol?.startsWith("SASL_") === true;
}

export function isTls(protocol: string | null): boolean {
  return protocol?.endsWith("SSL") === true;
}

/** Whether a value is decided elsewhere: in compose, what a variable without a value becomes is empty. */
export function isUnknown({ value }: Setting): boolean {
  return value.trim() === "" || isOpen(value);
}

/** The names of a node's listeners whose protocol is one for which the function is true. */
export function listenersWith(node: Node, holds: (protocol: string | null) => boolean): string[] {
  const names = node.listeners.slice(0, MOST_LISTENERS).map(({ name }) => name);
  return names.filter((name) => holds(protocolOf(node, name)));
}

/** What has more is no node's file. */
const MOST_LISTENERS = 100;

/** The name of a listener's own setting. */
export function ownKey(listener: string, key: string): string {
  return `listener.name.${listener.toLowerCase()}.${key}`;
}

/** What is set for a listener: its own setting before that of all. */
export function givenFor({ settings: { given } }: Node, listener: string, key: string): Setting | null {
  return given.get(ownKey(listener, key)) ?? given.get(key) ?? null;
}

/** What counts for a listener, the default included. */
export function settingFor(node: Node, listener: string, key: string): Setting {
  return givenFor(node, listener, key) ?? node.settings.of(key);
}

/** The mechanisms that a listener accepts. */
export interface Mechanisms {
  readonly setting: Setting;
  readonly names: readonly string[];
}

/** A listener's mechanisms; null where they are not known: bitnami's image writes them by itself. */
export function mechanismsOf(node: Node, listener: string): Mechanisms | null {
  const setting = settingFor(node, listener, MECHANISMS);
  if (isUnknown(setting)) return null;
  if (setting.origin === "default" && isBitnami(node)) return null;
  return { setting, names: listOf(setting.value) };
}

export function isBitnami({ container }: Node): boolean {
  return container?.convention === "bitnami";
}

/**
 * Whether the files show every setting with which Kafka starts: false where an image, a command or a script
 * of the reader's own may add some, as bitnami's does.
 */
export const isWholeNode: (node: Node) => boolean = oncePer((node) => {
  const { container } = node;
  if (container === null) return true;
  return !isBitnami(node) && hasImagesOwnStart(node);
});

/** Whether the container is of Kafka's or Confluent's image, which starts by its own script. */
export function hasImagesOwnStart({ container }: Node): boolean {
  if (container === null || container.image === null) return false;
  const { service, image } = container;
  if (!OFFICIAL.test(image.value) || hasOwnCommand(service)) return false;
  if (service.keys.some(({ key }) => key === "build" || key === "volumes_from")) return false;
  return !service.mounts.some(({ target }) => SCRIPTS.test(target));
}

const NAMES = [
  "apache/kafka",
  "confluentinc/cp-kafka",
  "confluentinc/cp-server",
  "confluentinc/cp-enterprise-kafka",
];
const OFFICIAL = new RegExp(`^((registry-1\\.|index\\.)?docker\\.io/)?(${NAMES.join("|")})([:@]|$)`);
const SCRIPTS = /^\/(etc\/(confluent|kafka)\/docker|opt\/kafka\/bin|usr\/bin|usr\/local)/;

/** The file of `-Djava.security.auth.login.config`; undefined where it may be set and is not known. */
export function loginFileOf(node: Node): { setting: Setting; path: string } | null | undefined {
  const { container } = node;
  if (container === null || !isWholeNode(node)) return undefined;
  const flags = container.variables.filter(({ key }) => FLAGS.test(key));
  for (const setting of flags) {
    const [, path] = /-Djava\.security\.auth\.login\.config=+["']?([^\s"']+)/.exec(setting.value) ?? [];
    if (path !== undefined) return { setting, path };
  }
  return flags.some((flag) => isUnknown(flag) || flag.value.includes("login.config")) ? undefined : null;
}

/** The variables with which Kafka's scripts, and Java itself, start a JVM. */
const FLAGS = /(_OPTS|_OPTIONS|EXTRA_ARGS)$/;
