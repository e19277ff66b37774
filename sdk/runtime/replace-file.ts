// Replaces the text of a file that somebody wrote, whole or not at all.
//
//   real path ─▶ trusted folders? ─▶ still what was read? ─▶ a new file beside it ─▶ still? ─▶ rename
//
// A link stays: the file that it leads to is replaced. Owner and mode stay, too.

import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { LabError } from "../model/errors.ts";
import { cannotWrite } from "./disk.ts";
import { readBytes } from "./read-file.ts";
import { distrustOf, distrustOfMode, distrustOfOwner } from "./trust.ts";

/** What is replaced. */
export interface ReplaceText {
  /** The text that was read: a file that has another is not written. */
  readonly before: string;
  readonly text: string;
  /** The file's name in errors. @default the path */
  readonly shown?: string;
}

/**
 * Replaces a file's text by another: the file has the one or the other at each moment.
 *
 * @throws LabError FILE_CHANGED if it is not what was read; UNSAFE_FOLDER if another user can exchange it;
 * BAD_CONFIGURATION if it is no UTF-8, is read-only, or has a second name (a hard link); DISK_FULL or
 * COMMAND_FAILED if it cannot be written
 */
export function replaceText(file: string, replacement: ReplaceText): void {
  const { shown = file, text } = replacement;
  const real = realpathOf(file, shown);
  const bom = assertAsRead(real, shown, replacement);
  const stats = statSync(real);
  assertOurs(real, shown, stats);
  const part = path.join(
    path.dirname(real),
    `.${path.basename(real)}.${randomBytes(6).toString("hex")}.part`,
  );
  try {
    write(part, `${bom}${text}`, stats);
    assertAsRead(real, shown, replacement);
    renameSync(part, real);
  } catch (cause) {
    rmSync(part, { force: true });
    if (cause instanceof LabError) throw cause;
    throw cannotWrite(`write ${shown}`, cause, { file: shown, remedy: "run" });
  }
}

/**
 * Checks, before anything is written, that a file can be replaced.
 *
 * @throws LabError as {@link replaceText}
 */
export function assertReplaceable(file: string, replacement: ReplaceText): void {
  const { shown = file } = replacement;
  const real = realpathOf(file, shown);
  assertAsRead(real, shown, replacement);
  assertOurs(real, shown, statSync(real));
}

function realpathOf(file: string, shown: string): string {
  try {
    return realpathSync(file);
  } catch (cause) {
    throw changed(shown, "it is no longer there", cause);
  }
}

/** Returns the byte order mark that the file begins with, or nothing. */
function assertAsRead(real: string, shown: string, { before }: ReplaceText): string {
  const bytes = readBytes(real, { code: "BAD_CONFIGURATION", shown });
  const all = bytes.toString("utf8");
  if (!Buffer.from(all, "utf8").equals(bytes))
    throw new LabError("BAD_CONFIGURATION", `Cannot write ${shown}: it is not UTF-8`, {
      file: shown,
      hint: "Written again, other letters in it would be lost.",
    });
  const text = all.replace(/^\uFEFF/, "");
  if (text !== before) throw changed(shown, "it changed since it was read");
  return all.slice(0, all.length - text.length);
}

function changed(shown: string, state: string, cause?: unknown): LabError {
  return new LabError("FILE_CHANGED", `Cannot write ${shown}: ${state}`, {
    file: shown,
    hint: "Run it again: it is read anew.",
    ...(cause !== undefined && { cause }),
  });
}

/** The rules of trust.ts: nobody but root and this user can exchange the file between two looks at it. */
function assertOurs(real: string, shown: string, stats: Stats): void {
  const folder = distrustOf(path.dirname(real));
  const why = folder === undefined ? (distrustOfOwner(stats) ?? distrustOfMode(stats)) : folder.why;
  if (why !== undefined)
    throw new LabError(
      "UNSAFE_FOLDER",
      `Cannot write ${shown}: ${folder === undefined ? "it" : folder.path} ${why}`,
      {
        file: shown,
        hint: "Only files that this user alone can change are written.",
      },
    );
  // renaming needs no right to write to the file itself
  if ((stats.mode & 0o222) === 0)
    throw new LabError("BAD_CONFIGURATION", `Cannot write ${shown}: it is read-only`, {
      file: shown,
      hint: "Somebody has decided that: chmod u+w allows it.",
    });
  if (stats.nlink > 1)
    throw new LabError(
      "BAD_CONFIGURATION",
      `Cannot write ${shown}: it has ${stats.nlink} names (hard links)`,
      {
        file: shown,
        hint: "The others would keep the old text.",
      },
    );
}

function write(part: string, text: string, { mode, uid, gid }: Stats): void {
  const handle = openSync(part, "wx", 0o600);
  try {
    writeFileSync(handle, text);
    const made = statSync(part);
    if (made.uid !== uid || made.gid !== gid) fchownSync(handle, uid, gid);
    fchmodSync(handle, mode & 0o777);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
