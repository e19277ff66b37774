// What the user's Maven settings say: another repository, another place for the local one.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Env } from "../../../runtime/env.ts";
import { homeFolder } from "./cache.ts";

/** The two addresses that matter here. */
export interface Repositories {
  /** Where jars are fetched by HTTPS, without a closing slash; absent where none is configured. */
  readonly remote?: string;
  /** Maven's own store of what it has fetched before. */
  readonly local: string;
}

/** Reads `LAB_MAVEN_REPOSITORY` and `~/.m2/settings.xml`. */
export async function repositories(env: Env): Promise<Repositories> {
  const m2 = join(homeFolder(env), ".m2");
  const settings = await readFile(join(m2, "settings.xml"), "utf8").catch(() => "");
  const remote = env["LAB_MAVEN_REPOSITORY"] || remoteIn(settings);
  const local = plain(textOf(settings, "localRepository")) ?? join(m2, "repository");
  return remote === undefined ? { local } : { remote: remote.replace(/\/+$/, ""), local };
}

/**
 * Finds the address that stands in for the central repository: a mirror of `*` or `central`, else the first
 * repository.
 *
 * Addresses with `${…}` in them, and blocked mirrors, are left to Maven.
 */
export function remoteIn(settings: string): string | undefined {
  const text = settings.replace(/<!--[\s\S]*?-->/g, "");
  const mirrors = blocks(text, "mirror").filter((mirror) => mirrorsCentral(textOf(mirror, "mirrorOf") ?? ""));
  return [...mirrors, ...blocks(text, "repository")]
    .map((block) => plain(textOf(block, "url")))
    .find((url) => url !== undefined && /^https?:/.test(url));
}

function mirrorsCentral(mirrorOf: string): boolean {
  const names = mirrorOf.split(",").map((name) => name.trim());
  return (
    !names.includes("!central") &&
    names.some((name) => name === "*" || name === "external:*" || name === "central")
  );
}

function blocks(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, "g"))].map(
    ([, inner = ""]) => inner,
  );
}

function textOf(text: string, name: string): string | undefined {
  return blocks(text, name)[0]?.trim();
}

function plain(text: string | undefined): string | undefined {
  return text === undefined || text === "" || text.includes("${") ? undefined : text.replaceAll("&amp;", "&");
}
