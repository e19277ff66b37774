// A line on which round trips are measured: one TCP connection to a Kafka listener, on which ApiVersions (v0,
// an empty request that every broker answers at once, KIP-35) goes there and back.

import { Buffer } from "node:buffer";
import net from "node:net";
import { performance } from "node:perf_hooks";
import type { Line } from "./network.ts";

const API_VERSIONS = 18;

/**
 * Opens a line to `host:port`; it is dialled with the first round trip, which then has the set-up of the
 * connection in it.
 */
export function openEcho(address: string): Line {
  const at = address.lastIndexOf(":");
  let socket: net.Socket | undefined;
  let isDead = false;
  let correlation = 0;
  let pending: Buffer = Buffer.alloc(0);
  let onAnswer: ((correlation: number) => void) | undefined;
  let onEnd: (() => void) | undefined;

  function dial(): net.Socket {
    const dialled = net.connect({
      host: address.slice(0, at),
      port: Number(address.slice(at + 1)),
      noDelay: true,
    });
    dialled.on("error", () => {}); // "close" follows
    dialled.on("close", () => {
      isDead = true;
      onEnd?.();
    });
    dialled.on("data", (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 8 && pending.length >= 4 + pending.readInt32BE(0)) {
        const answered = pending.readInt32BE(4);
        pending = pending.subarray(4 + pending.readInt32BE(0));
        onAnswer?.(answered);
      }
    });
    return dialled;
  }

  function close(): void {
    isDead = true;
    socket?.destroy();
  }

  return {
    async roundTrip(timeoutMs, signal) {
      signal?.throwIfAborted();
      if (isDead) return null;
      const own = ++correlation;
      const beganAt = performance.now();
      socket ??= dial();
      let timer: NodeJS.Timeout | undefined;
      const tookMs = await new Promise<number | null>((resolve) => {
        onAnswer = (answered) => answered === own && resolve(performance.now() - beganAt);
        onEnd = () => resolve(null);
        timer = setTimeout(() => resolve(null), timeoutMs);
        signal?.addEventListener("abort", onEnd, { once: true });
        socket!.write(request(own));
      });
      clearTimeout(timer);
      if (onEnd !== undefined) signal?.removeEventListener("abort", onEnd);
      onAnswer = onEnd = undefined;
      if (tookMs === null) close(); // an answer that comes late would be taken for the next one's
      signal?.throwIfAborted();
      return tookMs;
    },
    close,
  };
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
