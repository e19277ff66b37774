// The documents: short pages that say whom they are for, links that lead somewhere, a README of a minute.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const pagesIn = (folder: string): string[] =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => path.posix.join(folder, name));
const pages = [...pagesIn("docs"), ...pagesIn("docs/decisions")];
const all = [...pages, ...pagesIn("."), ...pagesIn("notebooks"), ...pagesIn("scripts/table")];

test("a page of docs/ has at most 150 lines and begins with whom it is for", () => {
  assert.ok(pages.length > 20);
  for (const page of pages) {
    const lines = read(page).trimEnd().split("\n");
    assert.ok(lines.length <= 150, `${page} has ${lines.length} lines`);
    assert.match(lines[2] ?? "", /^For /, page);
  }
});

test("links lead to files and headings that exist", () => {
  const broken = all.flatMap((page) =>
    linksIn(read(page))
      .filter((link) => !leadsSomewhere(page, link))
      .map((link) => `${page}: ${link}`),
  );
  assert.equal(broken, []);
});

function linksIn(text: string): string[] {
  const prose = text.replace(/```[^]*?```/g, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
}

function leadsSomewhere(page: string, link: string): boolean {
  if (/^https?:/.test(link)) return true;
  const [file = "", heading] = link.split("#");
  const target = file === "" ? page : path.posix.join(path.posix.dirname(page), file);
  if (!existsSync(path.join(root, target))) return false;
  return heading === undefined || headingsOf(read(target)).includes(decodeURIComponent(heading));
}

/** As GitHub makes anchors of headings. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test("README and README.ko have fewer than 900 words, and the same sections", () => {
  const [english, korean] = ["README.md", "README.ko.md"].map(read);
  for (const text of [english!, korean!]) assert.ok(text.split(/\s+/).filter(Boolean).length < 900);
  const shape = (text: string): string[] => [...text.matchAll(/^(#+|```\w*|\|---.*)/gm)].map(([one]) => one);
  assert.equal(shape(korean!), shape(english!));
});

test.run();
