// @ts-self-types="./processes.d.mts"
// The process table, as far as the lab needs it: who is alive, since when, whose, and on which machine.
//
// The command line of each process of a lab carries `-Dkafka.failure.lab=<lab>/<owner pid>/<owner
// start>/<end|keep>/<service>`, for people who look at `ps`. Nothing is signalled because of it: anybody can
// write it. Records name the owner of a process (records.mjs).
//
// Plain JavaScript because the guardian must start in 40 ms under any runtime, without a TypeScript loader.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import os from "node:os";
import process from "node:process";

export const MARK = "-Dkafka.failure.lab=";

/**
 * Returns a process's start time as opaque text, or undefined where there is no such process; a zombie counts
 * as gone. Throws where this process lacks the means to look, such as a free file descriptor: a process that
 * was not looked at is not gone.
 */
export function startOf(pid) {
  if (process.platform === "linux") {
    try {
      const fields = fieldsOf(`/proc/${pid}/stat`);
      return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
    } catch (error) {
      return goneUnlessBlind(error);
    }
  }
  return ps("lstart=", pid)?.split(/\s+/).join("_");
}

/** Returns the real user id of a process, or undefined where there is no such process. */
export function uidOf(pid) {
  try {
    // not the owner of /proc/<pid>: that is root's where the process must not be traced
    const text =
      process.platform === "linux"
        ? /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
        : ps("ruid=", pid);
    return text === undefined ? undefined : Number(text);
  } catch (error) {
    return goneUnlessBlind(error);
  }
}

/** What this process lacks: it says nothing of the one that was looked for. */
const BLIND = ["EMFILE", "ENFILE", "ENOMEM", "EAGAIN"];

function goneUnlessBlind(error) {
  if (BLIND.includes(error.code)) throw error;
  return undefined;
}

/**
 * What ps shows of a process, or undefined where there is no such process. Dates do not depend on who asks.
 */
function ps(what, pid) {
  try {
    const env = { ...process.env, LC_ALL: "C", TZ: "UTC0" };
    const stdio = ["ignore", "pipe", "ignore"];
    const text = execFileSync("ps", ["-o", what, "-p", String(pid)], { encoding: "utf8", stdio, env });
    return text.trim() || undefined;
  } catch (error) {
    return goneUnlessBlind(error);
  }
}

let place;

/**
 * Names the machine and its boot. A process id and a start time mean something only there: several machines
 * and containers may share a home, and Linux counts start times from the boot. A container has a host name of
 * its own.
 */
export function here() {
  place ??= [
    process.platform === "darwin" ? "" : os.hostname(), // on macOS the name changes with the network
    quietly(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
  ].join("/");
  return place;
}

/**
 * Compares a place with this one: `past` is this machine before its last boot, where nothing runs any more.
 */
export function whereIs(other) {
  if (other === here()) return "here";
  return String(other).split("/")[0] === here().split("/")[0] ? "past" : "elsewhere";
}

function quietly(read) {
  try {
    return read();
  } catch {
    return ""; // not Linux
  }
}

/**
 * Returns the state of each of a process's threads as ps shows it, of the process itself where threads cannot
 * be told apart; nothing where it is gone.
 */
export function statesOf(pid) {
  try {
    if (process.platform !== "linux")
      return [
        execFileSync("ps", ["-o", "state=", "-p", String(pid)], {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        })
          .trim()
          .charAt(0),
      ];
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
      try {
        return [fieldsOf(`/proc/${pid}/task/${thread}/stat`)[0]];
      } catch {
        return []; // ended in the meantime
      }
    });
  } catch {
    return [];
  }
}

/**
 * The fields of a stat file after the last ")", which ends the program's name: state ppid … the 22nd of all
 * is starttime.
 */
function fieldsOf(file) {
  const stat = readFileSync(file, "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

export function markOf({ lab, ownerPid, ownerStart, keep, service }) {
  return `${MARK}${lab}/${ownerPid}/${ownerStart}/${keep ? "keep" : "end"}/${service}`;
}

/** Returns every process of this user that says it is a lab's, to be told of: what it says may be wrong. */
export function marked() {
  return commands().flatMap(({ pid, args }) => {
    const mark = args.find((arg) => arg.startsWith(MARK));
    if (mark === undefined) return [];
    const [, ownerPid = "", ownerStart = ""] = mark.slice(MARK.length).split("/");
    return [{ pid, ownerPid: Number(ownerPid), ownerStart }];
  });
}

function commands() {
  const uid = process.getuid?.();
  if (process.platform === "linux") {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && uidOf(name) === uid)
      .map((name) => ({
        pid: Number(name),
        args: quietly(() => readFileSync(`/proc/${name}/cmdline`, "utf8")).split("\0"),
      }));
  }
  return execFileSync("ps", ["-axww", "-o", "pid=,ruid=,command="], { encoding: "utf8", maxBuffer: 64 << 20 })
    .split("\n")
    .flatMap((line) => {
      const [, pid, owner, command = ""] = line.match(/^\s*(\d+)\s+(\d+)\s+(.*)$/) ?? [];
      return Number(owner) === uid ? [{ pid: Number(pid), args: command.split(" ") }] : [];
    });
}
