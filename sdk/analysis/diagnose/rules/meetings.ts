// Which listener a client comes to, and what its settings say of its security.

import { asFix, type Fix } from "../fix.ts";
import type { ComposeProject } from "../../../compose/mod.ts";
import type { Client, ClientKind, Cluster, Dial, Facts, Node } from "../facts.ts";
import { addressesIn } from "../addresses.ts";
import { settingFor } from "../known/clients.ts";
import { isOpen, type Setting } from "../setting.ts";
import { isSelf, networkOf, whereOf } from "./reach.ts";
import { isUnknown } from "./secured.ts";

/** What a client says of its security. */
export interface Security {
  readonly protocol: string;
  /** The setting that says it; the bootstrap list where nothing does. */
  readonly setting: Setting;
  /** False where the file says nothing of security at all, so that the program may add it. */
  readonly isSaid: boolean;
  readonly mechanism: Setting | null;
  readonly hasCertificate: boolean;
}

/** A client, and the listener that it comes to. */
export interface Meeting {
  /** How a sentence names the client. */
  readonly name: string;
  readonly kind: ClientKind;
  /** How its file would write a setting. */
  spell(key: string, value: string): string;
  /** The fix that writes a setting of its file. */
  set(key: string, value: string): Fix;
  readonly security: Security;
  readonly node: Node;
  readonly listener: string;
}

const MECHANISM: Readonly<Record<ClientKind, readonly string[]>> = {
  java: ["sasl.mechanism"],
  kafkajs: ["sasl.mechanism"],
  librdkafka: ["sasl.mechanisms", "sasl.mechanism"],
};

/** Settings with which a client shows a certificate, of all clients. */
const OWN_CERTIFICATE: ReadonlySet<string> = new Set(
  (
    "ssl.keystore.location ssl.keystore.key ssl.keystore.certificate.chain ssl.engine.factory.class " +
    "ssl.certificate.location ssl.certificate.pem ssl.cert ssl.pfx ssl.key"
  ).split(" "),
);

/** Reads a client's security; null where it is not known before the program runs. */
function securityOf(client: Client, hasBundle: boolean): Security | null {
  const { kind, settings } = client;
  const given = [...settings.given.values()].filter(({ key }) => /^(ssl|sasl|security)\b/.test(key));
  const isSaid = given.length > 0;
  const bootstrap = settingFor(client, "bootstrap");
  if (bootstrap === null || hasBundle) return null;
  const mechanism = MECHANISM[kind].flatMap((key) => settings.given.get(key) ?? [])[0] ?? null;
  const hasCertificate = given.some(({ key }) => OWN_CERTIFICATE.has(key));
  if (kind === "kafkajs") {
    const [tls, sasl] = [/^ssl\b/, /^sasl\b/].map((name) =>
      given.find(({ key, value }) => name.test(key) && value !== "false" && value !== "null"),
    );
    if (isOpen(settings.given.get("ssl")?.value ?? "")) return null;
    const protocol = `${sasl === undefined ? "" : "SASL_"}${tls === undefined ? "PLAINTEXT" : "SSL"}`;
    return { protocol, setting: tls ?? sasl ?? bootstrap, isSaid, mechanism, hasCertificate };
  }
  const said = protocolIn(given, bootstrap);
  return said === null ? null : { ...said, isSaid, mechanism: mechanism ?? said.mechanism, hasCertificate };
}

/** What Kafka's settings say; null where it is not known. */
function protocolIn(
  given: readonly Setting[],
  bootstrap: Setting,
): Pick<Security, "protocol" | "setting" | "mechanism"> | null {
  const setting = given.find(({ key }) => key === "security.protocol");
  if (setting !== undefined && isUnknown(setting)) return null;
  const protocol = setting?.value.trim().toUpperCase() ?? "PLAINTEXT";
  const written = "sasl.mechanism";
  const standard: Setting = {
    key: written,
    written,
    value: "GSSAPI",
    origin: "default",
    location: (setting ?? bootstrap).location,
  };
  const found = given.find(({ key }) => key === written);
  return { protocol, setting: setting ?? bootstrap, mechanism: found ?? standard };
}

