// On public configurations no finding is false, every planted cause is found, and the pages say the same.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnose } from "../../sdk/analysis/diagnose/mod.ts";
import { RULES } from "../../sdk/analysis/diagnose/rules/mod.ts";
import { LabError } from "../../sdk/model/errors.ts";
import { PUBLIC } from "./diagnose/public.ts";
import { PUBLIC_MANIFESTS } from "./diagnose/public-manifests.ts";
import { PUBLIC_SECURED } from "./diagnose/public-secured.ts";

type Found = ReturnType<typeof diagnose>;

const pageOf = (name: string): string =>
  readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), "utf8");
const rowsOf = (page: string): string[] => page.split("\n").filter((line) => /^\| \d+ \|/.test(line));
const numberOf = (row: string): number => Number(row.split("|")[1]);
const ascending = <One>(all: Iterable<One>): One[] => [...all].sort((a, b) => (a < b ? -1 : 1));
const RULE_IDS = new Set(RULES.map(({ id }) => id));

/** The row names the source, and in its last column the rules that are found and not left out. */
function assertRow(
  page: string,
  row: number,
  source: string,
  found: Found,
  leftOut: readonly string[],
): void {
  const line = rowsOf(page).find((one) => numberOf(one) === row) ?? "";
  for (const part of source.split(" ")) assert.ok(line.includes(part), `row ${row} of the page is ${source}`);
  const named = line
    .split("|")
    .at(-2)!
    .match(/[a-z][a-z-]+/g)!
    .filter((word) => RULE_IDS.has(word));
  const rules = found.map(({ rule }) => rule).filter((rule) => !leftOut.includes(rule));
  assert.equal(ascending(new Set(named)), ascending(new Set(rules)), `row ${row}`);
}

const page = pageOf("public-configurations");
for (const { row, source, compose, serious, notes = [], refused } of [...PUBLIC, ...PUBLIC_SECURED])
  test(`diagnose() of the kind of ${source}`, () => {
    const inputs = [{ file: "compose.yml", text: compose }];
    if (refused !== undefined) {
      assert.throws(
        () => diagnose(inputs),
        (error: unknown) => error instanceof LabError && error.code === refused,
      );
      return assertRow(page, row, source, [], []);
    }
    const found = diagnose(inputs);
    const told = found
      .filter(({ severity }) => severity !== "note")
      .map(({ severity, rule, evidence: [first] }) => `${severity} ${rule} ${first!.key}`);
    assert.equal(told.sort(), [...serious]);
    const rules = found.map(({ rule }) => rule);
    for (const note of notes) assert.ok(rules.includes(note), note);
    assertRow(page, row, source, found, ["data-in-container"]);
  });
test("the page has at least 25 public configurations, each with what is true of it and an input", () => {
  const rows = rowsOf(page);
  assert.ok(rows.length >= 25);
  for (const row of rows) assert.is(row.split("|").length, 6, row);
  assert.equal(rows.map(numberOf), ascending([...PUBLIC, ...PUBLIC_SECURED].map(({ row }) => row)));
});

const kubernetes = pageOf("kubernetes");
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
    assertRow(kubernetes, row, source, found, ["brokers-on-one-machine", "no-disruption-budget"]);
  });
test("each public manifest of the page has an input", () => {
  assert.equal(rowsOf(kubernetes).map(numberOf), ascending(PUBLIC_MANIFESTS.map(({ row }) => row)));
});

test.run();
