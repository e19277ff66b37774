// JAAS entries of SASL listeners: the users of a mechanism, and with whom a node dials.

import type { Facts, Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { isOpen, type Setting } from "../setting.ts";
import {
  CONTROLLERS,
  isBitnami,
  isSasl,
  isUnknown,
  listenersWith,
  loginFileOf,
  MAP,
  MECHANISMS,
  mechanismsOf,
  ownKey,
  protocolOf,
} from "./secured.ts";
import { eachNode, list } from "./words.ts";

export const jaasRules: readonly Rule[] = [
  {
    id: "sasl-without-jaas",
    severity: "error",
    title: "a mechanism has no JAAS entry",
    source:
      "Kafka: JaasContext.loadServerContext, \"Could not find a 'KafkaServer' or '<listener>.KafkaServer' " +
      'entry in the JAAS configuration"',
    check: (facts) => eachNode(facts, withoutJaas),
  },
  {
    id: "jaas-entry-ignored",
    severity: "warning",
    title: "a JAAS entry that no listener reads",
    source:
      "Kafka: ChannelBuilders.channelBuilderConfigs; JaasContext.loadServerContext, " +
      '"Server config sasl.jaas.config should be prefixed with SASL mechanism name, ignoring config"',
    check: ignoredEntries,
  },
];

/** The listeners and mechanisms for which a node needs a JAAS entry. */
function wantedEntries(node: Node): [listener: string, mechanism: string][] {
  const served = listenersWith(node, isSasl).flatMap((listener) =>
    (mechanismsOf(node, listener)?.names ?? [])
      .slice(0, MOST_MECHANISMS)
      .map((mechanism): [string, string] => [listener, mechanism]),
  );
  const [controller] = node.controllerNames;
  const mechanism = node.settings.of(CONTROLLERS);
  const dialled: [string, string][] =
    node.isKraft && controller !== undefined && isSasl(protocolOf(node, controller)) && !isUnknown(mechanism)
      ? [[controller, mechanism.value.trim()]]
      : [];
  const all = new Map([...served, ...dialled].map((one) => [one.join(" ").toLowerCase(), one]));
  return [...all.values()];
}

/** Kafka has five. */
const MOST_MECHANISMS = 20;

function entryKey(listener: string, mechanism: string): string {
  return ownKey(listener, `${mechanism.toLowerCase()}.sasl.jaas.config`);
}

function withoutJaas(node: Node): Problem | null {
  // what the image refuses has a rule of its own
  if (loginFileOf(node) !== null || (node.container?.refusals.length ?? 0) > 0) return null;
  const { name, settings } = node;
  const [first, ...others] = missingEntries(node);
  if (first === undefined) return null;
  const [listener, mechanism] = first;
  const enabled = mechanismsOf(node, listener)?.setting ?? settings.of(MECHANISMS);
  const many = others.length === 0 ? "" : ` The same holds for ${list(others.map((one) => one.join(" ")))}.`;
  const ignored = ignoredIn(node);
  const notes = ignored.map(([setting, why]) => ` ${setting.written} is ignored: ${why}.`).join("");
  return {
    settings: [...ignored.map(([setting]) => setting), enabled, settings.of(MAP)],
    happens:
      `${name} does not start: ${listener} needs a JAAS entry for ${mechanism}, and has none in a setting ` +
      `or in a file of java.security.auth.login.config.${many}${notes}`,
    fix: settings.set(entryKey(listener, mechanism), loginModule(mechanism)),
  };
}

function loginModule(mechanism: string): string {
  const name = "org.apache.kafka.common.security";
  if (mechanism === "PLAIN")
    return `${name}.plain.PlainLoginModule required username="…" password="…" user_…="…";`;
  if (mechanism.startsWith("SCRAM-"))
    return `${name}.scram.ScramLoginModule required username="…" password="…";`;
  if (mechanism === "OAUTHBEARER") return `${name}.oauthbearer.OAuthBearerLoginModule required;`;
  return "LoginModule required …;";
}

function missingEntries(node: Node): [listener: string, mechanism: string][] {
  return wantedEntries(node).filter(
    ([listener, mechanism]) => !node.settings.given.has(entryKey(listener, mechanism)),
  );
}

/** Whether a mechanism of the node has no JAAS entry in a setting. */
export function needsLoginFile(node: Node): boolean {
  return missingEntries(node).length > 0;
}

function ignoredEntries(facts: Facts): Problem[] {
  return (facts.cluster?.nodes ?? []).flatMap((node): Problem[] => {
    // where none is missing, the line is for another program; where all are known, a rule above reports it
    const [first] = missingEntries(node);
    if (first === undefined || withoutJaas(node) !== null) return [];
    return ignoredIn(node).map(([setting, why]) => ({
      node: node.name,
      settings: [setting],
      happens: `${node.name} ignores ${setting.written}: ${why}.`,
      fix: node.settings.set(entryKey(...first), loginModule(first[1])),
    }));
  });
}

function ignoredIn(node: Node): [setting: Setting, why: string][] {
  if (isBitnami(node)) return [];
  const known = new Set(
    [...node.listeners.map(({ name }) => name), ...node.controllerNames].map((name) => name.toLowerCase()),
  );
  return [...node.settings.given.values()].flatMap((setting): [Setting, string][] => {
    const why = setting.origin === "file" ? whyIgnored(setting.key, known) : null;
    return why === null ? [] : [[setting, why]];
  });
}

/** Why a broker does not read a JAAS entry of this name; null where it does, or where it is none. */
function whyIgnored(key: string, listeners: ReadonlySet<string>): string | null {
  if (key === "sasl.jaas.config") return "a broker's entry names listener and mechanism";
  if (/^(plain|scram-sha-(256|512)|gssapi|oauthbearer)\.sasl\.jaas\.config$/i.test(key))
    return "a broker's entry names its listener, too";
  const [, listener, mechanism] = /^listener\.name\.(.+?)\.(?:([^.]+)\.)?sasl\.jaas\.config$/.exec(key) ?? [];
  if (listener === undefined || isOpen(key)) return null;
  if (listeners.has(`${listener}.${mechanism}`)) return "it names no mechanism";
  if (listeners.has(listener)) {
    if (mechanism === undefined) return "it names no mechanism";
    return mechanism === mechanism.toLowerCase() ? null : "the mechanism is written in small letters";
  }
  return listeners.has(listener.toLowerCase()) ? "the listener is written in small letters" : null;
}
