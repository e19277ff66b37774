// Hosts and ports as Kafka's settings write them: `host:port`, `id@host:port`, `NAME://host:port`.
// Sources: Utils.getHost and getPort (HOST_PORT_PATTERN), SocketServerConfigs (URI_PARSE_REGEXP),
// QuorumConfig.parseVoterConnections.

import { wholeOf } from "./java-number.ts";

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The highest port. */
export const MAX_PORT = 65_535;

/** An address, or why Kafka refuses it, in Kafka's words. */
export type ReadAddress<T = Address> = T | { readonly fault: string };

/** Reads `host:port` of a list of addresses; an IPv6 host may be in brackets, which are left out. */
export function readAddress(text: string, setting: string): ReadAddress {
  const form = `for the configuration ${setting}. Each entry should be in the form "{host}:{port}"`;
  return hostAndPort(text) ?? { fault: `Failed to parse host name from ${text} ${form}` };
}

/** Reads an entry of `bootstrap.servers`. */
export function readBootstrap(text: string): ReadAddress {
  const address = hostAndPort(text) ?? { fault: `Invalid url in bootstrap.servers: ${text}` };
  return "fault" in address && address.fault.startsWith("port")
    ? { fault: `Invalid port in bootstrap.servers: ${text}` }
    : address;
}

/** Reads `NAME://host:port`, a listener. */
export function readListener(text: string): ReadAddress<Address & { readonly name: string }> {
  const [, name, host = "", digits = ""] = /^(.*):\/\/\[?([\w%.:-]*)\]?:(-?\d+)$/.exec(text) ?? [];
  if (name === undefined) return { fault: `Unable to parse ${text} to a broker endpoint` };
  const port = portOf(digits);
  return typeof port === "number" ? { name, host, port } : port;
}

/** Reads `id@host:port`, a voter of the metadata quorum. */
export function readVoter(text: string): ReadAddress<Address & { readonly id: number }> {
  const form = "Each entry should be in the form `{id}@{host}:{port}`.";
  const [digits = "", rest, ...more] = text.split("@");
  if (rest === undefined || more.length > 0)
    return { fault: `Invalid configuration value for controller.quorum.voters. ${form}` };
  const id = wholeOf(digits, "INT");
  if (id === undefined || id < 0n) return { fault: `Failed to parse voter ID as an integer from ${digits}` };
  const setting = "controller.quorum.voters";
  const address = hostAndPort(rest) ?? {
    fault: `Failed to parse host name from entry ${text} for the configuration ${setting}. ${form}`,
  };
  return "fault" in address ? address : { id: Number(id), ...address };
}

/** Splits a list of addresses, and leaves out what is empty. */
export function entriesOf(text: string): string[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

function hostAndPort(text: string): ReadAddress | undefined {
  const [, host, digits] = /^(?:[\w%.-]*:\/\/)?\[?([\w%.:-]*)\]?:(\d+)$/.exec(text) ?? [];
  if (host === undefined || digits === undefined) return undefined;
  const port = portOf(digits);
  return typeof port === "number" ? { host, port } : port;
}

function portOf(digits: string): number | { readonly fault: string } {
  const port = wholeOf(digits, "INT");
  if (port === undefined) return { fault: `For input string: "${digits}"` };
  return port >= 0n && port <= MAX_PORT ? Number(port) : { fault: `port out of range:${port}` };
}
