// Watches a client's sockets from below: which request went to whom, and what came back.
//
// kafkajs reports neither connections nor the errors inside a Produce answer, but it lets a program make its
// sockets. Each socket made here notes, for every Produce request that passes, the operation on whose behalf
// it was written (the record's value is unique, so the request names its operation), and reads the error
// codes of the answer.

import { Buffer } from "node:buffer";
import net from "node:net";
import { performance } from "node:perf_hooks";
import { frameReader, requestHead } from "../kafka/frames.ts";
import { produceAnswer, producedValue } from "../kafka/protocol/mod.ts";
import { dial, readyEvent, splitAddress, tlsFailure } from "../kafka/security/mod.ts";
import type { LabError } from "../model/errors.ts";
import type { Security } from "../model/security.ts";

/**
 * One try as it is observed. `value` is the record's value for a Produce request, undefined for what serves
 * all of them.
 */
export interface ObservedAttempt {
  value: string | undefined;
  /** By `performance.now()`. */
  beganAt: number;
  tookMs: number;
  address: string;
  api: "Connect" | (typeof SHARED)[number][1] | "Produce";
  /** Kafka's error code of a Produce answer (0: none), where there was an answer. */
  errorCode?: number;
  partition?: number;
  /** A system code, `TIMEOUT` or `CLOSED`, where there was none. */
  error?: string;
}

export interface WatchOptions {
  onAttempt(attempt: ObservedAttempt): void;
  /** Called before a Produce request is written; false refuses it, as for a record that was given up. */
  mayWrite(value: string, request: Pick<ObservedAttempt, "address" | "beganAt">): boolean;
  /** Closes a connection whose request was not answered for this long; 0 for never. */
  hungAfterMs: number;
  /** Where to dial in place of a `host:port`. @default there */
  routes?: ReadonlyMap<string, string> | undefined;
  /** TLS, where the client uses it. @default plain sockets */
  security?: Security | undefined;
  /** Called where a broker and the client do not trust each other's certificates. */
  onRefused?(error: LabError): void;
}

/**
 * A broker that did not answer is not dialled again for this long, the largest pause of the Java client
 * (reconnect.backoff.max.ms). A frozen broker still accepts connections, and kafkajs asks a broker drawn by
 * chance for metadata: it would draw the frozen one again and again.
 */
const BACKOFF_MS = 1_000;

/** What kafkajs asks a socket factory for. */
interface SocketRequest {
  host: string;
  port: number;
  onConnect(): void;
}

export interface Watch {
  /** To be given to kafkajs as its `socketFactory`. */
  socketFactory(request: SocketRequest): net.Socket;
  /** Closes every socket and refuses to make more. */
  close(): void;
}

const PRODUCE = 0;
/** Requests that every operation may have to wait for, by Kafka's api keys. */
const SHARED = [
  [3, "Metadata"],
  [17, "SaslHandshake"],
  [18, "ApiVersions"],
  [22, "InitProducerId"],
  [36, "SaslAuthenticate"],
] as const;
const SHARED_NAMES: ReadonlyMap<number, (typeof SHARED)[number][1]> = new Map(SHARED);
/** Join, sync and fetch requests wait on purpose; every other answer comes at once or the broker hangs. */
const WAITS_ON_PURPOSE: ReadonlySet<number> = new Set([1, 11, 14]);

export function watchSockets(options: WatchOptions): Watch {
  const sockets = new Set<net.Socket>();
  const hungAt = new Map<string, number>(); // by address
  let closed = false;

  function open(host: string, port: number, address: string, onConnect: () => void): net.Socket {
    if (performance.now() - (hungAt.get(address) ?? -Infinity) > BACKOFF_MS)
      return dialRouted({ host, port }, address, options).once(readyEvent(options.security), onConnect);
    const socket = new net.Socket();
    setImmediate(() =>
      socket.destroy(Object.assign(new Error(`${address} did not answer a moment ago`), { code: "BACKOFF" })),
    );
    return socket;
  }

  return {
    socketFactory({ host, port, onConnect }) {
      if (closed) throw new Error("the probe is closed");
      const address = `${host}:${port}`;
      const beganAt = performance.now();
      const socket = open(host, port, address, onConnect);
      socket.setKeepAlive(true, 60_000);
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      watchConnect(socket, { address, beganAt }, options);
      watchRequests(socket, address, options, () => hungAt.set(address, performance.now()));
      return socket;
    },
    close() {
      closed = true;
      for (const socket of sockets) {
        socket.on("error", () => {});
        socket.destroy(new Error("the probe was closed"));
      }
    },
  };
}

