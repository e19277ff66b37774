// A line on which round trips are measured: one TCP connection to a Kafka listener, with ApiVersions requests
// (v0, an empty request that every broker answers at once, KIP-35).

import { Buffer } from "node:buffer";
import net from "node:net";
import { performance } from "node:perf_hooks";
import { frameReader } from "../kafka/frames.ts";
import type { Line } from "./network.ts";

const API_VERSIONS = 18;

/** A connection and the round trip that is under way on it, at most one at a time. */
interface Echo {
  readonly address: string;
  socket: net.Socket | undefined;
  isDead: boolean;
  correlation: number;
  onAnswer: ((correlation: number) => void) | undefined;
  onEnd: (() => void) | undefined;
}

/** Opens a line to `host:port`; the first round trip dials it and includes the set-up of the connection. */
export function openEcho(address: string): Line {
  const echo: Echo = {
    address,
    socket: undefined,
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
    socket.write(request(own));
  });
  clearTimeout(timer);
  if (echo.onEnd !== undefined) signal?.removeEventListener("abort", echo.onEnd);
  echo.onAnswer = echo.onEnd = undefined;
  return tookMs;
}

function dial(echo: Echo): net.Socket {
  const at = echo.address.lastIndexOf(":");
  const socket = net.connect({
    host: echo.address.slice(0, at),
    port: Number(echo.address.slice(at + 1)),
    noDelay: true,
  });
  socket.on("error", () => {}); // "close" follows
  socket.on("close", () => {
    echo.isDead = true;
    echo.onEnd?.();
  });
  socket.on(
    "data",
    frameReader((correlation) => echo.onAnswer?.(correlation)),
  );
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
