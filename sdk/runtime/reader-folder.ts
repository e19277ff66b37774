// Where the reader stands who typed the command: paths on a command line start from there.
//
//   ~/lab/notes $ npm run replay -- ../.lab/runs/…       npm runs it in ~/lab, INIT_CWD is ~/lab/notes
//   ~/lab/notes $ npx kafka-failure-lab replay ../…      runs in ~/lab/notes

import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import process from "node:process";

/** What a program was started with. */
export interface Started {
  /** @default process.cwd() */
  cwd?: string;
  /** @default process.env */
  env?: Readonly<Record<string, string | undefined>>;
}

/**
 * The folder in which the command was typed.
 *
 * npm and `deno task` run a script in the folder of its package, and say in INIT_CWD where they were called.
 * Programs that the script starts in another folder inherit INIT_CWD: there it means nothing.
 */
export function readerFolder({ cwd = process.cwd(), env = process.env }: Started = {}): string {
  const called = env["INIT_CWD"];
  if (called === undefined || !path.isAbsolute(called) || !existsSync(called)) return cwd;
  return isMoved(cwd, env["npm_package_json"]) ? called : cwd;
}

const MANIFESTS = ["package.json", "deno.json", "deno.jsonc"];

/** Whether a runner of scripts chose this folder: it is the package's. */
function isMoved(cwd: string, manifest: string | undefined): boolean {
  if (manifest === undefined || manifest === "")
    return MANIFESTS.some((name) => existsSync(path.join(cwd, name)));
  return real(path.dirname(manifest)) === real(cwd);
}

function real(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder; // no longer there
  }
}

/** A path that the reader typed: as typed where the program runs where the reader stands. */
export function fromReader(typed: string, started: Started = {}): string {
  const { cwd = process.cwd() } = started;
  const folder = readerFolder(started);
  return folder === cwd ? typed : path.resolve(folder, typed);
}

/** A path for the reader, who can type it: relative to where the reader stands. */
export function toReader(file: string, started: Started = {}): string {
  return path.relative(readerFolder(started), path.resolve(started.cwd ?? process.cwd(), file));
}
