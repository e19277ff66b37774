// A folder that only this user can have made or changed: made with the mode 0700, and looked at on an open
// handle before it is used.

import path from "node:path";
import { LabError } from "../model/errors.ts";
import { makeFolders } from "./make-folders.ts";
import { flawOfOwn, MISSING, type WhenOpen } from "./own-folder.mjs";
import { distrustOf, lstatOf } from "./trust.ts";
import { ownId, userName } from "./users.ts";

/** How a folder is opened. */
export interface PrivateFolderOptions {
  /** Makes it, and what is missing above it. @default true */
  make?: boolean;
  /**
   * What is done with one of this user that is only open to others.
   * @default "mend": it gets the mode 0700
   */
  whenOpen?: WhenOpen;
  /** What the reader can do where it is refused. */
  hint: string;
}

/**
 * Returns the path of a folder that is this user's alone; one of this user's that is only too open is given
 * the mode 0700.
 *
 * Without `make` it returns undefined where there is no such folder.
 *
 * @throws LabError UNSAFE_FOLDER for a link, a file, another user's folder, or a way to it that others can
 * change; the system's own
 * error where it cannot be made
 */
export function privateFolder(folder: string, options: PrivateFolderOptions & { make?: true }): string;
export function privateFolder(folder: string, options: PrivateFolderOptions): string | undefined;
export function privateFolder(
  folder: string,
  { make = true, whenOpen = "mend", hint }: PrivateFolderOptions,
): string | undefined {
  const above = distrustOf(path.dirname(folder));
  if (above !== undefined) throw unsafe(folder, `${above.path} ${above.why}`, hint);
  let flaw = flawOfOwn(folder, { whenOpen });
  if (flaw === MISSING) {
    if (!make) return undefined;
    makeFolders(folder, 0o700);
    flaw = flawOfOwn(folder, { whenOpen });
  }
  if (flaw !== undefined) throw unsafe(folder, `it ${named(folder, flaw)}`, hint);
  return folder;
}

/** The error for a folder that another user could have made or changed. */
export function unsafe(folder: string, state: string, hint: string): LabError {
  return new LabError("UNSAFE_FOLDER", `Cannot use the folder ${path.basename(folder)}: ${state}`, {
    file: folder,
    hint,
  });
}

/** The flaw with the user's name in place of the bare number. */
function named(folder: string, flaw: string): string {
  const uid = lstatOf(folder)?.uid;
  return uid === undefined || uid === ownId() ? flaw : flaw.replace(`uid ${uid}`, userName(uid));
}
