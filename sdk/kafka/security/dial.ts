// Opens sockets: plain ones, and with security those of node:tls.

import net from "node:net";
import tls from "node:tls";
import type { Security } from "../../model/security.ts";

/** What node:tls needs to know. */
export function tlsOptions(security: Security): tls.ConnectionOptions {
  const { ca, cert } = security;
  const { key } = security.reveal();
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** The event that says that a socket of {@link dial} can be used. */
export function readyEvent(security: Security | undefined): "connect" | "secureConnect" {
  return security?.isTls ? "secureConnect" : "connect";
}

/** Where to dial. */
export interface Destination {
  host: string;
  port: number;
  /** What its certificate has to name. @default the host */
  name?: string | undefined;
}

export function dial({ host, port, name = host }: Destination, security: Security | undefined): net.Socket {
  if (!security?.isTls) return net.connect({ host, port, noDelay: true });
  const socket = tls.connect({
    host,
    port,
    ...(net.isIP(name) === 0 ? { servername: name } : {}), // a name that is an address is not allowed
    ...tlsOptions(security),
  });
  socket.setNoDelay(true);
  return socket;
}

/** Splits `host:port`; an IPv6 host is in brackets. */
export function splitAddress(address: string): { host: string; port: number } {
  const at = address.lastIndexOf(":");
  return { host: address.slice(0, at).replace(/^\[(.*)\]$/, "$1"), port: Number(address.slice(at + 1)) };
}
