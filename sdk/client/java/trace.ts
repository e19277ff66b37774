// From a client's log to what passed on the wire: NetworkClient.java and Selector.java log every connection
// and request.
//
//   Initiating connection to node H:P (id: N …)   ──▶ Completed connection to node N       a Connect
//   Sending API request … correlationId=C … to N  ──▶ Received API response … C            a request
//                                                 └──▶ Cancelled in-flight API request … C
//                                                      (the connection ended, or the request timed out)

import { errorName } from "../../kafka/error-codes.ts";
import type { Line, LogLine } from "./line.ts";

/** One attempt that has ended. */
export interface TracedAttempt {
  /** Milliseconds since the epoch, whole. */
  epochMs: number;
  tookMs: number;
  address: string;
  api: string;
  error?: string;
  /** For a Produce answer: by partition, its error code and the offset of its first record. */
  answers?: ReadonlyMap<number, { error: string | undefined; offset: bigint }>;
  /**
   * For a Produce request: its ordinal number, from 1. A record cannot be in one that was written before it.
   */
  nth?: number;
}

export interface TraceOptions {
  onAttempt(tried: TracedAttempt): void;
  /** Called as the nth Produce request is written. */
  onProduce(at: number, nth: number): void;
}

/** Reads the lines of one client. */
export interface WireTrace {
  /** Takes one line after the other. */
  read(line: Line): void;
  /** Whether a connection is up on which a Produce request can be sent. */
  readonly isConnected: boolean;
}

interface Request {
  epochMs: number;
  api: string;
  node: string;
  nth?: number;
}

/** What is under way on the wire. Nodes -1, -2, … are the bootstrap list. */
interface Wire {
  readonly options: TraceOptions;
  /** By node. */
  readonly addresses: Map<string, string>;
  /** When a connection that is not yet set up was begun, by node. */
  readonly dialled: Map<string, number>;
  /** Brokers, without the bootstrap list, to which no Produce request goes. */
  readonly connections: Set<string>;
  /** A system code, by node. */
  readonly connectErrors: Map<string, string>;
  /** By correlation id. */
  readonly requests: Map<string, Request>;
  /** Produce requests. */
  written: number;
}

/** Follows the wire of one client by its log. */
export function traceWire(options: TraceOptions): WireTrace {
  const wire: Wire = {
    options,
    addresses: new Map(),
    dialled: new Map(),
    connections: new Set(),
    connectErrors: new Map(),
    requests: new Map(),
    written: 0,
  };
  let lastChannel: string | undefined;
  const read = (line: Line): void => {
    if (line.kind === "log" && line.logger.endsWith(".NetworkClient")) readLogged(wire, line);
    // the reason of a disconnection is the exception on the line below
    if (line.kind === "rest" && lastChannel !== undefined)
      wire.connectErrors.set(lastChannel, systemCode(line.text));
    lastChannel =
      line.kind === "log" && line.logger.endsWith(".Selector")
        ? /\(channelId=(-?\d+)\) disconnected/.exec(line.text)?.[1]
        : undefined;
  };
  return {
    read,
    get isConnected() {
      return wire.connections.size > 0;
    },
  };
}

/** A line of NetworkClient that is read, and what it changes; the first that matches counts. */
type Rule = readonly [pattern: RegExp, read: (wire: Wire, epochMs: number, parts: readonly string[]) => void];

const RULES: readonly Rule[] = [
  [/^Sending (\w+) request with header .*?correlationId=(\d+).*? to node (-?\d+): (.*)$/, sending],
  [
    /^Received (\w+) response from node -?\d+ for request with header .*?correlationId=(\d+).*?\): (.*)$/,
    received,
  ],
  [
    new RegExp(
      /^Cancelled in-flight \w+ request with correlation id (\d+) due to node /.source +
        /.*?elapsed time since send: (\d+)ms.*?request timeout: (\d+)ms/.source,
    ),
    cancelled,
  ],
  [
    /^Initiating connection to node (\S+) \(id: (-?\d+)/,
    ({ addresses, dialled }, epochMs, [address = "", node = ""]) => {
      addresses.set(node, address);
      dialled.set(node, epochMs);
    },
  ],
  [
    /^Completed connection to node (-?\d+)/,
    (wire, epochMs, [node = ""]) => {
      if (!node.startsWith("-")) wire.connections.add(node);
      connected(wire, epochMs, node);
    },
  ],
  [
    /^Disconnecting from node (-?\d+) due to (socket connection setup|request) timeout/,
    (wire, epochMs, [node = "", which]) => {
      wire.connections.delete(node);
      if (which !== "request") connected(wire, epochMs, node, "TIMEOUT");
    },
  ],
  [
    /^Node (-?\d+) disconnected/,
    (wire, epochMs, [node = ""]) => {
      wire.connections.delete(node);
      connected(wire, epochMs, node, wire.connectErrors.get(node) ?? "CLOSED");
      wire.connectErrors.delete(node);
    },
  ],
];

