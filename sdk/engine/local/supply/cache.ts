// The per-user cache: Kafka's jars, class-data archives and bootstrap checkpoints, one folder each.
//
// Jars and archives from there are run, so whoever can write to the cache can run programs as this user. It
// is made for this user
// alone. One that is there already may be shared and read-only, as an administrator fills it, but nobody
// except root and this user
// may be able to write to it, or to anything in it.

import { chmod, lstat, readdir, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { startOf } from "../../../runtime/guardian/processes.mjs";
import { makeFolders } from "../../../runtime/make-folders.ts";
import { assertTrusted } from "../../../runtime/trusted-tree.ts";
import { homeOfRecord, isForeign } from "../../../runtime/users.ts";
import type { Env } from "../../../runtime/env.ts";

/**
 * Returns the folder of the lab's cache: `LAB_CACHE`, else `kafka-failure-lab` in the user's cache folder
 * (`XDG_CACHE_HOME`, `~/.cache`; `~/Library/Caches` on macOS).
 */
export function cacheFolder(env: Env, platform: string = process.platform): string {
  if (env["LAB_CACHE"]) return resolve(env["LAB_CACHE"]);
  return join(userCache(env, platform), "kafka-failure-lab");
}

function userCache(env: Env, platform: string): string {
  if (env["XDG_CACHE_HOME"]) return env["XDG_CACHE_HOME"];
  const home = homeFolder(env);
  return platform === "darwin" ? join(home, "Library", "Caches") : join(home, ".cache");
}

/**
 * The user's home folder; where HOME names another user's, as under sudo, the one that the machine has for
 * this user.
 */
export function homeFolder(env: Env): string {
  const given = env["HOME"];
  if (given) return isForeign(given) ? (homeOfRecord() ?? given) : given;
  try {
    return homedir();
  } catch {
    return "/nonexistent"; // a user id without a name, as in some containers, has no home
  }
}

const HINT =
  "Set LAB_CACHE to a folder of your own, or remove this one: what is in it may be another user's.";

/**
 * Looks at a cache before anything from it is used; one that is not there yet is as good as any.
 *
 * @throws LabError UNSAFE_FOLDER where another user made it, or can write to it
 */
export function assertCache(cache: string): void {
  assertTrusted(cache, HINT);
}

/**
 * Modes of what is in the cache: the cache itself decides whether others may look into it, and nobody else
 * writes to it.
 */
export const IN_CACHE: { readonly folder: number; readonly file: number } = { folder: 0o755, file: 0o644 };

/**
 * Makes a folder in the cache, and the cache.
 *
 * @throws LabError UNSAFE_FOLDER; the system's own error where it cannot be made
 */
export function makeInCache(cache: string, ...names: readonly string[]): string {
  assertCache(cache);
  makeFolders(cache, 0o700);
  const folder = join(cache, ...names);
  makeFolders(folder, IN_CACHE.folder);
  return folder;
}

/**
 * Takes from all other users the right to write to what a program has made for the cache, whatever the umask
 * was.
 */
export async function closeToOthers(file: string): Promise<void> {
  const facts = await lstat(file);
  if (facts.isSymbolicLink()) return;
  await chmod(file, facts.mode & ~0o022);
  if (!facts.isDirectory()) return;
  for (const name of await readdir(file)) await closeToOthers(join(file, name));
}

/** Whether something is at a path; what cannot be looked at is not. */
export function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Removes from a folder what processes that are gone were making; `name` finds their id in an entry. */
export async function sweepOf(folder: string, name: RegExp): Promise<void> {
  for (const entry of await readdir(folder)) {
    const pid = name.exec(entry)?.[1];
    if (pid !== undefined && startOf(Number(pid)) === undefined)
      await rm(join(folder, entry), { recursive: true, force: true });
  }
}