/** A certificate has to name the broker, also where the way leads over a link. */
function dialRouted(
  { host, port }: { host: string; port: number },
  address: string,
  { routes, security }: Pick<WatchOptions, "routes" | "security">,
): net.Socket {
  const route = routes?.get(address);
  return dial({ ...(route === undefined ? { host, port } : splitAddress(route)), name: host }, security);
}

function watchConnect(
  socket: net.Socket,
  dialled: Pick<ObservedAttempt, "address" | "beganAt">,
  { onAttempt, security, onRefused }: WatchOptions,
): void {
  let connected = false;
  const attempt = (): ObservedAttempt => ({
    value: undefined,
    ...dialled,
    tookMs: performance.now() - dialled.beganAt,
    api: "Connect",
  });
  socket.once(readyEvent(security), () => {
    connected = true;
    onAttempt(attempt());
  });
  socket.once("error", (e: NodeJS.ErrnoException) => {
    const refusal = security?.isTls ? tlsFailure(dialled.address, e) : undefined;
    if (!connected) onAttempt({ ...attempt(), error: refusal?.code ?? e.code ?? e.message });
    if (refusal !== undefined) onRefused?.(refusal);
  });
}

/** A connection of the client that is watched. */
interface Watched {
  socket: net.Socket;
  address: string;
  options: WatchOptions;
  /** The requests without an answer, by correlation id, oldest first. */
  pending: Map<number, Pending>;
}

interface Pending {
  value: string | undefined;
  sentAt: number;
  /**
   * Undefined for a request that belongs to no operation, such as one with records whose operation cannot be
   * read.
   */
  api: ObservedAttempt["api"] | undefined;
}

function watchRequests(socket: net.Socket, address: string, options: WatchOptions, onHung: () => void): void {
  const watched: Watched = { socket, address, options, pending: new Map() };
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  socket.write = ((...args: unknown[]): boolean => {
    const [chunk] = args;
    if (Buffer.isBuffer(chunk) && chunk.length >= 12) noteRequest(watched, chunk);
    return write(...args);
  }) as typeof socket.write;
  socket.prependListener(
    "data",
    frameReader((correlation, body) => noteAnswer(watched, correlation, body)),
  );
  const timer = options.hungAfterMs === 0 ? undefined : dropWhenHung(watched, onHung);
  let reason = "CLOSED";
  socket.once("error", (e: NodeJS.ErrnoException) => (reason = e.code ?? "CLOSED"));
  socket.once("close", () => {
    clearInterval(timer);
    for (const one of watched.pending.values()) report(watched, one, { error: reason });
    watched.pending.clear();
  });
}

/** @throws TypeError for a record that was given up */
function noteRequest({ address, options, pending }: Watched, request: Buffer): void {
  const { api, correlation } = requestHead(request);
  const produced = api === PRODUCE ? producedValue(request) : undefined;
  const value = produced?.value;
  const sentAt = performance.now();
  if (value !== undefined && !options.mayWrite(value, { address, beganAt: sentAt }))
    throw new TypeError("the record was given up"); // kafkajs does not retry after a TypeError
  if (produced?.acks === 0) options.onAttempt({ value, beganAt: sentAt, tookMs: 0, address, api: "Produce" });
  else if (!WAITS_ON_PURPOSE.has(api))
    pending.set(correlation, {
      value,
      sentAt,
      api: value === undefined ? SHARED_NAMES.get(api) : "Produce",
    });
}

function noteAnswer(watched: Watched, correlation: number, body: Buffer): void {
  const one = watched.pending.get(correlation);
  if (one === undefined) return;
  watched.pending.delete(correlation);
  report(watched, one, one.value === undefined ? {} : produceAnswer(body));
}

function report(
  { address, options }: Watched,
  { value, sentAt, api }: Pending,
  result: Pick<ObservedAttempt, "error" | "errorCode" | "partition">,
): void {
  if (api === undefined) return;
  options.onAttempt({
    value,
    beganAt: sentAt,
    tookMs: performance.now() - sentAt,
    address,
    api,
    ...result,
  });
}

/** Closes the connection once its oldest request has waited for longer than `hungAfterMs`. */
function dropWhenHung({ socket, address, options, pending }: Watched, onHung: () => void): NodeJS.Timeout {
  const { hungAfterMs } = options;
  const check = (): void => {
    const [oldest] = pending.values();
    if (oldest === undefined || performance.now() - oldest.sentAt <= hungAfterMs) return;
    onHung();
    const error = new Error(`no answer from ${address} within ${hungAfterMs} ms`);
    socket.destroy(Object.assign(error, { code: "TIMEOUT" }));
  };
  return setInterval(check, Math.min(100, Math.max(10, hungAfterMs / 10))).unref();
}