function readLogged(wire: Wire, { epochMs, text }: LogLine): void {
  for (const [pattern, read] of RULES) {
    const found = pattern.exec(text);
    if (found !== null) return read(wire, epochMs, found.slice(1));
  }
}

function sending(
  wire: Wire,
  epochMs: number,
  [api = "", id = "", node = "", body = ""]: readonly string[],
): void {
  const isProduce = api === "PRODUCE";
  if (isProduce) wire.options.onProduce(epochMs, ++wire.written);
  if (isProduce && body.startsWith("{acks=0,")) return; // the broker does not answer
  wire.requests.set(id, { epochMs, api, node, ...(isProduce ? { nth: wire.written } : {}) });
}

function received(wire: Wire, epochMs: number, [api = "", id = "", body = ""]: readonly string[]): void {
  const request = take(wire, id);
  if (request === undefined) return;
  if (api !== "PRODUCE") return ended(wire, request, epochMs, connectError(body));
  const answers = produced(body);
  const error = [...answers.values()].find((one) => one.error !== undefined)?.error;
  ended(wire, request, epochMs, error, answers);
}

function cancelled(wire: Wire, epochMs: number, [id = "", elapsed, timeout]: readonly string[]): void {
  const request = take(wire, id);
  if (request === undefined) return;
  ended(wire, request, epochMs, Number(elapsed) >= Number(timeout) ? "TIMEOUT" : "CLOSED");
}

function connected(wire: Wire, endedMs: number, node: string, error?: string): void {
  const epochMs = wire.dialled.get(node);
  if (epochMs === undefined) return;
  wire.dialled.delete(node);
  ended(wire, { epochMs, api: "CONNECT", node }, endedMs, error);
}

function ended(
  { options, addresses }: Wire,
  { epochMs, api, node, nth }: Request,
  endedMs: number,
  error: string | undefined,
  answers?: TracedAttempt["answers"],
): void {
  options.onAttempt({
    epochMs,
    tookMs: endedMs - epochMs,
    address: addresses.get(node) ?? `node ${node}`,
    api: apiName(api),
    ...(error === undefined ? {} : { error }),
    ...(answers === undefined ? {} : { answers }),
    ...(nth === undefined ? {} : { nth }),
  });
}

function take({ requests }: Wire, id: string): Request | undefined {
  const request = requests.get(id);
  requests.delete(id);
  return request;
}

/** `PRODUCE` is `Produce`, `API_VERSIONS` is `ApiVersions`, as everywhere else. */
function apiName(api: string): string {
  return api.toLowerCase().replace(/(?:^|_)(\w)/g, (_, first: string) => first.toUpperCase());
}

function produced(body: string): Map<number, { error: string | undefined; offset: bigint }> {
  const rows = body.matchAll(/PartitionProduceResponse\(index=(\d+), errorCode=(-?\d+), baseOffset=(-?\d+)/g);
  return new Map(
    [...rows].map(([, index, code, offset]) => [
      Number(index),
      { error: code === "0" ? undefined : errorName(Number(code)), offset: BigInt(offset!) },
    ]),
  );
}

function connectError(body: string): string | undefined {
  const code = /errorCode=(-?[1-9]\d*)/.exec(body)?.[1];
  return code === undefined ? undefined : errorName(Number(code));
}

const SYSTEM: readonly (readonly [RegExp, string])[] = [
  [/Connection refused/, "ECONNREFUSED"],
  [/Connection reset/, "ECONNRESET"],
  [/No route to host/, "EHOSTUNREACH"],
  [/Network is unreachable/, "ENETUNREACH"],
];

function systemCode(exception: string): string {
  return SYSTEM.find(([pattern]) => pattern.test(exception))?.[1] ?? "CLOSED";
}
