// A folder whose files are run: whether nobody except root and this user can have written any of them.

import { readdirSync, type Stats } from "node:fs";
import path from "node:path";
import { unsafe } from "./private-folder.ts";
import { distrustOf, distrustOfMode, distrustOfOwner, lstatOf } from "./trust.ts";
import { ownId } from "./users.ts";

/**
 * Looks at a folder, the way to it, and all in it that other users can reach; one that does not exist yet
 * needs a way to be trusted only.
 *
 * @throws LabError UNSAFE_FOLDER naming what other users can write to
 */
export function assertTrusted(folder: string, hint: string): void {
  if (ownId() === undefined) return;
  const way = distrustOf(folder);
  if (way !== undefined) throw unsafe(folder, `${way.path} ${way.why}`, hint);
  const found = distrustIn(folder);
  if (found !== undefined) throw unsafe(folder, `${found.path} ${found.why}`, hint);
}

function distrustIn(file: string): { path: string; why: string } | undefined {
  const facts = lstatOf(file);
  if (facts === undefined) return undefined; // another lab may just have removed it
  const isLink = facts.isSymbolicLink(); // its mode says nothing
  const why = distrustOfOwner(facts) ?? (isLink ? undefined : distrustOfMode(facts));
  if (why !== undefined) return { path: file, why };
  if (!isReachable(facts)) return undefined;
  for (const name of namesIn(file)) {
    const found = distrustIn(path.join(file, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // gone in the meantime, or not for this user to read, and so not to be used
  }
}

/** Whether users other than the owner may go into a folder. */
function isReachable(facts: Stats): boolean {
  return facts.isDirectory() && (facts.mode & 0o011) !== 0;
}
