// Which process holds the other end of a loopback connection: by /proc, so on Linux only.
//
//   /proc/net/tcp (ports ─▶ inode, user) ─▶ /proc/<pid>/fd (inode ─▶ process) ─▶ /proc/<pid>/stat (parents)

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { readdir, readFile, readlink } from "node:fs/promises";
import process from "node:process";

/** The two ports of a connection on loopback. */
export interface LoopbackConnection {
  /** The dialler's. */
  from: number;
  /** The listener's. */
  to: number;
}

/** A program at the other end. */
export interface PeerProcess {
  /** Null where it may not be seen: another user's, or in a container. */
  pid: number | null;
  /** The program's name, else what is known of it. */
  program: string;
}

/** Whose it is: this process's or one that it started, nobody's any more, or another program's. */
export type Peer = "own" | "gone" | PeerProcess;

/** Whether this system tells. */
export const TELLS_PEERS: boolean = process.platform === "linux";

/** Looks once; a connection that has closed meanwhile is `gone`. */
export async function peerOf(connection: LoopbackConnection): Promise<Peer> {
  const socket = await socketOf(connection);
  if (socket === undefined) return "gone";
  const link = `socket:[${socket.inode}]`;
  if (holdsNow(link)) return "own";
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    if (!(await holds(pid, link))) continue;
    return isOwn(Number(pid)) ? "own" : { pid: Number(pid), program: programOf(pid) };
  }
  if ((await socketOf(connection)) === undefined) return "gone";
  const isSameUser = socket.uid === process.getuid?.();
  return {
    pid: null,
    program: isSameUser ? "a program that cannot be seen" : `a program of user ${socket.uid}`,
  };
}

async function socketOf({
  from,
  to,
}: LoopbackConnection): Promise<{ inode: string; uid: number } | undefined> {
  const [near, far] = [from, to].map((port) => `:${port.toString(16).toUpperCase().padStart(4, "0")}`);
  for (const file of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const text = await readFile(file, "latin1").catch(() => "");
    for (const line of text.split("\n")) {
      const [, local, remote, , , , , uid, , inode] = line.trim().split(/\s+/);
      if (local?.endsWith(near!) && remote?.endsWith(far!) && inode !== undefined && inode !== "0")
        return { inode, uid: Number(uid) };
    }
  }
  return undefined;
}

/** Whether this process holds a socket. */
function holdsNow(link: string): boolean {
  return readdirSync("/proc/self/fd").some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === link;
    } catch {
      return false; // closed meanwhile
    }
  });
}

async function holds(pid: string, link: string): Promise<boolean> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => []); // ended meanwhile, or another user's
  for (const fd of files) if ((await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "")) === link) return true;
  return false;
}

/** Whether this process has started it, or one that did. */
function isOwn(pid: number): boolean {
  for (let one = pid; one > 1; one = parentOf(one)) if (one === process.pid) return true;
  return false;
}

function parentOf(pid: number): number {
  try {
    // the name, in brackets, may have spaces in it
    return Number(readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\)/, "").trim().split(" ")[1]);
  } catch {
    return 0;
  }
}

function programOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "latin1").trim();
  } catch {
    return "a program that has ended";
  }
}
