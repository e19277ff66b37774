// Certificates of TLS listeners, and checks of TLS that are switched off.

import { asFix, type Fix } from "../fix.ts";
import { refusalOf } from "../../../kafka/mod.ts";
import type { Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { isOpen, type Setting } from "../setting.ts";
import {
  givenFor,
  isTls,
  isWholeNode,
  listenersWith,
  MAP,
  ownKey,
  protocolOf,
  settingFor,
} from "./secured.ts";
import {
  hasCertificate,
  keyStoreRefusal,
  type RefusedStore,
  SECRETS,
  storesOf,
  trustStoreRefusal,
} from "./stores.ts";
import { eachNode, list } from "./words.ts";

const CLIENT_AUTH = "ssl.client.auth";
const NAMES = "ssl.endpoint.identification.algorithm";

export const tlsRules: readonly Rule[] = [
  {
    id: "tls-without-certificate",
    severity: "error",
    title: "a TLS listener has no certificate",
    source:
      "Kafka: DefaultSslEngineFactory.createKeystore; SslFactory.configure, between brokers " +
      '"A client SSLEngine created with the provided settings can\'t connect to a server SSLEngine"',
    check: (facts) => eachNode(facts, withoutCertificate),
  },
  {
    id: "ssl-store-refused",
    severity: "error",
    title: "Kafka refuses the settings of a key store or trust store",
    source: "Kafka: DefaultSslEngineFactory.createKeystore, createTruststore (InvalidConfigurationException)",
    check: (facts) => eachNode(facts, refusedStore),
  },
  {
    id: "refused-listener-value",
    severity: "error",
    title: "an invalid value of a listener's own setting",
    source:
      "Kafka: AbstractConfig.valuesWithPrefixOverride parses it by the definition of the setting for all",
    check: (facts) => (facts.cluster?.nodes ?? []).flatMap((node) => refusedValues(node)),
  },
  {
    id: "client-auth-without-effect",
    severity: "note",
    title: "clients are not asked for a certificate",
    source: "Kafka: KIP-684; ChannelBuilders.create: ssl.client.auth of all is for SSL, not for SASL_SSL",
    check: (facts) => eachNode(facts, notAsked),
  },
  {
    id: "server-name-not-checked",
    severity: "note",
    title: "the name in a server's certificate is not checked",
    source: `Kafka: ${NAMES}, default https (KIP-294)`,
    check: (facts) => eachNode(facts, unchecked),
  },
];

function withoutCertificate(node: Node): Problem | null {
  // what the image refuses has a rule of its own
  if (!isWholeNode(node) || (node.container?.refusals.length ?? 0) > 0) return null;
  const lost = listenersWith(node, isTls).filter((name) => !hasCertificate(storesOf(node, name)));
  if (lost[0] === undefined) return null;
  const { settings, interBroker } = node;
  const stops = lost.includes(interBroker ?? "");
  const key = "ssl.keystore.location";
  const unread = settings.given.get("ssl.keystore.filename");
  const map = settings.of(MAP);
  return {
    settings: [
      ...(unread === undefined ? [] : [unread]),
      map.origin === "default" ? settings.of("listeners") : map,
    ],
    happens:
      (stops
        ? `${node.name} does not start: ${list(lost)} speaks TLS, and no setting names its certificate.`
        : `No client connects to ${list(lost)} of ${node.name}: it speaks TLS, and no setting names its ` +
          "certificate, so every handshake fails.") +
      (unread === undefined ? "" : " The image reads *_FILENAME only for advertised listeners named …SSL."),
    fix: withPassword(
      node,
      settings.spell(key, unread === undefined ? "FILE" : `${SECRETS}/${unread.value}`),
    ),
  };
}

/** A store of another type than PEM needs a password, which a second finding would say. */
function withPassword({ settings }: Node, location: string): string {
  const key = "ssl.keystore.password";
  const needsNone = settings.of("ssl.keystore.type").value.trim() === "PEM" || settings.given.has(key);
  return needsNone ? location : `${location}, with ${settings.spell(key, "…")}`;
}

function refusedStore(node: Node): Problem | null {
  if (!isWholeNode(node) || (node.container?.refusals.length ?? 0) > 0) return null;
  const names = listenersWith(node, isTls);
  for (const name of names) {
    const of = storesOf(node, name);
    const refused = keyStoreRefusal(of) ?? trustStoreRefusal(of);
    if (refused === null) continue;
    return {
      settings: refused.settings,
      happens: `${node.name} does not start: for ${name}, Kafka says "${refused.why}".`,
      fix: storeFix(node, refused),
    };
  }
  return null;
}

function storeFix({ settings }: Node, { fix, settings: [found] }: RefusedStore): Fix {
  if ("remove" in fix && fix.remove.key.startsWith("KAFKA_"))
    return asFix(
      "a listener of another name, without SSL at its end, whose protocol is mapped: for that name the " +
        "image sets no password",
    );
  if ("remove" in fix) return settings.remove(fix.remove.key);
  const prefix = /^listener\.name\.[^.]+\./.exec(found!.key)?.[0] ?? "";
  return settings.set(`${prefix}${fix.key}`, fix.value);
}

/** What Kafka parses of a listener's own settings, as those of all are. */
function refusedValues(node: Node): Problem[] {
  const { name, settings, version, listeners } = node;
  const known = new Set(listeners.map((listener) => listener.name.toLowerCase()));
  return [...settings.given.values()].flatMap((setting): Problem[] => {
    const key = isOpen(setting.value) ? undefined : bareKey(setting.key, known);
    const refusal = key && refusalOf("broker", key, setting.value, version.text || null);
    if (!refusal) return [];
    return [
      {
        node: name,
        settings: [setting],
        happens: `${name} does not start: "${refusal.reason.replace(/\.$/, "")}".`,
        fix: `allowed: ${refusal.allowed}`,
      },
    ];
  });
}

/** The key behind `listener.name.<listener>.`, where that is one of these listeners. */
function bareKey(key: string, listeners: ReadonlySet<string>): string | undefined {
  const [, listener = "", bare] = /^listener\.name\.([^.]+)\.(.+)$/.exec(key) ?? [];
  return listeners.has(listener) ? bare : undefined;
}

function notAsked(node: Node): Problem | null {
  const setting = node.settings.given.get(CLIENT_AUTH);
  if (setting === undefined || !/^(required|requested)$/.test(setting.value.trim())) return null;
  const tls = listenersWith(node, isTls);
  const sasl = tls.filter(
    (name) => protocolOf(node, name) === "SASL_SSL" && !node.settings.given.has(ownKey(name, CLIENT_AUTH)),
  );
  if (sasl[0] === undefined || sasl.length < tls.length) return null;
  return {
    settings: [setting],
    happens:
      `${node.name} asks no client for a certificate: ${list(sasl)} is SASL_SSL, for which only a ` +
      "listener's own ssl.client.auth counts.",
    fix: node.settings.set(ownKey(sasl[0], CLIENT_AUTH), setting.value),
  };
}

function unchecked(node: Node): Problem | null {
  const dialled = [node.interBroker, ...node.controllerNames].filter(
    (name): name is string => name !== null && isTls(protocolOf(node, name)),
  );
  const off = dialled
    .map((name): Setting | null => givenFor(node, name, NAMES))
    .find((setting) => setting?.value.trim() === "");
  if (off == null) return null;
  return {
    settings: [off],
    happens:
      `${node.name} takes any certificate of a trusted authority for that of the broker or controller that ` +
      "it dials, so whoever has one can stand in between.",
    fix: `${node.settings.spell(off.key, "https")}, with certificates for the names that are dialled`,
  };
}

/** Whether a listener refuses clients without a certificate. */
export function requiresCertificate(node: Node, listener: string): Setting | null {
  const protocol = protocolOf(node, listener);
  const setting = protocol === "SASL_SSL" ? node.settings.given.get(ownKey(listener, CLIENT_AUTH)) : null;
  const counts = protocol === "SSL" ? settingFor(node, listener, CLIENT_AUTH) : setting;
  return counts?.value.trim() === "required" ? counts : null;
}
