// A script in percent format, and the notebook that it is.
//
//   // %% name                         a code cell
//   // %% [markdown]                   prose, each line behind `// `
//   // %% [markdown] {"lang":"ko"}     the Korean of the English prose right before it
//
// What stands before the first mark belongs to the script alone. The format is jupytext's:
// https://jupytext.readthedocs.io/en/latest/formats-scripts.html

import { createHash } from "node:crypto";
import { type Cell, type Language, type Notebook, notebookOf } from "./file.ts";

interface Part {
  kind: "code" | "markdown";
  name: string | undefined;
  lang: Language;
  text: string;
  /** Of its mark in the script, from 1. */
  line: number;
}

const MARK = /^\/\/ %%(?: (?![[{])([^[{]*?))?(?: ?(\[markdown\]))?(?: (\{.*\}))?$/;

/**
 * Makes a script's notebook in a language, without outputs.
 *
 * English is what there is of all prose; the Korean notebook has the Korean where there is one, in the same
 * place.
 *
 * @throws SyntaxError naming the script's line
 */
export function toNotebook(
  script: string,
  { lang, kernel }: { lang: Language; kernel: { name: string; displayName: string } },
): Notebook {
  const parts = partsOf(script);
  parts.forEach((part, at) => {
    const before = parts[at - 1];
    if (part.lang === "ko" && !(before?.kind === "markdown" && before.lang === "en"))
      throw new SyntaxError(
        `Cannot place the Korean of line ${part.line}: there is no English prose right before it`,
      );
  });
  const shown = parts.filter((part, at) =>
    lang === "en" ? part.lang === "en" : part.lang === "ko" || parts[at + 1]?.lang !== "ko",
  );
  const ids = new Set<string>();
  return notebookOf(
    shown.map((part) => cellOf(part, ids)),
    kernel,
  );
}

function partsOf(script: string): Part[] {
  let line = 1;
  return script
    .replaceAll("\r\n", "\n")
    .split(/^(?=\/\/ %%)/m)
    .flatMap((block): Part[] => {
      const at = line;
      line += block.split("\n").length - 1;
      if (!block.startsWith("// %%")) return [];
      const [first = "", ...rest] = block.split("\n");
      const [whole, name, markdown, data] = MARK.exec(first) ?? [];
      if (whole === undefined) throw new SyntaxError(`Cannot read the mark in line ${at}: ${first}`);
      const text = rest.join("\n").replace(/^\n+|\s+$/g, "");
      return [
        {
          kind: markdown === undefined ? "code" : "markdown",
          name,
          lang: langOf(data, at),
          text: markdown === undefined ? text : text.replace(/^\/\/ ?/gm, ""),
          line: at,
        },
      ];
    });
}

function langOf(data: string | undefined, line: number): Language {
  if (data === undefined) return "en";
  const { lang } = JSON.parse(data) as { lang?: unknown };
  if (lang !== "ko")
    throw new SyntaxError(`Cannot read the mark in line ${line}: expected {"lang":"ko"}, found ${data}`);
  return lang;
}

/**
 * A code cell's id is its name, other cells' come from their text: what is inserted elsewhere changes
 * neither.
 */
function cellOf({ kind, name, text }: Part, ids: Set<string>): Cell {
  const wanted =
    name?.replace(/[^a-zA-Z0-9-]+/g, "-").slice(0, 50) ??
    createHash("sha256").update(text).digest("hex").slice(0, 8);
  let id = wanted;
  for (let turn = 2; ids.has(id); turn++) id = `${wanted}-${turn}`;
  ids.add(id);
  const common = { id, metadata: name === undefined ? {} : { name }, source: text };
  return kind === "code"
    ? { cell_type: "code", ...common, execution_count: null, outputs: [] }
    : { cell_type: "markdown", ...common };
}
