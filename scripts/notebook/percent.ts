// A percent script is a notebook: `// %%` begins a code cell, `// %% [markdown]` prose, `// %% [markdown] {"lang":"ko"}` the same prose in Korean.

import { createHash } from "node:crypto";

export type Language = "en" | "ko";
export const LANGUAGES: readonly Language[] = ["en", "ko"];

/** A cell as its script has it. */
export interface Cell {
  /** Stable for as long as the cell's place and text are. */
  id: string;
  kind: "code" | "markdown";
  /** What stands after `// %%`; empty where nothing does. */
  name: string;
  text: string;
}

const MARK = /^\/\/ %%(?:[ \t]+(?!\[|\{)(?<name>.*?))?[ \t]*(?<markdown>\[markdown\])?[ \t]*(?<metadata>\{.*\})?$/;

/** Takes a script apart. What stands before the first mark (the shebang, a comment) is of the script only. */
export function cellsOf(script: string, language: Language = "en"): Cell[] {
  const cells: Cell[] = [];
  for (const part of script.replaceAll("\r\n", "\n").split(/^(?=\/\/ %%)/m)) {
    const [first = "", ...rest] = part.split("\n");
    const mark = MARK.exec(first)?.groups;
    if (mark === undefined) continue;
    const kind = mark["markdown"] === undefined ? "code" : "markdown";
    const code = rest.join("\n").trim();
    const text = kind === "code" ? code : code.replace(/^\/\/ ?/gm, "");
    const spoken = mark["metadata"] === undefined ? undefined : (JSON.parse(mark["metadata"]) as { lang?: string }).lang;
    if (spoken === undefined) cells.push({ id: idOf(cells.length, text), kind, name: mark["name"] ?? "", text });
    else if (spoken === language) cells[cells.length - 1] = { ...cells.at(-1)!, text };
  }
  return cells;
}

function idOf(index: number, text: string): string {
  return createHash("sha256").update(`${index}:${text}`).digest("hex").slice(0, 8);
}
