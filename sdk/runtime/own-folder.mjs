// @ts-self-types="./own-folder.d.mts"
// Folders that belong to this user alone, and the one way in which something in them is removed.
//
//   root/            this user's, mode 0700, no link: looked at on an open handle before anything is removed
//     └─ a/b/c       removed only where a and b are real folders of this user, and c is no link
//
// So nothing is deleted through a link, whoever made it, and nothing outside of the root. Plain JavaScript
// because the guardian,
// which removes the folders of a lab whose owner is gone, must start in 40 ms without a TypeScript loader.

import { closeSync, constants, fchmodSync, fstatSync, lstatSync, openSync, rmSync } from "node:fs";
import path from "node:path";
import process from "node:process";

const OTHERS = 0o077;

/** What {@link flawOfOwn} says of a folder that is not there. */
export const MISSING = "does not exist";

/**
 * Says why a folder is not this user's alone, as the end of a sentence about it; undefined where it is.
 *
 * One of this user that is only open to others (`whenOpen`) is refused; or mended, on the handle that was
 * looked at; or accepted, by
 * who only looks and leaves the mending to the next start.
 */
export function flawOfOwn(folder, { whenOpen = "refuse" } = {}) {
  const seen = lstatOf(folder);
  if (typeof seen === "string") return seen === "ENOENT" ? MISSING : `cannot be looked at (${seen})`;
  const flaw = flawOfEntry(seen);
  if (flaw !== undefined) return flaw;
  let handle;
  try {
    handle = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    const held = fstatSync(handle);
    if (held.dev !== seen.dev || held.ino !== seen.ino) return "was replaced while it was looked at";
    const mode = held.mode & 0o777;
    if (process.geteuid === undefined || (mode & OTHERS) === 0) return undefined;
    if (whenOpen === "refuse") return `is open to other users (mode 0${mode.toString(8)})`;
    if (whenOpen === "mend") fchmodSync(handle, mode & ~OTHERS);
    return undefined;
  } catch (error) {
    return `cannot be opened (${error.code})`;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** The same of what `lstat` returns: a real folder, and this user's. */
function flawOfEntry(facts) {
  if (facts.isSymbolicLink()) return "is a symbolic link";
  if (!facts.isDirectory()) return "is not a folder";
  const user = process.geteuid?.();
  return user === undefined || facts.uid === user ? undefined : `belongs to uid ${facts.uid}`;
}

/**
 * Removes a file or folder inside of `root`, with all that is in it, and says why it is still there;
 * undefined where it is gone.
 *
 * It never throws, so that the others of a list are removed all the same.
 */
export function removeInside(root, target) {
  const names = path.relative(root, target).split(path.sep);
  if (names[0] === "" || names[0] === ".." || path.isAbsolute(names[0])) return `it is not inside of ${root}`;
  const flaw = flawOfOwn(root);
  if (flaw !== undefined) return flaw === MISSING ? undefined : `${root} ${flaw}`;
  for (let depth = 1; depth < names.length; depth++) {
    const folder = path.join(root, ...names.slice(0, depth));
    const seen = lstatOf(folder);
    if (seen === "ENOENT") return undefined;
    const why = typeof seen === "string" ? `cannot be looked at (${seen})` : flawOfEntry(seen);
    if (why !== undefined) return `${folder} ${why}`;
  }
  const seen = lstatOf(target);
  if (seen === "ENOENT") return undefined;
  if (typeof seen === "string") return `it cannot be looked at (${seen})`;
  if (seen.isSymbolicLink()) return "it is a symbolic link, which no lab makes";
  try {
    rmSync(target, { recursive: true, force: true, maxRetries: 5 });
    return undefined;
  } catch (error) {
    return `${error.code ?? error.message}${error.path === undefined ? "" : ` at ${error.path}`}`;
  }
}

/** What `lstat` returns, or the code of its failure. */
function lstatOf(file) {
  try {
    return lstatSync(file);
  } catch (error) {
    return error.code ?? String(error);
  }
}
