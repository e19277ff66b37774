// From a client's log to what passed on the wire: NetworkClient.java and Selector.java tell of every
// connection and request.
//
//   Initiating connection to node H:P (id: N …)   ──▶ Completed connection to node N       a Connect
//   Sending API request … correlationId=C … to N  ──▶ Received API response … C            a request
//                                                 └──▶ Cancelled in-flight API request … C: the connection ended, or its time was up

import { errorName } from "../../kafka/error-codes.ts";
import type { Line, LogLine } from "./line.ts";

/** One try that has ended. */
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
   * For a Produce request: the how manieth it was, from 1. A record cannot be in one that was written before
   * it.
   */
  nth?: number;
}

export interface TraceOptions {
  onAttempt(attempt: TracedAttempt): void;
  /** Hears of the nth Produce request as it is written. */
  onProduce(at: number, nth: number): void;
}

interface Request {
  epochMs: number;
  api: string;
  node: string;
  nth?: number;
}

/** Returns the function that takes one line after the other. */
export function traceWire({ onAttempt, onProduce }: TraceOptions): (line: Line) => void {
  const addresses = new Map<string, string>(); // by node, where -1, -2, … are the bootstrap list
  const dialled = new Map<string, number>();
  const connectErrors = new Map<string, string>();
  const requests = new Map<string, Request>();
  let lastChannel: string | undefined;
  let written = 0;

  function ended(
    { epochMs, api, node, nth }: Request,
    endedMs: number,
    error: string | undefined,
    answers?: TracedAttempt["answers"],
  ): void {
    onAttempt({
      epochMs,
      tookMs: endedMs - epochMs,
      address: addresses.get(node) ?? `node ${node}`,
      api: apiName(api),
      ...(error === undefined ? {} : { error }),
      ...(answers === undefined ? {} : { answers }),
      ...(nth === undefined ? {} : { nth }),
    });
  }

  function connected(node: string, endedMs: number, error?: string): void {
    const epochMs = dialled.get(node);
    if (epochMs === undefined) return;
    dialled.delete(node);
    ended({ epochMs, api: "CONNECT", node }, endedMs, error);
  }

  function network({ epochMs, text }: LogLine): void {
    let parts: RegExpExecArray | null;
    if (
      (parts = /^Sending (\w+) request with header .*?correlationId=(\d+).*? to node (-?\d+): (.*)$/.exec(
        text,
      )) !== null
    ) {
      const [, api = "", id = "", node = "", body = ""] = parts;
      if (api === "PRODUCE") onProduce(epochMs, ++written);
      if (api !== "PRODUCE" || !body.startsWith("{acks=0,"))
        requests.set(id, { epochMs, api, node, ...(api === "PRODUCE" ? { nth: written } : {}) });
    } else if (
      (parts =
        /^Received (\w+) response from node -?\d+ for request with header .*?correlationId=(\d+).*?\): (.*)$/.exec(
          text,
        )) !== null
    ) {
      const [, api = "", id = "", body = ""] = parts;
      const request = take(id);
      if (request === undefined) return;
      const answers = api === "PRODUCE" ? produced(body) : undefined;
      ended(
        request,
        epochMs,
        answers === undefined
          ? connectError(body)
          : [...answers.values()].find(({ error }) => error !== undefined)?.error,
        answers,
      );
    } else if (
      (parts =
        /^Cancelled in-flight \w+ request with correlation id (\d+) due to node .*?elapsed time since send: (\d+)ms.*?request timeout: (\d+)ms/.exec(
          text,
        )) !== null
    ) {
      const request = take(parts[1]!);
      if (request !== undefined)
        ended(request, epochMs, Number(parts[2]) >= Number(parts[3]) ? "TIMEOUT" : "CLOSED");
    } else if ((parts = /^Initiating connection to node (\S+) \(id: (-?\d+)/.exec(text)) !== null) {
      addresses.set(parts[2]!, parts[1]!);
      dialled.set(parts[2]!, epochMs);
    } else if ((parts = /^Completed connection to node (-?\d+)/.exec(text)) !== null)
      connected(parts[1]!, epochMs);
    else if (
      (parts = /^Disconnecting from node (-?\d+) due to socket connection setup timeout/.exec(text)) !== null
    )
      connected(parts[1]!, epochMs, "TIMEOUT");
    else if ((parts = /^Node (-?\d+) disconnected/.exec(text)) !== null) {
      connected(parts[1]!, epochMs, connectErrors.get(parts[1]!) ?? "CLOSED");
      connectErrors.delete(parts[1]!);
    }
  }

  function take(id: string): Request | undefined {
    const request = requests.get(id);
    requests.delete(id);
    return request;
  }

  return (line) => {
    if (line.kind === "log" && line.logger.endsWith(".NetworkClient")) network(line);
    // the reason of a disconnection is the exception on the line below
    if (line.kind === "rest" && lastChannel !== undefined)
      connectErrors.set(lastChannel, systemCode(line.text));
    lastChannel =
      line.kind === "log" && line.logger.endsWith(".Selector")
        ? /\(channelId=(-?\d+)\) disconnected/.exec(line.text)?.[1]
        : undefined;
  };
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
