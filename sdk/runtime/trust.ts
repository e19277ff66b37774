// Whether a path can be trusted: whether nobody but root and this user can have made, or can exchange, what
// it leads to.
//
//   /home/me/.local/state    each folder on the way belongs to root or this user, and only they write to it,
//                            or it is sticky
//        └─ a link           is followed if root or this user made it, and its own way is looked at, too
//
// The rule is that of ssh's StrictModes, with links and sticky folders (such as /tmp) distinguished.

import { lstatSync, readlinkSync, type Stats } from "node:fs";
import path from "node:path";
import { isPrivateGroup, ownId, userName } from "./users.ts";

/** The first thing on the way of a path that cannot be trusted. */
export interface Distrust {
  path: string;
  /** The end of a sentence about it: `can be written by other users (mode 0777)`. */
  why: string;
}

const MANY_LINKS = 40;

/**
 * Says what on the way to a folder, itself included, cannot be trusted; undefined where all of it can.
 *
 * It is about users only: what does not exist, is a file, or may not be looked at by this user is left to the
 * system's own error.
 */
export function distrustOf(folder: string): Distrust | undefined {
  if (ownId() === undefined) return undefined;
  const { root } = path.parse(path.resolve(folder));
  const parts = path.resolve(folder).slice(root.length).split(path.sep);
  let at = root;
  let links = 0;
  for (let name: string | undefined = ""; name !== undefined; name = parts.shift()) {
    const next = path.join(at, name);
    const facts = lstatOf(next);
    if (facts === undefined) return undefined;
    const why = facts.isSymbolicLink() ? distrustOfOwner(facts) : distrustOfFolder(facts);
    if (why !== undefined) return { path: next, why };
    if (!facts.isSymbolicLink()) {
      at = next;
      continue;
    }
    if (++links > MANY_LINKS) return { path: next, why: "is one of too many symbolic links" };
    const target = path.resolve(at, readlinkSync(next));
    parts.unshift(...target.slice(root.length).split(path.sep));
    at = root;
  }
  return undefined;
}

/** Says why a folder cannot be trusted by its owner and mode. */
export function distrustOfFolder(facts: Stats): string | undefined {
  // others may make something in a sticky folder, and not exchange what is there
  const isSticky = facts.isDirectory() && (facts.mode & 0o1000) !== 0;
  return distrustOfOwner(facts) ?? (isSticky ? undefined : distrustOfMode(facts));
}

/** Says why others may write to a file or folder by its mode. */
export function distrustOfMode({ mode, gid }: Pick<Stats, "mode" | "gid">): string | undefined {
  const text = `mode 0${(mode & 0o7777).toString(8)}`;
  if ((mode & 0o002) !== 0) return `can be written by other users (${text})`;
  if ((mode & 0o020) !== 0 && !isPrivateGroup(gid))
    return `can be written by its group (${text}, gid ${gid})`;
  return undefined;
}

/** Says whose a file or folder is, where it is neither root's nor this user's. */
export function distrustOfOwner({ uid }: Pick<Stats, "uid">): string | undefined {
  return uid === 0 || uid === ownId() ? undefined : `belongs to ${userName(uid)}`;
}

/** Undefined for what is not there, or may not be looked at. */
export function lstatOf(file: string): Stats | undefined {
  try {
    return lstatSync(file);
  } catch {
    return undefined;
  }
}
