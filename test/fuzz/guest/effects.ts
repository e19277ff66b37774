// What a target does to the machine: every write, program, signal and connection is seen before it happens.
//
//   SDK ─▶ node:fs, node:child_process, node:net, process.kill ─┬─▶ inside the private folders: it happens
//                                                               └─▶ else: refused, as the system would
//
// Builtin modules are patched before the SDK is loaded. So this sees also what is removed again.

import childProcess, { type ChildProcess } from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** One thing that was done, or tried. */
export interface Effect {
  readonly what: "write" | "program" | "signal" | "connect" | "listen";
  readonly on: string;
  /** The text that was written, where it was text. */
  readonly text?: string;
}

export interface Effects {
  /** What was done since the last call. */
  take(): Effect[];
  /** The programs that run. */
  running(): ChildProcess[];
  /** Lets go of the programs that ran. */
  forget(): void;
  /** The folder in which files may be written. */
  root: string;
}

/** Where the path is among the arguments, and where its text is. */
type Paths = readonly number[];

const WRITES: Readonly<Record<string, Paths>> = {
  appendFile: [0],
  chmod: [0],
  chown: [0],
  copyFile: [1],
  cp: [1],
  lchown: [0],
  link: [1],
  lutimes: [0],
  mkdir: [0],
  mkdtemp: [0],
  rename: [0, 1],
  rm: [0],
  rmdir: [0],
  symlink: [1],
  truncate: [0],
  unlink: [0],
  utimes: [0],
  writeFile: [0],
};

type AnyFunction = (...args: unknown[]) => unknown;
type Patched = Record<string, AnyFunction>;

/** Patches this process; only once, and before the SDK is loaded. */
export function watchEffects(root: string): Effects {
  const seen: Effect[] = [];
  const children: ChildProcess[] = [];
  const effects: Effects = {
    root,
    take: () => seen.splice(0),
    running: () => children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null),
    forget: () => void children.splice(0),
  };
  const note = (effect: Effect): void => void seen.push(effect);
  const guard = (file: unknown, text: unknown): void => {
    const at = pathOf(file);
    if (at === undefined) return; // a descriptor, whose opening was seen
    note({ what: "write", on: at, ...(typeof text === "string" && { text }) });
    if (!isInside(effects.root, at)) throw refused("EACCES", `permission denied, '${at}'`);
  };
  patchFiles(fs as unknown as Patched, guard);
  patchPrograms(childProcess as unknown as Patched, children, note, guard);
  patchSignals(children, note);
  patchNet(note);
  syncBuiltinESMExports();
  return effects;
}

function patchFiles(files: Patched, guard: (file: unknown, text: unknown) => void): void {
  const promises = (files as unknown as { promises: Patched }).promises;
  for (const [name, paths] of Object.entries(WRITES)) {
    const check = (args: unknown[]): void => {
      for (const index of paths) guard(args[index], name === "writeFile" ? args[1] : undefined);
    };
    patch(files, `${name}Sync`, check);
    patch(files, name, check);
    patch(promises, name, check, true);
  }
  const opened = ([file, flags]: unknown[]): void => {
    const isWriting = typeof flags === "number" ? (flags & 3) !== 0 : /[wa+]/.test(String(flags ?? "r"));
    if (isWriting) guard(file, undefined);
  };
  patch(files, "openSync", opened);
  patch(files, "open", opened);
  patch(promises, "open", opened, true);
  patch(files, "createWriteStream", ([file]) => guard(file, undefined));
}

/** What a refused call throws, a promise rejects with. */
function patch(of: Patched, name: string, check: (args: unknown[]) => void, isPromised = false): void {
  const real = of[name];
  if (real === undefined) return;
  of[name] = function (this: unknown, ...args: unknown[]) {
    try {
      check(args);
    } catch (error) {
      const then = args.at(-1);
      if (isPromised) return Promise.reject(error as Error);
      if (name.endsWith("Sync") || typeof then !== "function") throw error;
      return void setImmediate(then as (error: unknown) => void, error);
    }
    return real.apply(this, args);
  };
}

/**
 * Answers each line with its id, until it is told to end or its input ends: all that guardian and relay do.
 */
const STAND_IN: readonly string[] = [
  "-u",
  ...[
    's/^{"id":\\([0-9]*\\),"end".*/{"id":\\1}/',
    "t end",
    's/^{"id":\\([0-9]*\\).*/{"id":\\1}/',
    "b",
    ":end",
    "q",
  ].flatMap((one) => ["-e", one]),
];

/** The program that runs in place of another. */
type StandIn = readonly [program: string, ...args: string[]];

