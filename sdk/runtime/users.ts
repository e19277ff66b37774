// Who the users and groups of this machine are, as far as trust in a folder depends on it.

import { readFileSync, statSync } from "node:fs";
import os from "node:os";
import process from "node:process";

/** The user that this process acts as; undefined on a system without user ids. */
export function ownId(): number | undefined {
  return process.geteuid?.();
}

/** Names a user for a person: `nobody (uid 65534)`, or `uid 4711` where the machine has no name for it. */
export function userName(uid: number): string {
  const name = table("/etc/passwd").find(([, , id]) => Number(id) === uid)?.[0];
  return name === undefined ? `uid ${uid}` : `${name} (uid ${uid})`;
}

/**
 * The home folder that the machine has for this user, whatever HOME says; undefined for a user without an
 * entry.
 */
export function homeOfRecord(): string | undefined {
  try {
    return os.userInfo().homedir || undefined;
  } catch {
    return undefined; // a container may run under a user id that has no name
  }
}

/** Says whether a folder is there and belongs to a user who is neither root nor this one. */
export function isForeign(folder: string): boolean {
  try {
    const { uid } = statSync(folder);
    return uid !== 0 && uid !== ownId();
  } catch {
    return false;
  }
}

/**
 * Says whether only this user, besides root, can be in a group: root's group, or the group of the user's own
 * that many
 * distributions give to everybody, which has no other member and is nobody else's first group.
 */
export function isPrivateGroup(gid: number): boolean {
  if (gid === 0) return true;
  const user = ownId();
  if (user === undefined || gid !== process.getegid?.()) return false;
  const users = table("/etc/passwd");
  const own = users.find(([, , uid]) => Number(uid) === user)?.[0];
  const group = table("/etc/group").find(([, , id]) => Number(id) === gid);
  if (own === undefined || group === undefined) return false;
  const members = (group[3] ?? "").split(",").filter((name) => name !== "");
  return (
    members.every((name) => name === own) &&
    users.every(([name, , , first]) => Number(first) !== gid || name === own)
  );
}

/** A file of lines with colons between the fields; nothing where it cannot be read. */
function table(file: string): string[][] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.includes(":") && !line.startsWith("#"))
      .map((line) => line.split(":"));
  } catch {
    return [];
  }
}
