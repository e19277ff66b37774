// A client's settings as a prediction needs them.

import type { ClientSettings } from "../../client/client.ts";
import { JAVA_MAX_BLOCK } from "../../kafka/defaults.ts";
import type { Broker } from "../../model/history.ts";
import type { ShownSecurity } from "../../model/security.ts";
import type { Handshake, KnownClient } from "./circumstances.ts";

export interface ClientFacts {
  readonly name: string;
  readonly settings: ClientSettings;
  /** @default true */
  readonly isWarm?: boolean;
  /** Whose address it is; null for nobody's. */
  brokerOf(address: string): Broker | null;
}

/** Returns a client as it matters; addresses that belong to no broker are left out. */
export function knownClient({ name, settings, isWarm = true, brokerOf }: ClientFacts): KnownClient {
  const {
    client,
    acks,
    idempotent,
    requestTimeout,
    connectionTimeout,
    retries,
    initialRetryTime,
    maxRetryTime,
    metadataMaxAge,
    deliveryTimeout,
  } = settings;
  return {
    name,
    client,
    isWarm,
    bootstrap: settings.bootstrap.flatMap((address) => brokerOf(address) ?? []),
    acks,
    idempotent,
    requestTimeout,
    connectionTimeout,
    retries,
    initialRetryTime,
    maxRetryTime,
    metadataMaxAge,
    deliveryTimeout,
    maxBlock:
      settings.client === "java" ? Number(settings.properties["max.block.ms"] ?? JAVA_MAX_BLOCK) : null,
    dropHungConnections: settings.client === "java" || settings.dropHungConnections,
    ...(settings.security && { handshake: handshakeOf(settings.security) }),
  };
}

function handshakeOf({ protocol, mechanism }: ShownSecurity): Handshake {
  return {
    tls: protocol === "SASL_PLAINTEXT" ? 0 : 1,
    sasl: protocol === "SSL" ? 0 : mechanism === "PLAIN" ? 2 : 3,
  };
}
