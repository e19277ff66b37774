// @ts-self-types="./records.d.mts"
// Which processes are a lab's: those that have a record in the lab's own folder, and no others.
//
//   spawn ──▶ /bin/sh writes the record ──exec──▶ the program, in the same process: same id, same start time
//
//   <processes>/end/<pid>-<start>      a process that ends with its owner
//              /keep/<pid>-<start>     a process that may outlive its owner
//
// A record's name identifies the process: a process id may be given to another process, an id with a start
// time may not. A record's text is a line of JSON: lab, owner, kind, service, and the machine and boot in
// which the id counts. A command line proves nothing: any user may write anything into one.
//
// No record, no program: where the record cannot be written, the shell ends with 125. So the folder is also a
// gate. The system removes a folder only where it is empty; once `endRecorded` has removed it, no process of
// the lab can begin.
//
// Plain JavaScript: see processes.mjs.

import { accessSync, constants, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { here, startOf, uidOf, whereIs } from "./processes.mjs";

/**
 * $1 is the folder, $2 the record's text, the rest is the program. The names must not occur in the
 * environment.
 */
const SCRIPT = `
kfl_folder=$1 kfl_text=$2 kfl_start= IFS=' '
shift 2
set -f
kfl_ticks() { shift 19; kfl_start=$1; }
kfl_date() { IFS=_; kfl_start="$*"; }
if read -r kfl_stat 2>/dev/null </proc/$$/stat
then kfl_ticks \${kfl_stat##*) }
else kfl_date $(LC_ALL=C TZ=UTC0 ps -o lstart= -p $$)
fi
[ -n "$kfl_start" ] && (umask 077; set -C; printf '%s\\n' "$kfl_text" >"$kfl_folder/$$-$kfl_start") || {
  echo "cannot record this process in $kfl_folder: it does not start" >&2
  exit 125
}
exec "$@"`;

const KINDS = ["end", "keep"];
/** How long a reader waits for the text of a record, which the shell writes within microseconds. */
const TEXT_MS = 1000;

/** Returns the names of the two folders of records, which are to be made before anything is started. */
export function recordFolders(folder) {
  return KINDS.map((kind) => path.join(folder, kind));
}

/**
 * Returns a command line that records its own process and then becomes the given program. Id, session, exit
 * code and signals are the program's; its arguments stay arguments. A program that does not exist is an exit
 * code, 127. Where nothing is to be recorded, because the process belongs to no lab, the command line is the
 * given one.
 */
export function recorded(record, argv) {
  if (record === undefined) return argv;
  const { folder, keep, ...said } = record;
  const text = JSON.stringify({ ...said, here: here() });
  return [
    "/bin/sh",
    "-c",
    SCRIPT,
    "kafka-failure-lab",
    path.join(folder, keep ? "keep" : "end"),
    text,
    ...argv,
  ];
}

/** Returns whether a program can be started: with a shell before it, `spawn` does not report it. */
export function canRun(program) {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Returns the recorded processes of this machine that are alive. */
export function recordedIn(folder) {
  return KINDS.flatMap((kind) =>
    recordsOf(path.join(folder, kind)).flatMap((record) => {
      const text = textOf(record);
      if (text === undefined || whereIs(text.here) !== "here" || !isAlive(record)) return [];
      const { pid, start } = record;
      return [{ ...text, folder, keep: kind === "keep", pid, start }];
    }),
  );
}

/** Sends a signal to every recorded process that `which` accepts and returns how many there were. */
export function signalRecorded(folder, which, signal) {
  return recordedIn(folder).filter((one) => which(one) && send(one, signal)).length;
}

/**
 * Ends the recorded processes, waits until they are gone, and removes the folder, so that none can begin any
 * more. Those that may outlive their owner stay unless `kept` is set.
 *
 * Returns how many were ended, and the ids of those that were still there after `patienceMs`.
 */
export function endRecorded(folder, { kept, patienceMs = 5000 }) {
  const began = Date.now();
  const ended = new Set();
  for (;;) {
    const mine = recordedIn(folder).filter((one) => kept || !one.keep);
    for (const one of mine) if (send(one, "SIGKILL")) ended.add(`${one.pid}-${one.start}`);
    const open = (kept ? KINDS : ["end"]).filter((kind) => !isRemoved(path.join(folder, kind)));
    if (open.length === 0) break;
    if (Date.now() - began > patienceMs) return { ended: ended.size, left: mine.map(({ pid }) => pid) };
    sleep(20);
  }
  if (kept) remove(folder);
  return { ended: ended.size, left: [] };
}

/** Waits without a turn of the event loop: a guardian has nothing else to do. */
export function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Removes the records of processes that are gone, and then the folder where it is empty. */
function isRemoved(dir) {
  for (const record of recordsOf(dir)) {
    const place = textOf(record)?.here;
    const where = place === undefined ? "here" : whereIs(place); // without a text its program never began
    if (where === "past" || (where === "here" && !isAlive(record))) rmSync(record.file, { force: true });
  }
  return remove(dir);
}

/** Removes an empty folder and says whether it is gone. */
function remove(dir) {
  try {
    rmdirSync(dir);
    return true;
  } catch (error) {
    return error.code === "ENOENT";
  }
}

/** The files of a folder that only this user can have written; elsewhere there are no records. */
function recordsOf(dir) {
  try {
    const facts = lstatSync(dir);
    const isPrivate = facts.isDirectory() && (facts.mode & 0o022) === 0 && facts.uid === process.getuid?.();
    if (!isPrivate) return [];
    return readdirSync(dir).map((name) => {
      const [, pid = "", start = ""] = /^(\d+)-(.+)$/.exec(name) ?? [];
      return { file: path.join(dir, name), pid: Number(pid), start };
    });
  } catch {
    return []; // removed in the meantime
  }
}

/** The text of a record, or undefined where there is none. */
function textOf(record) {
  const deadline = Date.now() + TEXT_MS;
  try {
    for (;;) {
      const text = readFileSync(record.file, "utf8");
      if (text.endsWith("\n")) return JSON.parse(text);
      if (!isAlive(record) || Date.now() > deadline) return undefined;
      sleep(2); // its shell is about to write it
    }
  } catch {
    return undefined;
  }
}

function isAlive({ pid, start }) {
  return pid > 0 && startOf(pid) === start && uidOf(pid) === process.getuid?.();
}

/** Checks right before the signal: the process may have ended since the records were read. */
function send(one, signal) {
  try {
    return isAlive(one) && process.kill(one.pid, signal);
  } catch {
    return false; // it has just ended
  }
}
