// Where scripts, notebooks and recordings are.

import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Language } from "./file.ts";

export const root: string = fileURLToPath(new URL("../../", import.meta.url));
/** Where kernels run. */
export const notebooks: string = path.join(root, "notebooks");

/** The scripts that are notebooks, by name: `scripts/NN-name.ts`. */
export function scenarios(folder: string = path.join(root, "scripts")): string[] {
  return readdirSync(folder)
    .flatMap((file) => /^(\d\d-[\w-]+)\.ts$/.exec(file)?.[1] ?? [])
    .sort();
}

export function scriptFile(name: string): string {
  return path.join(root, "scripts", `${name}.ts`);
}

export function notebookFile(name: string, lang: Language, folder: string = notebooks): string {
  return path.join(folder, `${name}${lang === "en" ? "" : `.${lang}`}.ipynb`);
}
