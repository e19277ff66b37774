// A Linux kernel with netem, run as a process: boots it, runs one command inside beside a Docker daemon, and
// is gone.
//
//   this process ──stdin──▶ sh, which waits for its end ──SIGKILL──▶ unshare
//     unshare ──▶ [ linux.uml ──▶ init.sh ──▶ dockerd, the command ]
//   this process ◀─fd 3──── serial line ── what the command says
//                ◀─stdout── console ────── what the kernel and init.sh say
//
// In the brackets is a process namespace: all in it ends with its first process, and that one with unshare.
// The pipe ends however this process does, also by SIGKILL, so no kernel can outlive it. The guest sees the
// host's files, read-only; its writes stay in its memory.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** What to run in the guest, and where. */
export interface GuestOptions {
  /** The file that disk.sh made; it is not written. */
  disk: string;
  /** All of the command's environment. */
  env: Readonly<Record<string, string | undefined>>;
  /** The guest is ended after this time, in milliseconds. */
  deadlineMs: number;
  /**
   * It is ended, too, when its console has been silent for this long, in milliseconds: init.sh writes a line
   * every ten seconds while the kernel runs.
   *
   * @default 240,000
   */
  silentMs?: number;
  /** Is called with what the command says, as it comes. */
  onOutput(text: string): void;
  /** Is called with each line of the kernel and of init.sh. */
  onConsole?: (line: string) => void;
  /** @default 8192, or half of what this machine has */
  memoryMb?: number;
}

export interface GuestEnded {
  /** The command's exit code; undefined where it did not come to an end. */
  exitCode?: number;
  /** Why it did not. */
  why?: string;
  /** The kernel stopped: not the command's doing. */
  hung?: boolean;
  tookMs: number;
}

const checkout = path.resolve(fileURLToPath(new URL("../../", import.meta.url)));
const init = fileURLToPath(new URL("init.sh", import.meta.url));

// a shell gives what it starts with & no standard input, hence the descriptor 4; its own last word is the
// command's exit code. The one processor of the guest comes before what runs beside it: its lane is the
// longest. Only root may ask for that, and a session has a weight of its own (sched(7), autogroup)
const GUARD = `
  folder=$1
  shift
  { renice -n -10 -p $$; echo -10 >/proc/$$/autogroup; } </dev/null >/dev/null 2>&1
  exec 4<&0
  unshare --mount --pid --fork --kill-child --mount-proc "$@" 4<&- </dev/null 2>&1 &
  kernel=$!
  (read -r _ <&4; kill -KILL "$kernel") >/dev/null 2>&1 3>&- &
  watch=$!
  wait "$kernel"
  kill "$watch"
  [ -e "$folder/exit" ] && echo "exit $(cat "$folder/exit")"
  rm -rf "$folder"
`;

/** What user-mode Linux needs on processors with AMX (xstate.c), built; undefined on any other. */
function builtShim(folder: string): string | undefined {
  if (!/\bamx_tile\b/.test(readFileSync("/proc/cpuinfo", "utf8"))) return undefined;
  const built = path.join(folder, "xstate.so");
  const source = path.join(checkout, "test", "netem", "xstate.c");
  execFileSync("cc", ["-O2", "-shared", "-fPIC", "-o", built, source]);
  return built;
}

/** Runs one command in a guest of its own, in the checkout's folder, and resolves when the guest is gone. */
export async function runInGuest(argv: readonly string[], options: GuestOptions): Promise<GuestEnded> {
  const {
    disk,
    env,
    deadlineMs,
    onOutput,
    onConsole = () => {},
    silentMs = 240_000,
    memoryMb = Math.min(8192, Math.floor(os.totalmem() / 2 ** 21)),
  } = options;
  const began = performance.now();
  const runs = path.join(checkout, ".lab", "netem");
  mkdirSync(runs, { recursive: true });
  const folder = mkdtempSync(path.join(runs, "guest-"));
  writeFileSync(path.join(folder, "command"), script(argv, env));

  const shim = builtShim(folder);
  const kernel = [
    ...(shim === undefined ? [] : ["env", `LD_PRELOAD=${shim}`]),
    "linux.uml",
    `mem=${memoryMb}M`,
    `uml_dir=${folder}`,
    `ubd0=${path.join(folder, "disk")},${disk}`,
    "root=/dev/root",
    "rootfstype=hostfs",
    "ro",
    `init=${init}`,
    `lab_folder=${folder}`,
    `lab_checkout=${checkout}`,
    "con=null",
    "con0=null,fd:1",
    "ssl=null",
    "ssl0=null,fd:3",
    "loglevel=3",
  ];
  const guard = spawn("sh", ["-c", GUARD, "guest", folder, ...kernel], {
    stdio: ["pipe", "pipe", "ignore", "pipe"],
    detached: true,
  });
  guard.stdin!.on("error", () => {}); // it has ended before us
  const lines: string[] = [];
  let rest = "";
  let ending: "late" | "silent" | undefined;
  const end = (why: "late" | "silent"): void => void ((ending ??= why), guard.stdin!.end());
  const silence = setTimeout(end, silentMs, "silent");
  guard.stdout!.setEncoding("utf8").on("data", (text: string) => {
    silence.refresh();
    const whole = (rest + text)
      .split(/\r*\n/)
      .filter((line, at, { length }) => line.trim() !== "" || at === length - 1);
    rest = whole.pop() ?? "";
    for (const line of whole) if (!line.includes("guest: alive")) lines.push(line), onConsole(line);
  });
  (guard.stdio[3] as NodeJS.ReadableStream).setEncoding("utf8").on("data", onOutput);
  const timer = setTimeout(end, deadlineMs, "late");
  await once(guard, "close");
  clearTimeout(timer);
  clearTimeout(silence);
  rmSync(folder, { recursive: true, force: true }); // the guard was ended before it could

  const tookMs = performance.now() - began;
  const said = lines.at(-1)?.match(/^exit (\d+)$/)?.[1];
  if (said !== undefined) return { exitCode: Number(said), tookMs };
  const last = lines.slice(-5).join(" | ");
  if (ending === "silent")
    return { why: `the guest's kernel was silent for ${silentMs / 1000} s: ${last}`, hung: true, tookMs };
  return {
    why: `${ending === "late" ? `not done after ${deadlineMs / 1000} s` : "the guest ended"}: ${last}`,
    tookMs,
  };
}

function script(argv: readonly string[], env: GuestOptions["env"]): string {
  const settings = Object.entries(env).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${value}`],
  );
  return ["cd", checkout, "\nexec", "env", "-i", ...settings, ...argv]
    .map((word, at) => (at === 0 || at === 2 ? word : quoted(word)))
    .join(" ");
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
