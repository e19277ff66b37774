// What a connection that is refused for its certificates or its password looks like: errors of their own, so
// that nobody waits for a time-out of what no time can mend.

import { LabError } from "../../model/errors.ts";
import type { Security } from "../../model/security.ts";

/** The cluster and the client do not trust each other. */
export type Refused = LabError & { readonly code: "AUTHENTICATION" | "TLS_HANDSHAKE" };

/** Whether an error says that the cluster and the client do not trust each other. */
export function isRefusal(error: unknown): error is Refused {
  return error instanceof LabError && (error.code === "AUTHENTICATION" || error.code === "TLS_HANDSHAKE");
}

/** The cluster does not accept the user, the password or the mechanism; `why` is the broker's own text. */
export function authenticationFailure(address: string, security: Security, why: string): LabError {
  const { mechanism, username = "nobody" } = security;
  return new LabError(
    "AUTHENTICATION",
    `Cannot authenticate with ${address} as ${username} by ${mechanism}: ${why.replace(/\.$/, "")}`,
    { hint: "Are `security.username`, `password` and `mechanism` those of the cluster?" },
  );
}

/** Failures of the network: the next try may succeed. */
const OF_THE_NETWORK =
  /^(?:E(?!PROTO|RR_)[A-Z_]+|ERR_SOCKET\w*|ERR_STREAM\w*|TIMEOUT|CLOSED|BACKOFF|ERR_TLS_HANDSHAKE_TIMEOUT)$/;

const HINTS: readonly (readonly [sign: RegExp, hint: string])[] = [
  [
    /alert|certificate.?required|bad.?certificate/i,
    "The broker refused the client: does it require a certificate of its own authority " +
      "(`security.cert` and `key`)?",
  ],
  [/altname|name|NotValidForName/i, "Does the broker's certificate name the host that the client dials?"],
  [/expired|not.?yet.?valid/i, "Is the broker's certificate still valid, and this machine's clock right?"],
  [/wrong.?version|packet.?length|InvalidContentType|corrupt/i, "Does that listener speak TLS at all?"],
  [/./, "Is `security.ca` the authority that signed the brokers' certificates?"],
];

/** The error for a TLS connection that is refused; undefined for a failure of the network. */
export function tlsFailure(address: string, error: Error & { code?: unknown }): LabError | undefined {
  if (isRefusal(error)) return error;
  const code = typeof error.code === "string" ? error.code : "";
  if (code === "" ? !/certificate|tls|ssl|alert|handshake/i.test(error.message) : OF_THE_NETWORK.test(code))
    return undefined;
  // OpenSSL's own messages have addresses of memory and files of its source
  const reason = (error as { reason?: unknown }).reason;
  const why = typeof reason === "string" ? reason : error.message.split("\n", 1)[0]!;
  return tlsRefusal(address, why, `${code} ${why}`);
}

/** The same by what is known of it: `signs` decides the hint. */
export function tlsRefusal(address: string, why: string, signs: string = why): LabError {
  return new LabError("TLS_HANDSHAKE", `Cannot make a TLS connection to ${address}: ${why}`, {
    hint: HINTS.find(([sign]) => sign.test(signs))![1],
  });
}
