// A kafkajs client that the cluster refuses, or that does not trust the cluster. kafkajs goes on dialling a
// broker whose certificate it does not trust; here the first such answer ends what waits for a connection.
//
//   before the first connection   every call rejects with it: no time mends a wrong password
//   after it                      a failure among others, which the result of a send shows: somebody has
//                                 changed the password or the certificates of a cluster that runs

import { authenticationFailure, isRefusal } from "../kafka/security/mod.ts";
import type { LabError } from "../model/errors.ts";
import type { Security } from "../model/security.ts";

export interface Refusal {
  /** Whether the client can be given up. */
  readonly isFinal: boolean;
  /** Says that a connection was refused. */
  note(error: LabError): void;
  /** Waits for what connects, and rejects at the first refusal. */
  unlessRefused<T>(connecting: Promise<T>): Promise<T>;
  /** @throws LabError AUTHENTICATION, TLS_HANDSHAKE where that is why the client could not connect */
  assertNone(error: unknown): void;
}

const SASL_TYPES: readonly unknown[] = [
  "ILLEGAL_SASL_STATE",
  "SASL_AUTHENTICATION_FAILED",
  "UNSUPPORTED_SASL_MECHANISM",
];

/** @param address a broker that the client dials, for an error that does not say which */
export function makeRefusal(security: Security | undefined, address: string): Refusal {
  let refused: LabError | undefined;
  let wasConnected = false;
  const waiting = new Set<(refused: LabError) => void>();
  const isFinal = (): boolean => refused !== undefined && !wasConnected;
  const note = (error: LabError): void => {
    if (wasConnected) return;
    refused ??= error;
    for (const reject of waiting) reject(refused);
  };
  /** What kafkajs says of SASL, in the lab's words. */
  const ofSasl = (error: unknown): LabError | undefined => {
    if (isRefusal(error)) return error;
    const { name, type, message } = error as Error & { type?: unknown };
    if (security === undefined) return undefined;
    if (name !== "KafkaJSSASLAuthenticationError" && !SASL_TYPES.includes(type)) return undefined;
    return authenticationFailure(address, security, message.replace(/^SASL .*? failed: /, ""));
  };
  return {
    get isFinal() {
      return isFinal();
    },
    note,
    async unlessRefused(connecting) {
      connecting.catch(() => {}); // nobody listens once it was refused
      if (refused !== undefined && !wasConnected) throw refused;
      let giveUp = (_: LabError): void => {};
      const refusing = new Promise<never>((_, reject) => waiting.add((giveUp = reject)));
      try {
        const connected = await Promise.race([connecting, refusing]);
        wasConnected = true;
        return connected;
      } catch (error) {
        const refusal = ofSasl(error);
        if (refusal !== undefined) note(refusal);
        throw refusal ?? error;
      } finally {
        waiting.delete(giveUp);
      }
    },
    assertNone(error) {
      if (wasConnected) return;
      if (isRefusal(error)) throw error;
      if (refused !== undefined) throw refused;
    },
  };
}
