// Where a program is.

import { constants } from "node:fs";
import { access } from "node:fs/promises";
import path from "node:path";
import type { Env } from "../engine/local/supply/mod.ts";

/**
 * Returns the first file of that name on the path that may be executed; `more` folders are looked into last.
 */
export async function onPath(
  program: string,
  env: Env,
  more: readonly string[] = [],
): Promise<string | undefined> {
  for (const folder of [...(env["PATH"] ?? "").split(path.delimiter), ...more].filter((one) => one !== "")) {
    const file = path.join(folder, program);
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return undefined;
}
