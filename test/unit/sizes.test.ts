// How long lines, functions and files of code may be. sizes.json lists the files that are over a limit today:
// an entry may only shrink, and one that is no longer needed has to go.
//
// Two files stay longer: scripts/03-long-delay.ts is a notebook, whose cells are read from top to bottom, and
// scripts/table/rows.ts is a table of data.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("../../", import.meta.url));

const MOST_COLUMNS = 110;
const MOST_LINES_OF_A_FUNCTION = 60;
const MOST_LINES_OF_A_FILE = 250;

type Exceptions = Readonly<Record<string, number>>;
const exceptions = JSON.parse(readFileSync(path.join(root, "test/unit/sizes.json"), "utf8")) as {
  /** By file: how many of its lines are too wide. */
  wideLines: Exceptions;
  /** By file: how many of its functions are too long. */
  longFunctions: Exceptions;
  /** By file: its lines. */
  longFiles: Exceptions;
};

/** The texts of these folders' files, by path. */
function textsIn(...folders: string[]): ReadonlyMap<string, string> {
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(ts|mjs|mts)$/.test(file) && !file.includes("node_modules"))
      .map((file) => path.posix.join(folder, file.replaceAll(path.sep, "/"))),
  );
  return new Map(files.map((file) => [file, readFileSync(path.join(root, file), "utf8")]));
}

const texts = textsIn("sdk", "scripts", "bench");
const tests = textsIn("test");

/** The scripts with a number are notebooks, too: a comment is a paragraph of theirs, on one line. */
const isProse = (file: string, line: string): boolean =>
  /^scripts\/\d[^/]*\.ts$/.test(file) && /^\s*(?:\/\/|\*)/.test(line);

/**
 * In a test: a title, which the formatter keeps on one line; an expected line of output, or a pattern for it,
 * which is read as it stands.
 */
const isWhole = (file: string, line: string): boolean =>
  file.startsWith("test/") &&
  (/^\s*(?:test|it)\((["`]).*\1, /.test(line) || /^\s*(["/]).*\1\w*[,;]$/.test(line));

function wideLines(text: string, file: string): number[] {
  return text
    .split("\n")
    .flatMap((line, index) =>
      [...line].length > MOST_COLUMNS && !isProse(file, line) && !isWhole(file, line) ? [index + 1] : [],
    );
}

function longFunctions(text: string, file: string): number[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
  const found: number[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
      const from = lineOf(node.getStart(source));
      if (lineOf(node.end) - from + 1 > MOST_LINES_OF_A_FUNCTION) found.push(from);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Compares what was measured, by file, with the list; `where` shows the places to a reader of a failure. */
function compare(
  listed: Exceptions,
  measure: (text: string, file: string) => { count: number; where: string },
  measuredTexts: ReadonlyMap<string, string> = texts,
): void {
  const measured = new Map([...measuredTexts].map(([file, text]) => [file, measure(text, file)]));
  const more = [...measured].flatMap(([file, { count, where }]) =>
    count > (listed[file] ?? 0) ? [`${file}: ${where}; listed are ${listed[file] ?? 0}`] : [],
  );
  assert.equal(more, [], "over the limit");
  const needless = Object.keys(listed).filter((file) => (measured.get(file)?.count ?? 0) === 0);
  assert.equal(needless, [], "no longer needed in test/unit/sizes.json");
}

const places = (lines: readonly number[]): { count: number; where: string } => ({
  count: lines.length,
  where: `lines ${lines.join(", ")}`,
});

test(`no line of code has more than ${MOST_COLUMNS} columns`, () => {
  const measure = (text: string, file: string) => places(wideLines(text, file));
  compare(exceptions.wideLines, measure, new Map([...texts, ...tests]));
});

test(`no function has more than ${MOST_LINES_OF_A_FUNCTION} lines`, () => {
  compare(exceptions.longFunctions, (text, file) => places(longFunctions(text, file)));
});

test(`no file of code has more than ${MOST_LINES_OF_A_FILE} lines`, () => {
  compare(exceptions.longFiles, (text) => {
    const count = text.split("\n").length - 1;
    return { count: count > MOST_LINES_OF_A_FILE ? count : 0, where: `${count} lines` };
  });
});

test("the measures find what is over a limit", () => {
  const body = "  f();\n".repeat(MOST_LINES_OF_A_FUNCTION);
  assert.equal(longFunctions(`const f = () => {\n${body}};\n`, "a.ts"), [1]);
  assert.equal(longFunctions(`function f() {\n${body.slice(14)}}\n`, "a.ts"), []);
  const wide = "x".repeat(MOST_COLUMNS + 1);
  assert.equal(wideLines(`ok\n${"─".repeat(MOST_COLUMNS)}\n${wide}\n`, "a.ts"), [3]);
  const inTest = [
    `test("${wide}", () => {`,
    `  "${wide}",`,
    `  /${wide}/m,`,
    `  f("${wide}");`,
    `// ${wide}`,
  ];
  assert.equal(wideLines(inTest.join("\n"), "test/a.ts"), [4, 5]);
  assert.equal(wideLines(inTest.join("\n"), "a.ts"), [1, 2, 3, 4, 5]);
});

test.run();
