// Listeners that encrypt or authenticate, and the files that their settings name: what a broker needs besides
// its properties to serve them on this machine.

import { protocolOf } from "./listeners.ts";
import type { Mount } from "./project.ts";

/** What the functions here need to know of a node. */
interface Secured {
  readonly properties: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
}

const STORE = /(?:^|\.)ssl\.(?:key|trust)store\.location$/;

/**
 * The file of this machine that a path of the container is; undefined where it is the container's own, or
 * where its folder is not known by an absolute path.
 */
export function hostFileOf(mounts: readonly Mount[], file: string): string | undefined {
  const mount = mounts
    .filter(({ kind, target }) => kind === "bind" && (file === target || file.startsWith(`${target}/`)))
    .sort((a, b) => b.target.length - a.target.length)[0];
  return mount?.source?.startsWith("/") ? mount.source + file.slice(mount.target.length) : undefined;
}

/** The node's properties with each key store and trust store where this machine has it. */
export function withHostFiles({ properties, mounts }: Secured): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      STORE.test(name) ? (hostFileOf(mounts, value) ?? value) : value,
    ]),
  );
}

/** The listeners that are not PLAINTEXT, each with why it cannot be served without the image. */
export function unservable(node: Secured): [listener: string, why: string][] {
  return securedListeners(node.properties).flatMap(([listener, protocol]) => {
    const stores = /SSL/i.test(protocol) ? withoutStores(node, listener) : undefined;
    const why = stores ?? withoutUsers(node, listener, protocol);
    return why === undefined ? [] : [[listener, `${protocol}: ${why}`]];
  });
}

/** Kafka takes a listener's own setting before that of all. */
function settingOf({ properties }: Secured, listener: string, name: string): string | undefined {
  return properties[`listener.name.${listener.toLowerCase()}.${name}`] ?? properties[name];
}

function withoutStores(node: Secured, listener: string): string | undefined {
  const isInline = settingOf(node, listener, "ssl.keystore.certificate.chain") !== undefined;
  const key = settingOf(node, listener, "ssl.keystore.location");
  if (key === undefined && !isInline) return "no setting names its certificate (ssl.keystore.location)";
  const files = [key, settingOf(node, listener, "ssl.truststore.location")];
  const missing = files.find((file) => file !== undefined && hostFileOf(node.mounts, file) === undefined);
  return missing === undefined
    ? undefined
    : `${missing} is in the image or in a volume, not in a folder of this machine`;
}

/** The mechanisms whose users are in the settings, or in the cluster's metadata. */
const MECHANISMS: readonly string[] = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];

function withoutUsers(node: Secured, listener: string, protocol: string): string | undefined {
  if (!/SASL/i.test(protocol)) return undefined;
  const enabled = (settingOf(node, listener, "sasl.enabled.mechanisms") ?? "GSSAPI")
    .split(",")
    .map((one) => one.trim());
  const other = enabled.find((one) => !MECHANISMS.includes(one));
  if (other !== undefined) return `${other} needs what is not here`;
  const without = enabled.find(
    (one) =>
      settingOf(node, listener, `${one.toLowerCase()}.sasl.jaas.config`) === undefined &&
      settingOf(node, listener, "sasl.jaas.config") === undefined,
  );
  return without === undefined ? undefined : `no setting has the users of ${without} (sasl.jaas.config)`;
}

/**
 * The setting with a login module that is not Kafka's own; undefined where there is none. Clients within a
 * broker log in, too, as that of the remote log's metadata does, so it may be any setting's end.
 */
export function strangeLogin({ properties }: Pick<Secured, "properties">): string | undefined {
  return Object.keys(properties).find(
    (name) => name.endsWith("sasl.jaas.config") && !KNOWN_LOGIN.test(properties[name]!),
  );
}

// Other login modules of Java read files, or load code from where a setting says.
const KNOWN_LOGIN = new RegExp(
  `^(?:${
    /\s*org\.apache\.kafka\.common\.security\.(?:plain\.Plain|scram\.Scram)LoginModule\s+required/.source +
    /(?:\s(?:"(?:[^"\\]|\\.)*"|[^";])*)?;/.source
  })+\\s*$`,
);

// A node that is no controller dials the controllers' listener without having it.
function securedListeners(
  properties: Readonly<Record<string, string>>,
): [listener: string, protocol: string][] {
  const listed = (key: string): string[] => (properties[key] ?? "").split(",").map((one) => one.trim());
  const names = [
    ...listed("listeners").map((listener) => listener.split("://")[0] ?? ""),
    ...listed("controller.listener.names"),
    ...listed("inter.broker.listener.name"),
    ...listed("security.inter.broker.protocol"),
  ];
  return [...new Set(names)]
    .map((name): [string, string] => [name, protocolOf({ properties }, name)])
    .filter(([, protocol]) => /SSL|SASL/i.test(protocol));
}
