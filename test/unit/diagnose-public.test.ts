// On public configurations no finding is false, and every planted cause is found.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnose } from "../../sdk/analysis/diagnose/mod.ts";
import { PUBLIC } from "./diagnose/public.ts";
import { PUBLIC_MANIFESTS } from "./diagnose/public-manifests.ts";
import { PUBLIC_SECURED } from "./diagnose/public-secured.ts";

const page = readFileSync(new URL("../../docs/public-configurations.md", import.meta.url), "utf8");

for (const { row, source, compose, serious, notes = [] } of [...PUBLIC, ...PUBLIC_SECURED])
  test(`diagnose() of the kind of ${source}`, () => {
    const found = diagnose([{ file: "compose.yml", text: compose }]);
    const told = found
      .filter(({ severity }) => severity !== "note")
      .map(({ severity, rule, evidence: [first] }) => `${severity} ${rule} ${first!.key}`);
    assert.equal(told.sort(), [...serious]);
    for (const note of notes)
      assert.ok(
        found.some(({ rule }) => rule === note),
        note,
      );
    const line = page.split("\n").find((one) => one.startsWith(`| ${row} |`)) ?? "";
    for (const part of source.split(" "))
      assert.ok(line.includes(part), `row ${row} of the page is ${source}`);
    for (const rule of [...serious.map((one) => one.split(" ")[1]!), ...notes])
      assert.ok(line.includes(rule), rule);
  });
test("the page has at least 25 public configurations, each with what is true of it", () => {
  const rows = page.split("\n").filter((line) => /^\| \d+ \|/.test(line));
  assert.ok(rows.length >= 25);
  for (const row of rows) assert.is(row.split("|").length, 6, row);
});

const kubernetes = readFileSync(new URL("../../docs/kubernetes.md", import.meta.url), "utf8");
for (const { row, source, text, serious, notes = [] } of PUBLIC_MANIFESTS)
  test(`diagnose() of the kind of manifests of ${source}`, () => {
    const found = diagnose([{ file: "kafka.yaml", text }]);
    assert.equal(
      found
        .filter(({ severity }) => severity !== "note")
        .map(({ rule }) => rule)
        .sort(),
      [...serious],
    );
    const rules = found.map(({ rule }) => rule);
    for (const note of notes) assert.ok(rules.includes(note), note);
    const line = kubernetes.split("\n").find((one) => one.startsWith(`| ${row} |`)) ?? "";
    for (const part of [source, ...serious, ...notes]) assert.ok(line.includes(part), `row ${row}: ${part}`);
  });

test.run();
