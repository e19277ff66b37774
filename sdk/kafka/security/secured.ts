// A socket between its dialling and its first request: TLS, then SASL.

import type { Buffer } from "node:buffer";
import type net from "node:net";
import type { Security } from "../../model/security.ts";
import { frameOf } from "../frames.ts";
import { authenticate } from "./authenticate.ts";
import { readyEvent } from "./dial.ts";

/** A socket, and who waits for which answer on it. */
export interface Asked {
  readonly socket: net.Socket;
  /** By correlation id: the requests here have negative ones. */
  readonly waiting: Map<number, { resolve(body: Buffer): void; reject(error: Error): void }>;
}

/**
 * Resolves when requests may be written.
 *
 * @throws LabError AUTHENTICATION; the socket's own error
 */
export async function secured(
  { socket, waiting }: Asked,
  address: string,
  security: Security,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once(readyEvent(security), resolve);
    socket.once("error", reject).once("close", () => reject(new Error("CLOSED")));
  });
  if (!security.isSasl) return;
  let count = 0;
  await authenticate(
    (request) =>
      new Promise((resolve, reject) => {
        const id = -++count;
        waiting.set(id, { resolve, reject });
        socket.write(frameOf(id, request));
      }),
    address,
    security,
  );
}
