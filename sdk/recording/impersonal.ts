// A recording is committed and read elsewhere: it holds no path of the machine that made it.

import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** Replaces the folders of this checkout, of the working directory and of the user in a text. */
export function impersonal(text: string): string {
  const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
  return [
    [root, ""],
    [process.cwd(), ""],
    [os.homedir(), "~/"],
  ]
    .filter(([folder]) => folder!.length > 1)
    .reduce((rest, [folder, by]) => rest.replaceAll(`${folder}${path.sep}`, by!), text);
}
