// Clients against the listeners that they dial: security protocol, mechanism, certificate.

import type { Client, ClientKind } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";

import { type Meeting, meetings } from "./meetings.ts";
import { isSasl, isTls, isUnknown, mechanismsOf, protocolOf } from "./secured.ts";
import { keyStoreRefusal, type StoreSettings, trustStoreRefusal } from "./stores.ts";
import { requiresCertificate } from "./tls.ts";
import { onceAFile } from "./names.ts";
import { says } from "./words.ts";

export const clientSecurityRules: readonly Rule[] = [
  {
    id: "client-protocol-differs",
    severity: "error",
    title: "the client and the listener speak different security protocols",
    source: "Kafka: security.protocol (CommonClientConfigs), listener.security.protocol.map",
    check: (facts) => meetings(facts).flatMap(differing),
  },
  {
    id: "client-mechanism-not-enabled",
    severity: "error",
    title: "the listener does not enable the client's mechanism",
    source:
      "Kafka: SaslServerAuthenticator.handleHandshakeRequest (UNSUPPORTED_SASL_MECHANISM); " +
      "sasl.mechanism, default GSSAPI (SaslConfigs)",
    check: (facts) => meetings(facts).flatMap(notEnabled),
  },
  {
    id: "client-without-certificate",
    severity: "error",
    title: "the listener requires a certificate, and the client has none",
    source: "Kafka: ssl.client.auth=required (DefaultSslEngineFactory.createSslEngine, setNeedClientAuth)",
    check: (facts) => meetings(facts).flatMap(withoutCertificate),
  },
  {
    id: "client-store-refused",
    severity: "error",
    title: "the client refuses the settings of its key store or trust store",
    source: "Kafka: DefaultSslEngineFactory.createKeystore, createTruststore (InvalidConfigurationException)",
    check: ({ clients, beans }) => onceAFile(clients.flatMap((client) => refusedStore(client, beans.length))),
  },
  {
    id: "client-checks-no-name",
    severity: "note",
    title: "the client does not check whose certificate it is shown",
    source:
      "Kafka: ssl.endpoint.identification.algorithm (KIP-294); librdkafka: CONFIGURATION.md, " +
      "enable.ssl.certificate.verification; Node.js: tls.connect, rejectUnauthorized",
    check: ({ clients }) => onceAFile(clients.flatMap(uncheckedName)),
  },
];

function differing(meeting: Meeting): Problem[] {
  const { name, security, node, listener } = meeting;
  const protocol = protocolOf(node, listener);
  const { protocol: own, setting, isSaid } = security;
  if (protocol === null || own === protocol) return [];
  return [
    {
      settings: [setting],
      ...(!isSaid && { severity: "warning" as const }),
      happens:
        `${name} speaks ${own}, and ${listener} of ${node.name} is ${protocol}: ` +
        `${whatFails(own, protocol)}.` +
        (isSaid ? "" : " The file says nothing of security; if the program adds it, ignore this."),
      fix: protocolFix(meeting, protocol),
    },
  ];
}

function whatFails(client: string, listener: string): string {
  if (isTls(client) && !isTls(listener))
    return "the broker takes the TLS handshake for a request, and closes the connection";
  if (!isTls(client) && isTls(listener))
    return "the broker takes the first request for a TLS handshake, and closes the connection";
  if (isSasl(client)) return "the broker refuses the authentication, which it does not expect";
  return "the broker closes the connection, because the first request does not authenticate";
}

function protocolFix({ kind, spell }: Meeting, protocol: string): string {
  if (kind === "java") return spell("security.protocol", protocol);
  if (kind === "librdkafka") return spell("security.protocol", protocol.toLowerCase());
  const ssl = isTls(protocol) ? spell("ssl", "true") : "no ssl";
  return `${ssl}, ${isSasl(protocol) ? "sasl: { mechanism, username, password }" : "no sasl"}`;
}

function notEnabled({ name, kind, set, security, node, listener }: Meeting): Problem[] {
  const { mechanism, protocol } = security;
  const enabled = isSasl(protocolOf(node, listener)) ? mechanismsOf(node, listener) : null;
  if (enabled === null || !isSasl(protocol) || mechanism === null || isUnknown(mechanism)) return [];
  const value = kind === "kafkajs" ? mechanism.value.toUpperCase() : mechanism.value.trim();
  const [first] = enabled.names;
  if (enabled.names.includes(value) || first === undefined) return [];
  const isSaid = mechanism.origin !== "default";
  return [
    {
      settings: [mechanism, enabled.setting],
      ...(!isSaid && { severity: "warning" as const }),
      happens:
        `${name} authenticates by ${isSaid ? value : `${value}, the default,`} and ${listener} of ` +
        `${node.name} accepts ${says(enabled.setting)}: no connection is authenticated.`,
      fix: set(mechanism.key, kind === "kafkajs" ? first.toLowerCase() : first),
    },
  ];
}

function withoutCertificate({ name, kind, spell, security, node, listener }: Meeting): Problem[] {
  const required = requiresCertificate(node, listener);
  if (required === null || security.hasCertificate || !security.isSaid) return [];
  if (security.protocol !== protocolOf(node, listener)) return [];
  const key = { java: "ssl.keystore.location", kafkajs: "ssl.cert", librdkafka: "ssl.certificate.location" };
  return [
    {
      settings: [security.setting, required],
      happens:
        `${listener} of ${node.name} requires a certificate (${says(required)}), and ${name} has none: ` +
        "the broker ends the TLS handshake.",
      fix: `${spell(key[kind], "FILE")}, with its ${kind === "java" ? "ssl.keystore.password" : "key"}`,
    },
  ];
}

function refusedStore(client: Client, beans: number): Problem[] {
  const { kind, settings } = client;
  if (kind !== "java" || client.isSpring || beans > 0) return [];
  const protocol = settings.given.get("security.protocol")?.value.trim().toUpperCase() ?? "PLAINTEXT";
  if (!isTls(protocol)) return [];
  const of: StoreSettings = (key) => settings.given.get(key) ?? null;
  const refused = keyStoreRefusal(of) ?? trustStoreRefusal(of);
  if (refused === null) return [];
  // a password may be kept elsewhere
  const isMissing = !("remove" in refused.fix) && refused.fix.key.endsWith("password");
  return [
    {
      settings: refused.settings,
      ...(isMissing && { severity: "warning" as const }),
      happens: `${settings.label} does not start: "${refused.why}".`,
      fix:
        "remove" in refused.fix
          ? settings.remove(refused.fix.remove.key)
          : settings.set(refused.fix.key, refused.fix.value),
    },
  ];
}

const UNCHECKED: Readonly<Record<ClientKind, readonly (readonly [key: string, off: RegExp, on: string])[]>> =
  {
    java: [["ssl.endpoint.identification.algorithm", /^$/, "https"]],
    kafkajs: [["ssl.rejectUnauthorized", /^false$/, "true"]],
    librdkafka: [
      ["ssl.endpoint.identification.algorithm", /^none$/i, "https"],
      ["enable.ssl.certificate.verification", /^(false|0)$/i, "true"],
    ],
  };

function uncheckedName({ kind, settings }: Client): Problem[] {
  for (const [key, off, on] of UNCHECKED[kind]) {
    const setting = settings.given.get(key);
    if (setting === undefined || !off.test(setting.value.trim())) continue;
    return [
      {
        settings: [setting],
        happens:
          `${settings.label} does not check that the broker's certificate is for the host that it dialled, ` +
          "so another server can stand in between.",
        fix: settings.set(key, on),
      },
    ];
  }
  return [];
}
