// The files that the compiler does not write: modules in JavaScript with declarations, programs in Java,
// and data.

import { cpSync, readdirSync } from "node:fs";
import path from "node:path";

const DATA = /\.(mjs|d\.mts|json|properties|xml|java)$/;
/** Their place in the package is taken by its own manifest. */
const MANIFESTS = ["package.json", "deno.json"];
/** Only what runs from its source has a use for it. */
const FROM_SOURCE = "from-source.mjs";

const isLeftOut = (name: string): boolean => MANIFESTS.includes(name) || name === FROM_SOURCE;

/** Copies the data of sdk/ and of the scenarios to the same places in dist/. */
export function copyData(root: string, dist: string): void {
  for (const folder of ["sdk", path.join("scripts", "matrix")]) {
    for (const file of readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })) {
      if (!DATA.test(file) || file.includes("node_modules") || isLeftOut(path.basename(file))) continue;
      cpSync(path.join(root, folder, file), path.join(dist, folder, file));
    }
  }
}
