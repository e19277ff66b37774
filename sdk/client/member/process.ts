// The process that a member of a group lives in, seen from the SDK.

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { splitLines } from "../../runtime/split-lines.ts";
import { LabError } from "../../model/errors.ts";
import type { Security } from "../../model/security.ts";
import { plainProgram } from "../../runtime/guardian/guardian.ts";
import { markOf } from "../../runtime/guardian/processes.mjs";
import { type ProcessRecord, recorded } from "../../runtime/guardian/records.mjs";
import type { LogLine } from "../java/line.ts";
import type { Tools } from "../java/tools.ts";
import { type MemberAnswer, type MemberLine, type MemberLogLine, readMemberLine } from "./line.ts";
import { orderBook } from "./orders.ts";
import type { GroupSettings } from "./settings.ts";

/** A member's process, whatever its client. */
export interface MemberProcess {
  readonly pid: number;
  readonly isAlive: boolean;
  /** Resolves when it has ended and all of its lines were passed on, with how: `exit 1: …`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Has it commit what it has processed; rejects with the client's error. @throws LabError UNSUPPORTED */
  commit(): Promise<void>;
  /**
   * Sets how long processing a record takes, from the next one on, and resolves with what it is then, both in
   * milliseconds; absent where the client cannot.
   */
  slow?(processMs: number): Promise<number>;
  /** Asks it to leave the group and to end. */
  endGently(): void;
  signal(name: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void;
}

/** A member to be started. */
export interface MemberStart {
  group: string;
  /** `billing.1`: also its client id. */
  name: string;
  /** Its number, from 1. */
  number: number;
  settings: GroupSettings;
  /** `host:port` of the brokers. */
  bootstrap: readonly string[];
  security: Security | undefined;
  /** Where a client of kafkajs dials in place of a broker. */
  routes?: ReadonlyMap<string, string> | undefined;
  record: Omit<ProcessRecord, "service">;
  tools(): Promise<Tools>;
  /** Where its log and its properties are written. */
  dir: string;
  secretDir(): string;
  onLine(line: MemberLine): void;
  onLog(line: LogLine): void;
  onNote(text: string): void;
}

export interface StartOptions {
  record: ProcessRecord;
  /** Called with each line; one that is no line of a member is passed on as `stderr`. */
  onLine(line: MemberLine): void;
  /** Called with each line of its client's log. */
  onLog(line: LogLine): void;
}

/** What kafkajs.mjs is to do. */
export interface KafkajsStart {
  /** Where kafkajs is. */
  kafkajs: string;
  /** Where the codecs are that kafkajs does not bring: a URL. */
  codecs: string;
  config: object;
  consumer: object;
  topic: string;
  fromBeginning: boolean;
  commit: string;
  processMs: number;
  failAt: number;
  autoCommitInterval: number;
  /** Where it writes what it processes; absent: nowhere. */
  output?: { topic: string; group: string; transactionalId?: string; transactionTimeout: number };
  /** Where to dial in place of a broker's `host:port`. */
  routes?: Readonly<Record<string, string>>;
}

const STDERR_CHARS = 4_096;

/** What its process is called in the process table, and in the names of its files. */
export function serviceOf(member: string): string {
  return `${member.replace(/[^\w.-]/g, "_")}-member`;
}

/** @throws LabError COMMAND_FAILED where the system starts no process */
export function startKafkajsMember(
  start: KafkajsStart,
  { record, onLine, onLog }: StartOptions,
): MemberProcess {
  const { command, args, env } = plainProgram(new URL("./kafkajs.mjs", import.meta.url), markOf(record));
  const [program, ...rest] = recorded(record, [command, ...args]);
  const child = spawn(program, rest, { detached: true, stdio: ["pipe", "pipe", "pipe"], env });
  child.on("error", () => {});
  // the child's own signalCode says so of every signal in Deno, also of SIGSTOP
  let isAlive = true;
  child.once("exit", () => (isAlive = false));
  // at the limit of open files it has no streams either
  if (child.pid === undefined)
    throw new LabError(
      "COMMAND_FAILED",
      `Cannot start the member ${record.service}: no process was started`,
      {
        command: program,
      },
    );
  const orders = orderBook((text) => void child.stdin!.write(`${text}\n`));
  const ended = followChild(child, (line) => {
    if (line.kind === "answer") orders.answer(line);
    else if (line.kind === "log") onLog({ ...line, epochMs: line.atMs });
    else onLine(line);
  });
  void ended.then(orders.rejectAll);
  child.stdin!.on("error", () => {}); // it may have ended, which resolves `ended`
  // the member reads lines as its runtime cuts them, at U+2028, too
  const escaped = JSON.stringify({ start }).replace(
    /[\u2028\u2029]/g,
    (at) => `\\u${at.charCodeAt(0).toString(16)}`,
  );
  child.stdin!.write(`${escaped}\n`);
  return {
    pid: child.pid,
    get isAlive() {
      return isAlive;
    },
    ended,
    commit: async () => void (await orders.give("commit")),
    slow: async (processMs) => (await orders.give("slow", { processMs })).processMs ?? processMs,
    endGently: () => void orders.give("close").catch(() => {}),
    signal: (name) => void (isAlive && sendSignal(child.pid!, name)),
  };
}

/** Sends a signal to a process of the lab's own, whose exit was not seen yet. */
export function sendSignal(pid: number, name: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has just ended
  }
}

function followChild(
  child: ChildProcess,
  onLine: (line: MemberLine | MemberLogLine | MemberAnswer) => void,
): Promise<string> {
  let stderr = "";
  const add = (text: string): void => void (stderr = (stderr + text).slice(-STDERR_CHARS));
  const lines = splitLines((text) => {
    const line = readMemberLine(text);
    if (line === undefined) add(`${text}\n`);
    else onLine(line);
  });
  child.stdout!.setEncoding("utf8").on("data", lines.add);
  child.stderr!.setEncoding("utf8").on("data", add);
  return new Promise((resolve) => {
    child.once("close", (code, by) => {
      lines.end();
      const last = stderr.trim().split("\n").at(-1);
      resolve(by ?? `exit ${code ?? "unknown"}${code === 0 || !last ? "" : `: ${last}`}`);
    });
  });
}