/** A shell that first writes the record of its process, as sdk/runtime/guardian/records.mjs has it. */
interface Recording {
  /** The shell's arguments before those of the program. */
  readonly before: readonly string[];
  readonly folder: string;
  readonly program: readonly string[];
}

function recordingOf(file: string, args: readonly string[]): Recording | undefined {
  if (file !== "/bin/sh" || args[0] !== "-c" || args[2] !== "kafka-failure-lab") return undefined;
  return { before: args.slice(0, 5), folder: args[3] ?? "", program: args.slice(5) };
}

function standInFor([file = "", ...args]: readonly string[]): StandIn {
  if (file === process.execPath && args.some((one) => one.includes(".mjs"))) return ["/bin/sed", ...STAND_IN];
  return file.endsWith("/java") ? ["/bin/false"] : ["/there/is/no/such/program"];
}

/**
 * No program starts: there is none of that name. The lab's own helpers have a stand-in, and so has Java,
 * which ends at once. A process that is to write its record first does so.
 *
 * `ps` shows an empty machine, so that no process of others is looked at.
 */
function patchPrograms(
  programs: Patched,
  children: ChildProcess[],
  note: (effect: Effect) => void,
  guard: (file: unknown, text: unknown) => void,
): void {
  const commandLine = (file: unknown, args: unknown): string =>
    [file, ...(Array.isArray(args) ? args : [])].map(String).join(" ");
  const real = programs["spawn"] as typeof childProcess.spawn;
  const spawn = (file: string, args?: unknown, options?: object): ChildProcess => {
    const how = (Array.isArray(args) ? options : (args as object)) ?? {};
    const given = Array.isArray(args) ? args.map(String) : [];
    const recording = recordingOf(file, given);
    const program = recording?.program ?? [file, ...given];
    const standIn = standInFor(program);
    if (standIn[0] !== "/bin/sed") note({ what: "program", on: commandLine(program[0], program.slice(1)) });
    if (recording !== undefined) guard(path.join(recording.folder, "record"), undefined);
    const [run, ...rest] = recording === undefined ? standIn : ["/bin/sh", ...recording.before, ...standIn];
    const child = real(run!, rest, how);
    if (child.pid !== undefined) children.push(child);
    return child;
  };
  for (const name of ["spawn", "fork", "execFile", "exec"]) programs[name] = spawn as unknown as AnyFunction;
  const sync = (file: unknown, args: unknown): string => {
    if (file === "ps") return "";
    note({ what: "program", on: commandLine(file, args) });
    throw refused("ENOENT", `spawn ${String(file)} ENOENT`);
  };
  programs["execFileSync"] = sync;
  programs["execSync"] = sync;
  programs["spawnSync"] = (file, args) => {
    note({ what: "program", on: commandLine(file, args) });
    const error = refused("ENOENT", `spawn ${String(file)} ENOENT`);
    return { pid: 0, status: null, signal: null, stdout: "", stderr: "", output: [], error };
  };
}

/** A signal reaches only the programs that were started here. */
function patchSignals(children: readonly ChildProcess[], note: (effect: Effect) => void): void {
  const real = process.kill.bind(process);
  process.kill = ((pid: number, signal?: string | number) => {
    if (children.some((one) => one.pid === Math.abs(pid))) return real(pid, signal);
    if (signal !== 0) note({ what: "signal", on: `${signal ?? "SIGTERM"} ${pid}` });
    throw refused("ESRCH", "no such process");
  }) as typeof process.kill;
}

/** Nobody answers at any address. */
function patchNet(note: (effect: Effect) => void): void {
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    const [first] = (Array.isArray(args[0]) ? args[0] : args) as {
      host?: string;
      port?: number;
      path?: string;
    }[];
    const to =
      typeof first === "object" ? (first.path ?? `${first.host ?? ""}:${first.port}`) : args.join(":");
    note({ what: "connect", on: to });
    setImmediate(() => this.destroy(refused("ECONNREFUSED", `connect ECONNREFUSED ${to}`)));
    return this;
  } as typeof net.Socket.prototype.connect;
  const listen = net.Server.prototype.listen as AnyFunction;
  net.Server.prototype.listen = function (this: net.Server, ...args: unknown[]) {
    note({ what: "listen", on: JSON.stringify(args[0]) ?? "" });
    return listen.apply(this, args);
  } as typeof net.Server.prototype.listen;
}

function pathOf(file: unknown): string | undefined {
  if (file instanceof URL) return fileURLToPath(file);
  if (typeof file === "string") return path.resolve(file);
  return ArrayBuffer.isView(file) ? path.resolve(String(file)) : undefined;
}

/** Whether a path lies in a folder, links followed as far as there are any. */
export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative === "" || !(relative.startsWith("..") || path.isAbsolute(relative));
}

function refused(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}
