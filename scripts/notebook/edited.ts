// Whether somebody edited a notebook's cells: what was generated is known by its digest, which the notebook's
// metadata keeps.
//
//   script ─▶ cells, digest ─▶ notebook ─▶ (Jupyter) ─▶ cells   another digest: edited, and not overwritten

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { LabError } from "@kafka-failure-lab/sdk";
import { toReader, UsageError } from "@kafka-failure-lab/sdk/testing";
import { GENERATED, LANGUAGES, type Language, type Notebook, readNotebook } from "./file.ts";
import { cellDifferences } from "./stale.ts";
import { notebookFile } from "./where.ts";

/** A notebook in both languages, as the script makes it. */
export type InBoth = Readonly<Record<Language, Notebook>>;

/** What identifies the cells of a notebook: their kinds and sources, without ids, outputs and metadata. */
export function cellsDigest({ cells }: Notebook): string {
  const parts = cells.map(({ cell_type, source }) => [cell_type, source.trimEnd()]);
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Marks a notebook as generated with the cells that it has. */
export function generated(notebook: Notebook): Notebook {
  const { kernelspec, language_info, ...rest } = notebook.metadata;
  const digest = cellsDigest(notebook);
  return { ...notebook, metadata: { ...rest, [GENERATED]: digest, kernelspec, language_info } };
}

/**
 * In what a notebook's cells were edited, a line each; empty where they are the script's, or those that an
 * earlier version of the script made.
 */
export function editsOf(notebook: Notebook, fresh: Notebook): string[] {
  const digest = cellsDigest(notebook);
  if (digest === notebook.metadata[GENERATED] || digest === cellsDigest(fresh)) return [];
  return cellDifferences(notebook, fresh);
}

/** The notebook in a folder, if there is one. @throws LabError BAD_CONFIGURATION */
export function notebookIn(folder: string, name: string, lang: Language): Notebook | undefined {
  const file = notebookFile(name, lang, folder);
  if (!existsSync(file)) return undefined;
  try {
    return readNotebook(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = (cause as Error).message;
    throw new LabError("BAD_CONFIGURATION", `Cannot read ${toReader(file)}: ${why}`, { file, cause });
  }
}

/** The languages whose notebooks in a folder were edited. */
export function editedIn(folder: string, name: string, fresh: InBoth): Language[] {
  return LANGUAGES.filter((lang) => {
    const notebook = notebookIn(folder, name, lang);
    return notebook !== undefined && editsOf(notebook, fresh[lang]).length > 0;
  });
}

/** More differences than a message needs. */
const SHOWN = 3;

/** Refuses to write over edited cells. @throws UsageError */
export function refuseEdited(folder: string, name: string, fresh: InBoth): void {
  for (const lang of editedIn(folder, name, fresh)) {
    const edits = editsOf(notebookIn(folder, name, lang)!, fresh[lang]);
    const left = edits.length - SHOWN;
    const shown = [...edits.slice(0, SHOWN), ...(left > 0 ? [`and ${left} more`] : [])];
    throw new UsageError(
      [
        `Cannot write ${toReader(notebookFile(name, lang, folder))}: its cells were edited`,
        ...shown.map((line) => `  ${line}`),
        `npm run notebooks -- --as-edited ${name} runs them as they are; removing the file discards them.`,
      ].join("\n"),
    );
  }
}