/** Which listener each client comes to, by the first address that leads to one. */
export function meetings(facts: Facts): Meeting[] {
  const found = [...ofFiles(facts), ...ofServices(facts)];
  const seen = new Set<string>();
  return found.filter(({ security: { setting }, listener }) => {
    const key = `${placeOf(setting)} ${listener}`;
    return !seen.has(key) && seen.add(key);
  });
}

function ofFiles(facts: Facts): Meeting[] {
  const dials = new Map(facts.dials.map((dial) => [placeOf(dial.setting), dial]));
  return facts.clients.flatMap((client): Meeting[] => {
    // what a worker does not hand to them is reported by connect-security-without-prefix
    if (client.isConnectors === true) return [];
    // a factory in a source, or a bundle of certificates, may add what the file does not say
    if (facts.beans.some(({ role }) => role === client.role)) return [];
    const isBundled = facts.spring.some(({ path }) => /\.ssl\.bundle$/i.test(path));
    const security = securityOf(client, client.isSpring && isBundled);
    const met = security === null ? null : listenerOf(facts, client, dials);
    const { kind, settings } = client;
    return security === null || met === null
      ? []
      : [{ name: settings.label, kind, spell: settings.spell, set: settings.set, security, ...met }];
  });
}

/** The services whose images take Kafka's settings from variables. */
function ofServices({ cluster, compose, dials }: Facts): Meeting[] {
  if (cluster === null || compose === null) return [];
  return dials.flatMap((dial): Meeting[] => {
    const { name, service, setting, security: own } = dial;
    const said = own === undefined ? null : protocolIn(own.given, setting);
    const met = said === null ? null : dialledIn(cluster, compose, dial);
    if (own === undefined || said === null || met === null || service === null) return [];
    const hasCertificate = own.given.some(({ key }) => OWN_CERTIFICATE.has(key));
    const security = { ...said, isSaid: own.given.length > 0, hasCertificate };
    return [
      {
        name,
        kind: "java",
        spell: own.spell,
        set: (key, value) => asFix(own.spell(key, value)),
        security,
        ...met,
      },
    ];
  });
}

function placeOf({ location: { file, line, column } }: Setting): string {
  return `${file}:${line}:${column}`;
}

function listenerOf(
  { cluster, compose }: Facts,
  client: Client,
  dials: ReadonlyMap<string, Dial>,
): { node: Node; listener: string } | null {
  const setting = settingFor(client, "bootstrap");
  if (cluster === null || setting?.origin !== "file" || isOpen(setting.value)) return null;
  const addresses = addressesIn(setting.value);
  if (compose === null) {
    for (const { host, port } of addresses)
      for (const node of cluster.brokers) {
        const listener = node.advertised.find((one) => one.host === host && one.port === port);
        if (listener !== undefined) return { node, listener: listener.name };
      }
    return null;
  }
  const dial = dials.get(placeOf(setting));
  if (client.isInCompose === true && dial === undefined) return null;
  return dialledIn(cluster, compose, {
    name: "",
    service: dial?.service ?? null,
    setting,
    addresses,
    set: asFix,
  });
}

function dialledIn(
  cluster: Cluster,
  compose: ComposeProject,
  dial: Dial,
): { node: Node; listener: string } | null {
  const where = whereOf(dial);
  const network = networkOf(cluster, compose);
  for (const address of dial.addresses) {
    if (where.kind === "host" && !isSelf(address.host)) continue;
    const target = network.targetOf(where, address);
    if (target.kind === "listener" && !target.node.controllerNames.includes(target.listener.name))
      return { node: target.node, listener: target.listener.name };
  }
  return null;
}
