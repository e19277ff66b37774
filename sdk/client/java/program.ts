// One run of one of Kafka's tools: its process, its lines, its exit.

import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, rmSync, writeFileSync, type WriteStream } from "node:fs";
import path from "node:path";
import process from "node:process";
import { finished } from "node:stream";
import { cannotWrite } from "../../runtime/disk.ts";
import { LabError } from "../../model/errors.ts";
import { inside } from "../../runtime/inside.ts";
import { splitLines } from "../../runtime/split-lines.ts";
import { type Line, readLine } from "./line.ts";
import type { OwnProgram, ToolName, Tools } from "./tools.ts";

export interface ProgramOptions {
  tools: Pick<Tools, "command">;
  tool: ToolName | OwnProgram;
  /** Everything but the properties file. */
  args: readonly string[];
  /** The text of the properties file, and the argument that names it. */
  properties: string;
  propertiesArg: string;
  /** Names the process and its files, `SERVICE.properties` and `SERVICE.log` in `dir`. */
  service: string;
  dir: string;
  /** Where the properties are written instead, and removed as the process ends: there are secrets in them. */
  secretDir?: string;
  onLine(line: Line): void;
  /** Called once where the log cannot be written; the tool goes on without it. */
  onNote(text: string): void;
}

/** A tool that runs. */
export interface Program {
  readonly pid: number;
  /** Whether its process is there. */
  readonly isAlive: boolean;
  /**
   * Resolves when it has ended, every line of it up to a refusal was passed on, and its log is closed; with
   * the error for a caller that did not ask for that.
   */
  readonly ended: Promise<LabError>;
  write(line: string): void;
  /** Ends it, with this error for its callers: the cluster refuses it. */
  refuse(error: LabError): void;
  /** Asks it to end (SIGTERM). */
  endGently(): void;
  /** Ends it and resolves when it is gone. */
  kill(): Promise<void>;
}

const STDERR_CHARS = 16_384;

/**
 * Starts a tool; its process is in a session of its own and carries the lab's mark.
 *
 * @throws LabError DISK_FULL, COMMAND_FAILED where its properties cannot be written
 */
export function startProgram(options: ProgramOptions): Program {
  const { tools, tool, service, dir } = options;
  const file = propertiesFileOf(options);
  writeProperties(file, options.properties);
  const [java = "", ...args] = tools.command(tool, [...options.args, options.propertiesArg, file], service);
  const child: ChildProcess = spawn(java, args, {
    cwd: dir,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    env: cleanEnv(),
  });
  // at the limit of open files a process that was not started has no streams; `ended` resolves with the error
  let isAlive = child.pid !== undefined;
  child.once("exit", () => (isAlive = false));
  child.stdin?.on("error", () => {}); // the process may have ended, which resolves `ended`
  let refusal: LabError | undefined;
  // what it still says before the signal ends it is about the refusal, and no outcome of a record
  const onLine = (line: Line): void => void (refusal === undefined && options.onLine(line));
  const ended = followOutput(child, { ...options, onLine }).then((failure) => {
    if (options.secretDir !== undefined) rmSync(file, { force: true });
    return refusal ?? failure;
  });
  return {
    pid: child.pid ?? 0,
    get isAlive() {
      return isAlive;
    },
    ended,
    write: (line) => void child.stdin!.write(`${line}\n`),
    refuse(error) {
      refusal ??= error;
      if (isAlive) child.kill("SIGKILL");
    },
    endGently: () => void (isAlive && child.kill("SIGTERM")),
    async kill() {
      if (isAlive) child.kill("SIGKILL");
      await ended;
    },
  };
}

function propertiesFileOf({ dir, secretDir = dir, service }: ProgramOptions): string {
  return inside(secretDir, `${service}.properties`);
}

/** Passes every line on and writes it to the log; resolves with how the process ended. */
function followOutput(child: ChildProcess, options: ProgramOptions): Promise<LabError> {
  const log = openLog(options);
  const lines = splitLines((text) => options.onLine(readLine(text)));
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    log.write(text);
    lines.add(text);
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log.write(text);
    stderr = (stderr + text).slice(-STDERR_CHARS);
  });
  return new Promise((resolve) => {
    const end = (code: number | null, by: string | null): void => {
      lines.end();
      // whole, or reported as not writable: its opening may take longer than the process
      finished(log.end(), () => resolve(failure(options, stderr, code, by)));
    };
    child.once("error", (error) => {
      stderr += String(error);
      if (child.pid === undefined) end(127, null);
    });
    child.once("close", end);
  });
}

/** A log that cannot be written is reported once, and the tool goes on without it. */
function openLog({ dir, service, onNote }: ProgramOptions): WriteStream {
  const file = inside(dir, `${service}.log`);
  return createWriteStream(file, { flags: "a", mode: 0o600 }).on("error", (cause) => {
    const { message } = cannotWrite(`write the log of ${service}`, cause, { file, remedy: "run" });
    onNote(`${message.split("\n", 1)[0]}; it goes on without`);
  });
}

/** Writes a file of properties, for nobody else to read: there may be passwords in it. */
export function writeProperties(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (cause) {
    throw cannotWrite(`write ${path.basename(file)}`, cause, { file, remedy: "run" });
  }
}

/** Makes the error for a tool that ended by itself. */
function failure(options: ProgramOptions, stderr: string, code: number | null, by: string | null): LabError {
  const { service, dir, propertiesArg } = options;
  const tool = typeof options.tool === "string" ? options.tool : options.tool.name;
  const refusal = /ConfigException: (.*)/.exec(stderr)?.[1] ?? /^.*: error: (.*)$/m.exec(stderr)?.[1];
  const facts = {
    command: `java … ${tool} … ${propertiesArg} ${propertiesFileOf(options)}`,
    exitCode: code,
  };
  if (refusal !== undefined)
    return new LabError(
      "BAD_CLIENT",
      `Cannot start the Java client ${service}: Kafka refuses its properties: ${refusal}`,
      { ...facts, stderr: refusal },
    );
  const last =
    stderr
      .trim()
      .split("\n")
      .find((line) => /Exception|Error/.test(line)) ??
    stderr.trim().split("\n").at(-1) ??
    "";
  return new LabError(
    "BAD_CLIENT",
    `Cannot go on with the Java client ${service}: ${tool} ended by itself ` +
      `(${by ?? `exit ${code ?? "by a signal"}`})`,
    {
      ...facts,
      ...(last === "" ? {} : { stderr: last }),
      hint: `Its log is ${path.join(dir, `${service}.log`)}.`,
    },
  );
}

/**
 * Only what Java itself may need: a KAFKA_ or JAVA_ variable of the reader's shell must not leak into a
 * client.
 */
function cleanEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  return { ...(PATH && { PATH }), ...(HOME && { HOME }), ...(TMPDIR && { TMPDIR }), ...(LANG && { LANG }) };
}
