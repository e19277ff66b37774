// Key stores and trust stores: what Kafka is given of a certificate, and why it refuses it.
//
// Source: DefaultSslEngineFactory.createKeystore and createTruststore; apache/kafka,
// docker/resources/common-scripts/configure, and kafka-images, etc/confluent/docker/configure: for an
// advertised listener named …SSL the scripts replace the stores of all listeners by *_FILENAME and
// *_CREDENTIALS in /etc/kafka/secrets.

import type { Node } from "../facts.ts";
import { isOpen, type Setting } from "../setting.ts";
import { givenFor, hasImagesOwnStart, isBitnami } from "./secured.ts";

/** The folder of the images' conventions. */
export const SECRETS = "/etc/kafka/secrets";

/** A store's settings by their names without prefix; absent where nothing is given. */
export type StoreSettings = (key: string) => Setting | null;

/** Whether the image's script writes the stores of all listeners. */
export function hasImagesStores(node: Node): boolean {
  const { container } = node;
  if (container === null || isBitnami(node) || !hasImagesOwnStart(node)) return false;
  return (container.service.environment["KAFKA_ADVERTISED_LISTENERS"] ?? "").includes("SSL://");
}

/** A variable of the node's container. */
export function variableOf({ container }: Node, name: string): Setting | null {
  return container?.variables.find(({ key }) => key === name) ?? null;
}

/** What Kafka gets for a listener, after the image's script. */
export function storesOf(node: Node, listener: string): StoreSettings {
  const isImages = hasImagesStores(node);
  return (key) => {
    const given = givenFor(node, listener, key);
    if (!isImages || given?.key.startsWith("listener.name.") === true) return given;
    const variable = WRITTEN[key] ?? (asksForCertificates(node) ? WRITTEN_FOR_CLIENTS[key] : undefined);
    return variable === undefined ? given : (variableOf(node, variable) ?? given);
  };
}

/** Whether the image's script also writes a trust store. */
export function asksForCertificates(node: Node): boolean {
  return /required|requested/.test(variableOf(node, "KAFKA_SSL_CLIENT_AUTH")?.value ?? "");
}

/** The settings that the scripts write, by the variable that they read. */
const WRITTEN: Readonly<Record<string, string>> = {
  "ssl.keystore.location": "KAFKA_SSL_KEYSTORE_FILENAME",
  "ssl.keystore.password": "KAFKA_SSL_KEYSTORE_CREDENTIALS",
  "ssl.key.password": "KAFKA_SSL_KEY_CREDENTIALS",
};

const WRITTEN_FOR_CLIENTS: Readonly<Record<string, string>> = {
  "ssl.truststore.location": "KAFKA_SSL_TRUSTSTORE_FILENAME",
  "ssl.truststore.password": "KAFKA_SSL_TRUSTSTORE_CREDENTIALS",
};

/** The settings of which one gives a listener a certificate. */
const CERTIFICATES = [
  "ssl.keystore.location",
  "ssl.keystore.certificate.chain",
  "ssl.keystore.key",
  "ssl.engine.factory.class",
] as const;

/** Whether there is a certificate at all. */
export function hasCertificate(of: StoreSettings): boolean {
  return CERTIFICATES.some((key) => of(key) !== null) || of("ssl.provider") !== null;
}

/** A store that Kafka refuses: the settings that are against each other, its words, and the fix. */
export interface RefusedStore {
  readonly settings: readonly Setting[];
  readonly why: string;
  /** The setting to add, with its value, or to remove. */
  readonly fix: { readonly key: string; readonly value: string } | { readonly remove: Setting };
}

/** Why Kafka refuses a key store; null where it takes it. */
export function keyStoreRefusal(of: StoreSettings): RefusedStore | null {
  if (of("ssl.engine.factory.class") !== null || isOpen(of("ssl.keystore.type")?.value ?? "")) return null;
  const [location, password] = [of("ssl.keystore.location"), of("ssl.keystore.password")];
  const [key, chain] = [of("ssl.keystore.key"), of("ssl.keystore.certificate.chain")];
  const isPem = of("ssl.keystore.type")?.value.trim() === "PEM";
  const refused = (why: string, found: Setting, fix: RefusedStore["fix"]): RefusedStore => ({
    settings: [found],
    why,
    fix,
  });
  if (key !== null) {
    if (!isPem)
      return refused("SSL private key can be specified only for PEM", key, asPem("ssl.keystore.type"));
    if (chain === null)
      return refused("SSL private key is specified, but certificate chain is not specified", key, {
        key: "ssl.keystore.certificate.chain",
        value: "-----BEGIN CERTIFICATE-----…",
      });
    if (location !== null)
      return refused("Both SSL key store location and separate private key are specified", location, {
        remove: location,
      });
    return password === null ? null : refused(NO_PEM_PASSWORD, password, { remove: password });
  }
  if (chain !== null)
    return refused(
      "SSL certificate chain is specified, but private key is not specified",
      chain,
      location === null
        ? { key: "ssl.keystore.key", value: "-----BEGIN PRIVATE KEY-----…" }
        : { remove: chain },
    );
  if (location === null)
    return password === null
      ? null
      : refused("SSL key store is not specified, but key store password is specified", password, {
          key: "ssl.keystore.location",
          value: "FILE",
        });
  if (isPem) return password === null ? null : refused(NO_PEM_PASSWORD, password, { remove: password });
  return password !== null
    ? null
    : refused("SSL key store is specified, but key store password is not specified", location, {
        key: "ssl.keystore.password",
        value: "…",
      });
}

/** Why Kafka refuses a trust store; null where it takes it. */
export function trustStoreRefusal(of: StoreSettings): RefusedStore | null {
  if (of("ssl.engine.factory.class") !== null || isOpen(of("ssl.truststore.type")?.value ?? "")) return null;
  const [location, password] = [of("ssl.truststore.location"), of("ssl.truststore.password")];
  const certificates = of("ssl.truststore.certificates");
  const isPem = of("ssl.truststore.type")?.value.trim() === "PEM";
  const why = "SSL trust store password cannot be specified for PEM format";
  if (certificates !== null) {
    if (!isPem)
      return {
        settings: [certificates],
        why: "SSL trust store certs can be specified only for PEM",
        fix: asPem("ssl.truststore.type"),
      };
    if (location !== null)
      return {
        settings: [location],
        why: "Both SSL trust store location and separate trust certificates are specified",
        fix: { remove: location },
      };
    return password === null ? null : { settings: [password], why, fix: { remove: password } };
  }
  if (password === null) return null;
  if (location === null)
    return {
      settings: [password],
      why: "SSL trust store is not specified, but trust store password is specified",
      fix: { key: "ssl.truststore.location", value: "FILE" },
    };
  return isPem ? { settings: [password], why, fix: { remove: password } } : null;
}

const NO_PEM_PASSWORD =
  "SSL key store password cannot be specified with PEM format, only key password may be specified";

function asPem(key: string): { key: string; value: string } {
  return { key, value: "PEM" };
}
