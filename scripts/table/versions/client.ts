// A client of the version that is measured: java/VersionClient.java with that version's jars.
//
//   > MILLISECONDS WORDS   what it does
//   [TIME] LEVEL …         its log
//
// It ends with its standard input, also where the program that started it was killed.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { LabError, readable } from "@kafka-failure-lab/sdk";
import { brokerFlags, findJava, supplyKafka } from "@kafka-failure-lab/sdk/testing";

/** What a client does: sends, sends in transactions, reads in a group, reads or holds in a share group. */
export type Mode = "send" | "transact" | "join" | "share" | "hold";

/** Which client is started. */
export interface ClientStart {
  mode: Mode;
  version: string;
  bootstrap: readonly string[];
  topic: string;
  /** By Kafka's names. @default Kafka's */
  properties?: Readonly<Record<string, string>>;
  /** A file of addresses that its Java resolves host names with, read at each connection. @default none */
  hosts?: string;
}

/** One line of a client. */
export interface ClientLine {
  /** Milliseconds since the epoch; null of its log. */
  readonly atMs: number | null;
  readonly text: string;
}

/** A process that is a client. */
export interface VersionClient extends AsyncDisposable {
  readonly lines: readonly ClientLine[];
  /** How many of its lines are so; `since` is a number of lines. */
  count(pattern: RegExp, since?: number): number;
  /**
   * Resolves with the first line that is so, when `times` are.
   *
   * @throws LabError NOT_READY after `timeoutMs`, BAD_CLIENT where it ended
   */
  until(
    pattern: RegExp,
    options?: { times?: number; since?: number; timeoutMs?: number },
  ): Promise<ClientLine>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("java/VersionClient.java", import.meta.url));
const TIMEOUT_MS = 60_000;

/** @throws LabError NO_JAVA, NO_KAFKA, … */
export async function startClient(start: ClientStart): Promise<VersionClient> {
  const { env } = process;
  const [java, kafka] = [await findJava({ env }), await supplyKafka({ version: start.version, env })];
  const { hosts } = start;
  const resolving = hosts === undefined ? [] : [`-Djdk.net.hosts.file=${hosts}`, "-Dsun.net.inetaddr.ttl=0"];
  const properties = { "bootstrap.servers": start.bootstrap.join(","), ...start.properties };
  const args = [
    ...brokerFlags({ logging: kafka.logging, heap: ["-Xms16m", "-Xmx256m"], more: resolving }),
    ...["-cp", kafka.classPath.join(delimiter), PROGRAM, start.mode, start.topic],
    ...Object.entries(properties).map(([name, value]) => `${name}=${value}`),
  ];
  return followClient(spawn(java.path, args, { stdio: ["pipe", "pipe", "pipe"] }), start.mode);
}

/** Reads what a client's process prints. */
export function followClient(child: ChildProcess, mode: Mode): VersionClient {
  const lines: ClientLine[] = [];
  const waiting = new Set<() => void>();
  let hasEnded = false;
  const wake = (): void => waiting.forEach((look) => look());
  const gone = Promise.race([once(child, "close"), once(child, "error")]).then(() => {
    hasEnded = true;
    wake();
  });
  for (const stream of [child.stdout!, child.stderr!])
    createInterface({ input: stream }).on("line", (line) => {
      const [, atMs, words] = /^> (\d+) (.*)$/.exec(line) ?? [];
      lines.push(words === undefined ? { atMs: null, text: line } : { atMs: Number(atMs), text: words });
      wake();
    });
  child.stdin!.on("error", () => {}); // it may have ended
  const found = (pattern: RegExp, since: number): ClientLine[] =>
    lines.slice(since).filter(({ text }) => pattern.test(text));
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
  };
  return {
    lines,
    count: (pattern, since = 0) => found(pattern, since).length,
    until: (pattern, { times = 1, since = 0, timeoutMs = TIMEOUT_MS } = {}) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          clearTimeout(timer);
          waiting.delete(look);
          act();
        };
        const look = (): void => {
          const all = found(pattern, since);
          if (all.length >= times) settle(() => resolve(all[0]!));
          else if (hasEnded) settle(() => reject(ended(mode, lines)));
        };
        const timer = setTimeout(() => settle(() => reject(late(mode, pattern, timeoutMs))), timeoutMs);
        waiting.add(look);
        look();
      }),
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

/**
 * The words with which brokers refused a client because of their version; undefined of another line.
 *
 * @throws LabError BAD_CLIENT where the client ended for another reason
 */
export function refusalIn({ text }: ClientLine): string | undefined {
  if (!text.startsWith("refused ")) return undefined;
  if (text.startsWith("refused UnsupportedVersionException")) return text.replace("refused ", "");
  throw new LabError("BAD_CLIENT", `Cannot go on with the client: ${text.replace("refused ", "")}`);
}

function ended(mode: Mode, lines: readonly ClientLine[]): LabError {
  const last = lines.findLast(({ text }) => text.trim() !== "")?.text ?? "it said nothing";
  return new LabError("BAD_CLIENT", `Cannot go on with the client (${mode}): it ended: ${last}`);
}

function late(mode: Mode, { source }: RegExp, timeoutMs: number): LabError {
  return new LabError(
    "NOT_READY",
    `Timed out after ${readable(timeoutMs)} waiting for a line of the client (${mode}): ${source}`,
  );
}
