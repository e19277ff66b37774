// The per-user cache: Kafka's jars, class-data archives and bootstrap checkpoints, one folder each.

import { homedir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import type { Env } from "../../env.ts";

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

/** The user's home folder. */
export function homeFolder(env: Env): string {
  return env["HOME"] || homedir();
}
