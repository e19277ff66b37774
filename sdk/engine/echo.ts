// A line on which round trips are measured: one TCP connection to a Kafka listener, with ApiVersions requests
// (v0, an empty request that every broker answers at once, KIP-35).

import { Buffer } from "node:buffer";
import type net from "node:net";
import { performance } from "node:perf_hooks";
import { frameReader } from "../kafka/frames.ts";
import { dial as dialSocket, secured, splitAddress } from "../kafka/security/mod.ts";
import type { Security } from "../model/security.ts";
import type { Line } from "./network.ts";

const API_VERSIONS = 18;

/** A connection and the round trip that is under way on it, at most one at a time. */
interface Echo {
  readonly address: string;
  readonly name: string | undefined;
  readonly security: Security | undefined;
  socket: net.Socket | undefined;
  /** Resolves when requests may be written, where TLS or SASL comes first. */
  ready: Promise<void> | undefined;
  isDead: boolean;
  correlation: number;
  onAnswer: ((correlation: number) => void) | undefined;
  onEnd: (() => void) | undefined;
}

/**
 * Opens a line to `host:port`; the first round trip dials it and includes the set-up of the connection, with
 * TLS and SASL where the listener has them: before SASL a broker answers ApiVersions only once.
 *
 * @param name what the listener's certificate has to name; @default the host
 */
export function openEcho(address: string, security?: Security, name?: string): Line {
  const echo: Echo = {
    address,
    name,
    security,
    socket: undefined,
    ready: undefined,
    isDead: false,
    correlation: 0,
    onAnswer: undefined,
    onEnd: undefined,
  };
  return {
    async roundTrip(timeoutMs, signal) {
      signal?.throwIfAborted();
      if (echo.isDead) return null;
      const tookMs = await roundTrip(echo, timeoutMs, signal);
      if (tookMs === null) close(echo); // an answer that comes late would be taken for the next one's
      signal?.throwIfAborted();
      return tookMs;
    },
    close: () => close(echo),
  };
}

async function roundTrip(
  echo: Echo,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const own = ++echo.correlation;
  const beganAt = performance.now();
  const socket = (echo.socket ??= dial(echo));
  let timer: NodeJS.Timeout | undefined;
  const tookMs = await new Promise<number | null>((resolve) => {
    echo.onAnswer = (answered) => answered === own && resolve(performance.now() - beganAt);
    echo.onEnd = () => resolve(null);
    timer = setTimeout(() => resolve(null), timeoutMs);
    signal?.addEventListener("abort", echo.onEnd, { once: true });
    const write = (): void => void socket.write(request(own));
    if (echo.ready === undefined) write();
    else echo.ready.then(write, () => resolve(null));
  });
  clearTimeout(timer);
  if (echo.onEnd !== undefined) signal?.removeEventListener("abort", echo.onEnd);
  echo.onAnswer = echo.onEnd = undefined;
  return tookMs;
}

function dial(echo: Echo): net.Socket {
  const socket = dialSocket({ ...splitAddress(echo.address), name: echo.name }, echo.security);
  socket.on("error", () => {}); // "close" follows
  socket.on("close", () => {
    echo.isDead = true;
    echo.onEnd?.();
  });
  const waiting: Parameters<typeof secured>[0]["waiting"] = new Map();
  socket.on(
    "data",
    frameReader((correlation, body) => {
      if (correlation < 0) waiting.get(correlation)?.resolve(body);
      else echo.onAnswer?.(correlation);
    }),
  );
  if (echo.security !== undefined) {
    echo.ready = secured({ socket, waiting }, echo.address, echo.security);
    echo.ready.catch(() => close(echo)); // the round trip ends without an answer
  }
  return socket;
}

function close(echo: Echo): void {
  echo.isDead = true;
  echo.socket?.destroy();
}

/** Size, API key, version, correlation id, no client id. */
function request(correlation: number): Buffer {
  const bytes = Buffer.alloc(14);
  bytes.writeInt32BE(10, 0);
  bytes.writeInt16BE(API_VERSIONS, 4);
  bytes.writeInt16BE(0, 6);
  bytes.writeInt32BE(correlation, 8);
  bytes.writeInt16BE(-1, 12);
  return bytes;
}
