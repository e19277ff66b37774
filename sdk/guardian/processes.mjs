// @ts-self-types="./processes.d.mts"
// The process table, as far as the lab needs it: who is alive, and which processes carry the lab's mark.
//
// Every broker's command line carries `-Dkafka.failure.lab=<lab>/<owner pid>/<owner start>/<end|keep>/<service>`. The mark alone
// says whose the process is, so that a guardian, or the next lab on this machine, can end it without any other record and
// without trusting a process id that may have been given to somebody else since.
//
// Plain JavaScript because the guardian must start in 40 ms under any runtime, without a TypeScript loader.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import process from "node:process";

export const MARK = "-Dkafka.failure.lab=";

/** Returns a process's start time as opaque text, or undefined where there is no such process; a zombie counts as gone. */
export function startOf(pid) {
  if (process.platform === "linux") {
    try {
      const fields = fieldsOf(`/proc/${pid}/stat`);
      return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    return (
      execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      })
        .trim()
        .replaceAll(" ", "_") || undefined
    );
  } catch {
    return undefined;
  }
}

/** Returns the state of each of a process's threads as ps shows it, of the process itself where threads cannot be told apart; nothing where it is gone. */
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

/** The fields of a stat file after the last ")", which ends the program's name: state ppid … the 22nd of all is starttime. */
function fieldsOf(file) {
  const stat = readFileSync(file, "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

export function markOf({ lab, ownerPid, ownerStart, keep, service }) {
  return `${MARK}${lab}/${ownerPid}/${ownerStart}/${keep ? "keep" : "end"}/${service}`;
}

/** Returns every process of this user that carries the lab's mark; root, too, leaves other users' alone. */
export function marked() {
  const found = [];
  for (const { pid, command } of commands()) {
    const at = command.indexOf(MARK);
    if (at < 0) continue;
    const [lab = "", ownerPid = "", ownerStart = "", keep = "", service = ""] = command
      .slice(at + MARK.length)
      .split(/[\0 ]/, 1)[0]
      .split("/");
    found.push({ pid, lab, ownerPid: Number(ownerPid), ownerStart, keep: keep === "keep", service });
  }
  return found;
}

function commands() {
  const uid = process.getuid?.();
  if (process.platform === "linux") {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          return statSync(`/proc/${name}`).uid === uid
            ? [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, "latin1") }]
            : [];
        } catch {
          return []; // gone in the meantime
        }
      });
  }
  return execFileSync("ps", ["-axww", "-o", "pid=,uid=,command="], { encoding: "utf8", maxBuffer: 64 << 20 })
    .split("\n")
    .flatMap((line) => {
      const [, pid, owner, command = ""] = line.match(/^\s*(\d+)\s+(\d+)\s+(.*)$/) ?? [];
      return Number(owner) === uid ? [{ pid: Number(pid), command }] : [];
    });
}

/** Sends a signal to every process that `which` accepts and returns how many there were. */
export function signalMarked(which, signal) {
  let count = 0;
  for (const one of marked()) {
    if (!which(one)) continue;
    try {
      process.kill(one.pid, signal);
      count++;
    } catch {
      // gone in the meantime, or not ours to signal
    }
  }
  return count;
}
