// What a Java client logs where the cluster refuses it, or where it does not trust the cluster:
//
//   Connection to node -1 (localhost/127.0.0.1:29291) failed authentication due to: <why>
//
// It would go on trying. Before its first answer nothing mends that; later somebody has changed the cluster.

import { authenticationFailure, tlsRefusal } from "../../kafka/security/mod.ts";
import type { LabError } from "../../model/errors.ts";
import type { Security } from "../../model/security.ts";
import type { LogLine } from "./line.ts";

const REFUSED = /^Connection to node \S+ \(([^/)]*)\/?[^:)]*(:\d+)\) failed authentication due to: (.*)$/;

/** Reads a client's lines, and calls back at the first refusal where it comes before any answer. */
export function followRefusals(
  security: Security | undefined,
  onRefused: (error: LabError) => void,
): { read(line: LogLine): void } {
  let isOver = security === undefined;
  return {
    read({ logger, text }) {
      if (isOver || !logger.endsWith(".NetworkClient")) return;
      if (/^Received \w+ response/.test(text)) isOver = true;
      const [, host, port, why] = REFUSED.exec(text) ?? [];
      if (why === undefined) return;
      isOver = true;
      const address = `${host}${port}`;
      onRefused(
        isOfTls(why, security!) ? tlsRefusal(address, why) : authenticationFailure(address, security!, why),
      );
    },
  };
}

/** SslTransportLayer: a client's certificate is refused after the handshake in TLS 1.3. */
function isOfTls(why: string, { isSasl, isTls }: Security): boolean {
  return !isSasl || (isTls && /^SSL |^TLS |post-handshake/.test(why));
}
